import { type Driver, newWallet, request } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { claimsOf, codeFields, type Probe, shape } from './probe.ts';

const SECRET = /^(n|kid|p|q|k)$/;

/** The published keys without what differs from run to run but for its length and first letters. */
const jwks: Probe = async (driver) => {
  const { text } = await request(String(driver.config.jwksUri));
  return JSON.stringify(JSON.parse(text), (name, value) =>
    SECRET.test(name) && typeof value === 'string' ? [value.length, /[+/=]/.test(value), /^A/.test(value)] : value,
  );
};

const headerOf = (token: unknown) => JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString());

const pairOfPublic = async (driver: Driver) => {
  const { public: open } = driver.config.clients;
  const { json } = await driver.exchange(open);
  return { first: json, second: (await driver.refresh(open, json.refresh_token)).json };
};

const typesOfClaims: Probe = async (driver) => {
  const { first, second } = await pairOfPublic(driver);
  return [first, second].map(({ access_token }) =>
    Object.entries(claimsOf(access_token)).map(([name, value]) => [name, value === null ? 'null' : typeof value]),
  );
};

const times: Probe = async (driver) => {
  const { first, second } = await pairOfPublic(driver);
  return [first, second].map(({ access_token }) => {
    const { iat, exp } = claimsOf(access_token);
    return [Number(exp) - Number(iat), String(iat).length];
  });
};

const header: Probe = async (driver) => {
  const { first, second } = await pairOfPublic(driver);
  return [first, second].map(({ access_token }) => [headerOf(access_token), /[+/=]/.test(String(access_token))]);
};

/** One probe for each mistake in tokens and keys that the probes of its topic do not see. */
export const ownKeyProbes: OwnProbes = {
  'access/subject-of-last-sign-in': async (driver, { public: open }) => {
    const first = (await driver.signIn(open, newWallet())).json;
    await driver.signIn(open, newWallet());
    const second = (await driver.refresh(open, first.refresh_token)).json;
    return claimsOf(first.access_token).sub === claimsOf(second.access_token).sub;
  },
  'access/session-of-last-sign-in': async (driver, { public: open }) => {
    const first = (await driver.signIn(open, newWallet())).json;
    await driver.signIn(open, newWallet());
    const second = (await driver.refresh(open, first.refresh_token)).json;
    return claimsOf(first.access_token).sid === claimsOf(second.access_token).sid;
  },
  'access/claims-from-parameters': async (driver, { public: open }) =>
    claimsOf((await driver.exchange(open, { role: 'admin' })).json.access_token).role,
  'access/issuer-from-host': async (driver, { public: open }) => {
    const answer = await driver.token(open, await codeFields(driver, open), { 'x-forwarded-host': 'evil.example' });
    return String(claimsOf(answer.json.access_token).iss).includes('evil');
  },
  'access/sub-number': typesOfClaims,
  'access/aud-null': typesOfClaims,
  'access/iat-milliseconds': times,
  'access/iat-after-exp': times,
  'access/exp-end-of-next-hour': times,
  'access/exp-of-refresh-token': times,
  'access/no-exp-claim-once-refreshed': typesOfClaims,
  'access/exp-twice': async (driver, { public: open }) => {
    const body = String((await driver.exchange(open)).json.access_token).split('.')[1] ?? '';
    return Buffer.from(body, 'base64url').toString().split('"exp"').length;
  },
  'access/jti-counts-by-session': async (driver, { public: open }) => {
    const [first, second] = [await driver.exchange(open), await driver.exchange(open)];
    return claimsOf(first.json.access_token).jti === claimsOf(second.json.access_token).jti;
  },
  'access/kid-number': header,
  'access/crit-empty': header,
  'access/crit-unknown': header,
  'access/padded': header,
  'access/signature-base64': header,
  'access/key-too-small': jwks,
  'access/hs256-once-refreshed': header,
  'access/key-unpublished-once-refreshed': header,
  'access/key-unpublished-third-party': async (driver, { thirdParty }) =>
    headerOf((await driver.exchange(thirdParty)).json.access_token),
  'access/new-key-unpublished-after-a-day': async (driver, { public: open }) => {
    await driver.advance(86_400);
    const answer = await driver.exchange(open);
    return [shape(answer), headerOf(answer.json.access_token)];
  },
  'access/jwks-array': jwks,
  'access/jwks-by-kid': jwks,
  'access/jwks-kid-twice': jwks,
  'access/jwks-use-enc': jwks,
  'access/jwks-other-alg': jwks,
  'access/jwks-without-kty': jwks,
  'access/jwks-base64': jwks,
  'access/jwks-leading-zero': jwks,
  'access/jwks-factors': jwks,
  'access/jwks-symmetric': jwks,
};
