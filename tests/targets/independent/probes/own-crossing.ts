import { newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { claimsOf, type Probe, shape } from './probe.ts';
import { User, verifies, withUser } from './user.ts';

/** A pair that was there before another wallet or client tried something with its owner. */
const afterRefusal =
  (attempt: (user: User, clients: Parameters<Probe>[1]) => Promise<unknown>): Probe =>
  async (driver, clients) => {
    const user = new User(driver, clients.public);
    const pair = await user.enter();
    await attempt(user, clients);
    return await user.alive(pair);
  };

/** One probe for each mistake that crosses operations. */
export const ownCrossingProbes: OwnProbes = {
  'authenticate/role-refused-yet-sessions-ended': afterRefusal((user, { thirdParty }) => user.tries({}, thirdParty)),
  'authenticate/refused-yet-sessions-ended': afterRefusal(async ({ driver, client, wallet }) => {
    await driver.post(client, await driver.signed(newWallet(), await driver.siweFields(wallet)));
  }),
  'authenticate/client-of-first-sign-in': async (driver, { public: open, confidential }) => {
    const user = new User(driver, open);
    await user.enter();
    const second = new User(driver, confidential, user.wallet);
    return await second.alive(await second.enter());
  },
  'authenticate/access-cached-by-wallet': withUser(async (user) => {
    const [first, second] = [await user.enter(), await user.enter()];
    return first.access_token === second.access_token;
  }),
  'authenticate/ends-sessions-of-other-wallets': afterRefusal(({ driver, client }) => new User(driver, client).enter()),
  'authenticate/first-sign-in-race-500': withUser(async ({ driver, client, wallet }) => {
    const answers = await Promise.all([driver.signIn(client, wallet), driver.signIn(client, wallet)]);
    return answers.map(({ status }) => status).sort();
  }),
  'authenticate/get-works': withUser(async ({ client, wallet }, driver) => {
    const members = { client_id: client.id, ...(await driver.signed(wallet, await driver.siweFields(wallet))) };
    return shape(await driver.raw('authenticate', { method: 'GET' }, `?${new URLSearchParams(members)}`));
  }),
  'authenticate/credentials-type-500': withUser(async (user) => [
    shape(await user.driver.signIn(user.client, user.wallet, {}, { client_id: 17 })),
  ]),
  'authenticate/lifetimes-swapped': withUser((user) => user.tries({})),
  'authenticate/scope-unlisted': withUser((user) => user.tries({})),
  'access/authenticate-key-unpublished': withUser(async (user, driver) => verifies(driver, await user.enter())),
  'access/continued-hs256': withUser(async (user, driver) =>
    verifies(driver, await user.continues(await user.enter())),
  ),
  'access/prolonged-by-continuing': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(600);
    await user.continues(pair);
    await driver.advance(600);
    return (await driver.handoff(pair.access_token)).status;
  }),
  'access/prolonged-by-refreshing': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(600);
    await user.refreshes(pair);
    await driver.advance(600);
    return (await driver.handoff(pair.access_token)).status;
  }),
  'access/iat-of-session': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(600);
    const { iat, exp } = claimsOf((await user.refreshes(pair)).access_token);
    return Number(exp) - Number(iat);
  }),
  'session/joined-across-clients': async (driver, { public: open, confidential }) => {
    const user = new User(driver, open);
    const [first, second] = [await user.enter(), await new User(driver, confidential, user.wallet).enter()];
    return first.session_id === second.session_id;
  },
  'session/refused-yet-rebound': withUser(async (user, driver) => {
    const pair = await user.enter();
    await new User(driver, user.client).tries(pair);
    return await user.tries(pair);
  }),
  'session/not-continuable-once-refreshed': withUser(async (user) => {
    const pair = await user.enter();
    await user.refreshes(pair);
    return await user.tries(pair);
  }),
  'session/other-known-wallet': withUser(async (user, driver) => {
    const other = new User(driver, user.client);
    await other.enter();
    return await other.tries(await user.enter());
  }),
  'session/other-client-when-confidential': async (driver, { public: open, confidential }) => {
    const user = new User(driver, open);
    return await user.tries(await user.enter(), confidential);
  },
  'session/id-not-uuid-500': withUser((user) => user.tries({ session_id: 'no-such-session' })),
  'session/id-wildcard': withUser(async (user) => {
    await user.enter();
    return await user.tries({ session_id: '%' });
  }),
  'session/race-revives': withUser(async (user) => {
    const pair = await user.enter();
    const continuing = user.continues(pair);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await user.revokes(pair.access_token);
    await continuing;
    return await user.alive(pair);
  }),
  'session/lifetime-not-renewed': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(600);
    const next = await user.continues(pair);
    await driver.advance(600);
    return (await driver.handoff(next.access_token)).status;
  }),
  'session/refresh-lifetime-not-renewed': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(400_000);
    const next = await user.continues(pair);
    await driver.advance(400_000);
    return shape(await driver.refresh(user.client, next.refresh_token));
  }),
  'session/no-refresh-token-when-continued': withUser(async (user) => user.tries(await user.enter())),
  'refresh/signed-in-unknown': withUser(async (user) => user.alive(await user.enter())),
  'refresh/signed-in-once': withUser(async (user) => user.alive(await user.refreshes(await user.enter()))),
  'refresh/old-alive-signed-in': withUser(async (user) => {
    const pair = await user.enter();
    await user.refreshes(pair);
    return await user.alive(pair);
  }),
  'refresh/other-subject-signed-in': withUser(async (user) => {
    const pair = await user.enter();
    const next = await user.refreshes(pair);
    return claimsOf(pair.access_token).sub === claimsOf(next.access_token).sub;
  }),
  'refresh/subject-of-newest': withUser(async (user, driver) => {
    const pair = await user.enter();
    await new User(driver, user.client).enter();
    const next = await user.refreshes(pair);
    return claimsOf(pair.access_token).sub === claimsOf(next.access_token).sub;
  }),
  'refresh/other-session-once-continued': withUser(async (user) => {
    const pair = await user.enter();
    const next = await user.refreshes(await user.continues(pair));
    await user.revokes(pair.access_token);
    return await user.alive(next);
  }),
  'refresh/ends-other-session-of-wallet': withUser(async (user) => {
    const [first, second] = [await user.enter(), await user.enter()];
    await user.refreshes(second);
    return await user.alive(first);
  }),
  'revoke/continued-ignored': withUser(async (user) => {
    const next = await user.continues(await user.enter());
    await user.revokes(next.access_token);
    return await user.alive(next);
  }),
  'revoke/two-newest-pairs': withUser(async (user) => {
    const pair = await user.enter();
    await user.continues(pair);
    const third = await user.continues(pair);
    await user.revokes(third.access_token);
    return [await user.alive(third), await user.alive(pair)];
  }),
  'revoke/stateless-access-signed-in': withUser(async (user) => {
    const pair = await user.enter();
    await user.revokes(pair.refresh_token);
    return await user.alive(pair);
  }),
  'revoke/ignored-while-handoff-open': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.handoff(pair.access_token);
    await user.revokes(pair.refresh_token);
    return await user.alive(pair);
  }),
  'revoke/kills-next-sign-in': withUser(async (user) => {
    await user.revokes((await user.enter()).access_token);
    return await user.alive(await user.enter());
  }),
};
