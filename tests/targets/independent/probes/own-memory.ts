import type { Client } from '../config.ts';
import { type Driver, newWallet, request } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, codeFields, type Probe, shape } from './probe.ts';

const pairOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json;

/** Refreshes a pair some times and gives every refresh token, the first included. */
async function chain(driver: Driver, client: Client, times: number): Promise<unknown[]> {
  const tokens = [(await pairOf(driver, client)).refresh_token];
  for (let time = 0; time < times; time += 1) {
    tokens.push((await driver.refresh(client, tokens.at(-1))).json.refresh_token);
  }
  return tokens;
}

/** A message that is sent again after something happened. */
const replayAfter =
  (between: (driver: Driver, client: Client, right: Record<string, unknown>) => Promise<unknown>): Probe =>
  async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    const first = await driver.post(open, right);
    await between(driver, open, { ...right, ...first.json });
    return shape(await driver.post(open, right));
  };

const bothAtOnce = async (send: () => Promise<{ status: number }>) =>
  (await Promise.all([send(), send()])).map(({ status }) => status).sort();

/** One probe for each mistake of what a server remembers and forgets. */
export const ownMemoryProbes: OwnProbes = {
  'client/failure-cached': async (driver, { confidential }) => {
    await driver.revoke({ ...confidential, secret: 'wrong' }, { token: 'x' });
    return shape(await driver.revoke(confidential, { token: 'x' }));
  },
  'code/ttl-lost-on-failure': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.token(open, { ...fields, code_verifier: driver.verifier() });
    await driver.advance(3600);
    return shape(await driver.token(open, fields));
  },
  'code/used-list-evicted': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.token(open, fields);
    for (let time = 0; time < 3; time += 1) await driver.exchange(open);
    return shape(await driver.token(open, fields));
  },
  'code/race-500': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    return await bothAtOnce(() => driver.token(open, fields));
  },
  'refresh/ttl-lost-on-failure': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.refresh(open, token, { scope: 'email' });
    await driver.advance(700_000);
    return shape(await driver.refresh(open, token));
  },
  'refresh/older-generations-alive': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await chain(driver, open, 3))[0])),
  'refresh/spent-forgotten-after-quarter-hour': async (driver, { public: open }) => {
    const [first] = await chain(driver, open, 1);
    await driver.advance(901);
    return shape(await driver.refresh(open, first));
  },
  'refresh/race-500': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    return await bothAtOnce(() => driver.refresh(open, token));
  },
  'refresh/sixth-refused': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await chain(driver, open, 5)).at(-1))),
  'refresh/timer-overflow': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.advance(60);
    return shape(await driver.refresh(open, token));
  },
  'refresh/lives-a-day-longer': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.advance(604_900);
    return shape(await driver.refresh(open, token));
  },
  'refresh/claims-of-previous': async (driver, { public: open }) => {
    const { json } = await driver.refresh(open, (await pairOf(driver, open)).refresh_token, { scope: 'account' });
    return [json.scope, claimsOf(json.access_token).scope];
  },
  'refresh/answer-cached-by-session': async (driver, { public: open }) => {
    const [, second, third] = await chain(driver, open, 2);
    return second === third;
  },
  'revoke/denylist-evicted': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    await driver.revoke(open, { token: String(first.access_token) });
    for (let time = 0; time < 3; time += 1) {
      await driver.revoke(open, { token: String((await pairOf(driver, open)).access_token) });
    }
    return (await driver.handoff(first.access_token)).status;
  },
  'revoke/batched': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return await alive(driver, open, pair);
  },
  'revoke/refresh-noop-once-access-expired': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.advance(901);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return shape(await driver.refresh(open, pair.refresh_token));
  },
  'revoke/young-token-lives': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return await alive(driver, open, pair);
  },
  'revoke/race-500': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    return await bothAtOnce(() => driver.revoke(open, { token: String(token) }));
  },
  'access/alive-once-used': async (driver, { public: open }) => {
    const { access_token: token } = await pairOf(driver, open);
    await driver.handoff(token);
    await driver.advance(901);
    return (await driver.handoff(token)).status;
  },
  'access/every-second-key-unpublished': async (driver, { public: open }) => {
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    const keys = createRemoteJWKSet(new URL(driver.config.jwksUri ?? ''));
    const verified = [];
    for (let time = 0; time < 2; time += 1) {
      const token = String((await pairOf(driver, open)).access_token);
      verified.push(
        await jwtVerify(token, keys).then(
          () => true,
          () => false,
        ),
      );
    }
    return verified;
  },
  'access/times-in-local-zone': async (driver, { public: open }) => {
    const { exp } = claimsOf((await pairOf(driver, open)).access_token);
    return Number(exp) > Date.now() / 1000;
  },
  'access/nbf-ahead': async (driver, { public: open }) =>
    Number(claimsOf((await pairOf(driver, open)).access_token).nbf ?? 0) > Date.now() / 1000,
  'session/cached-when-continued': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id, access_token } = (await driver.signIn(open, wallet)).json;
    await driver.signIn(open, wallet, {}, { session_id });
    await driver.revoke(open, { token: String(access_token) });
    return shape(await driver.signIn(open, wallet, {}, { session_id }));
  },
  'siwe/nonce-list-evicted': replayAfter(async (driver, client) => {
    for (let time = 0; time < 3; time += 1) await driver.signIn(client, newWallet());
  }),
  'siwe/replay-after-revocation': replayAfter((driver, client, { access_token }) =>
    driver.revoke(client, { token: String(access_token) }),
  ),
  'siwe/failure-frees-nonce': replayAfter(async (driver, client, { message }) => {
    const signature = await newWallet().sign('another text');
    await driver.post(client, { message, signature });
  }),
  'handoff/code-by-redirect-uri': async (driver, { public: open }) => {
    const codes = [];
    for (let time = 0; time < 2; time += 1) {
      codes.push((await driver.handoff((await pairOf(driver, open)).access_token)).json.code);
    }
    return codes[0] === codes[1];
  },
  'handoff/fifth-500': async (driver, { public: open }) => {
    const { access_token: token } = await pairOf(driver, open);
    const statuses = [];
    for (let time = 0; time < 5; time += 1) statuses.push((await driver.handoff(token)).status);
    return statuses;
  },
  'scopes/stale-replica': async (driver) => [(await driver.scopes()).text, (await driver.scopes()).text],
  'scopes/xml-by-default': async (driver) =>
    shape(await request(`${driver.config.target}${driver.config.basePath}/scopes`)),
};
