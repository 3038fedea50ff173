import type { OwnProbes } from './own.ts';
import { alive, claimsOf, type Probe, shape } from './probe.ts';
import { withUser } from './user.ts';

const refreshed: Probe = async (driver, { public: open }) =>
  shape(await driver.refresh(open, (await driver.exchange(open)).json.refresh_token));

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
  'answer/refreshing-no-expires-in': refreshed,
  'answer/refreshing-camel-case': refreshed,
  'access/refreshed-scope-wider': async (driver, { public: open }) => {
    const { json } = await driver.refresh(open, (await driver.exchange(open)).json.refresh_token);
    return claimsOf(json.access_token).scope;
  },
  'access/signed-in-scope-wider': withUser(async (user) => claimsOf((await user.enter()).access_token).scope),
};
