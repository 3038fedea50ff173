import { isVariantId, partsOf, type VariantId } from './lawful.ts';
import { isMistakeId, type MistakeId, mistakes } from './mistakes.ts';

/** Asked at each place where the server can go wrong, or be lawfully different. */
export interface Switches {
  /** Whether this mistake is to be made. */
  wrong(id: MistakeId): boolean;
  /** Whether this lawful variant is in force. */
  varied(id: VariantId): boolean;
}

/** An id that names no mistake or variant. */
export class UnknownSwitchError extends Error {
  readonly code = 'UNKNOWN_SWITCH';
  constructor(kind: string, id: string) {
    super(`There is no ${kind} "${id}": --list shows all.`);
  }
}

/** Switches for the given ids, with the variants that the mistakes need; unknown ids throw. */
export function makeSwitches(mistakeIds: readonly string[], variantIds: readonly string[]): Switches {
  const wrong = new Set<MistakeId>();
  const varied = new Set<VariantId>();
  for (const id of mistakeIds) {
    if (!isMistakeId(id)) throw new UnknownSwitchError('mistake', id);
    wrong.add(id);
    for (const needed of mistakes.find((mistake) => mistake.id === id)?.with ?? []) varied.add(needed);
  }
  for (const id of variantIds) {
    if (!isVariantId(id)) throw new UnknownSwitchError('variant', id);
    for (const part of partsOf(id)) varied.add(part);
  }
  return { wrong: (id) => wrong.has(id), varied: (id) => varied.has(id) };
}
