import { newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { claimsOf, codeFields, type Probe, shape } from './probe.ts';

const unknownRefreshToken: Probe = async (driver, { public: open }) => {
  const answer = await driver.refresh(open, 'unknown');
  return [shape(answer), answer.text];
};

/** One probe for each mistake at the edges that the probes of its topic do not see. */
export const ownEdgeProbes: OwnProbes = {
  'client/found-by-secret': async (driver, { confidential }) =>
    shape(await driver.revoke({ ...confidential, id: 'nobody' }, { token: 'x' })),
  'client/long-secret-500': async (driver, { confidential }) =>
    shape(await driver.revoke({ ...confidential, secret: 'x'.repeat(80) }, { token: 'x' })),
  'client/basic-percent-500': async (driver, { confidential }) => {
    const authorization = `Basic ${Buffer.from(`${confidential.id}:%zz`).toString('base64')}`;
    return shape(await driver.revoke(undefined, { token: 'x' }, { authorization }));
  },
  'client/public-empty-secret-refused': async (driver, { public: open }) =>
    shape(await driver.revoke(open, { token: 'x', client_secret: '' })),
  'code/lives-eleven-minutes': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.advance(630);
    return shape(await driver.token(open, fields));
  },
  'code/fourth-at-a-time': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    const answers = await Promise.all([1, 2, 3, 4].map(() => driver.token(open, fields)));
    return answers.filter(({ status }) => status === 200).length;
  },
  'refresh/fourth-at-a-time': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    const answers = await Promise.all([1, 2, 3, 4].map(() => driver.refresh(open, json.refresh_token)));
    return answers.filter(({ status }) => status === 200).length;
  },
  'pkce/too-long-500': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { code_verifier: 'v'.repeat(129) })),
  'redirect/no-url-500': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { redirect_uri: 'callback' })),
  'refresh/lives-six-days': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.advance(604_700);
    return shape(await driver.refresh(open, json.refresh_token));
  },
  'revoke/jwt-like-500': async (driver, { public: open }) => shape(await driver.revoke(open, { token: 'a.b.c' })),
  'revoke/bad-signature-401': async (driver, { public: open }) => shape(await driver.revoke(open, { token: 'a.b.c' })),
  'revoke/denylist-by-account': async (driver, { public: open }) => {
    const wallet = newWallet();
    const first = (await driver.signIn(open, wallet)).json;
    await driver.revoke(open, { token: String(first.refresh_token) });
    return (await driver.handoff((await driver.signIn(open, wallet)).json.access_token)).status;
  },
  'revoke/access-forgotten-after-five-minutes': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.revoke(open, { token: String(json.refresh_token) });
    await driver.advance(310);
    return (await driver.handoff(json.access_token)).status;
  },
  'access/subject-cached-by-client': async (driver, { public: open }) => {
    const [first, second] = [await driver.signIn(open, newWallet()), await driver.signIn(open, newWallet())];
    return claimsOf(first.json.access_token).sub === claimsOf(second.json.access_token).sub;
  },
  'access/dies-a-minute-early': async (driver, { public: open }) => {
    const { json } = await driver.exchange(open);
    await driver.advance(870);
    return (await driver.handoff(json.access_token)).status;
  },
  'answer/scope-cached-by-client': async (driver, { public: open }) => {
    const scopes = [];
    for (const scope of ['account', 'connections']) {
      const fields = await codeFields(driver, open, open.redirectUri, scope);
      scopes.push((await driver.token(open, fields)).json.scope);
    }
    return scopes;
  },
  'errors/description-empty': unknownRefreshToken,
  'errors/description-null': unknownRefreshToken,
  'errors/problem-media-type': unknownRefreshToken,
};
