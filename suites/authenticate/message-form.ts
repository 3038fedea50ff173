/** Texts that are no message, or lack a field (ERC-4361 "ABNF Message Format"). White space at line ends and after the text is not judged. */

import {
  linesInStatement,
  missingFields,
  noAddresses,
  wrongChecksum,
  wrongTexts,
} from '../../generators/siwe-defects.ts';
import type { SiweFields } from '../../generators/siwe-message.ts';
import { nearMisses, repeatedFields } from '../../generators/siwe-near-misses.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { continuableSession, needsText, submit } from '../../harness/sign-in.ts';

export default defineChecks([
  ...methodCases.map(
    (id): Check => ({
      id: `authenticate/message-missing-field/${id}`,
      title: `A message that lacks a required field is refused (${id})`,
      verifies: ['siwe/required-fields'],
      control: signIn(id),
      async run(t) {
        needsText(t);
        const wallet = t.wallet();
        for (const { what, rewrite } of id === 'client_secret_basic'
          ? t.trials(missingFields)
          : missingFields.slice(0, 2))
          t.expect.refused(await submit(t, t.case(id), { wallet, rewrite }), { because: `a message ${what}` });
      },
    }),
  ),
  {
    id: 'authenticate/message-grammar',
    title: 'A signed text that is no Sign-In with Ethereum message is refused',
    verifies: ['siwe/message-grammar'],
    control: continuableSession,
    async run(t) {
      needsText(t);
      const wallet = t.wallet();
      const { fields } = await t.message({ wallet });
      for (const { what, rewrite } of t.trials(wrongTexts(fields)))
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, rewrite }), { because: `a text ${what}` });
    },
  },
  {
    id: 'authenticate/message-repeated-field',
    title: 'A message that says a field twice, with contradicting values, is refused',
    verifies: ['siwe/message-grammar'],
    control: continuableSession,
    async run(t) {
      needsText(t);
      const wallet = t.wallet();
      const { fields: right } = await t.message({ wallet });
      for (const { what, rewrite, fields } of t.trials(repeatedFields(right, (seconds) => t.iso(seconds))))
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, rewrite, fields }), {
          because: `a message ${what}`,
        });
    },
  },
  {
    id: 'authenticate/message-near-miss',
    title: 'A message that misses the grammar by a character or a blank line SHOULD be refused',
    verifies: ['siwe/message-grammar-exact'],
    control: continuableSession,
    async run(t) {
      needsText(t);
      const wallet = t.wallet();
      for (const { what, rewrite, fields } of t.trials(nearMisses))
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, rewrite, fields }), {
          because: `a message ${what}`,
        });
    },
  },
  {
    id: 'authenticate/message-statement-lines',
    title: 'A message whose statement holds lines that look like fields is refused',
    verifies: ['siwe/statement-one-line'],
    control: continuableSession,
    async run(t) {
      needsText(t);
      const wallet = t.wallet();
      const foreign = 'https://phishing.example/';
      const attempts = t.trials<{ what: string; fields: (right: SiweFields) => Partial<SiweFields> }>([
        {
          what: 'that has its fields twice, with right ones in the statement',
          fields: (right) => ({ uri: foreign, statement: linesInStatement(right) }),
        },
        {
          what: 'that has its fields twice, with those of another site in the statement',
          fields: (right) => ({ statement: linesInStatement({ ...right, uri: foreign }) }),
        },
        {
          what: 'whose statement goes on in a second line',
          fields: () => ({ statement: 'Sign in to read.\nSign in to write.' }),
        },
      ]);
      for (const { what, fields } of attempts) {
        const { fields: right } = await t.message({ wallet });
        const { nonce } = right;
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, fields: { ...fields(right), nonce } }), {
          because: `a message ${what}`,
        });
      }
    },
  },
  {
    id: 'authenticate/message-address-form',
    title: 'A message whose address is no address is refused',
    verifies: ['siwe/address-form'],
    control: continuableSession,
    async run(t) {
      const wallet = t.wallet();
      for (const { what, value } of t.trials(noAddresses(wallet.address)))
        t.expect.refused(await submit(t, t.whitelabel(), { wallet, fields: { address: value } }), {
          because: `a message ${what}`,
        });
    },
  },
  {
    id: 'authenticate/message-address-checksum',
    title: 'An address in mixed case with a wrong checksum SHOULD be refused',
    verifies: ['siwe/address-checksum'],
    control: continuableSession,
    async run(t) {
      const wallet = t.wallet();
      const address = wrongChecksum(wallet.address);
      if (address === undefined) t.skip('The address drawn has too few letters for a wrong checksum.');
      t.expect.refused(await submit(t, t.whitelabel(), { wallet, fields: { address } }), {
        because: 'a message whose address has one letter in the other case',
      });
    },
  },
]);
