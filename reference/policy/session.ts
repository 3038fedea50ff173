/** Decisions about roles and the continuation of sessions (API reference "session_id", "Access restriction"). */

import {
  type AuthenticatedClient,
  type Client,
  type EndCause,
  endSession,
  type RefusalForm,
  type Session,
} from '../model.ts';

export interface ContinueFacts extends AuthenticatedClient {
  readonly session: Session;
  /** Lower-case address that signed. */
  readonly wallet: string;
}

export const session = {
  /** /authenticate is for whitelabel clients only. */
  mayAuthenticate(facts: AuthenticatedClient, _continues?: boolean): boolean {
    return facts.client.role === 'whitelabel-customer';
  },

  /** /handoff/init is for whitelabel clients only. */
  mayHandoff(client: Client, _redirectUri?: unknown): boolean {
    return client.role === 'whitelabel-customer';
  },

  /** The session of exactly that id. */
  finds(sessions: ReadonlyMap<string, Session>, id: string, _facts?: AuthenticatedClient): Session | undefined {
    return sessions.get(id);
  },

  /** Only the same client continues a session ... */
  continuesForClient(facts: ContinueFacts): boolean {
    return facts.session.clientId === facts.client.id;
  },

  /** ... for the same wallet ... */
  continuesForWallet(facts: ContinueFacts): boolean {
    return facts.session.wallet === facts.wallet;
  },

  /** ... while it is alive. */
  continuesAlive(facts: ContinueFacts): boolean {
    return !facts.session.ended.access && !facts.session.ended.refresh;
  },

  /** An unknown session id is refused rather than silently replaced by a new session. */
  refusesUnknown(_id: string): boolean {
    return true;
  },

  /** So is one that the client, the wallet or the state of the session does not fit. */
  refusesMisfit(_problem: 'client' | 'wallet' | 'ended'): boolean {
    return true;
  },

  /** Without `session_id` a new session begins, whichever the wallet has. */
  beginsNew(_existing: readonly Session[], _client?: Client): Session | undefined {
    return undefined;
  },

  /** What a continuation does to the session's earlier tokens: nothing; revoking the session ends them all. */
  continuing(_facts: ContinueFacts): void {},

  /** How a session ends: both kinds of its tokens at once (RFC 6749 4.1.2, RFC 9700 4.14.2). */
  ends(session: Session, _cause: EndCause, now: number): void {
    endSession(session, now);
  },

  /** Status and `error` for a client of another role (API reference "Access restriction"). */
  roleRefusal(_facts: AuthenticatedClient): RefusalForm {
    return { status: 403, error: 'unauthorized_client' };
  },

  /** Status and `error` when a session cannot be continued. */
  continuationRefusal(_problem: 'unknown' | 'client' | 'wallet' | 'ended'): RefusalForm {
    return { status: 400, error: 'invalid_request' };
  },
};
