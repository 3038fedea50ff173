import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../generators/jwt.ts';
import observers from '../../harness/observers/refresh-claims.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/refresh-expiry (A refreshed JWT says when it expires where the one before did): access-token/jwt-expiry-agrees",
    ]
  `);
});

describe('the token of a refresh', () => {
  const form = (body: string): Sent => ({ headers: [['content-type', 'application/x-www-form-urlencoded']], body });
  const token = (claims: object): string => `${encodeJson({ alg: 'RS256' })}.${encodeJson(claims)}.c`;
  const dated = token({ exp: 1 });
  const endless = token({});
  /** The body of a response, what was sent, and its status. */
  type Step = readonly [body: object | string, sent: Sent, status?: number];
  const begun = (access_token: unknown, sent: Sent = form('grant_type=authorization_code&code=c')): Step => [
    { access_token, refresh_token: 'r1' },
    sent,
  ];
  const refresh = (used: string, next: string, access_token: unknown, status = 200): Step => [
    { access_token, refresh_token: next },
    form(`grant_type=refresh_token&refresh_token=${used}`),
    status,
  ];
  /** What is said of the last one. */
  const judged = (steps: readonly Step[], facts = config) => {
    const rule = observer(observers, 'refresh-expiry');
    return steps.map(([body, sent, status = 200]) => said(rule, exchangeOf({ status, body }, sent), facts)).at(-1);
  };
  const lost = [
    'access-token/jwt-expiry-agrees: The access token of a refresh has no exp claim, which that of its session had: whoever verifies it takes it for one without end.',
  ];

  it('has exp where the first one had it', () => {
    expect(judged([begun(dated), refresh('r1', 'r2', token({ exp: 2 }))])).toEqual([]);
    expect(judged([begun(dated), refresh('r1', 'r2', endless)])).toEqual(lost);
    expect(judged([begun(dated, { operation: 'authenticate' }), refresh('r1', 'r2', endless)])).toEqual(lost);
  });
  it('does not lose it later, and is judged each time', () => {
    expect(judged([begun(dated), refresh('r1', 'r2', endless), refresh('r2', 'r3', endless)])).toEqual(lost);
  });
  it('needs none where the first one had none, or was no JWT', () => {
    for (const first of [endless, 'opaque', 7])
      expect(judged([begun(first), refresh('r1', 'r2', endless)])).toBeUndefined();
  });
  it('may be no JWT', () => {
    for (const next of ['opaque', 7, undefined])
      expect(judged([begun(dated), refresh('r1', 'r2', next)])).toBeUndefined();
    const [, sent] = refresh('r1', 'r2', endless);
    expect(judged([begun(dated), ['', sent]])).toBeUndefined();
    const opaque = { ...config, accessToken: { ...config.accessToken, format: 'opaque' as const } };
    expect(judged([begun(dated), refresh('r1', 'r2', endless)], opaque)).toBeUndefined();
  });
  it('is that of a refresh, of the same session', () => {
    expect(judged([begun(dated), refresh('r9', 'r2', endless)])).toBeUndefined();
    const exchanged = form('grant_type=authorization_code&code=c&refresh_token=r1');
    expect(judged([begun(dated), begun(endless, exchanged)])).toBeUndefined();
    const withoutRefresh: Step = [{ access_token: dated }, form('grant_type=authorization_code&code=c')];
    expect(judged([withoutRefresh, begun(endless)])).toBeUndefined();
  });
  it('is judged where it is issued', () => {
    expect(judged([begun(dated), refresh('r1', 'r2', endless, 400)])).toBeUndefined();
    for (const other of [{ operation: 'probe' }, { method: 'PUT' }] satisfies Sent[])
      expect(judged([begun(dated, other), refresh('r1', 'r2', endless)])).toBeUndefined();
  });
});
