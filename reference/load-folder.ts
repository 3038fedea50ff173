/** Faults and variants are found by their place: a file in the folder is enough. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Everything that the modules of a folder export by default, in the order of their names. Works on the TypeScript source
 * and on what is built from it. `index` and `types` are not among them.
 * @throws Error when a module exports no array by default, or when two entries share an id
 */
export async function loadFolder<T extends { readonly id: string }>(folder: URL): Promise<readonly T[]> {
  const names = readdirSync(fileURLToPath(folder))
    .filter((name) => /\.(ts|js)$/.test(name) && !/^(index|types)\.|\.d\.ts$/.test(name))
    .sort();
  const entries: T[] = [];
  for (const name of names) {
    const module = (await import(/* @vite-ignore */ new URL(name, folder).href)) as { default?: readonly T[] };
    if (!Array.isArray(module.default)) throw new Error(`${name} exports no array by default.`);
    entries.push(...module.default);
  }
  const seen = new Set<string>();
  for (const { id } of entries) {
    if (seen.has(id)) throw new Error(`The id ${id} is taken twice.`);
    seen.add(id);
  }
  return entries;
}

/** The entries of these ids, in their order. @throws Error that names the first unknown id */
export function pick<T extends { readonly id: string }>(
  entries: readonly T[],
  ids: readonly string[],
  kind: string,
): T[] {
  return ids.map((id) => {
    const found = entries.find((entry) => entry.id === id);
    if (found === undefined) throw new Error(`There is no ${kind} ${id}; --list-${kind}s lists them.`);
    return found;
  });
}
