/** Decisions of POST /revoke (RFC 7009; API reference "Revoke an auth session"). */

import {
  type AccessRecord,
  type AuthenticatedClient,
  endSession,
  type RefreshRecord,
  type RefusalForm,
  type Session,
  type Store,
} from '../model.ts';

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
  readonly now: number;
}

function findRefresh(store: Store, token: string): FoundToken | undefined {
  const record = store.refreshTokens.get(token);
  const session = record === undefined ? undefined : store.sessions.get(record.sessionId);
  return record === undefined || session === undefined
    ? undefined
    : { kind: 'refresh_token', refresh: record, session };
}

function findAccess(store: Store, token: string): FoundToken | undefined {
  const record = store.accessTokens.get(token);
  const session = record === undefined ? undefined : store.sessions.get(record.sessionId);
  return record === undefined || session === undefined ? undefined : { kind: 'access_token', access: record, session };
}

export const revocation = {
  /** A refresh token of ours, exactly; also one that was rotated out. */
  findsRefresh: findRefresh,

  /** An access token of ours, exactly; also one that has expired. */
  findsAccess: findAccess,

  /** The hint speeds the search up and never ends it (RFC 7009 2.1). */
  finds(store: Store, token: string, _hint: string | undefined, _facts?: AuthenticatedClient): FoundToken | undefined {
    return findRefresh(store, token) ?? findAccess(store, token);
  },

  /** A hint of another value is ignored (RFC 7009 2.1). */
  refusesHint(_hint: string, _facts?: AuthenticatedClient): boolean {
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

  /** Status and `error` for another client's token (RFC 7009 2.1: "refused and the client is informed"). */
  foreignRefusal(_facts: RevocationFacts): RefusalForm {
    return { status: 400, error: 'invalid_grant' };
  },

  /** Ends the whole session before the answer goes out: every access and refresh token of it (RFC 7009 2.1). */
  ends(facts: RevocationFacts): void | Promise<void> {
    endSession(facts.found.session, facts.now);
  },

  /** An unknown token needs no error: its purpose is achieved (RFC 7009 2.2). */
  answersUnknown(_token: string, _facts?: AuthenticatedClient): 'ok' | 'refuse' {
    return 'ok';
  },

  /** RFC 7009 2.2, API reference. */
  successStatus(_facts?: AuthenticatedClient): number {
    return 200;
  },

  /** None (API reference "No content"). */
  successBody(_facts?: AuthenticatedClient): string | undefined {
    return undefined;
  },

  /** Nothing that names a session is kept by caches. */
  headers(): Record<string, string> {
    return { 'cache-control': 'no-store', pragma: 'no-cache' };
  },
};
