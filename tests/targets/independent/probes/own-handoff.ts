import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type JWK } from 'jose';
import { type Driver, request } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { type Probe, shape } from './probe.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const BODY = { redirectUri: 'https://app.example.com/back', intent: 'connections' };

/** Opening a hand-off with a body of which some members differ. */
const withBody =
  (changes: Record<string, unknown>): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.handoff((await driver.exchange(open)).json.access_token, changes));

/** Opening a hand-off with a token that was made from a live one. */
const withToken =
  (change: (parts: readonly string[], driver: Driver) => string | Promise<string>): Probe =>
  async (driver, { public: open }) => {
    const token = String((await driver.exchange(open)).json.access_token);
    return shape(await driver.handoff(await change(token.split('.'), driver)));
  };

const withAuthorization =
  (change: (token: string) => Record<string, string>, body: (token: string) => unknown = () => BODY): Probe =>
  async (driver, { public: open }) => {
    const token = String((await driver.exchange(open)).json.access_token);
    const headers = { 'content-type': 'application/json', ...change(token) };
    return shape(await driver.raw('handoffInit', { method: 'POST', headers, body: JSON.stringify(body(token)) }));
  };

const expired =
  (show: (answer: Awaited<ReturnType<Driver['handoff']>>) => unknown): Probe =>
  async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.advance(1000);
    return show(await driver.handoff(json.access_token));
  };

/** One probe for each mistake at the hand-off that the probes of its topic do not see. */
export const ownHandoffProbes: OwnProbes = {
  'handoff/any-scheme': withAuthorization((token) => ({ authorization: `Token ${token}` })),
  'handoff/no-scheme': withAuthorization((token) => ({ authorization: token })),
  'handoff/token-in-body': withAuthorization(
    () => ({}),
    (token) => ({ ...BODY, access_token: token }),
  ),
  'handoff/challenge-unknown-error': async (driver) =>
    (await driver.handoff('garbage')).headers.get('www-authenticate')?.includes('invalid_token'),
  'handoff/expired-500': expired(shape),
  'handoff/no-challenge-when-expired': expired(({ headers }) => headers.get('www-authenticate') !== null),
  'handoff/revoked-500': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.revoke(open, { token: String(json.access_token) });
    return shape(await driver.handoff(json.access_token));
  },
  'handoff/fourth-part': withToken((parts) => [...parts, 'more'].join('.')),
  'handoff/hs256-empty-key': withToken(([, body]) => {
    const input = `${encode({ alg: 'HS256' })}.${body}`;
    return `${input}.${createHmac('sha256', '').update(input).digest('base64url')}`;
  }),
  'handoff/hs512-public-key': withToken(async ([, body], driver) => {
    const { keys } = (await request(driver.config.jwksUri ?? '')).json as { keys: JWK[] };
    const key = await importJWK(keys.at(-1) ?? {}, 'RS256');
    const pem = key instanceof Uint8Array ? '' : await exportSPKI(key);
    const input = `${encode({ alg: 'HS512' })}.${body}`;
    return `${input}.${createHmac('sha512', pem).update(input).digest('base64url')}`;
  }),
  'handoff/psychic-signature': withToken(
    ([, body]) => `${encode({ alg: 'ES256' })}.${body}.${Buffer.alloc(64).toString('base64url')}`,
  ),
  'handoff/intent-prototype': withBody({ intent: 'constructor' }),
  'handoff/intent-shorter': withBody({ intent: 'connect' }),
  'handoff/redirect-javascript-case': withBody({ redirectUri: 'JavaScript:alert(1)' }),
};
