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

const scarceCost = (cost: Cost, scarce: readonly string[]): number =>
  scarce.reduce((sum, operation) => sum + (cost[operation] ?? 0), 0);

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
export function cover(market: Market, wanted: ReadonlySet<string>, given: readonly string[] = []): string[] {
  const chosen = new Set(given);
  const controls = new Set<string>();
  const left = new Set(wanted);
  const take = (check: PricedCheck): void => {
    chosen.add(check.id);
    for (const control of check.controls) controls.add(control);
    for (const requirement of check.verifies) left.delete(requirement);
  };
  for (const check of market.checks) if (chosen.has(check.id)) take(check);
  const worth = (check: PricedCheck): number => {
    const fresh = check.controls.filter((control) => !controls.has(control));
    const cost =
      scarceCost(check.cost, market.scarce) +
      fresh.reduce((sum, control) => sum + scarceCost(market.controls[control] ?? {}, market.scarce), 0);
    return check.verifies.filter((requirement) => left.has(requirement)).length / (cost + 0.2);
  };
  while (left.size > 0) {
    const [best] = market.checks
      .filter(({ id, verifies }) => !chosen.has(id) && verifies.some((requirement) => left.has(requirement)))
      .map((check) => ({ check, value: worth(check) }))
      .sort((a, b) => b.value - a.value || (a.check.id < b.check.id ? -1 : 1));
    if (best === undefined) break;
    take(best.check);
  }
  return pruned(market, chosen, wanted, new Set(given));
}

/** Without the checks, dearest first, whose requirements the others cover. */
function pruned(
  market: Market,
  chosen: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): string[] {
  const rest = new Set(chosen);
  const dearest = market.checks
    .filter(({ id }) => chosen.has(id) && !kept.has(id))
    .sort((a, b) => scarceCost(b.cost, market.scarce) - scarceCost(a.cost, market.scarce));
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
    .map((check) => ({ check, cost: scarceCost(check.cost, market.scarce) }))
    .sort((a, b) => a.cost - b.cost || (a.check.id < b.check.id ? -1 : 1));
  for (const { check } of candidates) {
    chosen.add(check.id);
    if (Object.values(priceOf(market, chosen)).some((count) => count > budget)) chosen.delete(check.id);
  }
  return market.checks.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
}
