/** Runs a property over generated inputs: seeded, shrunk within a budget of requests, told as the shortest counterexample. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { CheckContext } from './context.ts';
import { Failure, Inconclusive } from './outcomes.ts';
import type { Shard } from './planner.ts';

export interface PropertyOptions {
  /** Generated inputs; default the run's. */
  readonly runs?: number;
  /** Executions that shrinking may cost. */
  readonly shrinkBudget?: number;
  /** Says an input in words, without secrets; default JSON. */
  readonly tell?: (value: never) => string;
}

/** Each property draws from a stream of its own, so that adding one check does not change another's inputs. */
export function seedFor(seed: number, id: string): number {
  return createHash('sha256').update(`${seed}:${id}`).digest().readInt32BE(0);
}

/** The generated inputs, counted from 0, of one shard: all shards together make the same ones as an unsharded run. */
export function partOf(runs: number, shard: Shard | undefined): { readonly from: number; readonly runs: number } {
  if (shard === undefined) return { from: 0, runs };
  const from = Math.floor((runs * (shard.index - 1)) / shard.count);
  return { from, runs: Math.floor((runs * shard.index) / shard.count) - from };
}

/**
 * Asserts `holds` for generated values. `holds` throws `Failure` (or leaves findings in `t.expect`) where the property is broken; anything
 * else it throws ends the check at once, or the search for a shorter counterexample.
 * @throws Failure with the shortest counterexample found; other findings of the same run stay in `t.expect`
 */
export async function holdsFor<T>(
  t: CheckContext,
  id: string,
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
  options: PropertyOptions = {},
): Promise<void> {
  const { from, runs } = partOf(options.runs ?? t.propertyRuns, t.shard);
  if (runs === 0) return;
  let ran = 0;
  let shrinks = 0;
  let over = false;
  let failed: { readonly last: Failure; readonly others: readonly Failure[]; readonly value: T } | undefined;
  let fatal: { readonly error: unknown } | undefined;

  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (over) return;
    if (failed === undefined) ran += 1;
    else {
      shrinks += 1;
      if (shrinks > (options.shrinkBudget ?? 60)) return; // the rest of the shrink tree counts as no counterexample
    }
    const before = t.expect.findings.length;
    let thrown: Failure | undefined;
    try {
      await holds(value);
    } catch (error) {
      if (error instanceof Failure) thrown = error;
      else {
        over = true;
        // What was found stands, where the target goes away or limits the search for a shorter one.
        if (failed === undefined || !(error instanceof Inconclusive)) fatal = { error };
        if (failed === undefined) return;
      }
    }
    const found = t.expect.findings.splice(before);
    if (thrown !== undefined) found.push(thrown);
    const last = found.pop();
    if (over || last === undefined) return;
    failed = { last, others: found, value };
    throw last;
  });

  const details = await fc.check(property, {
    seed: seedFor(t.seed, id),
    numRuns: runs,
    path: String(from), // how many of the generated inputs are passed over
  });
  t.runs = (t.runs ?? 0) + ran;
  if (fatal !== undefined) throw fatal.error;
  if (failed === undefined) return;
  const tell = (options.tell as ((value: T) => string) | undefined) ?? fc.stringify;
  t.expect.findings.push(...failed.others);
  throw new Failure(
    `${failed.last.message} Shortest counterexample (run ${details.numRuns}, ${details.numShrinks} steps shorter): ${tell(failed.value)}`,
    failed.last,
  );
}
