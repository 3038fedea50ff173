import type { MistakeRow } from './entry.ts';

/** More mistakes with sign-in messages: ERC-4361 and RFC 3339 in their corners. */
export const messageMistakes = {
  'siwe/replay-signature-case': [
    'A message is known again by its signature as text: in other case it can be used again',
    'ERC-4361: nonce against replay',
    { level: 'SHOULD' },
  ],
  'siwe/server-nonce-other-text': [
    'A nonce of the server can be used again in another message',
    'ERC-4361: nonce against replay; contract: MUST with server nonces',
    { with: ['server-nonces'] },
  ],
  'siwe/server-nonce-case': [
    'Nonces of the server are looked up without regard to case, and marked as used with it',
    'ERC-4361: nonce against replay; contract: MUST with server nonces',
    { with: ['server-nonces'] },
  ],
  'siwe/expiry-day-only': ['Of Expiration Time the day is compared', 'ERC-4361: expiration-time'],
  'siwe/fraction-six-refused': [
    'Times with more than three digits after the second are refused',
    'RFC 3339 5.6: time-secfrac = "." 1*DIGIT',
  ],
  'siwe/fraction-required': ['Times without milliseconds are refused', 'RFC 3339 5.6: [time-secfrac]'],
  'siwe/offset-minutes-ignored': ['"+05:30" is read as "+05:00"', 'RFC 3339 4.2, 5.6'],
  'siwe/not-before-ignored-with-expiry': [
    'Not Before is looked at only without an Expiration Time',
    'ERC-4361: not-before',
  ],
  'siwe/domain-nfkc': ['domain is compared after NFKC normalisation', 'ERC-4361: domain is an RFC 3986 authority'],
  'siwe/domain-as-regexp': ['The right domain is used as a pattern: "." is any character', 'ERC-4361: domain'],
  'siwe/domain-parent': ['A domain above the right one is taken', 'ERC-4361: domain'],
  'siwe/uri-contained': ['A URI that has the right one somewhere in it is taken', 'ERC-4361: uri'],
  'siwe/chain-number': ['Chain ID is read with Number: "0x1" and "1.0" are 1', 'ERC-4361: chain-id = 1*DIGIT'],
  'siwe/chain-overflow': ['Chain ID is a number of 32 bits: 4294967297 is 1', 'ERC-4361: chain-id'],
  'siwe/statement-punctuation-refused': [
    'A statement with "(", ")", "!", "&" or an apostrophe is refused',
    'ERC-4361: statement = 1*( reserved / unreserved / " " )',
  ],
  'siwe/resources-https-only': ['Resources with a scheme other than https are refused', 'ERC-4361: RFC 3986 URI'],
  'siwe/zero-address': [
    'Where no signer can be recovered the zero address is assumed, and may sign in',
    'ERC-4361: signature MUST be checked',
  ],
  'siwe/contract-wallet-assumed': [
    'A signature of another length is assumed to be that of a contract, and right',
    'ERC-4361: signature MUST be checked (ERC-1271 for contracts)',
  ],
} as const satisfies Record<string, MistakeRow>;
