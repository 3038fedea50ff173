import type { Client } from '../config.ts';
import { type Driver, newWallet, type SiweChanges } from '../driver.ts';
import { formatSiwe } from '../siwe.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, type Probe, shape } from './probe.ts';

const at = (offset: number) => new Date(Date.now() + offset).toISOString();

/** Signing in with a message of which some fields differ. */
const withFields =
  (changes: SiweChanges): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), changes));

/** Signing in with a message whose text was changed before it was signed. */
const withText =
  (change: (text: string) => string): Probe =>
  async (driver, { public: open }) => {
    const wallet = newWallet();
    const text = change(formatSiwe(await driver.siweFields(wallet)));
    return shape(await driver.post(open, await driver.signed(wallet, {}, text)));
  };

const signedIn = async (driver: Driver, client: Client, wallet = newWallet()) =>
  (await driver.signIn(client, wallet)).json;

/** One probe for each mistake at /authenticate that the probes of its topic do not see. */
export const ownAuthenticateProbes: OwnProbes = {
  'siwe/blank-lines-ignored': withText((text) => text.replace('\n\nSign', '\nSign')),
  'siwe/statement-lines': withText((text) => text.replace('Sign in', 'Sign in\nand more')),
  'siwe/statement-required': withFields({ statement: undefined }),
  'siwe/resources-refused': withFields({ resources: ['https://app.example.com/terms'] }),
  'siwe/request-id-refused': withFields({ requestId: 'request-17' }),
  'siwe/scheme-refused': withFields({ scheme: 'https' }),
  'siwe/nonce-max-16': withFields({ nonce: 'abcdefgh1234567890' }),
  'siwe/offset-refused': withFields({ issuedAt: at(0).replace('Z', '+00:00') }),
  'siwe/domain-from-uri': withFields({ domain: 'evil.example.com', uri: 'https://evil.example.com' }),
  'siwe/domain-subdomain': withFields({ domain: 'evil.app.example.com' }),
  'siwe/domain-userinfo': withFields({ domain: 'someone@app.example.com' }),
  'siwe/nonce-seven': withFields({ nonce: 'abcd123' }),
  'siwe/nonce-word-characters': withFields({ nonce: 'abcd_1234' }),
  'siwe/offset-sign-ignored': withFields({ expirationTime: at(-6_300_000).replace('Z', '-02:00') }),
  'siwe/times-loose': withFields({ expirationTime: new Date(Date.now() + 86_400_000).toUTCString() }),
  'siwe/uri-suffix': withFields({ uri: 'https://evil-app.example.com' }),
  'siwe/signature-cached': async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    await driver.post(open, right);
    const message = formatSiwe(await driver.siweFields(wallet));
    return shape(await driver.post(open, { message, signature: right.signature }));
  },
  'siwe/replay-after-quarter-hour': async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    await driver.post(open, right);
    await driver.advance(901);
    return shape(await driver.post(open, right));
  },
  'siwe/replay-continuing': async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    const { json } = await driver.post(open, right);
    return shape(await driver.post(open, { ...right, session_id: json.session_id }));
  },
  'siwe/replay-other-client': async (driver, { public: open, confidential }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    await driver.post(open, right);
    return shape(await driver.post(confidential, right));
  },
  'siwe/server-nonce-other-wallet': async (driver, { public: open }) => {
    const first = await driver.siweFields(newWallet());
    const answers = [];
    for (const wallet of [newWallet(), newWallet()]) {
      const members = await driver.signed(wallet, { ...first, address: wallet.address });
      answers.push(shape(await driver.post(open, members)));
    }
    return answers;
  },
  'authenticate/charset-refused': async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    return shape(await driver.post(open, right, { 'content-type': 'application/json; charset=utf-8' }));
  },
  'authenticate/race-mixes-sessions': async (driver, { public: open }) => {
    const [first, second] = await Promise.all([signedIn(driver, open), signedIn(driver, open)]);
    return first.session_id === second.session_id;
  },
  'session/continued-refresh-dead': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id } = await signedIn(driver, open, wallet);
    return await alive(driver, open, (await driver.signIn(open, wallet, {}, { session_id })).json);
  },
  'session/continuing-revives-spent': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id, refresh_token } = await signedIn(driver, open, wallet);
    await driver.refresh(open, refresh_token);
    await driver.signIn(open, wallet, {}, { session_id });
    return shape(await driver.refresh(open, refresh_token));
  },
  'session/id-prefix': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id } = await signedIn(driver, open, wallet);
    return shape(await driver.signIn(open, wallet, {}, { session_id: `${String(session_id).slice(0, 8)}-x` }));
  },
  'session/joined-silently': async (driver, { public: open }) => {
    const wallet = newWallet();
    const [first, second] = [await signedIn(driver, open, wallet), await signedIn(driver, open, wallet)];
    return first.session_id === second.session_id;
  },
  'session/locked-after-revocation': async (driver, { public: open }) => {
    const wallet = newWallet();
    await driver.revoke(open, { token: String((await signedIn(driver, open, wallet)).refresh_token) });
    return shape(await driver.signIn(open, wallet));
  },
  'session/null-500': async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), {}, { session_id: null })),
  'session/unknown-500': async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), {}, { session_id: '3f0d2f6e-0000-4000-8000-000000000000' })),
  'session/other-subject': async (driver, { public: open }) => {
    const wallet = newWallet();
    const first = await signedIn(driver, open, wallet);
    const second = (await driver.signIn(open, wallet, {}, { session_id: first.session_id })).json;
    return claimsOf(first.access_token).sub === claimsOf(second.access_token).sub;
  },
  'session/other-wallet-second-try': async (driver, { public: open }) => {
    const { session_id } = await signedIn(driver, open);
    const other = newWallet();
    await driver.signIn(open, other, {}, { session_id });
    return shape(await driver.signIn(open, other, {}, { session_id }));
  },
  'revoke/by-access-continuable': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id, access_token } = await signedIn(driver, open, wallet);
    await driver.revoke(open, { token: String(access_token) });
    return shape(await driver.signIn(open, wallet, {}, { session_id }));
  },
};
