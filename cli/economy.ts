/** `npm run economy`: prices every check on the reference and writes `specs/economy.json`, what `gate` and a limited `full` consist of. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../harness/check.ts';
import { balancedCover, type Cost, cover, filled, type Market, type PricedCheck } from '../harness/economy.ts';
import { isSparing } from '../harness/planner.ts';
import { Run } from '../harness/run.ts';
import { startReference } from '../reference/server.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import { type Economy, economyFile, type Price } from '../specs/economy.ts';
import { packageRoot } from '../specs/package-root.ts';
import { consequence } from '../specs/requirement.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';
import { referenceConfig } from './reference-config.ts';

/** The three operations that the real service limits to ten requests a minute (contract, public facts). */
const scarce = ['authenticate', 'token', 'revoke'] as const;
/** Requests to each of them that `gate` may send. */
export const gateBudget = 50;

interface Measured {
  readonly run: Run;
  readonly skipped: ReadonlySet<string>;
}

/** Runs every check once, one after the other, in the frugal way. */
async function measured(checks: readonly Check[]): Promise<Measured> {
  const reference = await startReference();
  const run = new Run(
    {
      config: { ...referenceConfig(reference.url), profile: 'gate' },
      seed: 1,
      requirements: loadCatalogue().requirements,
    },
    { observers: await loadObservers() },
  );
  const skipped = new Set<string>();
  try {
    for (const check of checks) if ((await run.execute(check)).outcome === 'skip') skipped.add(check.id);
    return { run, skipped };
  } finally {
    await run.close();
    await reference.close();
  }
}

async function market(
  checks: readonly Check[],
): Promise<{ readonly market: Market; readonly skipped: ReadonlySet<string> }> {
  const { run, skipped } = await measured(checks);
  /** What it has asked for, and what that has. */
  const used = (of: string): readonly string[] => {
    const own = [...(run.uses.get(of) ?? [])];
    return [...new Set([...own, ...own.flatMap(used)])];
  };
  const priced = checks.map(({ id, verifies }) => ({
    id,
    verifies,
    cost: run.costs.get(id) ?? {},
    controls: used(id),
  }));
  return {
    market: { checks: withoutSkipped(priced, skipped), controls: Object.fromEntries(run.controlCosts), scarce },
    skipped,
  };
}

/** `control` counts the codes, and the moves of the clock of the checks that move it. */
function pricesOf(market: Market, checks: readonly Check[], skipped: ReadonlySet<string>): Economy['prices'] {
  const clock = new Set(checks.filter(({ consumes }) => consumes === 'clock').map(({ id }) => id));
  const price = (
    id: string,
    { authenticate = 0, token = 0, revoke = 0, control = 0 }: Cost,
    controls: readonly string[],
  ): [string, Price] => [
    id,
    [authenticate, token, revoke, Math.max(0, control - (clock.has(id) ? 1 : 0)), ...controls].join(' '),
  ];
  return {
    checks: Object.fromEntries(
      market.checks.filter(({ id }) => !skipped.has(id)).map(({ id, cost, controls }) => price(id, cost, controls)),
    ),
    controls: Object.fromEntries(Object.entries(market.controls).map(([id, cost]) => price(id, cost, []))),
  };
}

/** A check that does not apply to the reference costs nothing there: it stands only for what no other check judges. */
function withoutSkipped(checks: readonly PricedCheck[], skipped: ReadonlySet<string>): PricedCheck[] {
  const judged = new Set(checks.filter(({ id }) => !skipped.has(id)).flatMap(({ verifies }) => verifies));
  return checks.map((check) =>
    skipped.has(check.id) ? { ...check, verifies: check.verifies.filter((id) => !judged.has(id)) } : check,
  );
}

/** @throws Error when `gate` cannot judge every MUST within its budget */
export async function computeEconomy(): Promise<Economy> {
  const checks = (await loadChecks()).filter(isSparing);
  const ordered = [
    ...checks.filter(({ consumes }) => consumes !== 'clock'),
    ...checks.filter(({ consumes }) => consumes === 'clock'),
  ];
  const { market: priced, skipped } = await market(ordered);
  const judged = new Set(checks.flatMap(({ verifies }) => verifies));
  const wanted = loadCatalogue().requirements.filter(({ id }) => judged.has(id));
  const musts = new Set(wanted.filter(({ level }) => consequence(level) === 'fail').map(({ id }) => id));
  const gate = balancedCover(priced, musts);
  const all = cover(priced, new Set(wanted.map(({ id }) => id)), gate);
  // What sessions cost that several checks share is in no price: it is found by running what was chosen.
  const sent = async (ids: readonly string[]): Promise<Record<string, number>> => {
    const { run } = await measured(ordered.filter(({ id }) => ids.includes(id)));
    return Object.fromEntries(scarce.map((operation) => [operation, run.requests[operation] ?? 0]));
  };
  const gateSent = await sent(gate);
  if (Object.values(gateSent).some((count) => count > gateBudget))
    throw new Error(`gate sends ${JSON.stringify(gateSent)}, and may send ${gateBudget} to each.`);
  const budget = 3 * gateBudget;
  for (let spare = 0; ; spare += 2) {
    const limitedFull = filled(priced, all, budget - spare);
    const limitedFullSent = await sent(limitedFull);
    if (Object.values(limitedFullSent).every((count) => count <= budget))
      return {
        gate,
        limitedFull,
        priced: { gate: gateSent, limitedFull: limitedFullSent },
        prices: pricesOf(priced, ordered, skipped),
      };
    if (spare > 40) throw new Error(`The limited full profile sends ${JSON.stringify(limitedFullSent)}.`);
  }
}

export async function writeEconomy(): Promise<Economy> {
  const economy = await computeEconomy();
  writeFileSync(join(packageRoot(), economyFile), `${JSON.stringify(economy, null, 2)}\n`);
  return economy;
}
