import { compactVerify, createRemoteJWKSet, type JSONWebKeySet } from 'jose';
import { newWallet, request } from '../driver.ts';
import { alive, claimsOf, codeFields, type Probe, rawForm, shape } from './probe.ts';

/** What is tried on forms, answers and access tokens. */
export const tokenProbes: Record<string, Probe> = {
  'right answers': async (driver, { confidential, public: open }) => {
    const first = await driver.exchange(confidential);
    return [
      shape(first),
      shape(await driver.refresh(confidential, first.json.refresh_token)),
      shape(await driver.signIn(open, newWallet())),
    ];
  },
  'grant types': async (driver, { public: open, confidential }) => {
    const fields = await codeFields(driver, open);
    const { grant_type: _, ...missing } = fields;
    return [
      shape(await driver.token(open, { ...fields, grant_type: 'Authorization_Code' })),
      shape(await driver.token(open, { ...fields, grant_type: 'password' })),
      shape(await driver.token(confidential, { grant_type: 'client_credentials' })),
      shape(await driver.token(open, missing)),
    ];
  },
  'repeated, empty, unknown and broken parameters': async (driver, { public: open }) => {
    const form = async () => `${new URLSearchParams({ ...(await codeFields(driver, open)), client_id: open.id })}`;
    return [
      shape(await rawForm(driver, 'token', `${await form()}&client_id=${open.id}`)),
      shape(await rawForm(driver, 'token', `${await form()}&client_id=other`)),
      shape(await rawForm(driver, 'token', `client_id=other&${await form()}`)),
      shape(await rawForm(driver, 'token', `${await form()}&client_secret=`)),
      shape(await rawForm(driver, 'token', `${await form()}&resource=x`)),
      shape(await rawForm(driver, 'token', `${await form()}&x=%zz`)),
      shape(await rawForm(driver, 'token', '', {}, `?${await form()}`)),
      shape(await driver.raw('token', { method: 'GET' }, `?${await form()}`)),
      shape(await driver.raw('revoke', { method: 'GET' }, `?token=x&client_id=${open.id}`)),
      shape(
        await rawForm(driver, 'token', await form(), {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        }),
      ),
      shape(await rawForm(driver, 'token', await form(), { 'content-type': 'Application/X-WWW-Form-URLencoded' })),
    ];
  },
  'scope with a plus': async (driver, { public: open }) => {
    const { refresh_token } = (await driver.exchange(open)).json;
    const form = `grant_type=refresh_token&refresh_token=${refresh_token}&client_id=${open.id}&scope=account+connections`;
    return shape(await rawForm(driver, 'token', form));
  },
  errors: async (driver, { public: open, confidential }) => [
    shape(await driver.exchange(open, { code: 'unknown' })),
    shape(await driver.token({ ...confidential, secret: 'very-wrong' }, { grant_type: 'refresh_token' })),
    shape(await driver.token(open, {})),
    shape(await driver.revoke(open, {})),
    (await driver.exchange(open, { code: 'unknown' })).text.replace(/at .*/s, ''),
  ],
  'two sessions of a client': async (driver, { public: open }) => {
    const [first, second] = [(await driver.exchange(open)).json, (await driver.exchange(open)).json];
    return first.access_token === second.access_token;
  },
  'access tokens as JWTs': async (driver, { public: open }) => {
    const { access_token: token, refresh_token: refresh } = (await driver.exchange(open)).json;
    const { exp, iat, scope } = claimsOf(token);
    const jwks = await request(driver.config.jwksUri ?? '');
    let verified = 'verified';
    try {
      const keys: JSONWebKeySet = JSON.parse(jwks.text);
      const fetched = createRemoteJWKSet(new URL(driver.config.jwksUri ?? ''));
      await compactVerify(String(token), fetched);
      verified += keys.keys.some((key) => 'd' in key) ? ' with private keys' : '';
    } catch (error) {
      verified = error instanceof Error ? error.name : 'not verified';
    }
    const lifetime = exp === undefined ? 'none' : Number(exp) - Number(iat);
    return [
      verified,
      lifetime === 900 ? 900 : 'other',
      scope,
      JSON.stringify(claimsOf(token)).includes(String(refresh)),
    ];
  },
  'access tokens that are old': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.advance(800);
    const before = (await driver.handoff(json.access_token)).status;
    await driver.advance(110);
    const after = (await driver.handoff(json.access_token)).status;
    return [before, after, await alive(driver, open, json)];
  },
};
