/** Messages that are wrong in exactly one respect (ERC-4361 "Message Fields", "ABNF Message Format"). Each list begins with the most telling one. */

import { checksum } from 'ox/Address';
import type { SiweFields } from './siwe-message.ts';

/** A wrong value of one field; `what` completes "a message ...". */
export interface WrongValue {
  readonly what: string;
  readonly value: string;
}

/** A wrong text, made from a right one. */
export interface WrongText {
  readonly what: string;
  readonly rewrite: (text: string) => string;
}

/** The host of an authority, without its port. */
const hostOf = (domain: string): string => domain.replace(/:\d+$/, '');
const portOf = (domain: string): string => /:\d+$/.exec(domain)?.[0] ?? '';

/** The compatibility form of an ASCII letter, which NFKC maps back to it (Unicode, Halfwidth and Fullwidth Forms); RFC 3986 has no such letters. */
const fullWidth = (letter: string): string => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0);

/** Authorities that are another origin than `domain` (RFC 3986 3.2). The letter case, a final dot and a default port are left out: they name the same. */
export function foreignDomains(domain: string): WrongValue[] {
  const host = hostOf(domain);
  const port = portOf(domain);
  const labels = host.split('.');
  const parent = labels.slice(1).join('.');
  const named = /[a-z]/i.test(host);
  return [
    { what: 'for another domain', value: 'phishing.example' },
    ...(named
      ? [
          { what: 'for a domain that begins with ours', value: `${host}.phishing.example${port}` },
          { what: 'for a domain that ends with ours', value: `not${domain}` },
          { what: 'for a subdomain of ours', value: `sub.${domain}` },
        ]
      : []),
    ...(labels.length > 2 && named ? [{ what: 'for the parent of our domain', value: `${parent}${port}` }] : []),
    ...(labels.length > 1 && named
      ? [{ what: 'for our domain with a letter in place of its first dot', value: domain.replace('.', 'x') }]
      : []),
    ...(named
      ? [{ what: 'for our domain with its first letter in full width', value: domain.replace(/[a-z]/i, fullWidth) }]
      : []),
    { what: 'for another port of our host', value: `${host}:${port === ':8443' ? '9443' : '8443'}` },
    { what: 'for another host with ours as userinfo', value: `${host}@phishing.example` },
    { what: 'for our host with another as userinfo', value: `phishing.example@${domain}` },
  ];
}

/** URIs of another origin than `uri`. */
export function foreignUris(uri: string): WrongValue[] {
  const { host, protocol } = new URL(uri);
  return [
    { what: 'for a URI of another host', value: `${protocol}//phishing.example/login` },
    { what: 'for a URI whose host begins with ours', value: `${protocol}//${host}.phishing.example/` },
    { what: 'for a URI whose host ends with ours', value: `${protocol}//not${host}/` },
    { what: 'for a URI with our host as userinfo', value: `${protocol}//${host}@phishing.example/` },
    { what: 'for a URI with ours in its query', value: `${protocol}//phishing.example/?${uri}` },
  ];
}

/** Chain ids that nobody has registered, so that no server expects them beside its own, and some that are not digits alone (`chain-id = 1*DIGIT`). */
export function foreignChains(chainId: number): WrongValue[] {
  return [
    { what: 'for another chain', value: '4242424242' },
    { what: 'for a chain id that begins with ours', value: `${chainId}999999937` },
    { what: 'for a chain id that is ours in 32 bits', value: String(2 ** 32 + chainId) },
    { what: 'for a chain id with letters after it', value: `${chainId}x` },
    { what: 'for our chain id in hexadecimal', value: `0x${chainId.toString(16)}` },
    { what: 'for our chain id with a decimal point', value: `${chainId}.0` },
  ];
}

export const wrongVersions: readonly WrongValue[] = [
  { what: 'of version 2', value: '2' },
  { what: 'of version 10', value: '10' },
  { what: 'of version 1.1', value: '1.1' },
  { what: 'of version 0', value: '0' },
];

/** Nonces that the grammar excludes, made from one that is right. */
export function wrongNonces(nonce: string): WrongValue[] {
  return [
    { what: 'with a nonce of 7 characters', value: nonce.slice(0, 7) },
    { what: 'with a nonce that has a hyphen', value: `${nonce.slice(0, 8)}-${nonce.slice(8)}` },
    { what: 'with a nonce of one character', value: nonce.slice(0, 1) },
    { what: 'with a nonce that has an underscore at its end', value: `${nonce}_` },
    { what: 'with a nonce that has a space', value: `${nonce.slice(0, 8)} ${nonce.slice(8)}` },
  ];
}

/** Texts that are no date-time of RFC 3339 and that no reader of dates takes for one. */
export const noDates: readonly WrongValue[] = [
  { what: 'that is no date', value: 'soon' },
  { what: 'that counts seconds', value: '99999999999' },
  { what: 'with a month 13', value: '2099-13-01T00:00:00Z' },
  { what: 'with an hour 25', value: '2099-01-01T25:61:00Z' },
];

/** Other addresses, written with their checksum (ERC-55), that agree with `address` in part. */
export function similarAddresses(address: string): WrongValue[] {
  const digits = address.slice(2).toLowerCase();
  const changed = (index: number): string => {
    const digit = digits[index] === '7' ? '3' : '7';
    return checksum(`0x${digits.slice(0, index)}${digit}${digits.slice(index + 1)}`);
  };
  return [
    { what: 'that names an address with another last digit', value: changed(39) },
    { what: 'that names an address with another first digit', value: changed(0) },
    { what: 'that names an address with another digit in its middle', value: changed(20) },
  ];
}

/** Texts in the place of the address that are no address. */
export function noAddresses(address: string): WrongValue[] {
  return [
    { what: 'whose address lacks its last digit', value: address.slice(0, -1) },
    { what: 'whose address has one digit more', value: `${address}0` },
    { what: 'whose address has no 0x', value: address.slice(2) },
    { what: 'whose address is a name', value: 'wallet.eth' },
  ];
}

/** The address with the letter case of one letter turned, which ERC-55 finds; undefined when it has no letters. */
export function wrongChecksum(address: string): string | undefined {
  const index = [...address].findIndex((char, at) => at > 1 && /[a-f]/i.test(char));
  const char = address[index];
  if (char === undefined) return undefined;
  const turned = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
  const wrong = address.slice(0, index) + turned + address.slice(index + 1);
  // A single case in the whole address would be one without checksum, which ERC-55 lets pass.
  return /[a-f]/.test(wrong.slice(2)) && /[A-F]/.test(wrong.slice(2)) ? wrong : undefined;
}

const without = (name: string) => (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(`${name}: `))
    .join('\n');

/** Messages without a required field. */
export const missingFields: readonly WrongText[] = ['Nonce', 'Issued At', 'URI', 'Version', 'Chain ID'].map((name) => ({
  what: `without ${name}`,
  rewrite: without(name),
}));

/** What every message has of its own. */
function freshOf(text: string): Pick<SiweFields, 'nonce' | 'issuedAt'> {
  const line = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { nonce: line('Nonce'), issuedAt: line('Issued At') };
}

/** Texts that the grammar excludes in ways that change what its fields say. White space at line ends and after the message is left out. */
export function wrongTexts(fields: SiweFields): WrongText[] {
  const swap = (one: string, other: string) => (text: string) => {
    const lines = text.split('\n');
    const [a, b] = [one, other].map((name) => lines.findIndex((line) => line.startsWith(`${name}: `))) as [
      number,
      number,
    ];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
    return lines.join('\n');
  };
  return [
    { what: 'that is no Sign-In with Ethereum message at all', rewrite: () => 'Sign me in, please.' },
    { what: 'whose first line asks for something else', rewrite: (text) => text.replace(' sign in ', ' sign up ') },
    { what: 'without its first line', rewrite: (text) => text.slice(text.indexOf('\n') + 1) },
    { what: 'without its address', rewrite: (text) => text.replace(`${fields.address}\n`, '') },
    {
      what: 'without the blank line after its address',
      rewrite: (text) => text.replace(`${fields.address}\n\n`, `${fields.address}\n`),
    },
    { what: 'with Nonce and URI exchanged', rewrite: swap('Nonce', 'URI') },
    { what: 'with Version and Chain ID exchanged', rewrite: swap('Version', 'Chain ID') },
    { what: 'with the names of its fields in lower case', rewrite: (text) => text.replace('Nonce: ', 'nonce: ') },
    { what: 'as JSON text', rewrite: (text) => JSON.stringify({ ...fields, ...freshOf(text) }) },
    { what: 'with a line of its own after the last field', rewrite: (text) => `${text}\nComment: none` },
  ];
}

/** A statement that goes on in a second line (ERC-4361 "statement"), where it says fields of its own. */
export function linesInStatement(fields: SiweFields): string {
  return [
    'Sign in.',
    '',
    `URI: ${fields.uri}`,
    `Version: ${fields.version}`,
    `Chain ID: ${fields.chainId}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${fields.issuedAt}`,
  ].join('\n');
}
