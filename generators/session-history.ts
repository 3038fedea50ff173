/** Random histories of sessions as data: who begins them, what is done with them, and every shorter history of the same kind. */

import fc from 'fast-check';

export type TokenKind = 'access_token' | 'refresh_token';

/** How a session begins. Numbers point into what the target offers. */
export interface Owner {
  readonly client: number;
  readonly via: 'code' | 'sign-in';
  readonly wallet: number;
}

/** What is done with the session of an owner, which begins when it is first named. */
export type Step = { readonly of: number } & (
  | { readonly do: 'begin' }
  | { readonly do: 'continue'; readonly by: 'its own wallet' | 'another wallet' | 'another client' }
  | { readonly do: 'refresh'; readonly scope: 'as granted' | 'less' | 'more' }
  | { readonly do: 'refresh again'; readonly back: number }
  | { readonly do: 'refresh as another client' }
  | { readonly do: 'redeem its code again' }
  | {
      readonly do: 'revoke';
      readonly token: TokenKind;
      readonly hint?: TokenKind | undefined;
      /** Pairs before the current one. */
      readonly back: number;
      readonly by: 'its own client' | 'another client';
    }
  | { readonly do: 'hand off' }
  | { readonly do: 'redeem a code late' }
  | { readonly do: 'try access'; readonly back: number }
  | {
      readonly do: 'let time pass';
      readonly until: 'half its access token' | 'its access token' | 'half its refresh token' | 'its refresh token';
    }
);

export interface History {
  readonly owners: readonly Owner[];
  readonly steps: readonly Step[];
}

/** What the target and its configuration allow. */
export interface Possibilities {
  readonly clients: readonly {
    readonly canSignIn: boolean;
    readonly canTryAccess: boolean;
    readonly canHandOff: boolean;
    /** Another client is configured. */
    readonly hasOther: boolean;
  }[];
  readonly codes: boolean;
  readonly revocation: boolean;
  readonly scopes: boolean;
  /** Time can be moved, and this history is about it. */
  readonly clock: boolean;
}

/** A session of the client and wallet that the first one has, of one of the two, or of any: what is confused is mostly near. */
function ownersOf(possible: Possibilities): fc.Arbitrary<Owner[]> {
  const choices = possible.clients.flatMap(({ canSignIn }, client) => [
    ...(possible.codes ? [{ client, via: 'code' as const }] : []),
    // A session that can be refreshed and continued has more of a history.
    ...(canSignIn
      ? [
          { client, via: 'sign-in' as const },
          { client, via: 'sign-in' as const },
        ]
      : []),
  ]);
  const any = fc
    .record({ choice: fc.constantFrom(...choices), wallet: fc.nat({ max: 1 }) })
    .map(({ choice, wallet }): Owner => ({ ...choice, wallet }));
  const near = fc.constantFrom('the same', 'another wallet', 'another client', 'another client', 'any');
  return fc.tuple(any, any, any, near, fc.constantFrom(1, 1, 2, 2, 3)).map(([first, second, third, how, count]) => {
    const beside = {
      'the same': first,
      'another wallet': { ...first, wallet: 1 - first.wallet },
      'another client': { ...second, via: first.via === 'sign-in' ? second.via : first.via, wallet: first.wallet },
      any: second,
    }[how];
    return [first, beside, third].slice(0, count);
  });
}

const kinds = fc.constantFrom<TokenKind>('access_token', 'refresh_token');
const hints = fc.option(kinds, { nil: undefined });
const words = <T extends string>(...all: T[]): fc.Arbitrary<T> => fc.constantFrom(...all);

/** An arbitrary of steps by weight. */
interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Step>;
}

const steps = (weight: number, fields: { readonly [name: string]: fc.Arbitrary<unknown> }): Weighted => ({
  weight,
  arbitrary: fc.record(fields) as unknown as fc.Arbitrary<Step>,
});

/** Steps after which the session is alive: what it becomes rich in history by. */
function growth(of: number, others: number, { scopes }: Possibilities): Weighted[] {
  const its = { of: fc.constant(of) };
  return [
    steps(6, { ...its, do: words('continue'), by: words('its own wallet') }),
    steps(6, { ...its, do: words('refresh'), scope: words('as granted') }),
    ...(scopes ? [steps(2, { ...its, do: words('refresh'), scope: words('less') })] : []),
    steps(4, { ...its, do: words('hand off') }),
    steps(1, { ...its, do: words('continue'), by: words('another wallet', 'another client') }),
    steps(1, {
      ...its,
      do: words('revoke'),
      token: kinds,
      hint: hints,
      back: fc.constant(0),
      by: words('another client'),
    }),
    ...(others > 1 ? [steps(3, { of: fc.integer({ min: 1, max: others - 1 }), do: words('begin') })] : []),
  ];
}

/** What leaves a session as it is, with a look at it; then steps that are refused whatever has happened before, after which it may be over. */
function refusals(of: number, { scopes, clock }: Possibilities): fc.Arbitrary<Step[]> {
  const all: Step[] = [
    { of, do: 'refresh again', back: 0 },
    { of, do: 'refresh again', back: 1 },
    { of, do: 'redeem its code again' },
    { of, do: 'refresh as another client' },
    ...(scopes ? [{ of, do: 'refresh', scope: 'more' } as const] : []),
  ];
  const refresh = { of, do: 'refresh', scope: 'as granted' } as const;
  const foreign = kinds.map((token): Step[] => [{ of, do: 'revoke', token, back: 0, by: 'another client' }, refresh]);
  const time = clock ? times(of).map((step) => [step]) : fc.constant([]);
  return fc
    .tuple(fc.oneof(foreign, time), fc.shuffledSubarray(all, { minLength: 3, maxLength: 4 }))
    .map(([first, chosen]) => [...first, ...chosen, refresh]);
}

/** A revocation, and what shows that it ended everything: some of it, since requests are few. */
function revocation(of: number, { clock }: Possibilities): fc.Arbitrary<Step[]> {
  const looks: Step[] = [
    { of, do: 'try access', back: 0 },
    { of, do: 'try access', back: 1 },
    { of, do: 'refresh', scope: 'as granted' },
    { of, do: 'refresh', scope: 'as granted' },
    { of, do: 'continue', by: 'its own wallet' },
    { of, do: 'redeem its code again' },
  ];
  const back = fc.constantFrom(0, 0, 0, 1);
  const revoke = steps(1, {
    of: fc.constant(of),
    do: words('revoke'),
    token: kinds,
    hint: hints,
    back,
    by: words('its own client'),
  });
  const wait = clock ? fc.option(times(of), { nil: undefined }) : fc.constant(undefined);
  return fc
    .tuple(revoke.arbitrary, wait, fc.shuffledSubarray(looks, { minLength: 3, maxLength: 4 }))
    .map(([first, time, chosen]) => [first, ...(time === undefined ? [] : [time]), ...chosen]);
}

const times = (of: number): fc.Arbitrary<Step> =>
  words(
    'half its access token',
    'half its access token',
    'its access token',
    'half its refresh token',
    'half its refresh token',
    'half its refresh token',
    'its refresh token',
  ).map((until) => ({ of, do: 'let time pass', until }));

/** What has become of a session that was left alone. */
const look = (of: number): fc.Arbitrary<Step> =>
  fc.constantFrom<Step>(
    { of, do: 'refresh', scope: 'as granted' },
    { of, do: 'try access', back: 0 },
    { of, do: 'continue', by: 'its own wallet' },
  );

function anyHistory(possible: Possibilities): fc.Arbitrary<History> {
  return ownersOf(possible).chain((owners) => {
    const grows = fc.oneof(...growth(0, owners.length, possible));
    const grown = possible.clock
      ? fc
          .array(fc.tuple(times(0), grows), { minLength: 2, maxLength: 3, size: 'max' })
          .map((pairs) => [{ of: 0, do: 'begin' } as const, ...pairs.flat()])
      : fc.array(grows, { minLength: 3, maxLength: 6, size: 'max' });
    const late = steps(1, { of: fc.constant(0), do: words('redeem a code late') }).arbitrary.map((step) => [step]);
    const ending = fc.oneof(
      { weight: 4, arbitrary: refusals(0, possible) },
      { weight: 6, arbitrary: revocation(0, possible) },
      ...(possible.clock
        ? [
            { weight: 4, arbitrary: look(0).map((step) => [step]) },
            { weight: 1, arbitrary: late },
          ]
        : []),
    );
    const looks = fc.tuple(...owners.slice(1).map((_, index) => look(index + 1)));
    return fc
      .tuple(grown, ending, looks)
      .map(([before, end, last]) => ({ owners, steps: [...before, ...end, ...last] }));
  });
}

interface Told {
  begun: boolean;
  refreshes: number;
  pairs: number;
}

/** Whether a step can be taken after these: what was never there cannot be used again. */
function applies(step: Step, owner: Owner, { begun, refreshes, pairs }: Told, possible: Possibilities): boolean {
  const client = possible.clients[owner.client];
  if (client === undefined) return false;
  switch (step.do) {
    case 'begin':
      return !begun;
    case 'continue':
      return owner.via === 'sign-in' && (step.by !== 'another client' || client.hasOther);
    case 'refresh again':
      return refreshes > step.back;
    case 'refresh as another client':
      return client.hasOther;
    case 'redeem its code again':
      return begun && owner.via === 'code';
    case 'revoke':
      return possible.revocation && pairs > step.back && (step.by === 'its own client' || client.hasOther);
    case 'hand off':
      return client.canHandOff;
    case 'try access':
      return client.canTryAccess && pairs > step.back;
    case 'refresh':
      return true;
    case 'let time pass':
      return begun && possible.clock;
    case 'redeem a code late':
      return possible.codes && possible.clock;
  }
}

/** The history without the steps that cannot be taken. */
export function validHistory({ owners, steps }: History, possible: Possibilities): History {
  const told: Told[] = owners.map(() => ({ begun: false, refreshes: 0, pairs: 1 }));
  const kept = steps.filter((step) => {
    const owner = owners[step.of];
    const state = told[step.of];
    if (owner === undefined || state === undefined || !applies(step, owner, state, possible)) return false;
    state.begun = true;
    if (step.do === 'refresh') state.refreshes += 1;
    if (step.do === 'refresh' || (step.do === 'continue' && step.by === 'its own wallet')) state.pairs += 1;
    return true;
  });
  return { owners, steps: kept };
}

/** The same step with one thing plainer. */
function plainerSteps(step: Step): Step[] {
  const plainer: Step[] = [];
  if (step.of > 0) plainer.push({ ...step, of: 0 });
  if ('back' in step && step.back > 0) plainer.push({ ...step, back: step.back - 1 });
  if (step.do === 'revoke' && step.hint !== undefined) plainer.push({ ...step, hint: undefined });
  if (step.do === 'refresh' && step.scope !== 'as granted') plainer.push({ ...step, scope: 'as granted' });
  return plainer;
}

function plainerOwners(owner: Owner): Owner[] {
  return [
    ...(owner.client > 0 ? [{ ...owner, client: 0 }] : []),
    ...(owner.wallet > 0 ? [{ ...owner, wallet: 0 }] : []),
  ];
}

const without = (history: History, from: number, to: number): History => ({
  ...history,
  steps: [...history.steps.slice(0, from), ...history.steps.slice(to)],
});

/** Shorter and plainer histories, the most that can go at once first. A failure needs its last step: what follows it goes in halves. */
function* plainer(history: History): Generator<History> {
  const { owners, steps } = history;
  for (const part of [1 / 2, 3 / 4, 7 / 8]) {
    const length = Math.floor(steps.length * part);
    if (length > 0 && length < steps.length) yield without(history, length, steps.length);
  }
  for (let at = steps.length - 1; at >= 0; at -= 1) yield without(history, at, at + 1);
  for (const [at, step] of steps.entries())
    for (const simple of plainerSteps(step)) yield { owners, steps: steps.with(at, simple) };
  for (const [at, owner] of owners.entries())
    if (steps.some(({ of }) => of === at))
      for (const simple of plainerOwners(owner)) yield { owners: owners.with(at, simple), steps };
}

const written = ({ owners, steps }: History): string =>
  JSON.stringify({ owners: owners.map((owner, at) => (steps.some(({ of }) => of === at) ? owner : null)), steps });

/** Any history that this target allows. Its shrinking depends on nothing but the history, so that fast-check's path leads back to it. */
class HistoryArbitrary extends fc.Arbitrary<History> {
  readonly #possible: Possibilities;
  readonly #any: fc.Arbitrary<History>;

  constructor(possible: Possibilities) {
    super();
    this.#possible = possible;
    this.#any = anyHistory(possible);
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<History> {
    return new fc.Value(validHistory(this.#any.generate(random, bias).value, this.#possible), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is History {
    return typeof value === 'object' && value !== null && 'owners' in value && 'steps' in value;
  }

  override shrink(value: History): fc.Stream<fc.Value<History>> {
    return fc.stream(this.#shorter(value));
  }

  *#shorter(value: History): IterableIterator<fc.Value<History>> {
    const seen = new Set([written(value)]);
    for (const candidate of plainer(value)) {
      const valid = validHistory(candidate, this.#possible);
      const key = written(valid);
      if (seen.has(key) || valid.steps.length === 0) continue;
      seen.add(key);
      yield new fc.Value(valid, undefined);
    }
  }
}

export function histories(possible: Possibilities): fc.Arbitrary<History> {
  return new HistoryArbitrary(possible);
}
