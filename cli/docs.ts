/** `npm run docs`: writes the generated pages of `docs/`; with `--check` says which are not current. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadCatalogue } from '../specs/catalogue.ts';
import { packageRoot } from '../specs/package-root.ts';
import { coverage, requirementsMarkdown } from './coverage.ts';

/** The generated pages: path below the package, and content. */
export async function generatedPages(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const { edition, digest, requirements } = loadCatalogue();
  const shipped = { edition, digest, ids: requirements.map(({ id }) => id) };
  return [
    { path: 'docs/requirements.md', text: requirementsMarkdown(await coverage()) },
    { path: `specs/editions/${edition}.json`, text: `${JSON.stringify(shipped, null, 2)}\n` },
  ];
}

/** Paths of the pages that differ from what would be generated now. */
export async function stalePages(): Promise<string[]> {
  const pages = await generatedPages();
  return pages.filter(({ path, text }) => read(join(packageRoot(), path)) !== text).map(({ path }) => path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not generated yet
  }
}

export async function writePages(): Promise<void> {
  for (const { path, text } of await generatedPages()) {
    mkdirSync(dirname(join(packageRoot(), path)), { recursive: true });
    writeFileSync(join(packageRoot(), path), text);
  }
}
