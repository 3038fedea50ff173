/** Random histories of sessions: sessions of near owners grow a past, are refused or revoked, and are looked at. */

import fc from 'fast-check';
import {
  type History,
  type Owner,
  type Possibilities,
  plainer,
  type Step,
  type Time,
  type TokenKind,
  validHistory,
  written,
} from './session-history.ts';

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
  const idOf = ({ client }: { readonly client: number }): string | undefined => possible.clients[client]?.id;
  return fc.tuple(any, any, any, near, fc.constantFrom(1, 1, 2, 2, 3)).map(([first, second, third, how, count]) => {
    const others = choices.filter((one) => one.via === first.via && idOf(one) !== idOf(first));
    const beside = {
      'the same': first,
      'another wallet': { ...first, wallet: 1 - first.wallet },
      'another client': { ...second, ...others[second.client % Math.max(1, others.length)], wallet: first.wallet },
      any: second,
    }[how];
    // Where time is moved, for all at once and while nothing else runs, one session has to do.
    return [first, beside, third].slice(0, possible.clock ? 1 : count);
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
    ...(scopes ? [steps(3, { ...its, do: words('refresh'), scope: words('less') })] : []),
    steps(4, { ...its, do: words('hand off') }),
    steps(2, { ...its, do: words('continue'), by: words('another wallet', 'another client') }),
    steps(1, {
      ...its,
      do: words('revoke'),
      token: kinds,
      hint: hints,
      back: fc.constant(0),
      by: words('another client'),
    }),
    ...(others > 1 ? [steps(5, { of: fc.integer({ min: 1, max: others - 1 }), do: words('begin') })] : []),
  ];
}

/** What leaves a session as it is, with a look at it; then steps that are refused whatever has happened before, after which it may be over. */
function refusals(of: number, { scopes, clock }: Possibilities): fc.Arbitrary<Step[]> {
  const all: Step[] = [
    { of, do: 'refresh again', back: 0 },
    { of, do: 'refresh again', back: 1 },
    { of, do: 'redeem its code again' },
    { of, do: 'refresh as another client' },
  ];
  // First, since what follows may end the session.
  const more = scopes ? fc.constantFrom<Step[]>([], [{ of, do: 'refresh', scope: 'more' }]) : fc.constant<Step[]>([]);
  const refresh = { of, do: 'refresh', scope: 'as granted' } as const;
  const revoke = fc
    .tuple(kinds, hints)
    .map(([token, hint]): Step => ({ of, do: 'revoke', token, hint, back: 0, by: 'another client' }));
  const foreign = fc
    .tuple(revoke, fc.constantFrom<Step>(refresh, { of, do: 'hand off' }))
    .map(([step, seen]): Step[] => [step, seen]);
  const nothing = fc.constant<Step[]>([]);
  const time = times(of).map((step): Step[] => [step]);
  return fc
    .tuple(
      fc.oneof(nothing, foreign, foreign, ...(clock ? [time, time] : [])),
      more,
      fc.shuffledSubarray(all, { minLength: 2, maxLength: 4 }),
    )
    .map(([first, wider, chosen]) => [...first, ...wider, ...chosen, refresh]);
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
    .tuple(revoke.arbitrary, wait, fc.shuffledSubarray(looks, { minLength: clock ? 2 : 3, maxLength: clock ? 3 : 4 }))
    .map(([first, time, chosen]) => [first, ...(time === undefined ? [] : [time]), ...chosen]);
}

const times = (of: number): fc.Arbitrary<Step> =>
  words<Time>(
    'half its access token',
    'half its access token',
    'its access token',
    'a fifth of its refresh token',
    'a fifth of its refresh token',
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
          .array(fc.tuple(times(0), grows), { minLength: 1, maxLength: 3, size: 'max' })
          .map((pairs) => [{ of: 0, do: 'begin' } as const, ...pairs.flat()])
      : fc.array(grows, { minLength: 3, maxLength: 6, size: 'max' });
    const late = steps(1, { of: fc.constant(0), do: words('redeem a code late') }).arbitrary.map((step) => [step]);
    const ending = fc.oneof(
      { weight: 4, arbitrary: refusals(0, possible) },
      { weight: 6, arbitrary: revocation(0, possible) },
      ...(possible.clock
        ? [
            { weight: 4, arbitrary: fc.tuple(times(0), look(0)) },
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
    const history = validHistory(this.#any.generate(random, bias).value, this.#possible);
    // Where nothing of it can be done, there is still a session to begin.
    return new fc.Value(
      history.steps.length > 0 ? history : { ...history, steps: [{ of: 0, do: 'begin' }] },
      undefined,
    );
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
