import { createHmac } from 'node:crypto';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Driver } from '../driver.ts';
import { request } from '../driver.ts';
import { type Probe, shape } from './probe.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Keys that no server published; made once, for making them is slow. */
const ownKeys = generateKeyPair('RS256', { extractable: true });

async function publicPem(driver: Driver): Promise<string> {
  const { keys } = (await request(driver.config.jwksUri ?? '')).json as { keys: JWK[] };
  const key = await importJWK(keys.at(-1) ?? {}, 'RS256');
  return key instanceof Uint8Array ? '' : await exportSPKI(key);
}

/** The same claims under headers and signatures that a server must not believe. */
async function forgeries(driver: Driver, token: string): Promise<string[]> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  const changed = encode({ ...claims, jti: 'other' });
  const own = await ownKeys;
  const payload = Buffer.from(changed, 'base64url');
  const signed = (more: Record<string, unknown>) =>
    new CompactSign(payload).setProtectedHeader({ ...header, alg: 'RS256', ...more }).sign(own.privateKey);
  const hmacInput = `${encode({ ...header, alg: 'HS256' })}.${changed}`;
  const hmac = createHmac('sha256', await publicPem(driver))
    .update(hmacInput)
    .digest('base64url');
  return [
    `${head}.${changed}.${signature}`,
    `${head}.${changed}.`,
    `${encode({ alg: 'none' })}.${changed}.`,
    `${encode({ alg: 'None' })}.${changed}.`,
    `${hmacInput}.${hmac}`,
    await signed({ jwk: await exportJWK(own.publicKey) }),
    await signed({ kid: 'unknown' }),
    await signed({}),
    'garbage',
    '',
  ];
}

/** What is tried at the hand-off and at /scopes. */
export const handoffProbes: Record<string, Probe> = {
  'right requests': async (driver, { public: open }) => {
    const [mine, other] = [(await driver.exchange(open)).json, (await driver.exchange(open)).json];
    const first = await driver.handoff(mine.access_token);
    const second = await driver.handoff(other.access_token);
    const code = String(first.json.code);
    const custom = await driver.handoff(mine.access_token, { redirectUri: 'yourapp://connections' });
    const same = [code === second.json.code, code === mine.access_token, code.length];
    return [shape(first), ...same, shape(custom)];
  },
  'tokens that are forged or of another kind': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const result = [shape(await driver.handoff(json.refresh_token))];
    for (const token of await forgeries(driver, String(json.access_token)))
      result.push(shape(await driver.handoff(token)));
    return result;
  },
  'tokens elsewhere': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    const body = JSON.stringify({ redirectUri: 'https://app.example.com/back', intent: 'connections' });
    const init = (headers: Record<string, string>) => ({
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return [
      shape(await driver.raw('handoffInit', init({}))),
      shape(await driver.raw('handoffInit', init({}), `?access_token=${token}`)),
      shape(await driver.raw('handoffInit', init({ authorization: `bEARER ${token}` }))),
    ];
  },
  'bodies that are wrong': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    const result: string[] = [];
    const intents = [undefined, 'other', 'Connections', 'connections-x', ['connections']];
    const uris = [
      undefined,
      'no uri',
      17,
      '/relative',
      'javascript:alert(1)',
      'http://app.example.com/',
      'https://a.example/#x',
    ];
    for (const intent of intents) result.push(shape(await driver.handoff(token, { intent })));
    for (const redirectUri of uris) result.push(shape(await driver.handoff(token, { redirectUri })));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    for (const body of ['null', '{"intent"']) {
      result.push(shape(await driver.raw('handoffInit', { method: 'POST', headers, body })));
    }
    const query = `?intent=connections&redirectUri=${encodeURIComponent('https://app.example.com/')}`;
    result.push(shape(await driver.raw('handoffInit', { headers: { authorization: `Bearer ${token}` } }, query)));
    return result;
  },
  'third-party tokens': async (driver, { thirdParty }) => {
    const first = (await driver.exchange(thirdParty)).json;
    const twice = [shape(await driver.handoff(first.access_token)), shape(await driver.handoff(first.access_token))];
    const second = (await driver.refresh(thirdParty, first.refresh_token)).json;
    return [...twice, shape(await driver.handoff(second.access_token))];
  },
  'the list of scopes': async (driver) => {
    const answers = [await driver.scopes(), await driver.scopes(), await driver.scopes()];
    return answers.map((answer) => [answer.status, answer.headers.get('content-type'), answer.text]);
  },
};
