/** Decisions of signing in with Ethereum (ERC-4361 "Verifying a signed message", ERC-191, ERC-55). */

import { verifyMessage } from 'ethers';
import { SiweMessage } from 'siwe';

/** The fields of a parsed message. */
export interface ParsedMessage {
  readonly scheme?: string;
  readonly domain: string;
  readonly address: string;
  readonly statement?: string;
  readonly uri: string;
  readonly version: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt?: string;
  readonly expirationTime?: string;
  readonly notBefore?: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

export interface Expected {
  readonly domain: string;
  readonly uri: string;
  readonly chainId: number;
}

export const siwe = {
  /** Reads the message by the grammar of ERC-4361, with the library of its authors; undefined when it does not conform. */
  parses(text: string): ParsedMessage | undefined {
    try {
      return new SiweMessage(text) as ParsedMessage;
    } catch {
      return undefined;
    }
  },

  /** The text that must have been signed: the message as it came. */
  signedText(text: string, _message: ParsedMessage): string {
    return text;
  },

  /** A 65-byte signature in hex. */
  signatureIsWellFormed(signature: string): boolean {
    return /^0x[0-9a-fA-F]{130}$/.test(signature);
  },

  /** The ERC-191 signature of the text by the address that the message names. */
  verifiesSignature(text: string, signature: string, address: string): boolean {
    try {
      return verifyMessage(text, signature).toLowerCase() === address.toLowerCase();
    } catch {
      return false;
    }
  },

  domainMatches(message: ParsedMessage, expected: Expected): boolean {
    return message.domain === expected.domain;
  },

  /** The URI is the application's own, or below it. */
  uriMatches(message: ParsedMessage, expected: Expected): boolean {
    if (!URL.canParse(message.uri)) return false;
    return new URL(message.uri).origin === new URL(expected.uri).origin;
  },

  versionMatches(message: ParsedMessage): boolean {
    return message.version === '1';
  },

  chainMatches(message: ParsedMessage, expected: Expected): boolean {
    return message.chainId === expected.chainId;
  },

  /** At least 8 alphanumerics (ERC-4361 "nonce"). */
  nonceIsAcceptable(message: ParsedMessage): boolean {
    return /^[A-Za-z0-9]{8,}$/.test(message.nonce);
  },

  /** `now` in seconds. */
  hasNotExpired(message: ParsedMessage, now: number): boolean {
    return message.expirationTime === undefined || now * 1000 < Date.parse(message.expirationTime);
  },

  isValidYet(message: ParsedMessage, now: number): boolean {
    return message.notBefore === undefined || now * 1000 >= Date.parse(message.notBefore);
  },

  /** Not from a future that no clock skew explains. */
  issuedAtIsSane(message: ParsedMessage, now: number): boolean {
    return message.issuedAt === undefined || Date.parse(message.issuedAt) <= (now + 600) * 1000;
  },

  /** A message is accepted once: its nonce is remembered for the address. */
  isFirstUse(seen: ReadonlyMap<string, number>, key: string): boolean {
    return !seen.has(key);
  },

  /** The identity that the sign-in is for: the address that signed. */
  accountKey(message: ParsedMessage): string {
    return message.address.toLowerCase();
  },
};
