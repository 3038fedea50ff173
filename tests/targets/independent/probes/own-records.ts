import type { Client } from '../config.ts';
import { basic, type Driver, newWallet } from '../driver.ts';
import type { OwnProbes } from './own.ts';
import { alive, claimsOf, codeFields, shape } from './probe.ts';

const pairOf = async (driver: Driver, client: Client) => (await driver.exchange(client)).json;
const encoded = (text: string) => Buffer.from(text).toString('base64');
const tryClient = async (driver: Driver, authorization: string) =>
  shape(await driver.revoke(undefined, { token: 'x' }, { authorization }));

const refreshWith = async (driver: Driver, client: Client, scope: string, granted?: string) => {
  const fields = await codeFields(driver, client, client.redirectUri, granted);
  const { json } = await driver.token(client, fields);
  return shape(await driver.refresh(client, json.refresh_token, { scope }));
};

/** One probe for each mistake in records that the probes of its topic do not see. */
export const ownRecordProbes: OwnProbes = {
  'client/basic-two-spaces': async (driver, { confidential }) =>
    await tryClient(driver, basic(confidential).replace(' ', '  ')),
  'client/basic-hex-upper-only': async (driver, { confidential: { id, secret } }) =>
    await tryClient(driver, `Basic ${encoded(`${id.replace('-', '%2d')}:${secret?.replace('l', '%6c')}`)}`),
  'client/failure-cached-as-success': async (driver, { confidential }) => {
    const wrong = { ...confidential, secret: 'wrong' };
    return [shape(await driver.revoke(wrong, { token: 'x' })), shape(await driver.revoke(wrong, { token: 'x' }))];
  },
  'client/secret-unneeded-after-success': async (driver, { confidential }) => {
    const { json } = await driver.exchange(confidential);
    return shape(await driver.revoke(undefined, { token: String(json.access_token), client_id: confidential.id }));
  },
  'client/basic-without-colon': async (driver, { confidential: { id } }) =>
    await tryClient(driver, `Basic ${encoded(id)}`),
  'client/basic-with-id-refused': async (driver, { confidential }) =>
    shape(await driver.revoke(confidential, { token: 'x', client_id: confidential.id })),
  'client/challenge-malformed': async (driver, { confidential }) =>
    (await driver.revoke({ ...confidential, secret: 'no' }, { token: 'x' })).headers.get('www-authenticate'),
  'client/challenge-charset': async (driver, { confidential }) =>
    (await driver.revoke({ ...confidential, secret: 'no' }, { token: 'x' })).headers.get('www-authenticate'),
  'client/race-mixes-clients': async (driver, { confidential, public: open }) => {
    const [mine, other] = [await pairOf(driver, confidential), await pairOf(driver, open)];
    const answers = await Promise.all([
      driver.refresh(confidential, mine.refresh_token),
      driver.refresh(open, other.refresh_token),
    ]);
    return answers.map(({ status }) => status);
  },
  'pkce/starts-with-letter-or-digit': async (driver, { public: open }) => {
    const verifier = `~${driver.verifier(50)}`;
    const code = await driver.code(open, verifier);
    return shape(await driver.exchange(open, { code, code_verifier: verifier }));
  },
  'pkce/challenge-forgotten-after-thirty-seconds': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    await driver.advance(40);
    return shape(await driver.token(open, { ...fields, code_verifier: driver.verifier() }));
  },
  'pkce/challenge-from-exchange': async (driver, { public: open }) => {
    const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const code_challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    return shape(await driver.exchange(open, { code_verifier, code_challenge }));
  },
  'pkce/method-from-exchange': async (driver, { public: open }) => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const code = await driver.code(open, 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
    return shape(await driver.exchange(open, { code, code_verifier: challenge, code_challenge_method: 'plain' }));
  },
  'redirect/of-another-client': async (driver, { public: open, confidential }) =>
    shape(await driver.exchange(open, { redirect_uri: confidential.redirectUri })),
  'redirect/trimmed': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { redirect_uri: ` ${open.redirectUri} ` })),
  'code/scope-from-exchange': async (driver, { public: open }) =>
    shape(await driver.exchange(open, { scope: 'email' })),
  'code/other-client-second-try': async (driver, { confidential, public: open }) => {
    const fields = await codeFields(driver, open);
    return [shape(await driver.token(confidential, fields)), shape(await driver.token(confidential, fields))];
  },
  'code/reusable-over-other-method': async (driver, { confidential }) => {
    const fields = await codeFields(driver, confidential);
    await driver.token(confidential, fields);
    const post = { client_id: confidential.id, client_secret: confidential.secret ?? '' };
    return shape(await driver.token(undefined, { ...fields, ...post }));
  },
  'code/replay-keeps-access': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    const { json } = await driver.token(open, fields);
    await driver.token(open, fields);
    return await alive(driver, open, json);
  },
  'code/replay-ends-at-third-use': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    const { json } = await driver.token(open, fields);
    await driver.token(open, fields);
    return await alive(driver, open, json);
  },
  'refresh/scope-widened-third-party': async (driver, { thirdParty }) =>
    await refreshWith(driver, thirdParty, 'account email'),
  'refresh/scope-of-other-session': async (driver, { public: open }) => {
    await driver.token(open, await codeFields(driver, open, open.redirectUri, 'account email'));
    return await refreshWith(driver, open, 'email', 'account');
  },
  'refresh/scope-counted': async (driver, { public: open }) => await refreshWith(driver, open, 'account email'),
  'refresh/scope-last-only': async (driver, { public: open }) => await refreshWith(driver, open, 'email account'),
  'refresh/spends-newest-of-client': async (driver, { public: open }) => {
    const first = await pairOf(driver, open);
    await pairOf(driver, open);
    await driver.refresh(open, first.refresh_token);
    return shape(await driver.refresh(open, first.refresh_token));
  },
  'refresh/ends-other-sessions-of-account': async (driver, { public: open }) => {
    const wallet = newWallet();
    const [first, second] = [(await driver.signIn(open, wallet)).json, (await driver.signIn(open, wallet)).json];
    await driver.refresh(open, first.refresh_token);
    return await alive(driver, open, second);
  },
  'refresh/other-client-second-try': async (driver, { confidential, public: open }) => {
    const { refresh_token: token } = await pairOf(driver, open);
    return [shape(await driver.refresh(confidential, token)), shape(await driver.refresh(confidential, token))];
  },
  'refresh/race-mixes-sessions': async (driver, { public: open }) => {
    const pairs = [await pairOf(driver, open), await pairOf(driver, open)];
    const answers = await Promise.all(pairs.map((pair) => driver.refresh(open, pair.refresh_token)));
    return pairs.map((pair, i) => claimsOf(pair.access_token).sid === claimsOf(answers[i]?.json.access_token).sid);
  },
  'refresh/token-is-jti': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    return claimsOf(pair.access_token).jti === pair.refresh_token;
  },
  'revoke/foreign-by-third-party': async (driver, { public: open, thirdParty }) => {
    const pair = await pairOf(driver, open);
    return [
      shape(await driver.revoke(thirdParty, { token: String(pair.refresh_token) })),
      await alive(driver, open, pair),
    ];
  },
  'revoke/foreign-over-post': async (driver, { public: open, confidential }) => {
    const pair = await pairOf(driver, open);
    const post = { client_id: confidential.id, client_secret: confidential.secret ?? '' };
    await driver.revoke(undefined, { token: String(pair.refresh_token), ...post });
    return await alive(driver, open, pair);
  },
  'revoke/fourth-dropped': async (driver, { public: open }) => {
    const seen = [];
    for (let i = 0; i < 4; i += 1) {
      const pair = await pairOf(driver, open);
      await driver.revoke(open, { token: String(pair.refresh_token) });
      seen.push(await alive(driver, open, pair));
    }
    return seen;
  },
  'revoke/undone-by-refused-refreshing': async (driver, { public: open }) => {
    const pair = await pairOf(driver, open);
    await driver.revoke(open, { token: String(pair.refresh_token) });
    await driver.refresh(open, pair.refresh_token);
    return (await driver.handoff(pair.access_token)).status;
  },
  'revoke/race-drops-first': async (driver, { public: open }) => {
    const pairs = [await pairOf(driver, open), await pairOf(driver, open)];
    await Promise.all(pairs.map((pair) => driver.revoke(open, { token: String(pair.refresh_token) })));
    return await Promise.all(pairs.map((pair) => alive(driver, open, pair)));
  },
};
