/** What was refused once is refused again: neither the refusal nor what it left in a cache lets it through (ERC-4361 "Verifying a signed Message"). */

import { foreignChains, foreignDomains, foreignUris } from '../../generators/siwe-defects.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { MessageOptions } from '../../harness/fixtures.ts';
import { continuableSession, needsText, send, submit } from '../../harness/sign-in.ts';

interface Wrong {
  readonly requirement: string;
  readonly what: string;
  readonly options: MessageOptions;
}

const wrongMessages = (t: CheckContext): readonly Wrong[] => {
  const { domain, uri } = t.config.siwe;
  const attacker = t.wallet();
  return [
    {
      requirement: 'siwe/expiration-time',
      what: 'a message that expired an hour ago',
      options: { fields: { expirationTime: t.iso(-3600) } },
    },
    {
      requirement: 'siwe/not-before',
      what: 'a message that becomes valid in an hour',
      options: { fields: { notBefore: t.iso(3600) } },
    },
    {
      requirement: 'siwe/domain-binding',
      what: 'a message for another domain',
      options: { fields: { domain: foreignDomains(domain)[0]?.value ?? '' } },
    },
    {
      requirement: 'siwe/uri-expected',
      what: 'a message for a URI of another host',
      options: { fields: { uri: foreignUris(uri)[0]?.value ?? '' } },
    },
    {
      requirement: 'siwe/signature-verified',
      what: 'the signature of another key',
      options: { sign: (text) => attacker.sign(text) },
    },
  ];
};

const again: Check = {
  id: 'authenticate/refused-again',
  title: 'A message that was refused is refused again',
  verifies: [
    'siwe/expiration-time',
    'siwe/not-before',
    'siwe/domain-binding',
    'siwe/uri-expected',
    'siwe/signature-verified',
  ],
  control: continuableSession,
  ample: true,
  async run(t) {
    for (const { requirement, what, options } of wrongMessages(t)) {
      const message = await t.message(options);
      for (const time of ['first', 'second', 'third'])
        t.expect.refused(await send(t, t.whitelabel(), message), { requirement, because: `${what}, the ${time} time` });
    }
  },
};

/** Readers of single lines take the statement for a field where it looks like one, and it comes first. */
const statementAsField: Check = {
  id: 'authenticate/message-statement-as-field',
  title: 'A statement that looks like a field does not stand for it',
  verifies: ['siwe/uri-expected', 'siwe/chain-id', 'siwe/version', 'siwe/expiration-time'],
  control: continuableSession,
  ample: true,
  async run(t) {
    needsText(t);
    const { uri, chainId } = t.config.siwe;
    const attempts: readonly (readonly [string, string, MessageOptions['fields']])[] = [
      ['siwe/uri-expected', `URI: ${uri}`, { uri: foreignUris(uri)[0]?.value ?? '' }],
      ['siwe/chain-id', `Chain ID: ${chainId}`, { chainId: foreignChains(chainId)[0]?.value ?? '' }],
      ['siwe/version', 'Version: 1', { version: '2' }],
      ['siwe/expiration-time', `Expiration Time: ${t.iso(3600)}`, { expirationTime: t.iso(-3600) }],
    ];
    for (const [requirement, statement, fields] of attempts) {
      // What is right in the fields is right whatever the statement says; where such statements are not taken at all, there is nothing to compare with.
      if (!(await submit(t, t.whitelabel(), { fields: { statement } })).ok) continue;
      const answer = await submit(t, t.whitelabel(), { fields: { ...fields, statement } });
      t.expect.refused(answer, { requirement, because: `a message that says in its statement alone "${statement}"` });
    }
  },
};

export default defineChecks([again, statementAsField]);
