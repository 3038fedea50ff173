import { newWallet } from '../driver.ts';
import { formatSiwe } from '../siwe.ts';
import type { OwnProbes } from './own.ts';
import { alive, codeFields, type Probe, rawForm, shape } from './probe.ts';
import { withUser } from './user.ts';

/** Exchanging with another spelling of the right redirect_uri. */
const redirectedTo =
  (change: (uri: string) => string): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.exchange(open, { redirect_uri: change(open.redirectUri) }));

/** Refreshing with a scope. */
const asking =
  (scope: string): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await driver.exchange(open)).json.refresh_token, { scope }));

/** The same message for another domain, or with a wrong signature, twice. */
const twice = (members: Record<string, unknown>): Probe =>
  withUser(async (user, driver) => {
    const right = await driver.signed(user.wallet, await driver.siweFields(user.wallet, members));
    return [shape(await driver.post(user.client, right)), shape(await driver.post(user.client, right))];
  });

const wrongSignature: Probe = withUser(async ({ client, wallet }, driver) => {
  const right = await driver.signed(newWallet(), await driver.siweFields(wallet));
  return [shape(await driver.post(client, right)), shape(await driver.post(client, right))];
});

/** One probe for each mistake of a rule forgotten that the probes of its topic do not see. */
export const ownForgottenProbes: OwnProbes = {
  'client/secret-unchecked-at-code': async (driver, { confidential }) =>
    shape(await driver.exchange({ ...confidential, secret: 'wrong' })),
  'client/public-refused-at-code': async (driver, { public: open }) => shape(await driver.exchange(open)),
  'client/public-refused-at-refresh': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await driver.exchange(open)).json.refresh_token)),
  'client/basic-unsupported-at-refresh': async (driver, { confidential }) =>
    shape(await driver.refresh(confidential, (await driver.exchange(confidential)).json.refresh_token)),
  'client/third-party-refused-at-code': async (driver, { thirdParty }) => shape(await driver.exchange(thirdParty)),
  'client/post-unsupported-at-revoke': async (driver, { confidential: { id, secret = '' } }) =>
    shape(await driver.revoke(undefined, { token: 'x', client_id: id, client_secret: secret })),
  'client/basic-unsupported-at-authenticate': async (driver, { confidential }) =>
    shape(await driver.signIn(confidential, newWallet())),
  'client/empty-basic-passes': async (driver, { confidential: { id } }) =>
    shape(await rawForm(driver, 'revoke', `token=x&client_id=${id}`, { authorization: 'Basic Og==' })),
  'client/secret-null-passes': async (driver, { confidential: { id } }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    return shape(await driver.post(undefined, { ...right, client_id: id, client_secret: null }));
  },
  'client/assertion-unverified': async (driver, { confidential: { id } }) => {
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const fields = { token: 'x', client_id: id, client_assertion: 'a.b.c', client_assertion_type: type };
    return shape(await driver.revoke(undefined, fields));
  },
  'grant/jwt-bearer': async (driver, { public: open }) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const assertion = `${part({ alg: 'HS256' })}.${part({ sub: 'usr_1' })}.AAAA`;
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    return shape(await driver.token(open, { grant_type, assertion }));
  },
  'pkce/optional-third-party': async (driver, { thirdParty }) => {
    const { code_verifier: _, ...fields } = await codeFields(driver, thirdParty);
    return shape(await driver.token(thirdParty, fields));
  },
  'pkce/right-once-for-all': async (driver, { public: open }) => {
    await driver.exchange(open);
    return shape(await driver.exchange(open, { code_verifier: driver.verifier() }));
  },
  'redirect/path-case': redirectedTo((uri) => uri.replace('callback', 'Callback')),
  'redirect/path-parameters': redirectedTo((uri) => `${uri};jsessionid=1`),
  'redirect/double-slash': redirectedTo((uri) => uri.replace('/callback', '//callback')),
  'refresh/scope-hierarchic': asking('account.write'),
  'refresh/scope-star': asking('*'),
  'answer/refresh-is-access': async (driver, { public: open }) => {
    const { access_token, refresh_token } = (await driver.exchange(open)).json;
    return access_token === refresh_token;
  },
  'access/authenticate-dies-early': withUser(async (user, driver) => {
    const { access_token: token } = await user.enter();
    await driver.advance(400);
    return (await driver.handoff(token)).status;
  }),
  'access/exp-unchecked-confidential': async (driver, { confidential }) => {
    const { access_token: token } = (await driver.exchange(confidential)).json;
    await driver.advance(1000);
    return (await driver.handoff(token)).status;
  },
  'siwe/uri-missing': withUser(async (user, driver) =>
    shape(await driver.signIn(user.client, user.wallet, { uri: undefined })),
  ),
  'siwe/nonce-hex-only': withUser(async (user, driver) =>
    shape(await driver.signIn(user.client, user.wallet, { nonce: 'wxyz12345' })),
  ),
  'siwe/domain-second-try-passes': twice({ domain: 'evil.example.com' }),
  'siwe/signature-second-try-passes': wrongSignature,
  'siwe/erc6492-assumed': withUser(async ({ client, wallet }, driver) => {
    const message = formatSiwe(await driver.siweFields(wallet));
    return shape(await driver.post(client, { message, signature: `0x${'00'.repeat(96)}${'6492'.repeat(16)}` }));
  }),
  'siwe/address-from-body': withUser(async ({ client, wallet }, driver) => {
    const thief = newWallet();
    const members = await driver.signed(thief, await driver.siweFields(wallet));
    return shape(await driver.post(client, { ...members, address: thief.address }));
  }),
  'session/revoked-200-dead-tokens': withUser(async (user) => {
    const pair = await user.enter();
    await user.revokes(pair.refresh_token);
    return await user.tries(pair);
  }),
  'session/id-empty': withUser(async (user) => (await user.enter()).session_id === ''),
  'handoff/refused-yet-token-ended': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.handoff(json.access_token, { intent: 'other' });
    return await alive(driver, open, json);
  },
  'handoff/role-refused-yet-ended': async (driver, { thirdParty }) => {
    const { json } = await driver.exchange(thirdParty);
    await driver.handoff(json.access_token);
    return shape(await driver.refresh(thirdParty, json.refresh_token));
  },
  'handoff/two-parts': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    return shape(await driver.handoff(String(token).split('.').slice(0, 2).join('.')));
  },
  'handoff/redirect-port-refused': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    return shape(await driver.handoff(token, { redirectUri: 'https://app.example.com:8443/back' }));
  },
  'handoff/intent-trimmed': async (driver, { public: open }) => {
    const { access_token: token } = (await driver.exchange(open)).json;
    return shape(await driver.handoff(token, { intent: ' connections ' }));
  },
};
