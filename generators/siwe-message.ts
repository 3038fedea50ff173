/** Sign-In with Ethereum messages as ERC-4361 writes them down ("ABNF Message Format"). */

import { randomBytes } from 'node:crypto';

export interface SiweFields {
  /** RFC 3986 scheme before the domain; rarely present. */
  readonly scheme?: string;
  readonly domain: string;
  readonly address: string;
  readonly statement?: string;
  readonly uri: string;
  readonly version: string;
  readonly chainId: number | string;
  readonly nonce: string;
  /** RFC 3339 date-time. */
  readonly issuedAt: string;
  readonly expirationTime?: string;
  readonly notBefore?: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

/** At least 8 alphanumerics, fresh each time (here 17: letters and digits of 128 random bits are more than enough). */
export function freshNonce(
  length = 17,
  alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** The text that the wallet signs. */
export function siweText(fields: SiweFields): string {
  const origin = fields.scheme === undefined ? fields.domain : `${fields.scheme}://${fields.domain}`;
  const lines = [
    `${origin} wants you to sign in with your Ethereum account:`,
    fields.address,
    '',
    ...(fields.statement === undefined ? [] : [fields.statement]),
    '',
    `URI: ${fields.uri}`,
    `Version: ${fields.version}`,
    `Chain ID: ${fields.chainId}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${fields.issuedAt}`,
  ];
  if (fields.expirationTime !== undefined) lines.push(`Expiration Time: ${fields.expirationTime}`);
  if (fields.notBefore !== undefined) lines.push(`Not Before: ${fields.notBefore}`);
  if (fields.requestId !== undefined) lines.push(`Request ID: ${fields.requestId}`);
  if (fields.resources !== undefined) lines.push('Resources:', ...fields.resources.map((resource) => `- ${resource}`));
  return lines.join('\n');
}

/** How the message travels (dialect `siwe.messageEncoding`): as text, as an object of its fields, or as base64 of the text. */
export function encodeMessage(fields: SiweFields, text: string, encoding: 'text' | 'object' | 'base64'): unknown {
  if (encoding === 'text') return text;
  return encoding === 'base64' ? Buffer.from(text, 'utf8').toString('base64') : { ...fields };
}
