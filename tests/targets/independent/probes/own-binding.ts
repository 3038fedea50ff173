import type { Client } from '../config.ts';
import { type Driver, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, codeFields, type Probe, shape } from './probe.ts';

const pairOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json;
const withoutSecret = ({ id, redirectUri, role }: Client): Client => ({ id, redirectUri, role });
const refreshed = async (driver: Driver, client: Client) =>
  (await driver.refresh(client, (await pairOf(driver, client)).refresh_token)).json;
const signedIn = async (driver: Driver, client: Client, wallet = newWallet()) =>
  (await driver.signIn(client, wallet)).json;

/** Refreshing with a scope: the answer, and what is in the token. */
const asking =
  (scope: string): Probe =>
  async (driver, { public: open }) => {
    const answer = await driver.refresh(open, (await pairOf(driver, open)).refresh_token, { scope });
    return [shape(answer), claimsOf(answer.json.access_token).scope];
  };

/** Continuing a session with a message that differs. */
const continuing =
  (changes: Record<string, unknown>): Probe =>
  async (driver, { public: open }) => {
    const wallet = newWallet();
    const { session_id } = await signedIn(driver, open, wallet);
    return shape(await driver.signIn(open, wallet, changes, { session_id }));
  };

/** One probe for each mistake of what is bound to what. */
export const ownBindingProbes: OwnProbes = {
  'client/pkce-instead-of-secret': async (driver, { confidential }) =>
    shape(await driver.exchange(confidential)) +
    shape(await driver.token(withoutSecret(confidential), await codeFields(driver, confidential))),
  'client/third-party-refused-at-revoke': async (driver, { thirdParty }) =>
    shape(await driver.revoke(thirdParty, { token: 'x' })),
  'client/third-party-refused-at-refresh': async (driver, { thirdParty }) =>
    shape(await driver.refresh(thirdParty, (await pairOf(driver, thirdParty)).refresh_token)),
  'client/no-challenge-for-unknown': async (driver, { confidential }) =>
    shape(await driver.revoke({ ...confidential, id: 'nobody' }, { token: 'x' })),
  'client/no-challenge-over-post': async (driver, { confidential: { id } }) =>
    shape(await driver.revoke(undefined, { token: 'x', client_id: id, client_secret: 'wrong' })),
  'grant/by-parameter': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await pairOf(driver, open)).refresh_token, { grant_type: 'password' })),
  'redirect/optional-third-party': async (driver, { thirdParty, confidential }) => {
    const answers = [];
    for (const client of [thirdParty, confidential]) {
      const { redirect_uri: _, ...fields } = await codeFields(driver, client);
      answers.push(shape(await driver.token(client, fields)));
    }
    return answers;
  },
  'code/scope-of-newest': async (driver, { public: open }) => {
    const first = await codeFields(driver, open, open.redirectUri, 'account');
    await codeFields(driver, open, open.redirectUri, 'account connections email');
    return (await driver.token(open, first)).json.scope;
  },
  'code/replay-ends-newest': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.token(open, fields);
    const other = await pairOf(driver, open);
    await driver.token(open, fields);
    return await alive(driver, open, other);
  },
  'pkce/challenge-by-client': async (driver, { public: open }) => {
    const [first, second] = [await codeFields(driver, open), await codeFields(driver, open)];
    return shape(await driver.token(open, { ...first, code_verifier: second.code_verifier ?? '' }));
  },
  'pkce/short-unchecked': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { code_verifier: 'short' })),
  'refresh/any-client-once-refreshed': async (driver, { confidential, public: open }) =>
    shape(await driver.refresh(open, (await refreshed(driver, confidential)).refresh_token)),
  'refresh/any-client-signed-in': async (driver, { confidential, public: open }) =>
    shape(await driver.refresh(open, (await signedIn(driver, confidential)).refresh_token)),
  'refresh/replay-ends-all-of-client': async (driver, { public: open }) => {
    const other = await pairOf(driver, open);
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.refresh(open, token);
    await driver.refresh(open, token);
    return await alive(driver, open, other);
  },
  'refresh/scope-widened-signed-in': async (driver, { public: open }) =>
    shape(await driver.refresh(open, (await signedIn(driver, open)).refresh_token, { scope: 'account email' })),
  'refresh/scope-saved-before-checked': async (driver, { public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    await driver.refresh(open, token, { scope: 'account email' });
    return (await driver.refresh(open, token)).json.scope;
  },
  'refresh/scope-dropped-untold': asking('account email'),
  'refresh/scope-empty-refused': asking(''),
  'refresh/scope-error-403': asking('email'),
  'refresh/counter-suffix': async (driver, { public: open }) => {
    const { refresh_token: first } = await pairOf(driver, open);
    const { refresh_token: second } = (await driver.refresh(open, first)).json;
    return String(second).startsWith(String(first));
  },
  'answer/scope-told-full': asking('account'),
  'answer/continuing-cacheable': continuing({}),
  'revoke/foreign-once-refreshed': async (driver, { confidential, public: open }) => {
    const pair = await refreshed(driver, confidential);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return await alive(driver, confidential, pair);
  },
  'revoke/foreign-signed-in': async (driver, { confidential, public: open }) => {
    const pair = await signedIn(driver, confidential);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    return await alive(driver, confidential, pair);
  },
  'revoke/older-session-of-wallet-ignored': async (driver, { public: open }) => {
    const wallet = newWallet();
    const first = await signedIn(driver, open, wallet);
    await signedIn(driver, open, wallet);
    await driver.revoke(open, { token: String(first.refresh_token) });
    return await alive(driver, open, first);
  },
  'revoke/hint-decides-what-ends': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token), token_type_hint: 'refresh_token' });
    return await alive(driver, open, pair);
  },
  'authenticate/subject-by-client': async (driver, { public: open }) => {
    const [first, second] = [await signedIn(driver, open), await signedIn(driver, open)];
    return claimsOf(first.access_token).sub === claimsOf(second.access_token).sub;
  },
  'authenticate/refresh-dies-early': async (driver, { public: open }) => {
    const { refresh_token: token } = await signedIn(driver, open);
    await driver.advance(90_000);
    return shape(await driver.refresh(open, token));
  },
  'session/signer-of-session': async (driver, { public: open }) => {
    const [wallet, other] = [newWallet(), newWallet()];
    const { session_id } = await signedIn(driver, open, wallet);
    const members = await driver.signed(wallet, await driver.siweFields(other));
    return shape(await driver.post(open, { ...members, session_id }));
  },
  'session/id-reused-after-revocation': async (driver, { public: open }) => {
    const wallet = newWallet();
    const first = await signedIn(driver, open, wallet);
    await driver.revoke(open, { token: String(first.refresh_token) });
    return (await signedIn(driver, open, wallet)).session_id === first.session_id;
  },
  'session/id-missing-when-continued': continuing({}),
  'siwe/times-ignored-continuing': continuing({ expirationTime: new Date(Date.now() - 1000).toISOString() }),
  'siwe/domain-ignored-continuing': continuing({ domain: 'evil.example.com' }),
  'handoff/one-at-a-time-per-client': async (driver, { public: open }) => {
    const [first, second] = [await pairOf(driver, open), await pairOf(driver, open)];
    return [shape(await driver.handoff(first.access_token)), shape(await driver.handoff(second.access_token))];
  },
};
