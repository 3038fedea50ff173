/** Decisions of the refresh grant (RFC 6749 6, RFC 9700 4.14; contract, public facts: single use and rotated). */

import { randomBytes } from 'node:crypto';
import type { AuthenticatedClient, RefreshRecord, Session } from '../model.ts';

export interface RefreshFacts extends AuthenticatedClient {
  readonly record: RefreshRecord;
  readonly session: Session | undefined;
  readonly now: number;
}

export const refresh = {
  mints(): string {
    return randomBytes(32).toString('base64url');
  },

  /** Seconds that a refresh token lives (contract, public facts). */
  lifetime(): number {
    return 604_800;
  },

  finds(tokens: ReadonlyMap<string, RefreshRecord>, presented: string): RefreshRecord | undefined {
    return tokens.get(presented);
  },

  belongsTo(facts: RefreshFacts): boolean {
    return facts.record.clientId === facts.client.id;
  },

  isFresh(facts: RefreshFacts, lifetime: number): boolean {
    return facts.now < facts.record.issuedAt + lifetime;
  },

  /** A used token is refused. */
  mayBeUsed(facts: RefreshFacts): boolean {
    return facts.record.uses === 0;
  },

  /** The session is alive for refresh tokens. */
  sessionIsAlive(facts: RefreshFacts): boolean {
    return facts.session !== undefined && !facts.session.ended.refresh && !facts.record.revoked;
  },

  /** Presenting a used one ends the session (contract: "may"). */
  replayEndsSession(_facts: RefreshFacts): boolean {
    return true;
  },

  /** Each refresh issues a new refresh token. */
  rotates(_facts: RefreshFacts): boolean {
    return true;
  },

  /** The scope of the new access token: never wider than what was granted (RFC 6749 6); undefined refuses. */
  grants(granted: string, asked: string | undefined): string | undefined {
    if (asked === undefined) return granted;
    const had = new Set(granted.split(' '));
    return asked.split(' ').every((name) => had.has(name)) ? asked : undefined;
  },

  /** The scope of the rotated refresh token stays what was granted first (RFC 6749 6). */
  keepsScope(granted: string, _asked: string): string {
    return granted;
  },
};
