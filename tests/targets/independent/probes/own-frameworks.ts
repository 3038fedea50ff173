import { type Driver, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { codeFields, type Probe, shape } from './probe.ts';

/** Sends a body to the hand-off with the content type of the probe. */
const handoffTyped =
  (type: string): Probe =>
  async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    const body = JSON.stringify({ redirectUri: 'https://app.example.com/back', intent: 'connections' });
    const headers = { 'content-type': type, authorization: `Bearer ${token}` };
    return shape(await driver.raw('handoffInit', { method: 'POST', headers, body }));
  };

const missing =
  (grant: string): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.token(open, { grant_type: grant, code: 'x', redirect_uri: open.redirectUri }));

/** Revoking an access token that is past its time. */
const revokeExpired: Probe = async (driver, { public: open }) => {
  const { access_token: token } = (await driver.exchange(open)).json;
  await driver.advance(901);
  return shape(await driver.revoke(open, { token: String(token) }));
};

const wrongAtRefresh: Probe = async (driver, { confidential }) =>
  shape(await driver.refresh({ ...confidential, secret: 'wrong' }, 'x'));

async function scopesWith(driver: Driver, authorization: string): Promise<string> {
  return shape(await driver.raw('scopes', { headers: { authorization } }));
}

/** One probe for each mistake of frameworks that the probes of its topic do not see. */
export const ownFrameworkProbes: OwnProbes = {
  'pkce/missing-500': missing('authorization_code'),
  'form/json-500': async (driver, { public: open }) =>
    shape(
      await driver.raw('token', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_id: open.id, grant_type: 'refresh_token', refresh_token: 'x' }),
      }),
    ),
  'code/expired-500': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.advance(700);
    return shape(await driver.token(open, fields));
  },
  'revoke/expired-500': revokeExpired,
  'revoke/expired-400': revokeExpired,
  'client/failure-400-at-refresh': wrongAtRefresh,
  'client/no-challenge-at-refresh': wrongAtRefresh,
  'errors/second-framework-body': async (driver, { public: open }) => [
    shape(await driver.refresh(open, 'x')),
    shape(await driver.refresh(open, 'x')),
  ],
  'authenticate/errors-cut': async (driver, { public: open }) =>
    (await driver.signIn(open, newWallet(), { domain: 'evil.example.com' })).json,
  'answer/one-node-cacheable': async (driver, { public: open }) => {
    const shapes = [];
    for (let time = 0; time < 3; time += 1) shapes.push(shape(await driver.exchange(open)));
    return shapes;
  },
  'access/refreshed-expires-in-hour': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await driver.exchange(open)).json.refresh_token)),
  'handoff/no-challenge-when-revoked': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    await driver.revoke(open, { token: String(token) });
    return shape(await driver.handoff(token));
  },
  'handoff/charset-refused': handoffTyped('application/json; charset=utf-8'),
  'handoff/media-type-case': handoffTyped('Application/JSON'),
  'scopes/bad-token-401': (driver) => scopesWith(driver, 'Bearer of-no-one'),
};
