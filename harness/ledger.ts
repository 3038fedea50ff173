/** Which sessions a run has begun and not ended, so that it can end them itself (RFC 7009: a client revokes what it no longer needs). */

import { availableCases, type ClientCase } from './client-cases.ts';
import type { TargetConfig } from './config.ts';
import type { Exchange } from './exchange.ts';

export interface OpenSession {
  readonly client: ClientCase;
  /** The newest token that revokes it: the refresh token, where there is none the access token. */
  readonly token: string;
}

interface Kept extends OpenSession {
  /** Every token that the session ever had: revoking any of them ends it (API reference "Revoke an auth session"). */
  readonly tokens: Set<string>;
}

/** The client id that a request names, in its Basic credentials or its body. */
export function clientIdOf(exchange: Exchange): string | undefined {
  const [scheme = '', credentials = ''] = (exchange.requestHeader('authorization') ?? '').split(/\s+/, 2);
  if (scheme.toLowerCase() === 'basic') {
    const [id = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    return new URLSearchParams(`v=${id}`).get('v') ?? id;
  }
  const id = new Map(exchange.requestForm).get('client_id') ?? exchange.requestObject?.client_id;
  return typeof id === 'string' ? id : undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export class Ledger {
  readonly #config: TargetConfig;
  readonly #open = new Set<Kept>();
  /** By token, and by the id that `/authenticate` gives. */
  readonly #byToken = new Map<string, Kept>();
  readonly #byId = new Map<string, Kept>();

  constructor(config: TargetConfig) {
    this.#config = config;
  }

  observe(exchange: Exchange): void {
    const { operation } = exchange.request;
    if (!exchange.ok) return;
    const form = new Map(exchange.requestForm);
    if (operation === 'revoke') this.#ended(form.get('token') ?? '', clientIdOf(exchange));
    if (operation !== 'token' && operation !== 'authenticate') return;
    const tokens = [text(exchange.object?.refresh_token), text(exchange.object?.access_token)].filter(
      (token) => token !== undefined,
    );
    const [token] = tokens;
    const id = clientIdOf(exchange);
    const client = availableCases(this.#config).find((found) => found.client.id === id);
    if (token === undefined || client === undefined) return;
    const sessionId = text(exchange.object?.session_id);
    const known =
      this.#byToken.get(form.get('refresh_token') ?? '') ??
      (sessionId === undefined ? undefined : this.#byId.get(sessionId));
    if (known !== undefined) this.#open.delete(known);
    const session: Kept = { client, token, tokens: new Set([...(known?.tokens ?? []), ...tokens]) };
    this.#open.add(session);
    for (const one of session.tokens) this.#byToken.set(one, session);
    if (sessionId !== undefined) this.#byId.set(sessionId, session);
  }

  /** A 200 for a token of another client ends nothing (RFC 7009 2.1, 2.2). */
  #ended(token: string, clientId: string | undefined): void {
    const session = this.#byToken.get(token);
    if (session !== undefined && session.client.client.id === clientId) this.#open.delete(session);
  }

  /** Sessions that may still be alive, newest first. */
  get open(): readonly OpenSession[] {
    return [...this.#open].reverse();
  }
}
