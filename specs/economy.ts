/** Which checks the frugal profiles consist of: `specs/economy.json`, written by `npm run economy` from what each check costs. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** In one line: requests to /authenticate, /token and /revoke, authorization codes, then the ids of the controls, which are shared. */
export type Price = string;

export interface Prices {
  readonly checks: Readonly<Record<string, Price>>;
  readonly controls: Readonly<Record<string, Price>>;
}

export interface Economy {
  /** Checks that judge every MUST for the fewest requests. */
  readonly gate: readonly string[];
  /** Checks of `full` against a target with configured limits. */
  readonly limitedFull: readonly string[];
  /** What checks and controls cost where nothing is missing: for the choice on a target that lacks something. */
  readonly prices: Prices;
  /** Requests to each scarce operation, as added up. */
  readonly priced: Readonly<Record<'gate' | 'limitedFull', Readonly<Record<string, number>>>>;
}

export const economyFile = 'specs/economy.json';

let loaded: Economy | undefined;

/** @throws Error when the file is missing: the installation is incomplete */
export function loadEconomy(): Economy {
  if (loaded === undefined) {
    const file = join(packageRoot(), economyFile);
    if (!existsSync(file))
      return { gate: [], limitedFull: [], prices: { checks: {}, controls: {} }, priced: { gate: {}, limitedFull: {} } };
    loaded = JSON.parse(readFileSync(file, 'utf8')) as Economy;
  }
  return loaded;
}
