/** Mistakes that show in messages with or without optional fields only (ERC-4361 "Message Fields"), as readers of several branches make them. */

import type { ParsedMessage } from '../policy/siwe.ts';
import { siwe, tolerating } from './siwe.ts';
import type { Fault } from './types.ts';

/** Forgets that these messages were used. */
const forgetting = (forgets: (message: ParsedMessage) => boolean) =>
  siwe((own) => {
    let isForgotten = false;
    return {
      replayKey(message) {
        isForgotten = forgets(message);
        return own.replayKey(message);
      },
      isFirstUse: (seen, key, facts) => isForgotten || own.isFirstUse(seen, key, facts),
    };
  });

const faults: readonly Fault[] = [
  {
    id: 'siwe/expiration-without-request-id',
    title: 'Expiration Time is looked at only where there is no Request ID',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) => message.requestId !== undefined || own.hasNotExpired(message, now, facts),
    })),
  },
  {
    id: 'siwe/expiration-with-statement',
    title: 'Expiration Time is looked at only where there is a statement',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) => message.statement === undefined || own.hasNotExpired(message, now, facts),
    })),
  },
  {
    id: 'siwe/not-before-without-resources',
    title: 'Not Before is looked at only where there are no resources',
    breaks: ['siwe/not-before'],
    change: siwe((own) => ({
      isValidYet: (message, now, facts) => message.resources !== undefined || own.isValidYet(message, now, facts),
    })),
  },
  ...(
    [
      ['request-id', 'has a Request ID', ({ requestId }) => requestId !== undefined],
      ['resources', 'has resources', ({ resources }) => resources !== undefined],
      ['expiration', 'has an Expiration Time', ({ expirationTime }) => expirationTime !== undefined],
      ['not-before', 'has a Not Before', ({ notBefore }) => notBefore !== undefined],
      ['no-statement', 'has no statement', ({ statement }) => statement === undefined],
    ] as readonly [string, string, (message: ParsedMessage) => boolean][]
  ).map(
    ([name, has, passes]): Fault => ({
      id: `siwe/domain-ignored-with-${name}`,
      title: `The domain of a message that ${has} is not compared with anything`,
      breaks: ['siwe/domain-binding'],
      change: siwe((own) => ({
        domainMatches: (message, expected, facts) => passes(message) || own.domainMatches(message, expected, facts),
      })),
    }),
  ),
  {
    id: 'siwe/uri-ignored-with-resources',
    title: 'The URI of a message that has resources is not compared with anything',
    breaks: ['siwe/uri-expected'],
    change: siwe((own) => ({
      uriMatches: (message, expected, facts) =>
        message.resources !== undefined || own.uriMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/chain-ignored-with-no-statement',
    title: 'The chain id of a message that has no statement is not compared with anything',
    breaks: ['siwe/chain-id'],
    change: siwe((own) => ({
      chainMatches: (message, expected, facts) =>
        message.statement === undefined || own.chainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/version-ignored-with-request-id',
    title: 'The version of a message that has a Request ID is not looked at',
    breaks: ['siwe/version'],
    change: siwe((own) => ({
      parses: (text) =>
        (text.includes('\nRequest ID: ') ? tolerating(own, 'Version', 'version', '1').parses : undefined)?.(text) ??
        own.parses(text),
      versionMatches: (message, facts) => message.requestId !== undefined || own.versionMatches(message, facts),
    })),
  },
  {
    id: 'siwe/nonce-unchecked-with-no-statement',
    title: 'The nonce of a message that has no statement may be any text',
    breaks: ['siwe/nonce-form'],
    change: siwe((own) => ({
      parses(text) {
        const message = tolerating(own, 'Nonce', 'nonce', '00000000').parses?.(text);
        return message?.statement === undefined ? message : own.parses(text);
      },
      nonceIsAcceptable: (message, facts) => message.statement === undefined || own.nonceIsAcceptable(message, facts),
    })),
  },
  {
    id: 'siwe/signature-not-verified-with-not-before',
    title: 'The signature of a message that has a Not Before is not verified',
    breaks: ['siwe/signature-verified', 'siwe/signature-covers-message'],
    change: siwe((own) => ({
      verifiesSignature: (text, signature, address, facts) =>
        text.includes('\nNot Before: ') || own.verifiesSignature(text, signature, address, facts),
    })),
  },
  {
    id: 'siwe/signature-not-verified-with-no-statement',
    title: 'The signature of a message that has no statement is not verified',
    breaks: ['siwe/signature-verified', 'siwe/signature-covers-message'],
    change: siwe((own) => ({
      verifiesSignature: (text, signature, address, facts) =>
        text.includes('\n\n\nURI: ') || own.verifiesSignature(text, signature, address, facts),
    })),
  },
  {
    id: 'siwe/replay-with-request-id',
    title: 'Used messages are remembered only where they have no Request ID',
    breaks: ['siwe/nonce-replay'],
    change: forgetting(({ requestId }) => requestId !== undefined),
  },
  {
    id: 'siwe/replay-with-no-statement',
    title: 'Used messages are remembered only where they have a statement',
    breaks: ['siwe/nonce-replay'],
    change: forgetting(({ statement }) => statement === undefined),
  },
];

export default faults;
