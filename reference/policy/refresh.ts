/** Decisions of the refresh grant (RFC 6749 6, RFC 9700 4.14; contract, public facts: single use and rotated). */

import { randomBytes } from 'node:crypto';
import type { AuthenticatedClient, RefreshRecord, RefusalForm, Session } from '../model.ts';

export interface RefreshFacts extends AuthenticatedClient {
  readonly record: RefreshRecord;
  readonly session: Session | undefined;
  readonly now: number;
  /** The `scope` of the request. */
  readonly askedScope?: string | undefined;
}

/** What is wrong with a refresh. */
export type RefreshProblem = 'unknown' | 'foreign' | 'ended' | 'expired' | 'used';

export const refresh = {
  /** A new refresh token: 256 random bits (RFC 6749 10.10). */
  mints(): string {
    return randomBytes(32).toString('base64url');
  },

  /** Seconds that a refresh token lives (contract, public facts). */
  lifetime(): number {
    return 604_800;
  },

  /** `refresh_token` is required (API reference). */
  requiresToken(_facts: AuthenticatedClient): boolean {
    return true;
  },

  /** The record of exactly that token. */
  finds(tokens: ReadonlyMap<string, RefreshRecord>, presented: string): RefreshRecord | undefined {
    return tokens.get(presented);
  },

  /** A refresh token is for the client that it was issued to (RFC 6749 6). */
  belongsTo(facts: RefreshFacts): boolean {
    return facts.record.clientId === facts.client.id;
  },

  /** It has not expired (RFC 6749 5.2, contract "refresh_expires_in"). */
  isFresh(facts: RefreshFacts, lifetime: number): boolean {
    return facts.now < facts.record.issuedAt + lifetime;
  },

  /** A used token is refused (contract, public facts: single use). */
  mayBeUsed(facts: RefreshFacts): boolean {
    return facts.record.uses === 0;
  },

  /** Marks the token as used in the same turn as the last look at it: of two requests at once only one gets through. */
  consumes(facts: RefreshFacts): void | Promise<void> {
    facts.record.uses += 1;
    facts.record.usedAt = facts.now;
  },

  /** The session is alive for refresh tokens, and this one was not revoked. */
  sessionIsAlive(facts: RefreshFacts): boolean {
    return facts.session !== undefined && !facts.session.ended.refresh && !facts.record.revoked;
  },

  /** Presenting a used one ends the session (contract: "may"; RFC 9700 4.14.2). */
  replayEndsSession(_facts: RefreshFacts): boolean {
    return true;
  },

  /** What happens to a token that another client presents: it stays usable for its own. */
  burnsOnForeignAttempt(_facts: RefreshFacts): boolean {
    return false;
  },

  /** Each refresh issues a new refresh token (contract, public facts: rotated). */
  rotates(_facts: RefreshFacts): boolean {
    return true;
  },

  /** What a refresh does to the access tokens issued before: nothing, they live until they expire. */
  endsEarlierAccessTokens(_facts: RefreshFacts): boolean {
    return false;
  },

  /** The scope of the new access token: never wider than what was granted (RFC 6749 6); undefined refuses. */
  grants(granted: string, asked: string | undefined, _facts?: RefreshFacts): string | undefined {
    if (asked === undefined) return granted;
    const had = new Set(granted.split(' '));
    return asked.split(' ').every((name) => had.has(name)) ? asked : undefined;
  },

  /** The scope of the rotated refresh token stays what was granted first (RFC 6749 6). */
  keepsScope(granted: string, _asked: string): string {
    return granted;
  },

  /** Status and `error` of a refused refresh (RFC 6749 5.2). */
  refusal(_problem: RefreshProblem, _facts: AuthenticatedClient): RefusalForm {
    return { status: 400, error: 'invalid_grant' };
  },
};
