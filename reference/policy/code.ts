/** Decisions of the authorization code grant (RFC 6749 4.1, RFC 7636, RFC 9700 2.1.1). */

import { createHash, randomBytes } from 'node:crypto';
import type { AuthenticatedClient, CodeRecord, RefusalForm } from '../model.ts';
import { safeEqual } from './client-auth.ts';

export interface CodeFacts extends AuthenticatedClient {
  readonly record: CodeRecord;
  readonly now: number;
}

/** What is wrong with the exchange of a code. */
export type CodeProblem = 'unknown' | 'foreign' | 'used' | 'expired' | 'redirect_uri' | 'code_verifier';

export const code = {
  /** A new code: 256 random bits (RFC 6749 10.10), which say nothing of the challenge (RFC 7636 4.4). */
  mints(_codeChallenge?: string): string {
    return randomBytes(32).toString('base64url');
  },

  /** Seconds that a code lives (RFC 6749 4.1.2: shortly, at most ten minutes recommended). */
  lifetime(): number {
    return 60;
  },

  /** The record of exactly that code. */
  finds(codes: ReadonlyMap<string, CodeRecord>, presented: string): CodeRecord | undefined {
    return codes.get(presented);
  },

  /** It has not expired (RFC 6749 4.1.2). */
  isFresh(facts: CodeFacts, lifetime: number): boolean {
    return facts.now < facts.record.issuedAt + lifetime;
  },

  /** A code is for the client that it was issued to (RFC 6749 4.1.3). */
  belongsTo(facts: CodeFacts): boolean {
    return facts.record.clientId === facts.client.id;
  },

  /** Single use (RFC 6749 4.1.2). */
  mayBeUsed(facts: CodeFacts): boolean {
    return !facts.record.used;
  },

  /** Marks the code as used in the same turn as the last look at it: of two requests at once only one gets through. */
  consumes(facts: CodeFacts): void | Promise<void> {
    facts.record.used = true;
    facts.record.usedAt = facts.now;
  },

  /** A second use ends what the first one issued (RFC 6749 4.1.2). */
  replayEndsSession(_facts: CodeFacts): boolean {
    return true;
  },

  /** What happens to a code that its own client presents with something else wrong: it stays usable. */
  burnsOnRefusal(_facts: CodeFacts): boolean {
    return false;
  },

  /** What happens to a code that another client presents: it stays usable for its own. */
  burnsOnForeignAttempt(_facts: CodeFacts): boolean {
    return false;
  },

  /** `redirect_uri` is required (API reference). */
  requiresRedirectUri(_facts: AuthenticatedClient): boolean {
    return true;
  },

  /** The same string as in the authorization request (RFC 6749 4.1.3, API reference "must match"). */
  matchesRedirectUri(facts: CodeFacts, presented: string): boolean {
    return presented === facts.record.redirectUri;
  },

  /** `code_verifier` is required (API reference). */
  requiresVerifier(_facts: AuthenticatedClient): boolean {
    return true;
  },

  /** 43 to 128 unreserved characters (RFC 7636 4.1). */
  verifierIsWellFormed(verifier: string, _facts?: AuthenticatedClient): boolean {
    return /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier);
  },

  /** S256 of the verifier is the challenge (RFC 7636 4.6). */
  verifiesPkce(facts: CodeFacts, verifier: string): boolean {
    return safeEqual(createHash('sha256').update(verifier, 'utf8').digest('base64url'), facts.record.codeChallenge);
  },

  /** Only S256 challenges are taken (contract, public facts). */
  acceptsChallengeMethod(method: string): boolean {
    return method === 'S256';
  },

  /** What the session of an exchange is granted: the scope of the authorization (RFC 6749 4.1.3 has no `scope`). */
  grants(facts: CodeFacts, _asked: string | undefined): string {
    return facts.record.scope;
  },

  /** Status and `error` of a refused exchange (RFC 6749 5.2). */
  refusal(_problem: CodeProblem, _facts: AuthenticatedClient): RefusalForm {
    return { status: 400, error: 'invalid_grant' };
  },
};
