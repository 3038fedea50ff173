/** All lawful variants: whatever the files of this folder export by default. */

import { loadFolder } from '../faults/index.ts';
import type { Variant } from '../faults/types.ts';

export function loadVariants(): Promise<readonly Variant[]> {
  return loadFolder<Variant>(new URL('./', import.meta.url));
}
