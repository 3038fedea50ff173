/** Decisions of POST /handoff/init (API reference; RFC 8252 7.1 for an app's own scheme). */

import { randomBytes } from 'node:crypto';
import type { Client, RefusalForm, Session } from '../model.ts';

/** Schemes that no app can own: those of scripts and documents, of the browser itself, and of other protocols. */
const foreign = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'ftp:', 'ws:', 'wss:']);

export const handoff = {
  /** A new hand-off code: 256 random bits. */
  mints(_session: Session, _now: number): string | Promise<string> {
    return randomBytes(32).toString('base64url');
  },

  /** Seconds (contract, public facts). */
  lifetime(): number {
    return 30;
  },

  /** An https URL, http on loopback, or an app's own scheme; no fragment. */
  acceptsRedirectUri(value: unknown, _client?: Client): value is string {
    if (typeof value !== 'string' || !URL.canParse(value) || value.includes('#') || /\s/.test(value)) return false;
    const { protocol, hostname } = new URL(value);
    if (protocol === 'http:') return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
    return !foreign.has(protocol);
  },

  /** The one value of the enumeration (API reference "intent"). */
  acceptsIntent(value: unknown, _client?: Client): value is string {
    return value === 'connections';
  },

  /** The members of the response. */
  body(code: string, lifetime: number): Record<string, unknown> {
    return { code, expires_in: lifetime };
  },

  /** What a hand-off does to the session: nothing. */
  touchesSession(_session: Session): void {},

  /** Which is looked at first, the token or the body, where both may be wrong: the token. */
  checksBodyFirst(): boolean {
    return false;
  },

  /** Status and `error` for a client of another role (API reference "Access restriction"). */
  roleRefusal(): RefusalForm {
    return { status: 403, error: 'access_denied' };
  },
};
