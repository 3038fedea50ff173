/** Which checks judge the most for the fewest requests: the content of the profile `gate`, and of `full` against a limited target. Pure. */

/** Requests by operation. */
export type Cost = Readonly<Record<string, number>>;

export interface PricedCheck {
  readonly id: string;
  readonly verifies: readonly string[];
  /** What it sends itself; its controls are apart, since they are shared. */
  readonly cost: Cost;
  readonly controls: readonly string[];
}

export interface Market {
  readonly checks: readonly PricedCheck[];
  readonly controls: Readonly<Record<string, Cost>>;
  /** Operations whose requests are scarce. */
  readonly scarce: readonly string[];
}

/** What one request to each scarce operation counts for; 1 where nothing is said. */
export type Weights = Readonly<Record<string, number>>;

const weighed = (cost: Cost, scarce: readonly string[], weights: Weights = {}): number =>
  scarce.reduce((sum, operation) => sum + (cost[operation] ?? 0) * (weights[operation] ?? 1), 0);

/** What a choice sends to each scarce operation, shared controls once. */
export function priceOf(market: Market, ids: Iterable<string>): Record<string, number> {
  const chosen = new Set(ids);
  const own = market.checks.filter(({ id }) => chosen.has(id));
  const controls = new Set(own.flatMap((check) => check.controls));
  const costs = [...own.map(({ cost }) => cost), ...[...controls].map((id) => market.controls[id] ?? {})];
  return Object.fromEntries(
    market.scarce.map((operation) => [operation, costs.reduce((sum, cost) => sum + (cost[operation] ?? 0), 0)]),
  );
}

/** Most weight for the least cost first, until everything is covered; then whatever became superfluous is dropped. @returns ids */
export function cover(
  market: Market,
  wanted: ReadonlySet<string>,
  given: readonly string[] = [],
  weights: Weights = {},
): string[] {
  const chosen = new Set(given);
  const controls = new Set<string>();
  const left = new Set(wanted);
  const take = (check: PricedCheck): void => {
    chosen.add(check.id);
    for (const control of check.controls) controls.add(control);
    for (const requirement of check.verifies) left.delete(requirement);
  };
  for (const check of market.checks) if (chosen.has(check.id)) take(check);
  const price = new Map(market.checks.map((check) => [check.id, weighed(check.cost, market.scarce, weights)]));
  const controlPrice = new Map(
    Object.entries(market.controls).map(([id, cost]) => [id, weighed(cost, market.scarce, weights)]),
  );
  const worth = (check: PricedCheck): number => {
    let judged = 0;
    for (const requirement of check.verifies) if (left.has(requirement)) judged += 1;
    if (judged === 0) return 0;
    let cost = price.get(check.id) ?? 0;
    for (const control of check.controls) if (!controls.has(control)) cost += controlPrice.get(control) ?? 0;
    return judged / (cost + 0.2);
  };
  while (left.size > 0) {
    let best: PricedCheck | undefined;
    let most = 0;
    for (const check of market.checks) {
      if (chosen.has(check.id)) continue;
      const value = worth(check);
      if (value > most || (value === most && best !== undefined && value > 0 && check.id < best.id)) {
        best = check;
        most = value;
      }
    }
    if (best === undefined) break;
    take(best);
  }
  return pruned(market, chosen, wanted, new Set(given), weights);
}

/** Rounds of `balancedCover`; at the start of a run it waits for them. */
const defaultRounds = 40;

/**
 * As `cover`, with what relieves the operation that gets most: round after round, requests to an operation weigh more the more it got.
 * @returns ids of the best round: the least for the operation that gets most, then the least in all
 */
export function balancedCover(
  market: Market,
  wanted: ReadonlySet<string>,
  given: readonly string[] = [],
  rounds = defaultRounds,
): string[] {
  let weights: Weights = {};
  let best: { readonly ids: string[]; readonly price: Readonly<Record<string, number>> } | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const ids = cover(market, wanted, given, weights);
    const price = priceOf(market, ids);
    if (best === undefined || isBetter(price, best.price)) best = { ids, price };
    const counts = Object.values(price);
    const mean = Math.max(1, counts.reduce((sum, count) => sum + count, 0) / counts.length);
    weights = Object.fromEntries(
      Object.entries(price).map(([operation, count]) => [
        operation,
        Math.max(0.05, (weights[operation] ?? 1) * (count / mean) ** 0.3),
      ]),
    );
  }
  return best === undefined ? [] : exchanged(market, best.ids, wanted, new Set(given));
}

/** Whether the first sends less to the operation that gets most, or as much to that and less in all. */
function isBetter(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
  const [counts, others] = [Object.values(one), Object.values(other)];
  const [most, mostOther] = [Math.max(...counts), Math.max(...others)];
  const sum = (values: readonly number[]): number => values.reduce((total, count) => total + count, 0);
  return most < mostOther || (most === mostOther && sum(counts) < sum(others));
}

/** Exchanges one check for another that judges what it alone judges, as long as that makes the choice better. */
function exchanged(
  market: Market,
  ids: readonly string[],
  wanted: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): string[] {
  const checks = new Map(market.checks.map((check) => [check.id, check]));
  const chosen = new Set(ids);
  let price = priceOf(market, chosen);
  for (const id of ids) {
    const own = checks.get(id);
    if (own === undefined || kept.has(id) || weighed(own.cost, market.scarce) === 0) continue;
    chosen.delete(id);
    const judged = new Set([...chosen].flatMap((other) => checks.get(other)?.verifies ?? []));
    const alone = own.verifies.filter((requirement) => wanted.has(requirement) && !judged.has(requirement));
    let best = id;
    for (const check of market.checks) {
      if (
        check.id === id ||
        chosen.has(check.id) ||
        !alone.every((requirement) => check.verifies.includes(requirement))
      )
        continue;
      const other = priceOf(market, [...chosen, check.id]);
      if (isBetter(other, price)) {
        best = check.id;
        price = other;
      }
    }
    chosen.add(best);
  }
  return market.checks.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
}

/** Without the checks, dearest first, whose requirements the others cover. */
function pruned(
  market: Market,
  chosen: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  kept: ReadonlySet<string>,
  weights: Weights,
): string[] {
  const rest = new Set(chosen);
  const dearest = market.checks
    .filter(({ id }) => chosen.has(id) && !kept.has(id))
    .sort((a, b) => weighed(b.cost, market.scarce, weights) - weighed(a.cost, market.scarce, weights));
  for (const check of dearest) {
    const others = new Set(
      market.checks.filter(({ id }) => rest.has(id) && id !== check.id).flatMap(({ verifies }) => verifies),
    );
    if (check.verifies.every((requirement) => !wanted.has(requirement) || others.has(requirement)))
      rest.delete(check.id);
  }
  return market.checks.filter(({ id }) => rest.has(id)).map(({ id }) => id);
}

/** Adds checks, cheapest first, as long as no scarce operation gets more than its budget. @returns ids */
export function filled(market: Market, given: readonly string[], budget: number): string[] {
  const chosen = new Set(given);
  const candidates = market.checks
    .filter(({ id }) => !chosen.has(id))
    .map((check) => ({ check, cost: weighed(check.cost, market.scarce) }))
    .sort((a, b) => a.cost - b.cost || (a.check.id < b.check.id ? -1 : 1));
  for (const { check } of candidates) {
    chosen.add(check.id);
    if (Object.values(priceOf(market, chosen)).some((count) => count > budget)) chosen.delete(check.id);
  }
  return market.checks.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
}

/** Where sessions come from on a target: what a session costs follows from it. */
export interface Sessions {
  readonly byCode: boolean;
  readonly bySignIn: boolean;
}

/**
 * The market of a target that lacks one way to begin sessions, from that of a target that has both: a session costs a request there too, to the
 * other operation. `codes` of a cost are the authorization codes that it takes.
 */
export function pricedFor(market: Market, { byCode, bySignIn }: Sessions): Market {
  const moved = (cost: Cost): Cost => {
    const { authenticate = 0, token = 0, codes = 0 } = cost;
    const byCodes = Math.min(codes, token);
    if (!byCode) return { ...cost, token: token - byCodes, authenticate: authenticate + byCodes };
    return bySignIn ? cost : { ...cost, token: token + authenticate, authenticate: 0 };
  };
  return {
    ...market,
    checks: market.checks.map((check) => ({ ...check, cost: moved(check.cost) })),
    controls: Object.fromEntries(Object.entries(market.controls).map(([id, cost]) => [id, moved(cost)])),
  };
}
