/** Runs a property over generated inputs: seeded, shrunk within a budget of requests, told as the shortest counterexample. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { CheckContext } from './context.ts';
import { Failure } from './outcomes.ts';
import type { Shard } from './planner.ts';

export interface PropertyOptions {
  /** Generated inputs; default the run's. */
  readonly runs?: number;
  /** Executions that shrinking may cost. */
  readonly shrinkBudget?: number;
  /** Says an input in words, without secrets; default JSON. */
  readonly tell?: (value: never) => string;
  /** fast-check's path of a counterexample, to repeat it at once. */
  readonly path?: string;
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
 * else it throws ends the check at once.
 * @throws Failure with the shortest counterexample found
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
  let failed: { readonly failure: Failure; readonly value: T } | undefined;
  let fatal: { readonly error: unknown } | undefined;

  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (fatal !== undefined) return;
    if (failed === undefined) ran += 1;
    else {
      shrinks += 1;
      if (shrinks > (options.shrinkBudget ?? 60)) return; // the rest of the shrink tree counts as no counterexample
    }
    const before = t.expect.findings.length;
    try {
      await holds(value);
    } catch (error) {
      if (!(error instanceof Failure)) {
        fatal = { error };
        return;
      }
      failed = { failure: error, value };
      throw error;
    }
    const [first, ...rest] = t.expect.findings.splice(before);
    if (first === undefined) return;
    const requirements = [first, ...rest].flatMap((finding) => finding.requirements);
    const failure = new Failure(first.message, {
      requirements: [...new Set(requirements)],
      expected: first.expected,
      exchange: first.exchange,
    });
    failed = { failure, value };
    throw failure;
  });

  const details = await fc.check(property, {
    seed: seedFor(t.seed, id),
    numRuns: runs,
    ...(options.path !== undefined ? { path: options.path } : from > 0 ? { path: String(from) } : {}),
  });
  t.runs = (t.runs ?? 0) + ran;
  if (fatal !== undefined) throw fatal.error;
  if (failed === undefined) return;
  const tell = options.tell as ((value: T) => string) | undefined;
  const told = tell === undefined ? fc.stringify(failed.value) : tell(failed.value);
  throw new Failure(
    `${failed.failure.message} Shortest counterexample (run ${details.numRuns}, ${Math.min(shrinks, details.numShrinks)} steps shorter): ${told}`,
    {
      requirements: failed.failure.requirements,
      expected: failed.failure.expected,
      exchange: failed.failure.exchange,
    },
  );
}
