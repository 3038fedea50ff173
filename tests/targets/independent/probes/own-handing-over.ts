import type { Client, Clients } from '../config.ts';
import { basic, type Driver, newWallet, type SiweChanges } from '../driver.ts';
import { formatSiwe } from '../siwe.ts';
import type { OwnProbes } from './own.ts';
import { claimsOf, codeFields, type Probe, shape } from './probe.ts';

const APP = 'yourapp://connections';
const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const tokenOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json.access_token;
const bothAtOnce = async <T>(send: () => Promise<T>) => await Promise.all([send(), send()]);

/** Signing in with a message that differs. */
const signingIn =
  (changes: SiweChanges): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), changes));

/** A message that is sent once more. */
const replayed =
  (changes: SiweChanges): Probe =>
  async (driver, { public: open }) => {
    const wallet = newWallet();
    const members = await driver.signed(wallet, await driver.siweFields(wallet, changes));
    return [shape(await driver.post(open, members)), shape(await driver.post(open, members))];
  };

/** Opening a hand-off with a body of which some members differ. */
const withBody =
  (changes: Record<string, unknown>): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.handoff(await tokenOf(driver, open), changes));

/** Opening a hand-off with something else than an access token, that came with one or with a hand-off. */
const withStandIn =
  (choose: (session: Record<string, unknown>) => unknown): Probe =>
  async (driver, { public: open }) => {
    const { json } = await driver.signIn(open, newWallet());
    const { code } = (await driver.handoff(json.access_token)).json;
    return shape(await driver.handoff(choose({ ...json, code })));
  };

async function thirdPartyAfter(driver: Driver, { public: open, thirdParty }: Clients, redirectUri: string) {
  await driver.handoff(await tokenOf(driver, open), { redirectUri });
  return shape(await driver.handoff(await tokenOf(driver, thirdParty), { redirectUri }));
}

/** One probe for each mistake in single steps of signing in and handing over. */
export const ownHandingOverProbes: OwnProbes = {
  'siwe/expiry-against-issued-at': signingIn({ issuedAt: at(-120), expirationTime: at(-60) }),
  'siwe/not-before-against-issued-at': signingIn({ issuedAt: at(120), notBefore: at(60) }),
  'siwe/expiry-ignored-with-not-before': signingIn({ notBefore: at(-120), expirationTime: at(-60) }),
  'siwe/chain-prefix': signingIn({ chainId: 10 }),
  'siwe/uri-port-ignored': signingIn({ uri: 'https://app.example.com:8443/' }),
  'siwe/uri-host-by-pattern': signingIn({ uri: 'https://app.example.com@evil.example.com/' }),
  'siwe/uri-ignored-continuing': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id } = (await driver.signIn(open, wallet)).json;
    return shape(await driver.signIn(open, wallet, { uri: 'https://evil.example.com' }, { session_id }));
  },
  'siwe/signature-unchecked-confidential': async (driver, { confidential }) => {
    const members = await driver.signed(newWallet(), await driver.siweFields(newWallet()));
    return shape(await driver.post(confidential, members));
  },
  'siwe/resources-unsigned': async (driver, { public: open }) => {
    const wallet = newWallet();
    const fields = await driver.siweFields(wallet);
    const { signature } = await driver.signed(wallet, fields);
    const message = formatSiwe({ ...fields, resources: ['https://app.example.com/admin'] });
    return shape(await driver.post(open, { message, signature }));
  },
  'siwe/replay-when-issued-earlier': replayed({ issuedAt: at(-8) }),
  'siwe/signature-unrecoverable-500': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { message } = await driver.signed(wallet, await driver.siweFields(wallet));
    return shape(await driver.post(open, { message, signature: `0x${'00'.repeat(64)}1b` }));
  },
  'siwe/statement-long-500': signingIn({ statement: 'I agree '.repeat(150).trim() }),
  'handoff/redirect-file': withBody({ redirectUri: 'file:///etc/passwd' }),
  'handoff/redirect-ftp': withBody({ redirectUri: 'ftp://app.example.com/back' }),
  'handoff/redirect-trimmed': withBody({ redirectUri: ' https://app.example.com/back' }),
  'handoff/redirect-backslashes': withBody({ redirectUri: 'https:\\\\app.example.com\\back' }),
  'handoff/redirect-empty-fragment': withBody({ redirectUri: 'https://app.example.com/back#' }),
  'handoff/redirect-fragment-own-scheme': withBody({ redirectUri: `${APP}#top` }),
  'handoff/redirect-query-refused': withBody({ redirectUri: 'https://app.example.com/back?tab=2' }),
  'handoff/own-scheme-one-slash-refused': withBody({ redirectUri: 'com.example.app:/connections' }),
  'handoff/redirect-long-500': withBody({ redirectUri: `https://app.example.com/${'a'.repeat(3000)}` }),
  'handoff/odd-members-500': withBody({ redirectUri: 17 }),
  'handoff/intent-suffix': withBody({ intent: 'my-connections' }),
  'handoff/intent-multiline': withBody({ intent: 'other\nconnections' }),
  'handoff/code-of-session': async (driver, { public: open }) => {
    const token = await tokenOf(driver, open);
    const { code } = (await driver.handoff(token)).json;
    await driver.advance(120);
    return (await driver.handoff(token)).json.code === code;
  },
  'handoff/code-four-characters-differ': async (driver, { public: open }) => {
    const token = await tokenOf(driver, open);
    const codes = [await driver.handoff(token), await driver.handoff(token)].map(({ json }) => String(json.code));
    return codes[0]?.slice(0, 24) === codes[1]?.slice(0, 24);
  },
  'handoff/redirects': withBody({}),
  'handoff/client-credentials-taken': async (driver, { confidential }) => {
    const headers = { 'content-type': 'application/json', authorization: basic(confidential) };
    const body = JSON.stringify({ redirectUri: 'https://app.example.com/back', intent: 'connections' });
    return shape(await driver.raw('handoffInit', { method: 'POST', headers, body }));
  },
  'handoff/code-taken-as-token': withStandIn(({ code }) => code),
  'handoff/session-id-taken': withStandIn(({ session_id }) => session_id),
  'handoff/role-cached-by-redirect-uri': (driver, clients) =>
    thirdPartyAfter(driver, clients, 'https://app.example.com/back'),
  'handoff/role-unchecked-own-scheme': (driver, clients) => thirdPartyAfter(driver, clients, APP),
  'handoff/public-client-refused': withBody({}),
  'handoff/signed-in-refused': withStandIn(({ access_token }) => access_token),
  'handoff/refresh-dead-afterwards': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.handoff(json.access_token);
    return shape(await driver.refresh(open, json.refresh_token));
  },
  'handoff/race-same-code': async (driver, { public: open }) => {
    const tokens = [await tokenOf(driver, open), await tokenOf(driver, open)];
    const answers = await Promise.all(tokens.map((token) => driver.handoff(token)));
    return answers[0]?.json.code === answers[1]?.json.code;
  },
  'handoff/race-500': async (driver, { public: open }) => {
    const token = await tokenOf(driver, open);
    return (await bothAtOnce(() => driver.handoff(token))).map(({ status }) => status).sort();
  },
  'scopes/by-token': async (driver, { public: open }) => {
    const token = String(await tokenOf(driver, open));
    return (await driver.raw('scopes', { headers: { authorization: `Bearer ${token}` } })).text;
  },
  'scopes/head-500': async (driver) => (await driver.raw('scopes', { method: 'HEAD' })).status,
  'scopes/standard-ones-unlisted': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open, open.redirectUri, 'account openid email');
    const { scope } = claimsOf((await driver.token(open, fields)).json.access_token);
    return [scope, (await driver.scopes()).text];
  },
};
