/** Messages that miss the grammar by a line or a character, while every field can still be read (ERC-4361 "ABNF Message Format"). */

import type { WrongText } from './siwe-defects.ts';
import { freshNonce, type SiweFields } from './siwe-message.ts';

const inLine =
  (label: string, other: (line: string) => string) =>
  (text: string): string =>
    text
      .split('\n')
      .map((line) => (line.startsWith(`${label}: `) ? other(line) : line))
      .join('\n');

/** A wrong text, made from a right one that has these fields. */
export interface WrongMessage extends WrongText {
  readonly fields: Partial<SiweFields>;
}

/**
 * Messages that say one field twice, in adjacent lines, with contradicting values; the grammar has each line once. Where one of the values is
 * wrong both orders are needed: a reader by which the first counts takes the message with the wrong value last, and one by which the last
 * counts that with the wrong value first; each refuses the other for its value. Two times of issue are right both, so one order tells all;
 * two nonces are so only where clients choose them.
 */
export function repeatedFields(right: SiweFields, iso: (seconds: number) => string): WrongMessage[] {
  const twice = (label: string, value: string, fields: Partial<SiweFields> = {}): WrongMessage[] => [
    {
      what: `with ${label} twice, the wrong one last`,
      rewrite: inLine(label, (line) => `${line}\n${label}: ${value}`),
      fields,
    },
    {
      what: `with ${label} twice, the wrong one first`,
      rewrite: inLine(label, (line) => `${label}: ${value}\n${line}`),
      fields,
    },
  ];
  const uri = new URL(right.uri);
  return [
    ...twice('Nonce', freshNonce()),
    ...twice('URI', `${uri.protocol}//phishing.example/login`),
    ...twice('Expiration Time', iso(-3600), { expirationTime: iso(3600) }),
    ...twice('Chain ID', '4242424242'),
    ...twice('Version', '2'),
    ...twice('Issued At', iso(-60)).slice(0, 1),
  ];
}

/**
 * Texts that the grammar excludes though nothing that they say is missing or changed. Left out: white space at line ends and at the ends of the
 * text, where JavaScript counts a byte order mark as such (`trim`), and zeros before the chain id, which `1*DIGIT` allows.
 */
export const nearMisses: readonly WrongMessage[] = [
  { what: 'without the blank line before URI', rewrite: (text) => text.replace('\n\nURI: ', '\nURI: '), fields: {} },
  {
    what: 'whose first line has another letter case',
    rewrite: (text) => text.replace(' your Ethereum account:', ' your ethereum account:'),
    fields: {},
  },
  {
    what: 'with a plus sign before its chain id',
    rewrite: (text) => text.replace('Chain ID: ', 'Chain ID: +'),
    fields: {},
  },
  { what: 'without the space after URI:', rewrite: (text) => text.replace('\nURI: ', '\nURI:'), fields: {} },
  {
    what: 'whose resources have no "- " before them',
    rewrite: (text) => text.replaceAll('\n- ', '\n'),
    fields: { resources: ['https://example.com/terms', 'ipfs://example/claim'] },
  },
];
