/** Mistakes in the form of sign-in messages and signatures: what is read though the grammar excludes it, and refused though it does not (ERC-4361). */

import { changed, type Policy } from '../policy/index.ts';
import { siwe } from './siwe.ts';
import type { Fault } from './types.ts';

/** Reads a text as another that says the same. */
const readAs = (other: (text: string) => string) => siwe((own) => ({ parses: (text) => own.parses(other(text)) }));
/** Refuses a right message. */
const refusing = (refuses: (text: string) => boolean) =>
  siwe((own) => ({ parses: (text) => (refuses(text) ? undefined : own.parses(text)) }));
/** Of adjacent lines with the same label one alone is read. */
const readsOneOf = (which: 'first' | 'last') => (text: string) => {
  const label = (line: string | undefined) => /^[A-Z][A-Za-z ]*: /.exec(line ?? '')?.[0];
  return text
    .split('\n')
    .filter((line, at, lines) => {
      const other = lines[which === 'first' ? at - 1 : at + 1];
      return label(line) === undefined || label(line) !== label(other);
    })
    .join('\n');
};
/** Takes a signature out of a longer one. */
const unwrapping = (unwraps: (signature: string) => string) => (policy: Policy) =>
  changed(policy, {
    siwe: {
      signatureIsWellFormed: (signature, facts) => policy.siwe.signatureIsWellFormed(unwraps(signature), facts),
      verifiesSignature: (text, signature, address, facts) =>
        policy.siwe.verifiesSignature(text, unwraps(signature), address, facts),
    },
  });

const readings: readonly Fault[] = [
  {
    id: 'siwe/repeated-field-first',
    title: 'Of a field that is there twice the first line counts',
    breaks: ['siwe/message-grammar'],
    change: readAs(readsOneOf('first')),
  },
  {
    id: 'siwe/repeated-field-last',
    title: 'Of a field that is there twice the last line counts',
    breaks: ['siwe/message-grammar'],
    change: readAs(readsOneOf('last')),
  },
  {
    id: 'siwe/blank-line-before-uri-optional',
    title: 'The blank line before URI may be missing',
    breaks: ['siwe/message-grammar-exact'],
    change: readAs((text) => text.replace(/(?<!\n)\nURI: /, '\n\nURI: ')),
  },
  {
    id: 'siwe/first-line-in-any-case',
    title: 'The letter case of the first line does not count',
    breaks: ['siwe/message-grammar-exact'],
    change: readAs((text) =>
      text.replace(
        / wants you to sign in with your ethereum account:/i,
        ' wants you to sign in with your Ethereum account:',
      ),
    ),
  },
  {
    id: 'siwe/chain-id-signed',
    title: 'The chain id may have a sign',
    breaks: ['siwe/message-grammar-exact'],
    change: readAs((text) => text.replace(/^Chain ID: \+/m, 'Chain ID: ')),
  },
  {
    id: 'siwe/colon-without-space',
    title: 'The space after the colon of a field may be missing',
    breaks: ['siwe/message-grammar-exact'],
    change: readAs((text) => text.replace(/^(URI|Version|Chain ID|Nonce|Issued At):(?=\S)/gm, '$1: ')),
  },
  {
    id: 'siwe/resources-without-marks',
    title: 'Resources may be listed without the marks of a list',
    breaks: ['siwe/message-grammar-exact'],
    change: readAs((text) => text.replace(/(?<=\nResources:\n)(?:.|\n)*$/, (list) => list.replace(/^(?!- )/gm, '- '))),
  },
];

const refusals: readonly Fault[] = [
  {
    id: 'siwe/nonce-of-more-than-32-refused',
    title: 'A nonce of more than 32 characters is refused',
    breaks: ['siwe/optional-fields'],
    change: refusing((text) => /^Nonce: .{33}/m.test(text)),
  },
  {
    id: 'siwe/nonce-of-digits-refused',
    title: 'A nonce of digits alone is refused',
    breaks: ['siwe/optional-fields'],
    change: refusing((text) => /^Nonce: \d{8,}$/m.test(text)),
  },
  {
    id: 'siwe/nonce-of-8-refused',
    title: 'A nonce of 8 characters is refused',
    breaks: ['siwe/optional-fields'],
    change: refusing((text) => /^Nonce: .{8}$/m.test(text)),
  },
];

const signatures: readonly Fault[] = [
  {
    id: 'siwe/signature-with-bytes-after',
    title: 'The first 65 bytes of a signature count, whatever follows',
    breaks: ['siwe/signature-length'],
    change: unwrapping((signature) => signature.slice(0, 132)),
  },
  {
    id: 'siwe/signature-with-bytes-before',
    title: 'The last 65 bytes of a signature count, whatever stands before',
    breaks: ['siwe/signature-length'],
    change: unwrapping((signature) => (signature.length > 132 ? `0x${signature.slice(-130)}` : signature)),
  },
];

const numbers: readonly Fault[] = [
  {
    id: 'siwe/chain-id-in-short-column',
    title: 'A chain id of more than 78 digits does not fit into its column and ends in 500',
    breaks: ['http/no-server-error'],
    change: siwe((own) => ({
      parses(text) {
        if (/^Chain ID: \d{79}/m.test(text)) throw new Error('value overflows numeric format');
        return own.parses(text);
      },
    })),
  },
  {
    id: 'siwe/chain-id-too-long-to-convert',
    title: 'A chain id of a thousand digits is more than the language converts and ends in 500',
    breaks: ['http/no-server-error'],
    change: siwe((own) => ({
      parses(text) {
        if (/^Chain ID: \d{1000}/m.test(text)) throw new Error('Exceeds the limit for integer string conversion');
        return own.parses(text);
      },
    })),
  },
];

export default [...readings, ...refusals, ...signatures, ...numbers];
