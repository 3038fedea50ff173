/** Which checks some fault has made fail, and what is left to try for the others. */

import type { JobResult } from './types.ts';

export interface Judge {
  readonly id: string;
  readonly verifies: readonly string[];
}

export interface Breaker {
  readonly id: string;
  readonly breaks: readonly string[];
}

/** The same word where faults and checks say it differently. */
const synonyms: Readonly<Record<string, string>> = { public: 'none' };

const wordsOf = (id: string): string[] => id.split(/[^a-z0-9]+/).map((word) => synonyms[word] ?? word);

/** How many words a check's id shares with a fault's: the more, the likelier that the one is about the other. */
export function likeness(fault: string, check: string): number {
  const words = new Set(wordsOf(fault));
  return new Set(wordsOf(check).filter((word) => words.has(word))).size;
}

/**
 * A check is proved when a fault made it report a requirement that the fault breaks. One that is not yet is tried with every fault that breaks
 * what it verifies, the likeliest first: what is left then cannot fail.
 */
export class Proofs {
  readonly #unproved: Map<string, Judge>;
  readonly #faults: readonly Breaker[];
  readonly #tried = new Map<string, Set<string>>();
  readonly #claimed = new Set<string>();

  constructor(judges: readonly Judge[], faults: readonly Breaker[]) {
    this.#unproved = new Map(judges.map((judge) => [judge.id, judge]));
    this.#faults = faults;
  }

  get unproved(): readonly string[] {
    return [...this.#unproved.keys()];
  }

  /** Those that a fault could prove. */
  unprovedBy({ breaks }: Breaker): readonly string[] {
    return [...this.#unproved.values()]
      .filter(({ verifies }) => verifies.some((id) => breaks.includes(id)))
      .map(({ id }) => id);
  }

  /** Takes in what a fault alone has shown. */
  learn(result: JobResult): void {
    const [fault, ...others] = result.job.faults;
    if (fault === undefined || others.length > 0 || result.job.variants.length > 0) return;
    for (const id of result.caughtBy) this.#unproved.delete(id);
    for (const id of result.judged) this.#triedBy(id).add(fault);
    if (result.job.only !== undefined) this.#claimed.delete(result.job.only);
  }

  /** A fault and a check that have not met; nothing when all is proved, tried or being tried. */
  next(): { readonly fault: string; readonly check: string } | undefined {
    for (const { id, verifies } of this.#unproved.values()) {
      if (this.#claimed.has(id)) continue;
      const tried = this.#triedBy(id);
      const [best] = this.#faults
        .filter((fault) => !tried.has(fault.id) && fault.breaks.some((requirement) => verifies.includes(requirement)))
        .sort((a, b) => likeness(b.id, id) - likeness(a.id, id));
      if (best === undefined) continue;
      this.#claimed.add(id);
      tried.add(best.id);
      return { fault: best.id, check: id };
    }
    return undefined;
  }

  #triedBy(check: string): Set<string> {
    const known = this.#tried.get(check) ?? new Set<string>();
    this.#tried.set(check, known);
    return known;
  }
}
