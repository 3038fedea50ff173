import { createHash, createHmac } from 'node:crypto';
import type { Client } from '../config.ts';
import { type Driver, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, codeFields, type Probe, rawForm, shape } from './probe.ts';

const digest = (text: string, encoding: 'hex' | 'base64url') => createHash('sha256').update(text).digest(encoding);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const withSecret =
  (change: (secret: string) => string): Probe =>
  async (driver, { confidential: { id, secret = '' } }) =>
    shape(await driver.revoke(undefined, { token: 'x', client_id: id, client_secret: change(secret) }));

const withRedirect =
  (change: (uri: string) => string): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.exchange(open, { redirect_uri: change(open.redirectUri) }));

/** An exchange of a code that was asked for with a changed challenge. */
const withChallenge =
  (change: (challenge: string) => string, verifierOf = (verifier: string) => verifier, length = 43): Probe =>
  async (driver, { public: open }) => {
    const verifier = driver.verifier(length);
    const { url } = driver.config.authorizationCode;
    const body = {
      client_id: open.id,
      redirect_uri: open.redirectUri,
      code_challenge: change(digest(verifier, 'base64url')),
      code_challenge_method: 'S256',
    };
    const headers = { 'content-type': 'application/json' };
    const { code } = (await (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as {
      code: string;
    };
    const fields = { grant_type: 'authorization_code', code, redirect_uri: open.redirectUri };
    return shape(await driver.token(open, { ...fields, code_verifier: verifierOf(verifier) }));
  };

const signInWith =
  (client: (clients: { confidential: Client; public: Client }) => Record<string, unknown>): Probe =>
  async (driver, clients) => {
    const wallet = newWallet();
    const members = await driver.signed(wallet, await driver.siweFields(wallet));
    return shape(await driver.post(undefined, { ...members, ...client(clients) }));
  };

const handoff =
  (changes: Record<string, unknown>): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.handoff((await driver.exchange(open)).json.access_token, changes));

const challengeOfGarbage = async (driver: Driver) => (await driver.handoff('garbage')).headers.get('www-authenticate');

/** One probe for each mistake in reading what was sent, and in what is answered. */
export const ownReadingProbes: OwnProbes = {
  'client/secret-72-bytes': withSecret((secret) => `${secret.slice(0, 80)}x`),
  'client/secret-hash-taken': withSecret((secret) => digest(secret, 'hex')),
  'client/basic-plus-kept': async (driver, { confidential }) =>
    shape(await driver.revoke(confidential, { token: 'x' })),
  'client/id-array': signInWith(({ public: open }) => ({ client_id: [open.id] })),
  'client/secret-operator': signInWith(({ confidential }) => ({
    client_id: confidential.id,
    client_secret: { $ne: '' },
  })),
  'client/secret-brackets': async (driver, { confidential: { id } }) =>
    shape(await driver.revoke(undefined, { token: 'x', client_id: id, 'client_secret[$ne]': 'x' })),
  'refresh/brackets': async (driver, { public: open }) => {
    await driver.exchange(open);
    return shape(await driver.token(open, { grant_type: 'refresh_token', 'refresh_token[$ne]': 'x' }));
  },
  'session/id-operator': async (driver, { public: open }) => {
    const wallet = newWallet();
    await driver.signIn(open, wallet);
    return shape(await driver.signIn(open, wallet, {}, { session_id: { $ne: null } }));
  },
  'authenticate/arrays-coerced': async (driver, { public: open }) => {
    const wallet = newWallet();
    const { message, signature } = await driver.signed(wallet, await driver.siweFields(wallet));
    return shape(await driver.post(open, { message, signature: [signature] }));
  },
  'form/array-names': async (driver, { public: open }) => {
    const { code = '', ...fields } = await codeFields(driver, open);
    return shape(await driver.token(open, { ...fields, 'code[]': code }));
  },
  'form/semicolon': async (driver, { public: open }) => {
    const pair = (await driver.exchange(open)).json;
    await rawForm(driver, 'revoke', `client_id=${open.id}&token=${pair.refresh_token};x=y`);
    return await alive(driver, open, pair);
  },
  'form/decoded-twice': async (driver, { public: open }) => shape(await driver.exchange(open)),
  'form/empty-body-500': async (driver) => shape(await rawForm(driver, 'token', '')),
  'form/no-content-type-500': async (driver) =>
    shape(await driver.raw('token', { method: 'POST', body: Buffer.from('grant_type=refresh_token') })),
  'redirect/nfkc': withRedirect((uri) => uri.replace('callback', '\uff43allback')),
  'redirect/contained': withRedirect((uri) => `https://evil.example.com/?next=${uri}`),
  'redirect/as-regexp': withRedirect((uri) => uri.replace('.', '-')),
  'pkce/challenge-case': withChallenge((challenge) => challenge.toLowerCase()),
  'pkce/challenge-truncated': withChallenge((challenge) => `${challenge.slice(0, 40)}AAA`),
  'pkce/longer-cut': withChallenge(
    (challenge) => challenge,
    (verifier) => `${verifier}x`,
    128,
  ),
  'pkce/max-127': withChallenge(
    (challenge) => challenge,
    (verifier) => verifier,
    128,
  ),
  'handoff/tail-ignored': async (driver, { public: open }) =>
    shape(await driver.handoff(`${(await driver.exchange(open)).json.access_token}x`)),
  'handoff/kid-path': async (driver, { public: open }) => {
    const [, body] = String((await driver.exchange(open)).json.access_token).split('.');
    const input = `${encode({ alg: 'HS256', kid: '../../../../dev/null' })}.${body}`;
    return shape(await driver.handoff(`${input}.${createHmac('sha256', '').update(input).digest('base64url')}`));
  },
  'handoff/token-in-cookie': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    const body = JSON.stringify({ redirectUri: 'https://app.example.com/back', intent: 'connections' });
    const headers = { 'content-type': 'application/json', cookie: `access_token=${token}` };
    return shape(await driver.raw('handoffInit', { method: 'POST', headers, body }));
  },
  'handoff/intent-falsy': handoff({ intent: null }),
  'handoff/redirect-line-breaks': handoff({ redirectUri: 'https://app.example.com/\r\nback' }),
  'handoff/redirect-https-prefix': handoff({ redirectUri: 'https://' }),
  'handoff/scheme-with-dots-refused': handoff({ redirectUri: 'com.example.app://connections' }),
  'handoff/challenge-malformed': challengeOfGarbage,
  'handoff/challenge-escaped-quotes': challengeOfGarbage,
  'handoff/dead-403': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    await driver.advance(901);
    return shape(await driver.handoff(token));
  },
  'handoff/code-timestamp': async (driver, { public: open }) =>
    /^ho_\d{13}$/.test(String((await driver.handoff((await driver.exchange(open)).json.access_token)).json.code)),
};
