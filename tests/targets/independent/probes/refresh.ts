import { alive, claimsOf, codeFields, type Probe, shape } from './probe.ts';

/** What is tried at the refresh grant. */
export const refreshProbes: Record<string, Probe> = {
  rotation: async (driver, clients) => {
    const result: unknown[] = [];
    for (const client of [clients.confidential, clients.public]) {
      const first = (await driver.exchange(client)).json;
      const second = (await driver.refresh(client, first.refresh_token)).json;
      const third = (await driver.refresh(client, second.refresh_token)).json;
      result.push(first.refresh_token === second.refresh_token, second.refresh_token === third.refresh_token);
      result.push((await driver.handoff(third.access_token)).status);
      result.push(claimsOf(first.access_token).sub === claimsOf(third.access_token).sub);
      result.push(claimsOf(first.access_token).sid === claimsOf(third.access_token).sid);
      result.push((await driver.refresh(client, second.refresh_token)).status);
      result.push((await driver.refresh(client, first.refresh_token)).status);
    }
    return result;
  },
  'many refreshings at a time': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const answers = await Promise.all([1, 2, 3].map(() => driver.refresh(open, json.refresh_token)));
    return answers.filter(({ status }) => status === 200).length;
  },
  'refreshing while revoking': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const under = driver.refresh(open, json.refresh_token);
    await new Promise((resolve) => setTimeout(resolve, 8));
    await driver.revoke(open, { token: String(json.access_token) });
    return await alive(driver, open, (await under).json);
  },
  'refresh tokens of other clients': async (driver, { confidential, public: open, thirdParty }) => {
    const pair = async (client: typeof open) => (await driver.exchange(client)).json.refresh_token;
    return [
      shape(await driver.refresh(open, await pair(confidential))),
      shape(await driver.refresh(confidential, await pair(open))),
      shape(await driver.refresh(thirdParty, await pair(confidential))),
    ];
  },
  'tokens that are nearly right': async (driver, { public: open }) => {
    const pair = async () => (await driver.exchange(open)).json;
    return [
      shape(await driver.refresh(open, (await pair()).access_token)),
      shape(await driver.refresh(open, `${(await pair()).refresh_token}x`)),
      shape(await driver.refresh(open, String((await pair()).refresh_token).toUpperCase())),
      shape(await driver.refresh(open, 'unknown')),
      shape(await driver.token(open, { grant_type: 'refresh_token' })),
      String((await pair()).refresh_token).length,
    ];
  },
  scope: async (driver, { public: open }) => {
    const pair = async () => (await driver.token(open, await codeFields(driver, open))).json.refresh_token;
    const narrowed = await driver.refresh(open, await pair(), { scope: 'account' });
    return [
      shape(await driver.refresh(open, await pair(), { scope: 'account connections email' })),
      shape(await driver.refresh(open, await pair(), { scope: 'account made-up' })),
      shape(await driver.refresh(open, await pair(), { scope: 'connections account' })),
      shape(narrowed),
      claimsOf(narrowed.json.access_token).scope,
      shape(await driver.refresh(open, narrowed.json.refresh_token)),
    ];
  },
  'after revocation': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.revoke(open, { token: String(json.access_token) });
    return shape(await driver.refresh(open, json.refresh_token));
  },
  'refresh tokens that are old': async (driver, { public: open }) => {
    const [first, second] = [await driver.exchange(open), await driver.exchange(open)];
    await driver.advance(90_000);
    const early = (await driver.refresh(open, first.json.refresh_token)).status;
    await driver.advance(604_800);
    return [early, (await driver.refresh(open, second.json.refresh_token)).status];
  },
};
