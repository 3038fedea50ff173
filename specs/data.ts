/** Reads the YAML of `specs/`: from the sources, or as the build has put it down once as JSON beside the compiled code. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Yaml from 'yaml';
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
  if (path in data()) return data()[path];
  // Loaded only where it is needed: a program that is built does not.
  const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  return parse(readFileSync(join(packageRoot(), 'specs', path), 'utf8'));
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
