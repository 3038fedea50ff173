/** All checks and observers: whatever the files below `suites/` and `harness/observers/` export by default. */

import type { Check } from '../harness/check.ts';
import { discover } from '../harness/discover.ts';
import type { ObserverFactory } from '../harness/observers.ts';

/** @throws Error when two checks share an id */
export async function loadChecks(): Promise<readonly Check[]> {
  const checks = (await discover<readonly Check[]>(new URL('./', import.meta.url))).flat();
  const seen = new Set<string>();
  for (const { id } of checks) {
    if (seen.has(id)) throw new Error(`Two checks have the id ${id}.`);
    seen.add(id);
  }
  return checks;
}

export async function loadObservers(): Promise<readonly ObserverFactory[]> {
  return (await discover<readonly ObserverFactory[]>(new URL('../harness/observers/', import.meta.url))).flat();
}
