/** Decisions about roles and the continuation of sessions (API reference "session_id", "Access restriction"). */

import type { AuthenticatedClient, Client, Session } from '../model.ts';

export interface ContinueFacts extends AuthenticatedClient {
  readonly session: Session;
  /** Lower-case address that signed. */
  readonly wallet: string;
}

export const session = {
  /** /authenticate is for whitelabel clients only. */
  mayAuthenticate(facts: AuthenticatedClient): boolean {
    return facts.client.role === 'whitelabel-customer';
  },

  /** /handoff/init is for whitelabel clients only. */
  mayHandoff(client: Client): boolean {
    return client.role === 'whitelabel-customer';
  },

  finds(sessions: ReadonlyMap<string, Session>, id: string): Session | undefined {
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

  /** Without `session_id` a new session begins. */
  beginsNew(_existing: readonly Session[]): Session | undefined {
    return undefined;
  },
};
