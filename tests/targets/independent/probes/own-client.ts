import { basic, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { codeFields, rawForm, shape } from './probe.ts';

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

/** One probe for each mistake in client authentication and in reading forms that the probes of its topic do not see. */
export const ownClientProbes: OwnProbes = {
  'client/secret-nul': async (driver, { confidential }) =>
    shape(await driver.revoke({ ...confidential, secret: `${confidential.secret}\0x` }, { token: 'x' })),
  'client/secret-normalised': async (driver, { confidential }) => {
    const secret = String(confidential.secret).replace('w', '\uff57');
    return shape(await driver.revoke(undefined, { token: 'x', client_id: confidential.id, client_secret: secret }));
  },
  'client/basic-split-colon': async (driver, { confidential: { id, secret } }) => {
    const authorization = `Basic ${Buffer.from(`${id}:${secret}:more`).toString('base64')}`;
    return shape(await driver.revoke(undefined, { token: 'x' }, { authorization }));
  },
  'client/third-party-secret-unchecked': async (driver, { thirdParty }) =>
    shape(await driver.revoke({ ...thirdParty, secret: 'wrong' }, { token: 'x' })),
  'client/two-methods-at-authenticate': async (driver, { confidential }) => {
    const wallet = newWallet();
    const members = await driver.signed(wallet, await driver.siweFields(wallet));
    const more = { client_id: confidential.id, client_secret: confidential.secret };
    return shape(await driver.post(confidential, { ...members, ...more }));
  },
  'client/two-methods-at-refresh': async (driver, { confidential }) => {
    const { json } = await driver.exchange(confidential);
    const more = { client_id: confidential.id, client_secret: confidential.secret ?? '' };
    return shape(await driver.refresh(confidential, json.refresh_token, more));
  },
  'client/bearer-taken-at-revoke': async (driver, { confidential }) => {
    const { json } = await driver.exchange(confidential);
    const authorization = `Bearer ${String(json.access_token)}`;
    return shape(await driver.revoke(undefined, { token: String(json.refresh_token) }, { authorization }));
  },
  'client/bearer-500': async (driver) =>
    shape(await driver.token(undefined, { grant_type: 'refresh_token' }, { authorization: 'Bearer abc' })),
  'client/challenge-without-realm': async (driver, { confidential }) => {
    const answer = await driver.revoke({ ...confidential, secret: 'wrong' }, { token: 'x' });
    return answer.headers.get('www-authenticate');
  },
  'errors/expected-secret-shown': async (driver, { confidential }) =>
    (await driver.revoke({ ...confidential, secret: 'wrong' }, { token: 'x' })).text,
  'errors/invalid-scope-500': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    return shape(await driver.refresh(open, json.refresh_token, { scope: 'email' }));
  },
  'form/brackets-500': async (driver, { public: open }) =>
    shape(await driver.revoke(open, { token: 'x', 'token[a]': 'x' })),
  'form/prototype-500': async (driver, { public: open }) =>
    shape(await rawForm(driver, 'revoke', `token=x&client_id=${open.id}&__proto__=x`)),
  'form/nul-500': async (driver, { public: open }) => shape(await driver.revoke(open, { token: 'a\0b' })),
  'form/long-token-500': async (driver, { public: open }) =>
    shape(await driver.revoke(open, { token: 'a'.repeat(5000) })),
  'form/invalid-utf8-500': async (driver, { public: open }) =>
    shape(await rawForm(driver, 'revoke', `token=%FF%FE&client_id=${open.id}`)),
  'form/duplicates-of-secret': async (driver, { confidential: { id, secret = '' } }) =>
    shape(
      await rawForm(driver, 'revoke', `token=x&client_secret=no&${form({ client_id: id, client_secret: secret })}`),
    ),
  'form/name-case': async (driver, { public: open }) =>
    shape(await rawForm(driver, 'revoke', `Token=x&client_id=${open.id}`)),
  'form/values-trimmed': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { grant_type: ' authorization_code ' })),
  'grant/prefix': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { grant_type: 'authorization_code_2' })),
  'form/put-works': async (driver, { public: open }) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = form({ ...(await codeFields(driver, open)), client_id: open.id });
    return (await driver.raw('token', { method: 'PUT', headers, body })).status;
  },
  'pkce/post-unchecked': async (driver, { confidential: { id, secret = '' }, confidential }) => {
    const fields = { ...(await codeFields(driver, confidential)), code_verifier: driver.verifier() };
    return shape(await driver.token(undefined, { ...fields, client_id: id, client_secret: secret }));
  },
  'revoke/empty-token-200': async (driver, { public: open }) => shape(await driver.revoke(open, { token: '' })),
  'client/basic-empty-secret': async (driver, { confidential }) =>
    shape(await driver.revoke(undefined, { token: 'x' }, { authorization: basic(confidential, '') })),
};
