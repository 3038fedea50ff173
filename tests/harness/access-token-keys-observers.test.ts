import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildJwt } from '../../generators/jwt.ts';
import observers from '../../harness/observers/access-token-keys.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [own, other] = [pair(), pair()];
const jwk = ({ publicKey }: typeof own, kid?: string) => ({
  ...publicKey.export({ format: 'jwk' }),
  ...(kid === undefined ? {} : { kid }),
});

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/access-token-keys (Every access token that is issued while the key set stays the same is verified by the key that it names): access-token/jwt-verifies jwks/kid-names-key",
    ]
  `);
});

describe('the access tokens between two readings of the key set', () => {
  const token = (by: typeof own, header: Readonly<Record<string, unknown>> = {}): string =>
    buildJwt({ alg: 'RS256', ...header }, { sub: 'a' }, (input) => sign('sha256', Buffer.from(input), by.privateKey));
  type Step = (rule: ReturnType<typeof observer>) => readonly string[] | undefined;
  const keys =
    (list: unknown, startedAt: number, status = 200): Step =>
    (rule) =>
      said(rule, exchangeOf({ body: { keys: list }, startedAt, status }, { operation: 'jwks', method: 'GET' }));
  const gives =
    (access_token: unknown, startedAt: number, sent: Sent = {}, status = 200): Step =>
    (rule) =>
      said(rule, exchangeOf({ body: { access_token }, startedAt, status }, sent));
  /** What is said at the last step. */
  const judged = (...steps: readonly Step[]) => {
    const rule = observer(observers, 'access-token-keys');
    return steps.map((step) => step(rule)).at(-1);
  };
  const published = [jwk(own, 'a')];
  const unverified = (count: number, of: number): string[] => [
    `access-token/jwt-verifies: ${count} of ${of} access tokens that were issued while the key set stayed the same are verified by none of its keys.`,
  ];

  it('are verified by one of its keys', () => {
    expect(judged(keys(published, 0), gives(token(own), 10), keys(published, 20))).toEqual([]);
    expect(judged(keys(published, 0), gives(token(other), 10), keys(published, 20))).toEqual(unverified(1, 1));
    const signedIn: Sent = { operation: 'authenticate' };
    expect(
      judged(keys(published, 0), gives(token(own), 10), gives(token(other), 12, signedIn), keys(published, 20)),
    ).toEqual(unverified(1, 2));
  });
  it('name the key that verifies them, where both have a kid', () => {
    const named = (kid: string | undefined, set: readonly unknown[]) =>
      judged(keys(set, 0), gives(token(own, { kid }), 10), keys(set, 20));
    expect(named('a', published)).toEqual([]);
    expect(named(undefined, published)).toEqual([]);
    expect(named('b', [jwk(own)])).toEqual([]);
    expect(named('b', published)).toEqual([
      'jwks/kid-names-key: 1 of 1 access tokens that were issued while the key set stayed the same have another kid than the key that verifies them.',
    ]);
  });
  it('are judged once', () => {
    expect(
      judged(keys(published, 0), gives(token(other), 10), keys(published, 20), keys(published, 30)),
    ).toBeUndefined();
  });
  it('are not judged where a key may have come or gone beside them', () => {
    const foreign = token(other);
    expect(judged(gives(foreign, 0), keys(published, 10))).toBeUndefined();
    expect(judged(gives(foreign, 0), keys(published, 10), keys(published, 20))).toBeUndefined();
    expect(judged(keys(published, 10), gives(foreign, 5), keys(published, 20))).toBeUndefined();
    const grown = [...published, jwk(pair(), 'c')];
    expect(judged(keys(published, 0), gives(foreign, 10), keys(grown, 20))).toBeUndefined();
    expect(judged(keys(published, 0), gives(foreign, 10), keys(grown, 20), keys(grown, 30))).toBeUndefined();
  });
  it('wait for a reading that began after them', () => {
    const early = [keys(published, 0), gives(token(other), 20), keys(published, 15)];
    expect(judged(...early)).toBeUndefined();
    expect(judged(...early, keys(published, 30))).toEqual(unverified(1, 1));
  });
  it('may be in any order in the set', () => {
    const [first, second] = [jwk(own, 'a'), jwk(pair(), 'b')];
    const reordered = [second, Object.fromEntries(Object.entries(first).reverse())];
    expect(judged(keys([first, second], 0), gives(token(other), 10), keys(reordered, 20))).toEqual(unverified(1, 1));
  });
  it('are issued as RS256 JWTs', () => {
    const signature = (_: string): '' => '';
    const unsigned = buildJwt({ alg: 'RS256' }, {}, signature);
    for (const value of ['opaque', 7, unsigned, token(other, { alg: 'PS256' })])
      expect(judged(keys(published, 0), gives(value, 10), keys(published, 20))).toBeUndefined();
    for (const sent of [{ operation: 'probe' }, { method: 'PUT' }] satisfies Sent[])
      expect(judged(keys(published, 0), gives(token(other), 10, sent), keys(published, 20))).toBeUndefined();
    expect(judged(keys(published, 0), gives(token(other), 10, {}, 400), keys(published, 20))).toBeUndefined();
  });
  it('are judged by a set that can be read', () => {
    for (const set of ['none', [], [null, 'x', {}], [{ kty: 'RSA' }]])
      expect(judged(keys(set, 0), gives(token(other), 10), keys(set, 20))).toBeUndefined();
    expect(judged(keys(published, 0), gives(token(other), 10), keys(published, 20, 500))).toBeUndefined();
  });
  it('are none where tokens are opaque', () => {
    const rule = observer(observers, 'access-token-keys');
    const opaque = { ...config, accessToken: { ...config.accessToken, format: 'opaque' as const } };
    const reading = (startedAt: number) =>
      exchangeOf({ body: { keys: published }, startedAt }, { operation: 'jwks', method: 'GET' });
    const steps = [reading(0), exchangeOf({ body: { access_token: token(other) }, startedAt: 10 }), reading(20)];
    expect(steps.map((step) => said(rule, step, opaque))).toEqual([undefined, undefined, undefined]);
  });
});
