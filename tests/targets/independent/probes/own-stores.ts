import type { Client } from '../config.ts';
import { type Driver, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, codeFields, type Probe, shape } from './probe.ts';
import { User, withUser } from './user.ts';

const pairOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json;
const at = (offset: number) => new Date(Date.now() + offset).toISOString();
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Exchanging a code with something behind it. */
const codeAnd =
  (tail: string): Probe =>
  async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    return shape(await driver.token(open, { ...fields, code: `${fields.code}${tail}` }));
  };

/** Refreshing with something behind the token. */
const refreshAnd =
  (tail: string): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.refresh(open, `${(await pairOf(driver, open)).refresh_token}${tail}`));

const expiringIn = (milliseconds: number): Probe =>
  withUser(async ({ client, wallet }, driver) =>
    shape(await driver.signIn(client, wallet, { expirationTime: at(milliseconds) })),
  );

/** One wallet that signs in twice. */
const twice: Probe = withUser(async (user) => [await user.tries({}), await user.tries({})]);

/** One probe for each mistake of what databases and caches keep. */
export const ownStoreProbes: OwnProbes = {
  'client/id-trailing-space': async (driver, { public: open }) =>
    shape(await driver.revoke({ ...open, id: `${open.id} ` }, { token: 'x' })),
  'code/trailing-space': codeAnd(' '),
  'code/longer': codeAnd('x'),
  'refresh/trailing-space': refreshAnd(' '),
  'refresh/longer': refreshAnd('x'),
  'handoff/token-case': async (driver, { public: open }) => {
    const [head, body, signature = ''] = String((await pairOf(driver, open)).access_token).split('.');
    return shape(await driver.handoff(`${head}.${body}.${signature.toLowerCase()}`));
  },
  'code/one-a-client': async (driver, { public: open }) => {
    const first = await codeFields(driver, open);
    await codeFields(driver, open);
    return shape(await driver.token(open, first));
  },
  'code/joins-session-of-client': async (driver, { public: open }) => {
    const [first, second] = [await pairOf(driver, open), await pairOf(driver, open)];
    await driver.revoke(open, { token: String(first.refresh_token) });
    return await alive(driver, open, second);
  },
  'access/one-a-client': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    await pairOf(driver, open);
    return await alive(driver, open, first);
  },
  'refresh/late-300-milliseconds': async (driver, { public: open }) =>
    await alive(driver, open, await pairOf(driver, open)),
  'access/late-300-milliseconds': async (driver, { public: open }) =>
    await alive(driver, open, await pairOf(driver, open)),
  'authenticate/second-sign-in-500': twice,
  'authenticate/second-session-409': twice,
  'authenticate/second-client-500': async (driver, { public: open, confidential }) => {
    const user = new User(driver, open);
    await user.enter();
    return await user.tries({}, confidential);
  },
  'authenticate/new-subject-each-time': withUser(async (user) => {
    const [first, second] = [await user.enter(), await user.enter()];
    return claimsOf(first.access_token).sub === claimsOf(second.access_token).sub;
  }),
  'revoke/missing-ends-all': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, {});
    return await alive(driver, open, pair);
  },
  'refresh/missing-finds-any': async (driver, { public: open }) => {
    await pairOf(driver, open);
    return shape(await driver.token(open, { grant_type: 'refresh_token' }));
  },
  'refresh/unknown-ends-newest': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.refresh(open, 'unknown');
    return await alive(driver, open, pair);
  },
  'refresh/race-same-answer': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    const both = await Promise.all([driver.refresh(open, token), driver.refresh(open, token)]);
    return both.map(({ status }) => status).sort();
  },
  'refresh/dies-with-access-token': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.advance(1000);
    return shape(await driver.refresh(open, token));
  },
  'revoke/once-a-wallet': withUser(async (user) => {
    const [first, second] = [await user.enter(), await user.enter()];
    await user.revokes(first.refresh_token);
    await user.revokes(second.refresh_token);
    return await user.alive(second);
  }),
  'revoke/all-but-own': withUser(async (user) => {
    const [first, second] = [await user.enter(), await user.enter()];
    await user.revokes(first.refresh_token);
    return [await user.alive(first), await user.alive(second)];
  }),
  'revoke/foreign-of-shared-wallet': async (driver, { public: open, confidential }) => {
    const wallet = newWallet();
    const [mine, other] = [new User(driver, open, wallet), new User(driver, confidential, wallet)];
    const pair = await mine.enter();
    await other.enter();
    await other.revokes(pair.refresh_token);
    return await mine.alive(pair);
  },
  'session/late-300-milliseconds': withUser(async (user) => user.tries(await user.enter())),
  'session/dies-with-access-token': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(901);
    return await user.tries(pair);
  }),
  'siwe/replay-after-a-day': withUser(async ({ client, wallet }, driver) => {
    const members = await driver.signed(wallet, await driver.siweFields(wallet));
    await driver.post(client, members);
    await driver.advance(90_000);
    return shape(await driver.post(client, members));
  }),
  'siwe/expiry-2038': expiringIn(20 * 365 * 86_400_000),
  'siwe/z-read-as-local': expiringIn(600_000),
  'access/prolonged-by-use': withUser(async (user, driver) => {
    const { access_token: token } = await user.enter();
    await driver.advance(600);
    await driver.handoff(token);
    await wait(1);
    await driver.advance(600);
    return (await driver.handoff(token)).status;
  }),
};
