import { Readable } from 'node:stream';
import type { Client } from '../config.ts';
import type { Driver, Fields } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { codeFields, rawForm, shape } from './probe.ts';

async function bodyOf(driver: Driver, client: Client, more = ''): Promise<string> {
  const fields = { ...(await codeFields(driver, client)), client_id: client.id };
  return `${more}${new URLSearchParams(fields)}`;
}

const exchangeWith = async (driver: Driver, client: Client, more: string, headers: Fields = {}) =>
  shape(await rawForm(driver, 'token', await bodyOf(driver, client, more), headers));

const viaGet = async (driver: Driver) => {
  const answer = await driver.raw('token', { method: 'GET' });
  return [answer.status, answer.headers.get('allow')];
};

/** One probe for each mistake on the wire that the probes of its topic do not see. */
export const ownWireProbes: OwnProbes = {
  'form/origin-500': async (driver, { public: open }) =>
    await exchangeWith(driver, open, '', { origin: 'https://spa.example.com' }),
  'form/method-parameter': async (driver, { public: open }) => await exchangeWith(driver, open, '_method=PUT&'),
  'form/callback-parameter': async (driver, { public: open }) => await exchangeWith(driver, open, 'callback=cb&'),
  'form/bare-name-500': async (driver, { public: open }) => await exchangeWith(driver, open, 'flag&'),
  'form/twenty-parameters': async (driver, { public: open }) =>
    await exchangeWith(driver, open, Array.from({ length: 30 }, (_, i) => `x${i}=1&`).join('')),
  'form/names-not-decoded': async (driver, { public: open }) => {
    const body = await bodyOf(driver, open);
    return shape(await rawForm(driver, 'token', body.replace('grant_type', 'grant%5Ftype')));
  },
  'form/hex-lower-kept': async (driver, { public: open }) => {
    const body = await bodyOf(driver, open);
    const lower = body.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase());
    return shape(await rawForm(driver, 'token', lower));
  },
  'form/chunked-unread': async (driver, { public: open }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = Readable.from([await bodyOf(driver, open)]);
    return shape(await driver.raw('token', { method: 'POST', headers, body }));
  },
  'form/405-without-allow': viaGet,
  'form/wrong-method-500': viaGet,
  'form/wrong-method-200': viaGet,
  'form/query-over-body': async (driver, { public: open }) =>
    shape(await rawForm(driver, 'token', await bodyOf(driver, open), {}, '?client_id=nobody')),
  'grant/token-exchange': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const subject = { subject_token: String(json.access_token), subject_token_type: 'urn:x' };
    return shape(await driver.token(open, { grant_type, ...subject }));
  },
  'errors/html-for-browsers': async (driver, { public: open }) =>
    shape(await driver.token(open, { grant_type: 'refresh_token', refresh_token: 'unknown' }, { accept: 'text/html' })),
  'answer/html-for-browsers': async (driver, { public: open }) =>
    await exchangeWith(driver, open, '', { accept: 'text/html' }),
  'errors/class-name-in-description': async (driver, { public: open }) => (await driver.refresh(open, 'unknown')).text,
  'errors/grant-type-echoed': async (driver, { public: open }) =>
    (await driver.token(open, { grant_type: 'pass"wörd' })).json.error_description,
  'errors/member-twice': async (driver, { public: open }) => (await driver.refresh(open, 'unknown')).text,
  'answer/member-twice': async (driver, { public: open }) =>
    (await driver.exchange(open)).text.split('"token_type"').length,
  'answer/access-token-with-scheme': async (driver, { public: open }) =>
    /\s/.test(String((await driver.exchange(open)).json.access_token)),
  'answer/cacheable-third-party': async (driver, { thirdParty }) => shape(await driver.exchange(thirdParty)),
};
