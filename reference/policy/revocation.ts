/** Decisions of POST /revoke (RFC 7009; API reference "Revoke an auth session"). */

import type { AccessRecord, AuthenticatedClient, RefreshRecord, Session, Store } from '../model.ts';

export interface FoundToken {
  readonly kind: 'access_token' | 'refresh_token';
  readonly refresh?: RefreshRecord;
  readonly access?: AccessRecord;
  readonly session: Session;
}

export interface RevocationFacts extends AuthenticatedClient {
  readonly found: FoundToken;
  readonly hint: string | undefined;
  readonly store: Store;
}

function findRefresh(store: Store, token: string): FoundToken | undefined {
  const record = store.refreshTokens.get(token);
  const session = record === undefined ? undefined : store.sessions.get(record.sessionId);
  return record === undefined || session === undefined ? undefined : { kind: 'refresh_token', refresh: record, session };
}

function findAccess(store: Store, token: string): FoundToken | undefined {
  const record = store.accessTokens.get(token);
  const session = record === undefined ? undefined : store.sessions.get(record.sessionId);
  return record === undefined || session === undefined ? undefined : { kind: 'access_token', access: record, session };
}

export const revocation = {
  findsRefresh: findRefresh,
  findsAccess: findAccess,

  /** The hint speeds the search up and never ends it (RFC 7009 2.1). */
  finds(store: Store, token: string, _hint: string | undefined): FoundToken | undefined {
    return findRefresh(store, token) ?? findAccess(store, token);
  },

  /** A hint of another value is ignored (RFC 7009 2.1). */
  refusesHint(_hint: string): boolean {
    return false;
  },

  /** A token is revoked only by the client that it was issued to (RFC 7009 2.1). */
  mayRevoke(facts: RevocationFacts): boolean {
    return facts.found.session.clientId === facts.client.id;
  },

  /** Another client's token: an error, or silence; never a revocation. */
  refusesForeign(_facts: RevocationFacts): boolean {
    return true;
  },

  /** Ends the whole session: every access and refresh token of it. */
  ends(facts: RevocationFacts): void {
    facts.found.session.ended.access = true;
    facts.found.session.ended.refresh = true;
  },

  /** An unknown token needs no error: its purpose is achieved (RFC 7009 2.2). */
  answersUnknown(_token: string): 'ok' | 'refuse' {
    return 'ok';
  },

  successStatus(): number {
    return 200;
  },

  successBody(): string | undefined {
    return undefined;
  },
};
