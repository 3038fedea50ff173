import { type Driver, newWallet, type SiweChanges } from '../driver.ts';
import { formatSiwe } from '../siwe.ts';
import type { OwnProbes } from './own.ts';
import { type Probe, shape } from './probe.ts';

const at = (offset: number) => new Date(Date.now() + offset).toISOString();

/** Signing in with a message of which some fields differ. */
const withFields =
  (changes: SiweChanges): Probe =>
  async (driver, { public: open }) =>
    shape(await driver.signIn(open, newWallet(), changes));

/** Signing in twice, the second time with what a change makes of the first message. */
const twice =
  (change: (fields: Record<string, unknown>) => Record<string, unknown>): Probe =>
  async (driver, { public: open }) => {
    const wallet = newWallet();
    const fields = await driver.siweFields(wallet);
    const first = await driver.post(open, await driver.signed(wallet, fields));
    return [shape(first), shape(await driver.post(open, await driver.signed(wallet, change(fields))))];
  };

const otherWallet = async (driver: Driver, address: string) =>
  formatSiwe({ ...(await driver.siweFields(newWallet())), address });

/** One probe for each mistake with sign-in messages in their corners. */
export const ownMessageProbes: OwnProbes = {
  'siwe/replay-signature-case': async (driver, { public: open }) => {
    const wallet = newWallet();
    const right = await driver.signed(wallet, await driver.siweFields(wallet));
    await driver.post(open, right);
    const signature = `0x${String(right.signature).slice(2).toUpperCase()}`;
    return shape(await driver.post(open, { ...right, signature }));
  },
  'siwe/server-nonce-other-text': twice((fields) => ({ ...fields, statement: 'Another text' })),
  'siwe/server-nonce-case': twice((fields) => ({ ...fields, nonce: String(fields.nonce).toUpperCase() })),
  'siwe/expiry-day-only': withFields({ expirationTime: at(-1000) }),
  'siwe/fraction-six-refused': withFields({ issuedAt: at(0).replace('Z', '123Z') }),
  'siwe/fraction-required': withFields({ issuedAt: at(0).replace(/\.\d+Z/, 'Z') }),
  'siwe/offset-minutes-ignored': withFields({ expirationTime: at(18_600_000).replace('Z', '+05:30') }),
  'siwe/not-before-ignored-with-expiry': withFields({ notBefore: at(600_000), expirationTime: at(900_000) }),
  'siwe/domain-nfkc': withFields({ domain: 'app.example\uff0ecom' }),
  'siwe/domain-as-regexp': withFields({ domain: 'app-example.com' }),
  'siwe/domain-parent': withFields({ domain: 'example.com' }),
  'siwe/uri-contained': withFields({ uri: 'https://evil.example.com/?next=https://app.example.com' }),
  'siwe/chain-number': withFields({ chainId: '0x1' }),
  'siwe/chain-overflow': withFields({ chainId: '4294967297' }),
  'siwe/statement-punctuation-refused': withFields({ statement: 'I accept the terms (all of them) & more!' }),
  'siwe/resources-https-only': withFields({
    resources: ['ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3e/'],
  }),
  'siwe/zero-address': async (driver, { public: open }) => {
    const message = await otherWallet(driver, `0x${'0'.repeat(40)}`);
    return shape(await driver.post(open, { message, signature: `0x${'00'.repeat(65)}` }));
  },
  'siwe/contract-wallet-assumed': async (driver, { public: open }) => {
    const message = await otherWallet(driver, newWallet().address);
    return shape(await driver.post(open, { message, signature: `0x${'ab'.repeat(32)}` }));
  },
};
