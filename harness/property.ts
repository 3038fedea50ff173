/** Runs a property over generated inputs: seeded, shrunk within a budget of requests, told as the shortest counterexample. */

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { isFrugal, type TargetConfig } from './config.ts';
import type { CheckContext } from './context.ts';
import { Failure, Inconclusive, Skip } from './outcomes.ts';
import type { Shard } from './planner.ts';

export interface PropertyOptions {
  /** Generated inputs; default the run's. */
  readonly runs?: number;
  /** Executions that shrinking may cost. */
  readonly shrinkBudget?: number;
  /** Says an input in words, without secrets; default JSON. */
  readonly tell?: (value: never) => string;
}

/** Generated inputs of a property: in `full`, in `deep`, and where requests are few. */
const runsOf = { full: 25, deep: 250, frugal: 5 } as const;
/** Minutes that a property of `deep` may take on a limited target, and requests to one operation that an input costs. */
const minutes = 5;
const requestsOfRun = 2;

/** Generated inputs a property. Under limits as many as the time allows, at least as many as where requests are few. */
export function propertyRuns(config: Pick<TargetConfig, 'profile' | 'rateLimit'>, frugal = isFrugal(config)): number {
  if (frugal) return runsOf.frugal;
  const wanted = config.profile === 'deep' ? runsOf.deep : runsOf.full;
  const limits = Object.values(config.rateLimit ?? {}).filter((limit) => limit !== undefined);
  if (limits.length === 0) return wanted;
  return Math.min(wanted, Math.max(runsOf.frugal, Math.floor((minutes * Math.min(...limits)) / requestsOfRun)));
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
 * @throws Failure with the shortest counterexample found; other findings of the same input stay in `t.expect`
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
    if (failed === undefined) {
      if (t.outOfTime() || (t.path !== undefined && ran > 0)) return;
      ran += 1;
    } else {
      shrinks += 1;
      if (shrinks > (options.shrinkBudget ?? 60)) return; // the rest of the shrink tree counts as no counterexample
    }
    const before = t.expect.findings.length;
    t.story.begin();
    const thrown = await thrownBy(() => holds(value));
    if (thrown !== undefined && !(thrown instanceof Failure)) {
      // What was found stands, where the target goes away or limits the search for a shorter one.
      over = !(failed !== undefined && thrown instanceof Skip);
      if (failed === undefined || !(thrown instanceof Inconclusive || thrown instanceof Skip))
        fatal = { error: thrown };
      if (failed === undefined) return;
    }
    const found = t.expect.findings.splice(before);
    if (thrown instanceof Failure) found.push(thrown);
    const last = found.pop();
    if (last === undefined || (thrown !== undefined && !(thrown instanceof Failure))) return;
    failed = { last, others: found, value };
    t.story.keep();
    throw last;
  });

  const path = t.path ?? (from > 0 ? String(from) : undefined);
  const details = await checked(property, {
    seed: seedFor(t.seed, id),
    numRuns: runs,
    ...(path === undefined ? {} : { path }),
    // Whoever names a counterexample wants that one.
    endOnFailure: t.path !== undefined,
  });
  t.runs = (t.runs ?? 0) + ran;
  if (fatal !== undefined) throw fatal.error;
  if (failed === undefined) {
    if (ran === 0)
      throw new Inconclusive(t.path === undefined ? 'There was no time for any generated input.' : leadsNowhere);
    return;
  }
  t.story.found(details.counterexamplePath ?? undefined);
  const tell = options.tell as ((value: T) => string) | undefined;
  const told = tell === undefined ? fc.stringify(failed.value) : tell(failed.value);
  t.expect.findings.push(...failed.others);
  throw new Failure(
    `${failed.last.message} Shortest counterexample (input ${ran}, ${details.numShrinks} times made shorter): ${told}`,
    failed.last,
  );
}

const leadsNowhere =
  'The path leads to no input of this property: it belongs to another seed, or to another version of the suite.';

/** As `fc.check`, which ends in an error of its own where a path of many steps leads nowhere. */
async function checked<T>(
  property: fc.IAsyncProperty<[T]>,
  parameters: fc.Parameters<[T]>,
): Promise<fc.RunDetails<[T]>> {
  try {
    return await fc.check(property, parameters);
  } catch (error) {
    if (parameters.endOnFailure !== true || !(error instanceof Error) || !error.message.includes('wrong path'))
      throw error;
    throw new Inconclusive(leadsNowhere);
  }
}

/** What a function throws; undefined when it ends. */
async function thrownBy(action: () => Promise<void>): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error ?? new Error('A property threw nothing.');
  }
}
