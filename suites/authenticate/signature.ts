/** Whose signature a sign-in carries, and over what (ERC-4361 "Verifying a signed Message", ERC-191). */

import { oneCharacterOff } from '../../generators/siwe-arbitrary.ts';
import { foreignChains, similarAddresses } from '../../generators/siwe-defects.ts';
import { freshNonce } from '../../generators/siwe-message.ts';
import { fewAndMany } from '../../generators/siwe-optional.ts';
import {
  longerSignatures,
  oneDigitOff,
  signHash,
  signUnprefixed,
  unrecoverable,
  type WrongSignature,
  wrongSignatures,
} from '../../generators/wallet.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { MessageOptions } from '../../harness/fixtures.ts';
import { holdsFor } from '../../harness/property.ts';
import {
  changedAfterSigning,
  continuableSession,
  needsText,
  send,
  sharedContinuable,
  submit,
} from '../../harness/sign-in.ts';

type Fields = NonNullable<MessageOptions['fields']>;

/** What is signed, and what is sent instead; the first is what an attacker has: a message for his own site. */
const changes: readonly {
  readonly what: string;
  readonly signed: (t: CheckContext) => Fields;
  readonly sent: (t: CheckContext) => Fields;
}[] = [
  {
    what: 'its domain, which was that of another site',
    signed: () => ({ domain: 'phishing.example' }),
    sent: (t) => ({ domain: t.config.siwe.domain }),
  },
  {
    what: 'its expiration-time, which had passed',
    signed: (t) => ({ expirationTime: t.iso(-3600) }),
    sent: (t) => ({ expirationTime: t.iso(3600) }),
  },
  {
    what: 'its expiration-time, which was taken out',
    signed: (t) => ({ expirationTime: t.iso(3600) }),
    sent: () => ({ expirationTime: undefined }),
  },
  {
    what: 'its not-before, which was taken out',
    signed: (t) => ({ notBefore: t.iso(3600) }),
    sent: () => ({ notBefore: undefined }),
  },
  { what: 'its nonce', signed: () => ({}), sent: () => ({ nonce: freshNonce() }) },
  { what: 'its issued-at', signed: (t) => ({ issuedAt: t.iso(-60) }), sent: (t) => ({ issuedAt: t.iso() }) },
  { what: 'its statement', signed: () => ({}), sent: () => ({ statement: 'I agree to something else.' }) },
  { what: 'its statement, which was taken out', signed: () => ({}), sent: () => ({ statement: undefined }) },
  {
    what: 'its resources, to which one was added',
    signed: () => ({}),
    sent: () => ({ resources: ['https://example.com/admin'] }),
  },
  { what: 'its request-id', signed: () => ({ requestId: 'one' }), sent: () => ({ requestId: 'other' }) },
  {
    what: 'its uri, which was that of another site',
    signed: () => ({ uri: 'https://phishing.example/' }),
    sent: (t) => ({ uri: t.config.siwe.uri }),
  },
  {
    what: 'its chain id, which was that of another chain',
    signed: (t) => ({ chainId: foreignChains(t.config.siwe.chainId)[0]?.value ?? '' }),
    sent: (t) => ({ chainId: t.config.siwe.chainId }),
  },
];

/** Of the form of a signature, to count by. */
const anySignature = `0x${'1'.repeat(130)}`;

/**
 * Asserts that each of these changed signatures is refused. Each comes with a message of its own: where a server uses a nonce up when it refuses
 * the message, a second refusal would say nothing.
 */
async function refusedEach(t: CheckContext, changed: (signature: string) => readonly WrongSignature[]): Promise<void> {
  for (const index of changed(anySignature).keys()) {
    const message = await t.message();
    const wrong = changed(message.signature)[index];
    if (wrong !== undefined)
      t.expect.refused(await send(t, t.whitelabel(), message, { signature: wrong.value }), {
        because: `a signature ${wrong.what}`,
      });
  }
}

const perMethod = methodCases.flatMap((id): Check[] => [
  {
    id: `authenticate/signature-foreign/${id}`,
    title: `The signature of another key or over another message is refused (${id})`,
    verifies: ['siwe/signature-verified'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const [victim, attacker] = [t.wallet(), t.wallet()];
      const known = (await sharedContinuable(t)).wallet;
      const attempts: readonly { what: string; options: MessageOptions }[] = [
        {
          what: 'the signature of another key, which has signed in itself',
          options: { sign: (text) => known.sign(text) },
        },
        { what: 'the signature of another key', options: { sign: (text) => attacker.sign(text) } },
        { what: 'a signature of zeros', options: { sign: async () => `0x${'0'.repeat(130)}` } },
        {
          what: "the address's signature over another text",
          options: { sign: (text, signer) => signer.sign(`${text} `) },
        },
      ];
      for (const { what, options } of t.trials(attempts))
        t.expect.refused(await submit(t, t.case(id), { wallet: victim, ...options }), { because: what });
    },
  },
  {
    id: `authenticate/signature-prefix/${id}`,
    title: `A signature without the prefix of personal messages is refused (${id})`,
    verifies: ['siwe/signature-prefix'],
    control: signIn(id),
    async run(t) {
      t.expect.refused(await submit(t, t.case(id), { sign: (text, signer) => signUnprefixed(signer, text) }), {
        because: 'a signature over the bare hash of the message',
      });
      if (t.frugal) return;
      t.expect.refused(await submit(t, t.case(id), { sign: (text, signer) => signHash(signer, text) }), {
        because: 'a personal signature over the hash of the message',
      });
    },
  },
  {
    id: `authenticate/message-changed/${id}`,
    title: `A message that was changed after it was signed is refused (${id})`,
    verifies: ['siwe/signature-covers-message'],
    control: signIn(id),
    async run(t) {
      const wallet = t.wallet();
      for (const { what, signed, sent } of id === 'client_secret_basic' ? t.trials(changes) : changes.slice(0, 2)) {
        const message = await t.message({ wallet, fields: signed(t) });
        const exchange = await t.client.authenticate({
          as: t.case(id),
          json: changedAfterSigning(t, message, sent(t)),
        });
        t.expect.refused(exchange, { because: `a message with a change after the signing, in ${what}` });
      }
    },
  },
]);

export default defineChecks([
  ...perMethod,
  {
    id: 'authenticate/message-changed-after-use',
    title: 'A signature that was accepted once does not stand for a changed message',
    verifies: ['siwe/signature-covers-message'],
    control: continuableSession,
    async run(t) {
      const message = await t.message();
      t.expect.given(await send(t, t.whitelabel(), message), 'the first sign-in');
      const { nonce } = (await t.message()).fields;
      for (const change of [{ nonce }, { nonce, expirationTime: t.iso(3600) }]) {
        const exchange = await t.client.authenticate({
          as: t.whitelabel(),
          json: changedAfterSigning(t, message, change),
        });
        t.expect.refused(exchange, { because: 'a message with a fresh nonce and the signature of an accepted one' });
      }
    },
  },
  {
    id: 'authenticate/signature-wrong',
    title: 'A signature that was changed, cut or made up is refused',
    verifies: ['siwe/signature-verified'],
    control: continuableSession,
    async run(t) {
      await refusedEach(t, wrongSignatures);
      if (t.frugal) return;
      const [message, attacker] = [await t.message(), t.wallet()];
      const foreign = { signature: await attacker.sign(message.text) };
      for (const time of ['first', 'second', 'third'])
        t.expect.refused(await send(t, t.whitelabel(), message, foreign), {
          because: `the signature of another wallet, at the ${time} time`,
        });
      for (const { what, fields } of fewAndMany((seconds) => t.iso(seconds)))
        t.expect.refused(await submit(t, t.whitelabel(), { fields, sign: (text) => attacker.sign(text) }), {
          because: `the signature of another wallet under a message ${what}`,
        });
      for (const { what, value } of unrecoverable)
        t.expect.refused(
          await submit(t, t.whitelabel(), { fields: { address: `0x${'0'.repeat(40)}` }, sign: async () => value }),
          { because: `a message of the zero address with a signature ${what}` },
        );
    },
  },
  {
    id: 'authenticate/signature-longer',
    title: 'A signature with bytes before or after it SHOULD be refused',
    verifies: ['siwe/signature-length'],
    control: continuableSession,
    async run(t) {
      await refusedEach(t, (signature) => t.trials(longerSignatures(signature)));
    },
  },
  {
    id: 'authenticate/signature-similar-address',
    title: 'A message that names an address similar to that of the signer is refused',
    verifies: ['siwe/signature-verified'],
    control: continuableSession,
    async run(t) {
      const wallet = t.wallet();
      for (const { what, value } of similarAddresses(wallet.address))
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, fields: { address: value } }), {
          because: `a message ${what} than the signer's`,
        });
    },
  },
  {
    id: 'authenticate/no-chosen-wallet',
    title: 'A wallet named beside the message does not replace the one in it',
    verifies: ['authenticate/no-chosen-wallet'],
    control: continuableSession,
    async run(t) {
      const [victim, attacker] = [t.wallet(), t.wallet()];
      const own = attacker.address;
      t.expect.refused(
        await submit(
          t,
          t.whitelabel(),
          { wallet: victim, sign: (text) => attacker.sign(text) },
          { address: own, wallet: own, wallet_address: own, walletAddress: own, signer: own },
        ),
        {
          because:
            "a message of the victim's address, with the attacker's signature and the attacker's address beside it",
        },
      );
    },
  },
  {
    id: 'authenticate/message-changed-property',
    title: 'Any change of one character in a signed message is refused',
    verifies: ['siwe/signature-covers-message'],
    control: continuableSession,
    generated: true,
    async run(t) {
      needsText(t);
      const { messageField, messageEncoding } = t.config.siwe;
      let told = '';
      await holdsFor(
        t,
        'authenticate/message-changed-property',
        oneCharacterOff,
        async (change) => {
          const fields = { expirationTime: t.iso(3600), resources: ['https://example.com/'] };
          const message = await t.message({ fields });
          const text = change(message.text);
          told = JSON.stringify(text);
          const value = messageEncoding === 'base64' ? Buffer.from(text, 'utf8').toString('base64') : text;
          t.expect.refused(await send(t, t.whitelabel(), message, { [messageField]: value }), {
            because: 'a signed message with one character changed',
          });
        },
        { shrinkBudget: 20, tell: () => told },
      );
    },
  },
  {
    id: 'authenticate/signature-changed-property',
    title: 'Any change of one digit in a signature is refused',
    verifies: ['siwe/signature-verified'],
    control: continuableSession,
    generated: true,
    async run(t) {
      await holdsFor(
        t,
        'authenticate/signature-changed-property',
        oneDigitOff,
        async (change) => {
          const message = await t.message();
          t.expect.refused(await send(t, t.whitelabel(), message, { signature: change(message.signature) }), {
            because: 'a signature with one digit changed',
          });
        },
        { shrinkBudget: 20, tell: () => 'a signature with one digit changed' },
      );
    },
  },
]);
