import { newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, type Probe, shape } from './probe.ts';
import { User, withUser } from './user.ts';

const refreshed: Probe = async (driver, { public: open }) =>
  shape(await driver.refresh(open, (await driver.exchange(open)).json.refresh_token));

/** Tokens of a sign-in whose message ends after some seconds: how long they say to live, and whether they do. */
const expiring = (seconds: number): Probe =>
  withUser(async (user, driver) => {
    const expirationTime = new Date(Date.now() + seconds * 1000).toISOString();
    const pair = await user.enter({}, { expirationTime });
    const { exp, iat } = claimsOf(pair.access_token);
    await driver.advance(400);
    return [Number(exp) - Number(iat), await user.alive(pair)];
  });

/** One probe for each mistake of a second time that the probes of its topic do not see. */
export const ownLaterProbes: OwnProbes = {
  'session/not-continuable-after-handoff': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.handoff(pair.access_token);
    return await user.tries(pair);
  }),
  'revoke/no-client-yet-done': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.revoke(undefined, { token: String(json.refresh_token) });
    return await alive(driver, open, json);
  },
  'client/second-failure-without-challenge': async (driver, { confidential }) => {
    const wrong = { ...confidential, secret: 'wrong' };
    return [shape(await driver.revoke(wrong, { token: 'x' })), shape(await driver.revoke(wrong, { token: 'x' }))];
  },
  'handoff/second-refusal-without-challenge': async (driver) => [
    shape(await driver.handoff('x')),
    shape(await driver.handoff('x')),
  ],
  'authenticate/second-refusal-200': withUser(async ({ client, wallet }, driver) => {
    const wrong = { domain: 'evil.example.com' };
    return [shape(await driver.signIn(client, wallet, wrong)), shape(await driver.signIn(client, wallet, wrong))];
  }),
  'authenticate/role-cached-by-path': async (driver, { public: open, thirdParty }) => {
    await driver.signIn(open, newWallet());
    return shape(await driver.signIn(thirdParty, newWallet()));
  },
  'handoff/role-cached-by-path': async (driver, { public: open, thirdParty }) => {
    await driver.handoff((await driver.exchange(open)).json.access_token);
    return shape(await driver.handoff((await driver.exchange(thirdParty)).json.access_token));
  },
  'access/dies-with-message': expiring(300),
  'access/lives-as-message': expiring(86_400),
  'refresh/dies-with-message': expiring(300),
  'handoff/query-read': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const query = '?intent=connections&redirectUri=https%3A%2F%2Fapp.example.com%2Fback';
    return shape(await driver.raw('handoffInit', { method: 'POST', headers, body: '{}' }, query));
  },
  'session/foreign-500': withUser(async (user, driver) => new User(driver, user.client).tries(await user.enter())),
  'session/revoked-500': withUser(async (user) => {
    const pair = await user.enter();
    await user.revokes(pair.refresh_token);
    return await user.tries(pair);
  }),
  'answer/refreshing-no-expires-in': refreshed,
  'answer/refreshing-camel-case': refreshed,
  'access/refreshed-scope-wider': async (driver, { public: open }) => {
    const { json } = await driver.refresh(open, (await driver.exchange(open)).json.refresh_token);
    return claimsOf(json.access_token).scope;
  },
  'access/signed-in-scope-wider': withUser(async (user) => claimsOf((await user.enter()).access_token).scope),
};
