/** Decisions of signing in with Ethereum (ERC-4361 "Verifying a signed message", ERC-191, ERC-55). */

import { SiweMessage } from 'siwe';
import { getAddress, verifyMessage } from '../ethers.ts';
import type { AuthenticatedClient, RefusalForm } from '../model.ts';

/** The fields of a parsed message. */
export interface ParsedMessage {
  readonly scheme?: string | undefined;
  readonly domain: string;
  readonly address: string;
  readonly statement?: string | undefined;
  readonly uri: string;
  readonly version: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt?: string | undefined;
  readonly expirationTime?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly requestId?: string | undefined;
  readonly resources?: readonly string[] | undefined;
}

export interface Expected {
  readonly domain: string;
  readonly uri: string;
  readonly chainId: number;
}

/** Who signs in, and whether to a session that exists. */
export interface SignInFacts extends AuthenticatedClient {
  readonly continues: boolean;
  readonly headers: Headers;
}

/** What is wrong with a sign-in. */
export type SignInProblem =
  | 'message'
  | 'signature form'
  | 'version'
  | 'scheme'
  | 'domain'
  | 'address'
  | 'uri'
  | 'chain'
  | 'nonce'
  | 'issued at'
  | 'expired'
  | 'not yet valid'
  | 'signature'
  | 'replay';

export const siwe = {
  /** The member of the body that carries the message (contract, `siwe.messageField`). */
  messageField(): string {
    return 'message';
  },

  /** The message text out of that member (contract, `siwe.messageEncoding`); undefined when it is of another type. */
  readsMessage(value: unknown): string | undefined {
    return typeof value === 'string' ? value : undefined;
  },

  /** What stands for a message that is missing: nothing. */
  standsForMissingMessage(): string | undefined {
    return undefined;
  },

  /** Every sign-in carries a signature (API reference "signature"). */
  requiresSignature(_client: AuthenticatedClient): boolean {
    return true;
  },

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
  signatureIsWellFormed(signature: string, _facts?: SignInFacts): boolean {
    return /^0x[0-9a-fA-F]{130}$/.test(signature);
  },

  /** The address whose signature is asked for: the message's own, whatever else the body says. */
  addressThatSigns(message: ParsedMessage, _body: Readonly<Record<string, unknown>>): string {
    return message.address;
  },

  /** The ERC-191 signature of the text by the address that the message names. */
  verifiesSignature(text: string, signature: string, address: string, _facts?: SignInFacts): boolean {
    try {
      return verifyMessage(text, signature).toLowerCase() === address.toLowerCase();
    } catch {
      return false;
    }
  },

  /** The scheme, where the message names one, is that of the application (ERC-4361 "scheme"). */
  schemeMatches(message: ParsedMessage, expected: Expected, _facts?: SignInFacts): boolean {
    return message.scheme === undefined || `${message.scheme}:` === new URL(expected.uri).protocol;
  },

  /** The domain is the application's, whole (ERC-4361 "domain": domain binding). */
  domainMatches(message: ParsedMessage, expected: Expected, _facts?: SignInFacts): boolean {
    return message.domain === expected.domain;
  },

  /** The address is written with its ERC-55 checksum. */
  addressIsChecksummed(message: ParsedMessage, _facts?: SignInFacts): boolean {
    try {
      return getAddress(message.address.toLowerCase()) === message.address;
    } catch {
      return false;
    }
  },

  /** The URI is the application's own, or below it. */
  uriMatches(message: ParsedMessage, expected: Expected, _facts?: SignInFacts): boolean {
    if (!URL.canParse(message.uri)) return false;
    return new URL(message.uri).origin === new URL(expected.uri).origin;
  },

  /** ERC-4361 "version". */
  versionMatches(message: ParsedMessage, _facts?: SignInFacts): boolean {
    return message.version === '1';
  },

  /** ERC-4361 "chain-id". */
  chainMatches(message: ParsedMessage, expected: Expected, _facts?: SignInFacts): boolean {
    return message.chainId === expected.chainId;
  },

  /** At least 8 alphanumerics (ERC-4361 "nonce"). */
  nonceIsAcceptable(message: ParsedMessage, _facts?: SignInFacts): boolean {
    return /^[A-Za-z0-9]{8,}$/.test(message.nonce);
  },

  /** Whether nonces come from this server only (contract, `siwe.nonce.source`): by default the client chooses them. */
  requiresIssuedNonce(_facts?: SignInFacts): boolean {
    return false;
  },

  /** A nonce that the server gives out: 122 random bits (ERC-4361 "Preventing replay attacks"). */
  mintsNonce(): string {
    return crypto.randomUUID().replaceAll('-', '');
  },

  /** Whether this server gave the nonce out, and nobody has used it. */
  knowsNonce(nonces: ReadonlySet<string>, nonce: string, _facts?: SignInFacts): boolean {
    return nonces.has(nonce);
  },

  /** An accepted nonce is forgotten at once: it is good for one message. */
  forgetsNonce(nonces: Set<string>, nonce: string): void {
    nonces.delete(nonce);
  },

  /** `now` in seconds (ERC-4361 "expiration-time"). */
  hasNotExpired(message: ParsedMessage, now: number, _facts?: SignInFacts): boolean {
    return message.expirationTime === undefined || now * 1000 < Date.parse(message.expirationTime);
  },

  /** ERC-4361 "not-before". */
  isValidYet(message: ParsedMessage, now: number, _facts?: SignInFacts): boolean {
    return message.notBefore === undefined || now * 1000 >= Date.parse(message.notBefore);
  },

  /** A date-time, and not from a future that no clock skew explains (ERC-4361 "issued-at"). */
  issuedAtIsSane(message: ParsedMessage, now: number, _facts?: SignInFacts): boolean {
    return message.issuedAt !== undefined && Date.parse(message.issuedAt) <= (now + 600) * 1000;
  },

  /** What makes two messages the same for replay: the nonce and the address. */
  replayKey(message: ParsedMessage): string {
    return `${message.nonce} ${message.address.toLowerCase()}`;
  },

  /** A message is accepted once: its nonce is remembered for the address (ERC-4361 "Preventing replay attacks"). */
  isFirstUse(seen: ReadonlyMap<string, number>, key: string, _facts?: SignInFacts): boolean {
    return !seen.has(key);
  },

  /** The second until which an accepted message is remembered: while it could be accepted again. */
  remembersUntil(message: ParsedMessage): number {
    return message.expirationTime === undefined ? Number.POSITIVE_INFINITY : Date.parse(message.expirationTime) / 1000;
  },

  /** Remembers the message in the same turn as the last look whether it is new. */
  consumes(seen: Map<string, number>, key: string, until: number, _facts: SignInFacts): void | Promise<void> {
    seen.set(key, until);
  },

  /** The identity that the sign-in is for: the address that signed. */
  accountKey(message: ParsedMessage): string {
    return message.address.toLowerCase();
  },

  /** Status and `error` of a refused sign-in: 400 where it is malformed, 401 where it does not prove anything. */
  refusal(problem: SignInProblem, _facts: SignInFacts): RefusalForm {
    const malformed = problem === 'message' || problem === 'signature form';
    return malformed ? { status: 400, error: 'invalid_request' } : { status: 401, error: 'invalid_grant' };
  },

  /** The challenge of such a 401 (RFC 9110 11.6.1). */
  challenge(_problem: SignInProblem): string | undefined {
    return 'Basic realm="auth", charset="UTF-8"';
  },
};
