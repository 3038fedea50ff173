import { describe, expect, it } from 'vitest';
import { buildJwt, unsigned } from '../../generators/jwt.ts';
import type { TargetConfig } from '../../harness/config.ts';
import observers from '../../harness/observers/access-token-jwt.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/access-token-jwt (Every access token is a JWT signed with RS256 whose claims agree with the response): access-token/jwt-form access-token/jwt-rs256 access-token/jwt-numeric-dates access-token/jwt-expiry-agrees access-token/jwt-not-before access-token/jwt-no-secrets access-token/jwt-scope-as-granted",
      "observer/access-token-distinct (Access tokens of different sessions differ, and so do their ids): access-token/distinct access-token/jwt-jti-unique",
    ]
  `);
});

const opaque: TargetConfig = { ...config, accessToken: { format: 'opaque' } };
/** A target whose clock the suite does not move. */
const { control: _, ...still } = config;
const header = { alg: 'RS256', typ: 'at+jwt' };
const signed = () => new Uint8Array([1]);
const token = (claims: unknown, head: Readonly<Record<string, unknown>> = header, signer: typeof unsigned = signed) =>
  buildJwt(head, claims, signer);

/** What is said of a granted response with this token. */
const judgedToken = (access_token: unknown, members: Record<string, unknown> = {}, facts: TargetConfig = config) =>
  said(
    observer(observers, 'access-token-jwt'),
    exchangeOf({ body: { access_token, ...members }, startedAt: 5_000_000 }),
    facts,
  );
const judged = (claims: unknown, members?: Record<string, unknown>, facts?: TargetConfig) =>
  judgedToken(token(claims), members, facts);
const at = 'The access token of a granted token response';

describe('an access token', () => {
  it('that is issued again has less of its life left than its claims say, and not more', () => {
    const rule = observer(observers, 'access-token-jwt');
    const access_token = token({ iat: 1000, exp: 1900 });
    const issued = (expires_in: number) => said(rule, exchangeOf({ body: { access_token, expires_in } }), config);
    const shorter = (expiresIn: number) =>
      `access-token/jwt-expiry-agrees: ${at} lives 900 seconds by its claims, and expires_in says ${expiresIn}.`;
    expect([issued(400), issued(400), issued(1800)]).toEqual([[shorter(400)], [], [shorter(1800)]]);
  });
  it('is a JWT that is signed with RS256', () => {
    expect(judged({ sub: 'a' })).toEqual([]);
    expect(judgedToken('opaque')).toEqual([`access-token/jwt-form: ${at} is not a JWT in compact serialization.`]);
    for (const [alg, shown] of [
      ['ES256', '"ES256"'],
      [undefined, 'absent'],
    ] as const)
      expect(judgedToken(token({}, { alg }))).toEqual([
        `access-token/jwt-rs256: ${at} has the alg ${shown} instead of RS256.`,
      ]);
    expect(judgedToken(token({}, { alg: 'none' }, unsigned))).toHaveLength(1);
    expect(judgedToken(token({}, header, unsigned))).toEqual([`access-token/jwt-rs256: ${at} has no signature.`]);
  });
  it('is judged where one is issued as a JWT', () => {
    const of = (body: unknown, sent: Sent = {}, status = 200) =>
      said(observer(observers, 'access-token-jwt'), exchangeOf({ status, body }, sent));
    const body = { access_token: 'opaque' };
    expect(of(body, { operation: 'authenticate' })).toEqual([
      'access-token/jwt-form: The access token of a granted authenticate response is not a JWT in compact serialization.',
    ]);
    expect(of(body, { operation: 'handoffInit' })).toBeUndefined();
    expect(of(body, { method: 'GET' })).toBeUndefined();
    expect(of(body, {}, 400)).toBeUndefined();
    expect(of({ access_token: '' })).toBeUndefined();
    expect(of({ access_token: 7 })).toBeUndefined();
    expect(of('')).toBeUndefined();
    expect(judgedToken('opaque', {}, opaque)).toBeUndefined();
  });
});

describe('the dates of an access token', () => {
  it.each([
    ['exp', '900', 'string'],
    ['iat', null, 'object'],
    ['nbf', true, 'boolean'],
  ])('are numbers: %s', (name, value, type) => {
    expect(judged({ [name]: value })).toEqual([
      `access-token/jwt-numeric-dates: ${at} has the claim ${name} as ${type}, not as a number of seconds.`,
    ]);
  });
  it('are seconds', () => {
    for (const name of ['exp', 'iat', 'nbf'])
      expect(judged({ [name]: 1e11 + 1 })).toEqual([
        `access-token/jwt-numeric-dates: ${at} has the claim ${name} = 100000000001, which is no time in seconds.`,
      ]);
    expect(judged({ nbf: 1e11 })).toEqual([]);
  });
  it('agree with expires_in, but for two minutes or a tenth', () => {
    const lives = (lifetime: number, expires_in: unknown) =>
      judged({ iat: 1000, exp: 1000 + lifetime }, { expires_in });
    expect(lives(1020, 900)).toEqual([]);
    expect(lives(780, 900)).toEqual([]);
    expect(lives(1020.4, 900)).toEqual([]);
    expect(lives(1021, 900)).toEqual([
      `access-token/jwt-expiry-agrees: ${at} lives 1021 seconds by its claims, and expires_in says 900.`,
    ]);
    expect(lives(779, 900)).toHaveLength(1);
    expect(lives(3960, 3600)).toEqual([]);
    expect(lives(3961, 3600)).toHaveLength(1);
  });
  it('are compared where all of them are there', () => {
    expect(judged({ iat: 1000, exp: 9000 })).toEqual([]);
    expect(judged({ iat: 1000, exp: 9000 }, { expires_in: '900' })).toEqual([]);
    expect(judged({ iat: 1000 }, { expires_in: 900 })).toEqual([]);
  });
  it('are taken from when the request was sent where there is no iat, unless the suite moves the clock', () => {
    expect(judged({ exp: 5900 }, { expires_in: 900 }, still as TargetConfig)).toEqual([]);
    expect(judged({ exp: 9000 }, { expires_in: 900 }, still as TargetConfig)).toEqual([
      `access-token/jwt-expiry-agrees: ${at} lives 4000 seconds by its claims, and expires_in says 900.`,
    ]);
    const moved = { ...config, control: { clock: 'http://127.0.0.1:4010/__control/clock' } };
    expect(judged({ exp: 9000 }, { expires_in: 900 }, moved)).toEqual([]);
  });
});

describe('what an access token holds in the clear', () => {
  const secrets = [`access-token/jwt-no-secrets: ${at} holds a client secret or its refresh token in the clear.`];
  const keys = [`access-token/jwt-no-secrets: ${at} holds a private key in the clear.`];
  /** A value below so many objects. */
  const below = (depth: number, value: unknown): unknown => (depth === 0 ? value : { in: below(depth - 1, value) });

  it('is not its refresh token or a client secret, anywhere', () => {
    expect(judged({ note: 'with a-refresh-token inside' }, { refresh_token: 'a-refresh-token' })).toEqual(secrets);
    expect(judged({ note: ['x', { y: 'wl-secret' }] })).toEqual(secrets);
    expect(judgedToken(token({}, { ...header, kid: 'tp-secret' }))).toEqual(secrets);
    expect(judged({ note: 'another' }, { refresh_token: 'a-refresh-token' })).toEqual([]);
    const open = { ...config, clients: { public: undefined, thirdParty: config.clients.thirdParty } };
    expect(judged({ note: 'tp-secret' }, {}, open as unknown as TargetConfig)).toEqual(secrets);
    expect(judged({ note: null, other: 7 }, { refresh_token: 7 })).toEqual([]);
  });
  it('is looked through as deep as tokens are', () => {
    expect(judged(below(7, 'wl-secret'))).toEqual(secrets);
    expect(judged(below(8, 'wl-secret'))).toEqual([]);
    expect(judged(below(7, { kty: 'RSA', d: 'x' }))).toEqual(keys);
    expect(judged(below(8, { kty: 'RSA', d: 'x' }))).toEqual([]);
  });
  it('is no secret where it is too short to tell', () => {
    expect(judged({ note: '12345678' }, { refresh_token: '12345678' })).toEqual(secrets);
    expect(judged({ note: '1234567' }, { refresh_token: '1234567' })).toEqual([]);
  });
  it('is not a private key, in the claims or the header', () => {
    expect(judged({ cnf: { jwk: { kty: 'oct', k: 'x' } } })).toEqual(keys);
    expect(judged({ keys: [null, { kty: 'EC', d: 'x' }] })).toEqual(keys);
    expect(judgedToken(token({}, { ...header, jwk: { kty: 'RSA', d: 'x' } }))).toEqual(keys);
    expect(judged({ cnf: { jwk: { kty: 'RSA', n: 'x', e: 'AQAB' } }, d: 'x', k: 'y' })).toEqual([]);
    expect(judged({ jwk: { kty: 1, d: 'x' }, other: { kty: 'x', d: 1, k: 2 } })).toEqual([]);
  });
});

describe('the scopes that an access token claims', () => {
  const beyond = (names: string) => [
    `access-token/jwt-scope-as-granted: ${at} claims ${names}, which the response does not grant.`,
  ];
  it('are granted by the response', () => {
    expect(judged({ scope: 'a b' }, { scope: 'b a c' })).toEqual([]);
    expect(judged({ scope: 'a x  y' }, { scope: 'a' })).toEqual(beyond('x, y'));
    expect(judged({ scope: 'a' })).toEqual([]);
    expect(judged({ scope: 'one two' }, { scope: 'two one' })).toEqual([]);
  });
  it('are, in claims that are not registered, names that mean a scope', () => {
    expect(judged({ scp: ['a', 'openid', 7], scopes: 'x profile' }, { scope: 'b' })).toEqual(beyond('profile, openid'));
    expect(judged({ scp: 'account connections' }, { scope: 'b' })).toEqual(beyond('account, connections'));
    expect(judged({ scp: 'mine' }, { scope: 'b' }, { ...config, scope: 'mine other' })).toEqual(beyond('mine'));
    expect(judged({ scp: 'mine', scope: ['other'] }, { scope: 'b' })).toEqual([]);
    expect(judged({ scp: ['b', 7], scope: 'b' }, { scope: 'b' })).toEqual([]);
    expect(judged({ scp: 'mine', scope: 'b' }, { scope: 'b' })).toEqual(beyond('mine'));
  });
  it.each(
    'universal-mcp-read universal-mcp-read-write llm-all agents-all agents-use connections account openid profile email'.split(
      ' ',
    ),
  )('are known by the names of the real service: %s', (name) => {
    expect(judged({ scp: name }, { scope: 'b' }, { ...config, scope: '' })).toEqual(beyond(name));
  });
});

describe('access tokens of different sessions', () => {
  const code: Sent = {
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: 'grant_type=authorization_code&code=c',
  };
  const refresh: Sent = { ...code, body: 'grant_type=refresh_token&refresh_token=r' };
  const run = (answers: readonly (readonly [access_token: unknown, sent?: Sent])[], facts?: TargetConfig) => {
    const rule = observer(observers, 'access-token-distinct');
    return answers
      .map(([access_token, sent = code]) => said(rule, exchangeOf({ body: { access_token } }, sent), facts))
      .at(-1);
  };
  const same = [`access-token/distinct: ${at} is the same as that of an earlier session.`];
  const sameId = [`access-token/jwt-jti-unique: ${at} has the jti of an earlier token.`];

  it('differ', () => {
    expect(run([['a'], ['b']])).toEqual([]);
    expect(run([['a'], ['a']])).toEqual(same);
  });
  it('have ids that differ, where they have one', () => {
    expect(run([[token({ jti: 'i', n: 1 })], [token({ jti: 'i', n: 2 })]])).toEqual(sameId);
    expect(run([[token({ jti: 7, n: 1 })], [token({ jti: '7', n: 2 })]])).toEqual(sameId);
    expect(run([[token({ jti: 'i', n: 1 })], [token({ jti: 'j', n: 2 })]])).toEqual([]);
    expect(run([[token({ n: 1 })], [token({ n: 2 })]])).toEqual([]);
    expect(run([[token({ jti: null, n: 1 })], [token({ jti: null, n: 2 })]])).toEqual([]);
    expect(run([[token({ jti: 'i', n: 1 })], [token({ jti: 'i', n: 2 })]], opaque)).toEqual([]);
  });
  it('begin with a code, or a sign-in without session_id', () => {
    const signIn = (members: unknown): Sent => ({ operation: 'authenticate', body: JSON.stringify(members) });
    expect(run([['a'], ['a', signIn({})]])).toEqual([expect.stringMatching(/^access-token\/distinct: /)]);
    expect(run([['a', { operation: 'authenticate' }]])).toEqual([]);
    expect(run([[7]])).toBeUndefined();
  });
  it('may be the same within a session, but two of them have not one id', () => {
    const signIn: Sent = { operation: 'authenticate', body: '{"session_id":"s"}' };
    expect(run([['a'], ['a', refresh]])).toEqual([]);
    expect(run([['a'], ['a', signIn]])).toEqual([]);
    const inForm: Sent = { ...code, operation: 'authenticate', body: 'session_id=s' };
    expect(run([['a'], ['a', inForm]])).toEqual([]);
    expect(run([['a'], ['a', { ...inForm, body: 'signature=0x' }]])).toHaveLength(1);
    expect(run([[token({ jti: 'i', n: 1 })], [token({ jti: 'i', n: 1 }), refresh]])).toEqual([]);
    expect(run([[token({ jti: 'i', n: 1 })], [token({ jti: 'i', n: 2 }), refresh]])).toEqual(sameId);
  });
});

describe('the times of an access token', () => {
  const dated = (claims: unknown, date?: string) =>
    said(
      observer(observers, 'access-token-jwt'),
      exchangeOf({ body: { access_token: token(claims) }, headers: date === undefined ? [] : [['Date', date]] }),
    );
  const date = 'Thu, 01 Jan 1970 02:00:00 GMT';
  it('are not over before it is sent, by the Date of the response, give or take a minute', () => {
    expect(dated({ exp: 7139 }, date)).toEqual([
      `access-token/jwt-expiry-agrees: ${at} had expired 61 seconds before it was sent, by the Date of the response.`,
    ]);
    expect(dated({ exp: 7140 }, date)).toEqual([]);
    expect(dated({ exp: 7139 })).toEqual([]);
  });
  it('do not begin more than a minute after its issue', () => {
    expect(dated({ iat: 1000, nbf: 1061 })).toEqual([
      `access-token/jwt-not-before: ${at} must not be accepted for another 61 seconds, by its nbf.`,
    ]);
    expect(dated({ iat: 1000, nbf: 1060 })).toEqual([]);
    expect(dated({ nbf: 1061 })).toEqual([]);
  });
});
