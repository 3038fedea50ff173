/** Decisions of POST /handoff/init (API reference; RFC 8252 7.1 for an app's own scheme). */

import { randomBytes } from 'node:crypto';
import type { Client } from '../model.ts';

const dangerous = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:']);

export const handoff = {
  mints(): string {
    return randomBytes(32).toString('base64url');
  },

  /** Seconds (contract, public facts). */
  lifetime(): number {
    return 30;
  },

  /** An https URL, http on loopback, or an app's own scheme; no fragment. */
  acceptsRedirectUri(value: unknown, _client: Client): value is string {
    if (typeof value !== 'string' || !URL.canParse(value) || value.includes('#') || /\s/.test(value)) return false;
    const { protocol, hostname } = new URL(value);
    if (protocol === 'http:') return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
    return !dangerous.has(protocol);
  },

  acceptsIntent(value: unknown): value is string {
    return value === 'connections';
  },

  /** The members of the response. */
  body(code: string, lifetime: number): Record<string, unknown> {
    return { code, expires_in: lifetime };
  },

  /** What a hand-off does to the session: nothing. */
  touchesSession(_session: unknown): void {},
};
