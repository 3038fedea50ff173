import { signUnprefixed } from '../../../../generators/wallet.ts';
import type { Client } from '../config.ts';
import { type Driver, newWallet } from '../driver.ts';
import { formatSiwe } from '../siwe.ts';
import { alive, claimsOf, type Probe, shape } from './probe.ts';

const at = (offset: number) => new Date(Date.now() + offset).toISOString();
const without = (text: string, line: RegExp) =>
  text
    .split('\n')
    .filter((each) => !line.test(each))
    .join('\n');

async function revivedBySigningIn(driver: Driver, client: Client): Promise<string> {
  const wallet = newWallet();
  const { json } = await driver.signIn(client, wallet);
  await driver.revoke(client, { token: String(json.refresh_token) });
  await driver.signIn(client, wallet);
  return await alive(driver, client, json);
}

/** What is tried at /authenticate. */
export const authenticateProbes: Record<string, Probe> = {
  'messages with one field changed': async (driver, { public: open }) => {
    const wallet = newWallet();
    const result: string[] = [shape(await driver.signIn(open, wallet))];
    const past = new Date(Date.now() + 3_600_000).toISOString().replace('Z', '+02:00');
    const changes = [
      ...['evil.example.com', 'evil-app.example.com', 'app.example.com.evil.com', 'app.example.com:8443'].map(
        (domain) => ({ domain }),
      ),
      ...['https://evil.example.com', 'https://app.example.com.evil.com/'].map((uri) => ({ uri })),
      ...['5', '1abc', '01x'].map((chainId) => ({ chainId })),
      ...['2', '1.0'].map((version) => ({ version })),
      ...['abc', 'abcd-efgh-ijkl', undefined].map((nonce) => ({ nonce })),
      ...[undefined, 'yesterday'].map((issuedAt) => ({ issuedAt })),
      ...[at(-1000), at(-1_800_000), past].map((expirationTime) => ({ expirationTime })),
      { notBefore: at(600_000) },
      ...[{ expirationTime: 'soon' }, { notBefore: 'soon' }, { chainId: undefined }, { version: undefined }],
      { address: wallet.address.toLowerCase().replace('0x', '0x') },
    ];
    for (const change of changes) result.push(shape(await driver.signIn(open, wallet, change)));
    return result;
  },
  'a message for another domain from a confidential client': async (driver, { confidential }) =>
    shape(await driver.signIn(confidential, newWallet(), { domain: 'evil.example.com' })),
  'messages with other lines': async (driver, { public: open }) => {
    const wallet = newWallet();
    const text = async () => formatSiwe(await driver.siweFields(wallet));
    const send = async (changed: string) => shape(await driver.post(open, await driver.signed(wallet, {}, changed)));
    const swapped = (await text()).replace(/(Version: 1)\n(Chain ID: 1)/, '$2\n$1');
    return [
      await send(`${await text()}\nMore: yes`),
      await send((await text()).replace('sign in with your Ethereum account', 'sign in with Ethereum')),
      await send(swapped),
      await send(without(await text(), /^Version/)),
      await send('hello'),
    ];
  },
  'the same message again': async (driver, { public: open }) => {
    const wallet = newWallet();
    const members = await driver.signed(wallet, await driver.siweFields(wallet));
    return [shape(await driver.post(open, members)), shape(await driver.post(open, members))];
  },
  'the same message many times at once': async (driver, { public: open }) => {
    const wallet = newWallet();
    const members = await driver.signed(wallet, await driver.siweFields(wallet));
    const answers = await Promise.all([1, 2, 3].map(() => driver.post(open, members)));
    return answers.filter(({ status }) => status === 200).length;
  },
  'a nonce of our own': async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), { nonce: 'abcdefgh12345678' })),
  'signatures that are wrong': async (driver, { public: open }) => {
    const [wallet, other] = [newWallet(), newWallet()];
    await driver.signIn(open, other);
    const fields = () => driver.siweFields(wallet);
    const first = await driver.signed(wallet, await fields());
    const { signature: _, ...missing } = first;
    const text = formatSiwe(await fields());
    const unprefixed = await signUnprefixed(wallet, text);
    const stranger = await driver.signed(newWallet(), await fields());
    const session = (await driver.signIn(open, wallet)).json.session_id;
    return [
      shape(await driver.post(open, await driver.signed(other, await fields()))),
      shape(await driver.post(open, stranger)),
      shape(await driver.post(open, missing)),
      shape(await driver.post(open, { ...first, signature: `0x${'11'.repeat(65)}` })),
      shape(await driver.post(open, { ...first, signature: '0xzz' })),
      shape(await driver.post(open, { ...first, signature: 17 })),
      shape(await driver.post(open, { message: text, signature: unprefixed })),
      shape(await driver.post(open, { ...stranger, session_id: session })),
    ];
  },
  'odd bodies': async (driver, { confidential, public: open }) => {
    const headers = { 'content-type': 'application/json' };
    const raw = (body: string) => driver.raw('authenticate', { method: 'POST', headers, body });
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    return [
      shape(await raw('null')),
      shape(await raw('{"message":')),
      shape(await driver.post(open, { message: { a: 1 }, signature: '0x' })),
      shape(await driver.post(open, { ...right, session_id: { a: 1 } })),
      shape(await driver.post({ ...confidential, secret: 'wrong' }, right)),
    ];
  },
  'third-party clients': async (driver, { public: open, thirdParty }) => {
    const { secret = '', id } = thirdParty;
    const wallet = newWallet();
    const session = { session_id: (await driver.signIn(open, wallet)).json.session_id };
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    return [
      shape(await driver.signIn(thirdParty, newWallet())),
      shape(await driver.post(undefined, { ...right, client_id: id, client_secret: secret })),
      shape(await driver.signIn(thirdParty, newWallet(), {}, { session_id: 'none' })),
      shape(await driver.signIn(thirdParty, wallet, {}, session)),
    ];
  },
  sessions: async (driver, { confidential, public: open }) => {
    const wallet = newWallet();
    const first = (await driver.signIn(open, wallet)).json;
    const session = { session_id: first.session_id };
    const again = await driver.signIn(open, wallet, {}, session);
    const works = await driver.handoff(again.json.access_token);
    const codeSession = claimsOf((await driver.exchange(open)).json.access_token).sid;
    return [
      again.json.session_id === first.session_id,
      works.status,
      shape(await driver.signIn(confidential, wallet, {}, session)),
      shape(await driver.signIn(open, newWallet(), {}, session)),
      shape(await driver.signIn(open, newWallet(), {}, { session_id: codeSession })),
      shape(await driver.signIn(open, wallet, {}, session)),
      await alive(driver, open, first),
      await revivedBySigningIn(driver, open),
    ];
  },
};
