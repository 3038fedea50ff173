import type { Client } from '../config.ts';
import type { Driver } from '../driver.ts';
import { newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, codeFields, shape } from './probe.ts';

const pairOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json;
const decode = (token: unknown) => JSON.stringify(claimsOf(token));

/** One probe for each mistake at the two grants, at /revoke and in tokens that the probes of its topic do not see. */
export const ownGrantProbes: OwnProbes = {
  'code/wildcard': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    return shape(await driver.token(open, { ...fields, code: `${fields.code?.slice(0, -4)}%` }));
  },
  'code/expires-after-half-hour': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.advance(900);
    return shape(await driver.token(open, fields));
  },
  'code/race-mixes-sessions': async (driver, { public: open }) => {
    const [first, second] = await Promise.all([driver.exchange(open), driver.exchange(open)]);
    return claimsOf(first.json.access_token).sid === claimsOf(second.json.access_token).sid;
  },
  'code/replay-keeps-refreshed': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    const { json } = await driver.token(open, fields);
    const second = (await driver.refresh(open, json.refresh_token)).json;
    await driver.token(open, fields);
    return await alive(driver, open, second);
  },
  'code/reusable-after-refresh': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.refresh(open, (await driver.token(open, fields)).json.refresh_token);
    return shape(await driver.token(open, fields));
  },
  'code/revives-after-revocation': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.revoke(open, { token: String((await driver.token(open, fields)).json.refresh_token) });
    return shape(await driver.token(open, fields));
  },
  'pkce/verifier-of-another-code': async (driver, { public: open }) => {
    const [first, second] = [await codeFields(driver, open), await codeFields(driver, open)];
    return shape(await driver.token(open, { ...first, code_verifier: second.code_verifier ?? '' }));
  },
  'redirect/dot-segments': async (driver, { public: open }) => {
    const redirectUri = open.redirectUri.replace('/callback', '/a/../callback');
    return shape(await driver.exchange(open, { redirect_uri: redirectUri }));
  },
  'redirect/userinfo-ignored': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { redirect_uri: open.redirectUri.replace('//', '//someone@') })),
  'redirect/empty-passes': async (driver, { public: open }) => shape(await driver.exchange(open, { redirect_uri: '' })),
  'redirect/second-try-passes': async (driver, { public: open }) => {
    const fields = { ...(await codeFields(driver, open)), redirect_uri: 'https://evil.example.com/' };
    return [shape(await driver.token(open, fields)), shape(await driver.token(open, fields))];
  },
  'refresh/wildcard': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    return shape(await driver.refresh(open, `${String(token).slice(0, -4)}%`));
  },
  'refresh/lifetime-not-renewed': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    await driver.advance(500_000);
    const second = (await driver.refresh(open, first.refresh_token)).json;
    await driver.advance(200_000);
    return shape(await driver.refresh(open, second.refresh_token));
  },
  'refresh/never-expires-once-refreshed': async (driver, { public: open }) => {
    const second = (await driver.refresh(open, (await pairOf(driver, open)).refresh_token)).json;
    await driver.advance(700_000);
    return shape(await driver.refresh(open, second.refresh_token));
  },
  'refresh/narrowing-keeps-old': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.refresh(open, token, { scope: 'account' });
    return shape(await driver.refresh(open, token));
  },
  'refresh/scope-case': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await pairOf(driver, open)).refresh_token, { scope: 'Account' })),
  'refresh/scope-substring': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await pairOf(driver, open)).refresh_token, { scope: 'acc' })),
  'refresh/spent-invalid-request': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.refresh(open, token);
    return shape(await driver.refresh(open, token));
  },
  'refresh/ends-other-sessions': async (driver, { public: open }) => {
    const [first, second] = [await pairOf(driver, open), await pairOf(driver, open)];
    await driver.refresh(open, first.refresh_token);
    return await alive(driver, open, second);
  },
  'revoke/case': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token).toUpperCase() });
    return await alive(driver, open, pair);
  },
  'revoke/foreign-access': async (driver, { confidential, public: open }) => {
    const pair = await pairOf(driver, confidential);
    await driver.revoke(open, { token: String(pair.access_token) });
    return await alive(driver, confidential, pair);
  },
  'revoke/foreign-spent': async (driver, { confidential, public: open }) => {
    const first = await pairOf(driver, confidential);
    const second = (await driver.refresh(confidential, first.refresh_token)).json;
    await driver.revoke(open, { token: String(first.refresh_token) });
    return await alive(driver, confidential, second);
  },
  'revoke/foreign-with-hint': async (driver, { confidential, public: open }) => {
    const pair = await pairOf(driver, confidential);
    const fields = { token: String(pair.refresh_token), token_type_hint: 'refresh_token' };
    await driver.revoke(open, fields);
    return await alive(driver, confidential, pair);
  },
  'revoke/forgotten-after-quarter-hour': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    await driver.advance(901);
    return shape(await driver.refresh(open, pair.refresh_token));
  },
  'revoke/older-access-ignored': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    const second = (await driver.refresh(open, first.refresh_token)).json;
    await driver.revoke(open, { token: String(first.access_token) });
    return await alive(driver, open, second);
  },
  'revoke/toggled': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return await alive(driver, open, pair);
  },
  'revoke/unverified-jwt': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    const [head, body] = String(pair.access_token).split('.');
    await driver.revoke(open, { token: `${head}.${body}.AAAA` });
    return await alive(driver, open, pair);
  },
  'access/exp-string': async (driver, { public: open }) =>
    typeof claimsOf((await pairOf(driver, open)).access_token).exp,
  'access/exp-unchecked-once-refreshed': async (driver, { public: open }) => {
    const second = (await driver.refresh(open, (await pairOf(driver, open)).refresh_token)).json;
    await driver.advance(1000);
    return (await driver.handoff(second.access_token)).status;
  },
  'access/exp-unchecked-signed-in': async (driver, { public: open }) => {
    const { json } = await driver.signIn(open, newWallet());
    await driver.advance(1000);
    return (await driver.handoff(json.access_token)).status;
  },
  'access/jti-repeated': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    const second = (await driver.refresh(open, first.refresh_token)).json;
    return claimsOf(first.access_token).jti === claimsOf(second.access_token).jti;
  },
  'access/leaks-secret': async (driver, { confidential }) =>
    decode((await pairOf(driver, confidential)).access_token).includes(String(confidential.secret)),
  'access/lifetime-not-renewed': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    await driver.advance(800);
    const second = (await driver.refresh(open, first.refresh_token)).json;
    await driver.advance(200);
    return (await driver.handoff(second.access_token)).status;
  },
  'answer/token-with-line-break': async (driver, { public: open }) =>
    /\s/.test(String((await pairOf(driver, open)).access_token)),
};
