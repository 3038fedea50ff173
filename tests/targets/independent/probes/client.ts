import { basic, newWallet } from '../driver.ts';
import { codeFields, type Probe, rawForm, shape } from './probe.ts';

/** What is tried on client authentication. */
export const clientProbes: Record<string, Probe> = {
  'secrets that are nearly right': async (driver, { confidential }) => {
    const right = confidential.secret ?? '';
    const near = ['x', right.slice(0, 4), right.slice(0, -1), `${right}x`, right.toUpperCase(), ` ${right} `, ''];
    const tries = [...near, 'tp-secret', `${right.slice(0, 8)}Z`];
    const shown: string[] = [];
    for (const secret of tries) {
      const headers = { authorization: basic(confidential, secret) };
      shown.push(shape(await driver.token(undefined, { grant_type: 'refresh_token', refresh_token: 'rt' }, headers)));
      const fields = { client_id: confidential.id, client_secret: secret };
      shown.push(shape(await driver.revoke(undefined, { ...fields, token: 'x' })));
      shown.push(shape(await driver.token(undefined, { ...fields, grant_type: 'refresh_token', refresh_token: 'rt' })));
      shown.push(shape(await driver.post(undefined, { ...fields, message: 'x', signature: '0x' })));
    }
    return shown;
  },
  'a wrong secret after a right one': async (driver, { confidential }) => {
    await driver.revoke(confidential, { token: 'x' });
    return shape(await driver.revoke({ ...confidential, secret: 'wrong-wrong' }, { token: 'x' }));
  },
  'no secret': async (driver, { confidential, thirdParty }) => {
    const shown: string[] = [];
    for (const client of [confidential, thirdParty]) {
      const { id, redirectUri, role } = client;
      const bare = { id, redirectUri, role };
      shown.push(shape(await driver.token(bare, await codeFields(driver, client))));
      shown.push(shape(await driver.refresh(bare, (await driver.exchange(client)).json.refresh_token)));
      shown.push(shape(await driver.revoke(bare, { token: 'x' })));
      shown.push(shape(await driver.post(bare, { message: 'x', signature: '0x' })));
    }
    return shown;
  },
  'no client at all': async (driver, { public: open }) => [
    shape(await driver.token(undefined, await codeFields(driver, open))),
    shape(
      await driver.token(undefined, {
        grant_type: 'refresh_token',
        refresh_token: String((await driver.exchange(open)).json.refresh_token),
      }),
    ),
    shape(await driver.revoke(undefined, { token: 'x' })),
    shape(await driver.post(undefined, { message: 'x', signature: '0x' })),
  ],
  'ids and schemes in another case': async (driver, { confidential, public: open }) => [
    shape(await driver.revoke({ ...open, id: open.id.toUpperCase() }, { token: 'x' })),
    shape(
      await driver.revoke(undefined, { token: 'x' }, { authorization: basic(confidential).replace('Basic', 'bASIC') }),
    ),
    shape(await driver.revoke({ ...open, id: 'nobody' }, { token: 'x' })),
    shape(await driver.revoke({ ...confidential, id: 'nobody' }, { token: 'x' })),
  ],
  'two methods at once': async (driver, { confidential, thirdParty, public: open }) => {
    const headers = { authorization: basic(confidential) };
    const body = (id: string, secret?: string) => ({
      token: 'x',
      client_id: id,
      ...(secret === undefined ? {} : { client_secret: secret }),
    });
    const right = confidential.secret ?? '';
    return [
      shape(await driver.revoke(undefined, body(confidential.id, right), headers)),
      shape(await driver.revoke(undefined, body(confidential.id, 'wrong'), headers)),
      shape(
        await driver.revoke(undefined, body(confidential.id, right), { authorization: basic(confidential, 'wrong') }),
      ),
      shape(await driver.revoke(undefined, body(confidential.id), headers)),
      shape(await driver.revoke(undefined, body(open.id), headers)),
      shape(await driver.revoke(undefined, body(thirdParty.id, thirdParty.secret), headers)),
    ];
  },
  'each right method': async (driver, { confidential, public: open }) => {
    const post = { client_id: confidential.id, client_secret: confidential.secret ?? '' };
    return [
      shape(await driver.exchange(confidential)),
      shape(await driver.token(undefined, { ...(await codeFields(driver, confidential)), ...post })),
      shape(await driver.revoke(confidential, { token: 'x' })),
      shape(await driver.revoke(undefined, { token: 'x', ...post })),
      shape(await driver.revoke(open, { token: 'x' })),
      shape(await driver.signIn(open, newWallet())),
      shape(await driver.signIn(confidential, newWallet())),
    ];
  },
  'credentials in the URI': async (driver, { confidential }) => {
    const query = new URLSearchParams({ client_id: confidential.id, client_secret: confidential.secret ?? '' });
    return shape(await rawForm(driver, 'revoke', 'token=x', {}, `?${query}`));
  },
  'broken headers': async (driver) => [
    shape(await driver.revoke(undefined, { token: 'x' }, { authorization: 'Basic !!!' })),
    shape(
      await driver.revoke(
        undefined,
        { token: 'x' },
        { authorization: `Basic ${Buffer.from('ab').toString('base64')}` },
      ),
    ),
  ],
};
