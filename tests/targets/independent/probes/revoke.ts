import { newWallet } from '../driver.ts';
import { alive, type Probe, shape } from './probe.ts';

/** What is tried at /revoke. */
export const revokeProbes: Record<string, Probe> = {
  'either token': async (driver, { confidential, public: open, thirdParty }) => {
    const result: unknown[] = [];
    for (const client of [confidential, open, thirdParty]) {
      for (const name of ['access_token', 'refresh_token']) {
        for (const hint of [undefined, 'access_token', 'refresh_token', 'id_token']) {
          const { json } = await driver.exchange(client);
          const fields = { token: String(json[name]), ...(hint === undefined ? {} : { token_type_hint: hint }) };
          result.push(shape(await driver.revoke(client, fields)), await alive(driver, client, json));
        }
      }
    }
    return result;
  },
  'used access tokens': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.handoff(json.access_token);
    await driver.revoke(open, { token: String(json.refresh_token) });
    return (await driver.handoff(json.access_token)).status;
  },
  'older access tokens': async (driver, { public: open }) => {
    const first = (await driver.exchange(open)).json;
    const second = (await driver.refresh(open, first.refresh_token)).json;
    await driver.revoke(open, { token: String(second.refresh_token) });
    return (await driver.handoff(first.access_token)).status;
  },
  'continued sessions': async (driver, { public: open }) => {
    const wallet = newWallet();
    const first = (await driver.signIn(open, wallet)).json;
    const second = (await driver.signIn(open, wallet, {}, { session_id: first.session_id })).json;
    const other = (await driver.signIn(open, wallet)).json;
    await driver.revoke(open, { token: String(first.refresh_token) });
    const third = await driver.signIn(open, wallet, {}, { session_id: first.session_id });
    return [await alive(driver, open, second), shape(third), await alive(driver, open, other)];
  },
  'tokens from refreshing and signing in': async (driver, { confidential, public: open }) => {
    const first = (await driver.exchange(open)).json;
    const second = (await driver.refresh(open, first.refresh_token)).json;
    await driver.revoke(open, { token: String(second.refresh_token) });
    const signedIn = (await driver.signIn(open, newWallet())).json;
    await driver.revoke(open, { token: String(signedIn.refresh_token) });
    const pair = (await driver.exchange(confidential)).json;
    const post = { client_id: confidential.id, client_secret: confidential.secret ?? '' };
    await driver.revoke(undefined, { token: String(pair.refresh_token), ...post });
    return [
      await alive(driver, open, second),
      await alive(driver, open, signedIn),
      await alive(driver, confidential, pair),
    ];
  },
  'sessions of others': async (driver, { public: open }) => {
    const [mine, other] = [(await driver.exchange(open)).json, (await driver.exchange(open)).json];
    await driver.revoke(open, { token: String(mine.refresh_token) });
    return await alive(driver, open, other);
  },
  'tokens of other clients': async (driver, { confidential, public: open }) => {
    const result: unknown[] = [];
    for (const [owner, caller] of [
      [confidential, open],
      [open, confidential],
    ] as const) {
      const { json } = await driver.exchange(owner);
      result.push(
        shape(await driver.revoke(caller, { token: String(json.refresh_token) })),
        await alive(driver, owner, json),
      );
    }
    return result;
  },
  'a wrong secret': async (driver, { confidential }) => {
    const { json } = await driver.exchange(confidential);
    const answer = await driver.revoke({ ...confidential, secret: 'wrong' }, { token: String(json.refresh_token) });
    return [shape(answer), await alive(driver, confidential, json)];
  },
  'tokens that are unknown, revoked, missing or nearly right': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const near = await driver.revoke(open, { token: `${json.refresh_token}x` });
    const stillAlive = (await driver.handoff(json.access_token)).status;
    await driver.revoke(open, { token: String(json.refresh_token) });
    return [
      shape(near),
      stillAlive,
      shape(await driver.revoke(open, { token: String(json.refresh_token) })),
      shape(await driver.revoke(open, { token: 'unknown' })),
      shape(await driver.revoke(open, {})),
    ];
  },
};
