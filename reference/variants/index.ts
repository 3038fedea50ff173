/** All lawful variants: whatever the files of this folder export by default. */

import { loadFolder, pick } from '../load-folder.ts';
import type { Variant } from './types.ts';

/** @throws Error when two variants share an id */
export function loadVariants(): Promise<readonly Variant[]> {
  return loadFolder<Variant>(new URL('./', import.meta.url));
}

/** @throws Error that names the first unknown id */
export async function findVariants(ids: readonly string[]): Promise<readonly Variant[]> {
  return pick(await loadVariants(), ids, 'variant');
}
