import { signHash } from '../../../../generators/wallet.ts';
import type { OwnProbes } from './own.ts';
import { type Probe, shape } from './probe.ts';
import { type Pair, User, verifies, withUser } from './user.ts';

const EVIL = { domain: 'evil.example.com', uri: 'https://evil.example.com' };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Signing in with a message for another domain, sent with headers that say the same. */
const withHeaders = (headers: Record<string, string>): Probe =>
  withUser(async ({ client, wallet }, driver) => {
    const members = await driver.signed(wallet, await driver.siweFields(wallet, EVIL));
    return shape(await driver.post(client, members, headers));
  });

/** A wallet with two sessions of a client. */
const withTwo = (tell: (user: User, first: Pair, second: Pair) => Promise<unknown>): Probe =>
  withUser(async (user) => tell(user, await user.enter(), await user.enter()));

/** One probe for each mistake that shows when several are there together, or when one thing is taken for another. */
export const ownTogetherProbes: OwnProbes = {
  'siwe/replay-after-continuing': withUser(async (user, driver) => {
    const { session_id } = await user.enter();
    const members = await driver.signed(user.wallet, await driver.siweFields(user.wallet));
    await driver.post(user.client, { ...members, session_id });
    return shape(await driver.post(user.client, members));
  }),
  'siwe/expiry-against-start': withUser(async ({ client, wallet }, driver) => {
    const expirationTime = new Date(Date.now() + 500).toISOString();
    const members = await driver.signed(wallet, await driver.siweFields(wallet, { expirationTime }));
    await wait(700);
    return shape(await driver.post(client, members));
  }),
  'siwe/domain-unchecked-with-scheme': withUser(async (user, driver) =>
    shape(await driver.signIn(user.client, user.wallet, { domain: EVIL.domain, scheme: 'https' })),
  ),
  'siwe/signature-over-digest': withUser(async ({ client, wallet }, driver) => {
    const { message } = await driver.signed(wallet, await driver.siweFields(wallet));
    const signature = await signHash(wallet, String(message));
    return shape(await driver.post(client, { message, signature }));
  }),
  'siwe/domain-from-forwarded-host': withHeaders({ 'x-forwarded-host': EVIL.domain }),
  'siwe/domain-from-origin': withHeaders({ origin: EVIL.uri }),
  'authenticate/role-403-with-tokens': async (driver, { thirdParty }) => new User(driver, thirdParty).tries({}),
  'authenticate/race-mixes-clients': async (driver, { public: open, confidential }) => {
    const [one, other] = [new User(driver, open), new User(driver, confidential)];
    const [first = {}, second = {}] = await Promise.all([one.enter(), other.enter()]);
    return [await one.alive(first), await other.alive(second)];
  },
  'session/refused-yet-tokens': withUser(async (user, driver) =>
    new User(driver, user.client).tries(await user.enter()),
  ),
  'session/continue-race-500': withUser(async (user) => {
    const pair = await user.enter();
    const answers = await Promise.all([user.tries(pair), user.tries(pair)]);
    return answers.map((answer) => answer.slice(0, 3)).sort();
  }),
  'session/locked-with-sibling': withTwo(async (user, first, second) => {
    await user.revokes(first.refresh_token);
    return await user.tries(second);
  }),
  'session/continuing-revives-sibling': withTwo(async (user, first, second) => {
    await user.revokes(first.refresh_token);
    await user.continues(second);
    return await user.alive(first);
  }),
  'refresh/replay-ends-newest-session': withTwo(async (user, first, second) => {
    await user.refreshes(first);
    await user.refreshes(first);
    return await user.alive(second);
  }),
  'refresh/never-expires-signed-in': withUser(async (user, driver) => {
    const pair = await user.enter();
    await driver.advance(700_000);
    return shape(await driver.refresh(user.client, pair.refresh_token));
  }),
  'refresh/session-id-taken': withUser(async (user, driver) =>
    shape(await driver.refresh(user.client, (await user.enter()).session_id)),
  ),
  'revoke/earlier-access-lives-once-continued': withUser(async (user) => {
    const pair = await user.enter();
    await user.revokes((await user.continues(pair)).refresh_token);
    return await user.alive(pair);
  }),
  'revoke/foreign-by-session-id': async (driver, { public: open, thirdParty }) => {
    const user = new User(driver, open);
    const pair = await user.enter();
    await driver.revoke(thirdParty, { token: String(pair.session_id) });
    return await user.alive(pair);
  },
  'revoke/cached-by-subject': withTwo(async (user, first, second) => {
    await user.driver.handoff(second.access_token);
    await user.revokes(first.refresh_token);
    return await user.alive(first);
  }),
  'handoff/role-of-last-caller': async (driver, { public: open, thirdParty }) => {
    const { access_token } = (await driver.exchange(thirdParty)).json;
    await new User(driver, open).enter();
    return shape(await driver.handoff(access_token));
  },
  'handoff/client-id-required': withUser(async (user) => user.alive(await user.enter())),
  'access/rotated-key-unpublished': withUser(async (user, driver) => {
    await driver.advance(7200);
    return await verifies(driver, await user.enter());
  }),
};
