/** Which checks run, and in which order. */

import { loadCatalogue } from '../specs/catalogue.ts';
import { loadEconomy, type Price } from '../specs/economy.ts';
import { consequence } from '../specs/requirement.ts';
import type { Check } from './check.ts';
import { availableCases, caseIds } from './client-cases.ts';
import type { Profile, TargetConfig } from './config.ts';
import { balancedCover, type Cost, type Market, pricedFor } from './economy.ts';
import { hasCodeSource, needsOf, unmet } from './needs.ts';

/** `--only` matched nothing. */
export class NothingSelected extends Error {
  override readonly name = 'NothingSelected';
}

export interface Selection {
  /** Independent of each other: may run side by side. */
  readonly concurrent: readonly Check[];
  /** Move the target's clock: after all others. */
  readonly serial: readonly Check[];
}

/** A glob over ids: `*` within a path part, `**` over parts; a plain id also matches everything below it. */
export function globMatcher(glob: string): (id: string) => boolean {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\u0000', '.*');
  const pattern = new RegExp(`^${escaped}(?:/.*)?$`);
  return (id) => pattern.test(id);
}

/** Whether a check may be chosen where requests are few. */
export const isSparing = ({ disruptive, ample }: Check): boolean => disruptive !== true && ample !== true;

function inProfile(check: Check, { profile, limited = false }: PlanOptions): boolean {
  if (profile === 'smoke') return check.profile === 'smoke';
  if (profile === 'gate') return economy('gate').has(check.id);
  return profile === 'deep' || !limited || economy('limitedFull').has(check.id);
}

const economy = (name: 'gate' | 'limitedFull'): ReadonlySet<string> => new Set(loadEconomy()[name]);

export interface PlanOptions {
  readonly profile: Profile;
  /** Globs over requirement and check ids; none: everything in the profile. */
  readonly only?: readonly string[];
  /** Ids of checks that an earlier run has judged. */
  readonly judged?: readonly string[];
  readonly shard?: Shard;
  /** The target limits its requests: `full` is what fits into three times the requests of `gate`; `deep` is everything. */
  readonly limited?: boolean;
  /** The target: `gate` then judges what it can there by other checks than where nothing is missing. */
  readonly config?: TargetConfig;
  /** The rules over every exchange, which `only` may name as well. */
  readonly observers?: readonly { readonly id: string; readonly verifies: readonly string[] }[];
}

/** This part, counted from 1, of so many. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Whether `only` names this check or observer, or a requirement that it verifies. */
export function isNamed(
  only: readonly string[],
  judge: { readonly id: string; readonly verifies: readonly string[] },
): boolean {
  return only.map(globMatcher).some((matches) => matches(judge.id) || judge.verifies.some(matches));
}

/**
 * The prices of `specs/economy.json` as a market; a check that nobody has priced yet counts as dear. What was priced with a control of a client
 * that this target does not have asks for that of the first one which it has.
 */
function marketOf(checks: readonly Check[], config: TargetConfig): Market {
  const { prices } = loadEconomy();
  const had = new Set<string>(availableCases(config).map(({ id }) => id));
  const [first] = had;
  const here = (control: string): string => {
    const of = String(control.split('/').at(-1));
    const isOfOther = caseIds.some((id) => id === of) && !had.has(of) && first !== undefined;
    return isOfOther ? control.slice(0, -of.length) + first : control;
  };
  const read = (price: Price): { cost: Cost; controls: string[] } => {
    const [authenticate, token, revoke, codes, ...controls] = price.split(' ');
    return {
      cost: { authenticate: Number(authenticate), token: Number(token), revoke: Number(revoke), codes: Number(codes) },
      controls: [...new Set(controls.map(here))],
    };
  };
  const unknown: Price = '3 3 3 0';
  return {
    checks: checks.map(({ id, verifies }) => ({ id, verifies, ...read(prices.checks[id] ?? unknown) })),
    controls: Object.fromEntries(Object.entries(prices.controls).map(([id, price]) => [id, read(price).cost])),
    scarce: ['authenticate', 'token', 'revoke'],
  };
}

/**
 * What `gate` consists of on this target. Where all of the usual choice applies, that; else the choice is made anew among what applies: what is
 * cheapest where every client and operation is there may name a client that this target does not have.
 */
function gateOn(checks: readonly Check[], config: TargetConfig): readonly Check[] {
  const applies = (check: Check): boolean => unmet(needsOf(check), config) === undefined;
  const usual = checks.filter(({ id }) => economy('gate').has(id));
  const musts = new Set(
    loadCatalogue()
      .requirements.filter(({ level }) => consequence(level) === 'fail')
      .map(({ id }) => id),
  );
  const judged = new Set(usual.filter(applies).flatMap(({ verifies }) => verifies));
  const lost = new Set(usual.flatMap(({ verifies }) => verifies).filter((id) => musts.has(id) && !judged.has(id)));
  const candidates = checks.filter((check) => isSparing(check) && applies(check));
  const sessions = { byCode: hasCodeSource(config), bySignIn: config.operations.authenticate !== false };
  const asPriced = sessions.byCode && sessions.bySignIn;
  if (asPriced && !candidates.some(({ verifies }) => verifies.some((id) => lost.has(id)))) return usual;
  const market = pricedFor(marketOf(candidates, config), sessions);
  const wanted = new Set(candidates.flatMap(({ verifies }) => verifies).filter((id) => musts.has(id)));
  const chosen = new Set(balancedCover(market, wanted));
  // What does not apply is kept to say so.
  return checks.filter((check) => chosen.has(check.id) || (economy('gate').has(check.id) && !applies(check)));
}

/** @throws NothingSelected */
function chosenChecks(checks: readonly Check[], options: PlanOptions): readonly Check[] {
  const { only = [], observers = [] } = options;
  if (only.length === 0) {
    if (options.profile === 'gate' && options.config !== undefined) return gateOn(checks, options.config);
    return checks.filter((check) => inProfile(check, options));
  }
  const named = checks.filter((check) => isNamed(only, check));
  if (named.length > 0) return named;
  // A rule over every exchange needs exchanges to look at: those of the happy paths.
  if (observers.some((observer) => isNamed(only, observer)))
    return checks.filter((check) => inProfile(check, { profile: 'smoke' }));
  throw new NothingSelected(
    `--only ${only.join(' --only ')} matches no check and no requirement; \`list\` shows both.`,
  );
}

/**
 * Each topic's checks spread evenly over the run: one topic's go to one operation, and while that is at its limit those of others go on.
 */
function interleaved(checks: readonly Check[]): Check[] {
  const topics = new Map<string, { size: number }>();
  const seated = checks.map((check) => {
    const name = check.id.slice(0, check.id.indexOf('/'));
    const topic = topics.get(name) ?? { size: 0 };
    topics.set(name, topic);
    topic.size += 1;
    return { check, topic, seat: topic.size - 0.5 };
  });
  return seated.sort((a, b) => a.seat / a.topic.size - b.seat / b.topic.size).map(({ check }) => check);
}

/** Under limits the requests are what a run waits for, and their order stays. */
function longFirst(checks: readonly Check[], { limited = false }: PlanOptions): readonly Check[] {
  return limited
    ? checks
    : [...checks.filter(({ long }) => long === true), ...checks.filter(({ long }) => long !== true)];
}

/** @throws NothingSelected when `only` names no check, observer or requirement */
export function planChecks(checks: readonly Check[], options: PlanOptions): Selection {
  const { shard } = options;
  const done = new Set(options.judged);
  const part = chosenChecks(checks, options)
    .filter(
      (check, index) => shard === undefined || check.generated === true || index % shard.count === shard.index - 1,
    )
    .filter((check) => !done.has(check.id));
  return {
    concurrent: longFirst(interleaved(part.filter((check) => check.consumes !== 'clock')), options),
    serial: part.filter((check) => check.consumes === 'clock'),
  };
}
