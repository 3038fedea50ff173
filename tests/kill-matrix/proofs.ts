/** Which checks some fault has made fail, which requirements it has made them report, and what is left to try for the others. */

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

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const known = map.get(key) ?? new Set<string>();
  map.set(key, known);
  return known;
}

/**
 * A check is proved when a fault made it report a requirement that the fault breaks, a requirement when a fault that breaks it made anything report
 * it. What is not proved yet is tried with every fault that may do so, the likeliest first: what is left then cannot fail.
 */
export class Proofs {
  readonly #judges: readonly Judge[];
  readonly #unproved: Map<string, Judge>;
  readonly #unreported: Set<string>;
  readonly #faults: readonly Breaker[];
  /** Faults that a check has met beside other checks, which may have spoilt the meeting. */
  readonly #met = new Map<string, Set<string>>();
  readonly #triedAlone = new Map<string, Set<string>>();
  readonly #claimed = new Set<string>();

  /** @param requirements those of which each must be seen reported */
  constructor(judges: readonly Judge[], faults: readonly Breaker[], requirements: readonly string[] = []) {
    this.#judges = judges;
    this.#unreported = new Set(requirements);
    this.#unproved = new Map(judges.map((judge) => [judge.id, judge]));
    this.#faults = faults;
  }

  get unproved(): readonly string[] {
    return [...this.#unproved.keys()];
  }

  /** Requirements that no fault which breaks them has made anything report. */
  get unreported(): readonly string[] {
    return [...this.#unreported];
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
    const breaks = this.#faults.find(({ id }) => id === fault)?.breaks ?? [];
    for (const id of result.red) if (breaks.includes(id)) this.#unreported.delete(id);
    for (const id of result.judged) setOf(this.#met, id).add(fault);
    if (result.job.only !== undefined) this.#claimed.delete(result.job.only);
  }

  /** A fault and a check that have not been tried alone; nothing when all is proved, tried or being tried. */
  next(): { readonly fault: string; readonly check: string } | undefined {
    for (const { id, verifies } of this.#unproved.values()) {
      const found = this.#pair(id, verifies);
      if (found !== undefined) return found;
    }
    for (const requirement of this.#unreported)
      for (const { id } of this.#judges.filter(({ verifies }) => verifies.includes(requirement))) {
        const found = this.#pair(id, [requirement]);
        if (found !== undefined) return found;
      }
    return undefined;
  }

  /** The likeliest fault of these requirements for a check, those that it has met in company last; nothing while it is just being tried. */
  #pair(
    check: string,
    requirements: readonly string[],
  ): { readonly fault: string; readonly check: string } | undefined {
    if (this.#claimed.has(check)) return undefined;
    const tried = setOf(this.#triedAlone, check);
    const met = setOf(this.#met, check);
    const rank = ({ id }: Breaker): number => (met.has(id) ? 100 : 0) - likeness(id, check);
    const [best] = this.#faults
      .filter(({ id, breaks }) => !tried.has(id) && breaks.some((requirement) => requirements.includes(requirement)))
      .sort((a, b) => rank(a) - rank(b));
    if (best === undefined) return undefined;
    this.#claimed.add(check);
    tried.add(best.id);
    return { fault: best.id, check };
  }
}
