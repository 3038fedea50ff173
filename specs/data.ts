/** Reads the YAML of `specs/`: from the sources, or as the build has put it down once as JSON beside the compiled code. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { packageRoot } from './package-root.ts';

/** Made by `scripts/build.mjs`: paths below `specs/`, and what each file says. */
const built = fileURLToPath(new URL('./data.json', import.meta.url));

let compiled: Readonly<Record<string, unknown>> | undefined;

function data(): Readonly<Record<string, unknown>> {
  compiled ??= existsSync(built) ? (JSON.parse(readFileSync(built, 'utf8')) as Record<string, unknown>) : {};
  return compiled;
}

/** The value of a YAML file, by its path below `specs/`. */
export function specData(path: string): unknown {
  return path in data() ? data()[path] : parse(readFileSync(join(packageRoot(), 'specs', path), 'utf8'));
}

/** The YAML files of a folder of `specs/`, by their paths, in order. */
export function specFiles(folder: string): readonly string[] {
  const known = Object.keys(data()).filter((path) => path.startsWith(`${folder}/`));
  const names =
    known.length > 0
      ? known
      : readdirSync(join(packageRoot(), 'specs', folder))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => `${folder}/${name}`);
  return names.sort();
}
