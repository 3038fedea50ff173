import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../generators/jwt.ts';
import observers from '../../harness/observers/refresh-scope.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/refresh-scope-told (A refresh for less whose token has less does not tell of more): token/response-scope-when-different",
      "observer/refresh-scope (A refresh that names no scope gives nothing beyond what was granted first, and nothing less without a word): refresh/scope-omitted",
    ]
  `);
});

const form = (parameters: Record<string, string>): Sent => ({
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body: new URLSearchParams(parameters).toString(),
});
/** An access token that claims this scope. */
const claiming = (scope: unknown): string => `${encodeJson({})}.${encodeJson({ scope })}.c`;

interface Granted {
  readonly scope?: unknown;
  readonly access_token?: unknown;
  readonly refresh_token?: unknown;
}
/** A granted request: what came back, and what was sent. */
type Step = readonly [Granted | string, Sent];

const begun = (granted: Granted, sent: Sent = form({ grant_type: 'authorization_code', code: 'c' })): Step => [
  { access_token: 'a', refresh_token: 'r1', ...granted },
  sent,
];
const refresh = (used: string, next: string, granted: Granted, asked?: string): Step => [
  { access_token: 'a', refresh_token: next, ...granted },
  form({ grant_type: 'refresh_token', refresh_token: used, ...(asked === undefined ? {} : { scope: asked }) }),
];

/** What a rule says of the last of some granted requests. */
const run = (name: string, steps: readonly Step[], last: Parameters<typeof exchangeOf>[0] = {}) => {
  const rule = observer(observers, name);
  return steps
    .map(([body, sent], index) => said(rule, exchangeOf({ body, ...(index === steps.length - 1 ? last : {}) }, sent)))
    .at(-1);
};

describe('a refresh that names no scope', () => {
  const judged = (...steps: readonly Step[]) => run('refresh-scope', steps);
  const beyond = (names: string) => [
    `refresh/scope-omitted: A refresh that names no scope gave ${names} beyond what was granted first.`,
  ];
  const missing = (names: string) => [
    `refresh/scope-omitted: A refresh that names no scope did not give ${names}, which was granted first, and did not say so.`,
  ];

  it('keeps the scope, or gives less and says so', () => {
    expect(judged(begun({ scope: 'a b' }), refresh('r1', 'r2', { scope: 'b  a' }))).toEqual([]);
    expect(judged(begun({ scope: 'a b' }), refresh('r1', 'r2', { scope: 'a' }, ''))).toEqual([]);
    expect(
      judged(
        begun({ scope: 'a b', access_token: claiming('a b') }),
        refresh('r1', 'r2', { scope: 'a', access_token: claiming('a') }),
      ),
    ).toEqual([]);
  });
  it('does not give more, by its response or by its token alone, now or later', () => {
    expect(judged(begun({ scope: 'a' }), refresh('r1', 'r2', { scope: 'a b c b' }))).toEqual(beyond('b, c'));
    expect(judged(begun({ scope: 'a' }), refresh('r1', 'r2', { access_token: claiming('a b') }))).toEqual(beyond('b'));
    expect(
      judged(begun({ scope: 'a' }), refresh('r1', 'r2', { scope: 'a' }), refresh('r2', 'r3', { scope: 'a b' })),
    ).toEqual(beyond('b'));
  });
  it('does not give what a token without a told scope did not claim, and no code was asked for', () => {
    const first = begun({ access_token: claiming('a') });
    expect(judged(first, refresh('r1', 'r2', { scope: 'a b' }))).toEqual(beyond('b'));
    expect(judged(first, refresh('r1', 'r2', { access_token: claiming('b') }))).toEqual(beyond('b'));
    expect(judged(first, refresh('r1', 'r2', { scope: 'account openid connections a' }))).toEqual([]);
  });
  it('gives all again after one for less', () => {
    expect(
      judged(begun({ scope: 'a b' }), refresh('r1', 'r2', { scope: 'a' }, 'a'), refresh('r2', 'r3', { scope: 'a b' })),
    ).toEqual([]);
  });
  it('gives a token that claims as much as the first one, or says that it does not', () => {
    const first = begun({ scope: 'a b c', access_token: claiming('a b c') });
    expect(judged(first, refresh('r1', 'r2', { access_token: claiming('b') }))).toEqual(missing('a, c'));
    expect(judged(first, refresh('r1', 'r2', { scope: 'a b c', access_token: claiming('a b') }))).toEqual(missing('c'));
    expect(judged(first, refresh('r1', 'r2', { scope: 'a b', access_token: claiming('a b') }))).toEqual([]);
    // Whether an opaque token has the scope cannot be seen.
    expect(judged(first, refresh('r1', 'r2', { scope: 'a b c' }))).toEqual([]);
  });
  it('need not claim what the first token did not claim', () => {
    const less = { access_token: claiming('a') };
    expect(judged(begun({ scope: 'a b', ...less }), refresh('r1', 'r2', { scope: 'a b', ...less }))).toEqual([]);
    expect(judged(begun({ scope: 'a b' }), refresh('r1', 'r2', less))).toEqual([]);
  });
  it.each(['openid', 'offline_access'])('may leave out what is for the first grant: %s', (name) => {
    const first = begun({ scope: `${name} a`, access_token: claiming(`${name} a`) });
    expect(judged(first, refresh('r1', 'r2', { access_token: claiming('a') }))).toEqual([]);
  });

  it('is judged where it is one', () => {
    expect(judged(begun({ scope: 'a' }), refresh('r1', 'r2', { scope: 'a b' }, 'a b'))).toBeUndefined();
    expect(judged(begun({ scope: 'a' }), begun({ scope: 'a b' }))).toBeUndefined();
    const exchanged = form({ grant_type: 'authorization_code', code: 'c', refresh_token: 'r1' });
    expect(judged(begun({ scope: 'a' }), begun({ scope: 'a b' }, exchanged))).toBeUndefined();
  });
  it('is judged where its own scope and the first one can be read', () => {
    const scope = 'a b';
    expect(judged(begun({}), refresh('r1', 'r2', { scope }))).toBeUndefined();
    const signIn: Sent = { operation: 'authenticate' };
    expect(judged(begun({ access_token: claiming('a') }, signIn), refresh('r1', 'r2', { scope }))).toBeUndefined();
    expect(judged(refresh('r1', 'r2', { scope: 'a' }), refresh('r2', 'r3', { scope }))).toBeUndefined();
    expect(judged(begun({ scope: 'a', refresh_token: undefined }), begun({ scope }))).toBeUndefined();
    for (const access_token of ['a', 7, claiming(['a', 'b'])])
      expect(judged(begun({ scope: 'a' }), refresh('r1', 'r2', { scope: ['a'], access_token }))).toBeUndefined();
    const [, sent] = refresh('r1', 'r2', {});
    expect(judged(begun({ scope: 'a' }), ['', sent])).toBeUndefined();
  });
  it('is compared with what the session was granted first, whatever comes between', () => {
    const signIn: Sent = { operation: 'authenticate' };
    const wider = refresh('r1', 'r2', { scope: 'a b' });
    expect(judged(begun({ scope: 'a' }, signIn), wider)).toEqual(beyond('b'));
    expect(judged(begun({ scope: 'a' }), begun({}, signIn), wider)).toEqual(beyond('b'));
    for (const other of [{ operation: 'probe' }, { method: 'PUT' }] satisfies Sent[])
      expect(judged(begun({ scope: 'a' }), begun({ scope: 'a b' }, other), wider)).toEqual(beyond('b'));
  });
  it('is judged where it is granted', () => {
    const steps = [begun({ scope: 'a' }), refresh('r1', 'r2', { scope: 'a b' })];
    expect(run('refresh-scope', steps, { status: 400 })).toBeUndefined();
  });
});

describe('a refresh for less', () => {
  const granted = { scope: 'a b c', access_token: claiming('a') };
  const judged = (own: Granted, asked?: string) => run('refresh-scope-told', [refresh('r1', 'r2', own, asked)]);

  it('does not tell of more than its token has', () => {
    expect(judged({ scope: 'a d b', access_token: claiming('b a') }, 'a b')).toEqual([
      'token/response-scope-when-different: A refresh for a b gave a token for that alone, and its response tells of d as well.',
    ]);
    expect(judged(granted, 'a')).toEqual([
      'token/response-scope-when-different: A refresh for a gave a token for that alone, and its response tells of b c as well.',
    ]);
    expect(judged({ ...granted, scope: 'a' }, 'a')).toEqual([]);
  });
  it('may give a token that has other names than those asked for', () => {
    expect(judged({ ...granted, access_token: claiming('a b') }, 'a')).toEqual([]);
    expect(judged(granted, 'a b')).toEqual([]);
    expect(judged({ ...granted, access_token: claiming('b') }, 'a')).toEqual([]);
  });
  it('is judged where all three can be read', () => {
    for (const asked of [undefined, '', ' ']) expect(judged(granted, asked)).toBeUndefined();
    expect(judged({ access_token: claiming('a') }, 'a')).toBeUndefined();
    for (const access_token of ['a', 7, claiming(7)]) expect(judged({ ...granted, access_token }, 'a')).toBeUndefined();
  });
  it('is judged where it is a refresh, and granted', () => {
    const exchanged = form({ grant_type: 'authorization_code', code: 'c', scope: 'a' });
    expect(run('refresh-scope-told', [begun(granted, exchanged)])).toBeUndefined();
    expect(run('refresh-scope-told', [refresh('r1', 'r2', granted, 'a')], { status: 400 })).toBeUndefined();
  });
});
