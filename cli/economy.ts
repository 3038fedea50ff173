/** `npm run economy`: prices every check on the reference and writes `specs/economy.json`, what `gate` and a limited `full` consist of. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../harness/check.ts';
import { balancedCover, cover, filled, type Market, type PricedCheck, priceOf } from '../harness/economy.ts';
import { Run } from '../harness/run.ts';
import { startReference } from '../reference/server.ts';
import { loadCatalogue, packageRoot } from '../specs/catalogue.ts';
import { type Economy, economyFile } from '../specs/economy.ts';
import { consequence } from '../specs/requirement.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';
import { referenceConfig } from './reference-config.ts';

/** The three operations that the real service limits to ten requests a minute (contract, public facts). */
const scarce = ['authenticate', 'token', 'revoke'] as const;
/** Requests to each of them that `gate` may send. */
export const gateBudget = 50;

/** Runs every check once, one after the other, in the frugal way of `gate`. */
async function market(checks: readonly Check[]): Promise<Market> {
  const reference = await startReference();
  const run = new Run(
    {
      config: { ...referenceConfig(reference.url), profile: 'gate' },
      seed: 1,
      propertyRuns: 10,
      requirements: loadCatalogue().requirements,
    },
    { observers: await loadObservers() },
  );
  try {
    const priced: PricedCheck[] = [];
    const skipped = new Set<string>();
    for (const check of checks) {
      const { outcome } = await run.execute(check);
      if (outcome === 'skip') skipped.add(check.id);
      const controls = check.control === undefined ? [] : 'run' in check.control ? [check.control] : check.control;
      const cost = run.costs.get(check.id) ?? {};
      priced.push({ id: check.id, verifies: check.verifies, cost, controls: controls.map(({ id }) => id) });
    }
    return { checks: withoutSkipped(priced, skipped), controls: Object.fromEntries(run.controlCosts), scarce };
  } finally {
    await run.close();
    await reference.close();
  }
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
  const checks = (await loadChecks()).filter((check) => check.disruptive !== true);
  const ordered = [
    ...checks.filter(({ consumes }) => consumes !== 'clock'),
    ...checks.filter(({ consumes }) => consumes === 'clock'),
  ];
  const priced = await market(ordered);
  const judged = new Set(checks.flatMap(({ verifies }) => verifies));
  const wanted = loadCatalogue().requirements.filter(({ id }) => judged.has(id));
  const musts = new Set(wanted.filter(({ level }) => consequence(level) === 'fail').map(({ id }) => id));
  const gate = balancedCover(priced, musts);
  const all = cover(priced, new Set(wanted.map(({ id }) => id)), gate);
  const limitedFull = filled(priced, all, 3 * gateBudget);
  return { gate, limitedFull, priced: { gate: priceOf(priced, gate), limitedFull: priceOf(priced, limitedFull) } };
}

export async function writeEconomy(): Promise<Economy> {
  const economy = await computeEconomy();
  writeFileSync(join(packageRoot(), economyFile), `${JSON.stringify(economy, null, 2)}\n`);
  return economy;
}
