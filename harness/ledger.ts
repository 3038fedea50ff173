/** Which sessions a run has begun and not ended, so that it can end them itself (RFC 7009: a client revokes what it no longer needs). */

import { availableCases, type ClientCase } from './client-cases.ts';
import type { TargetConfig } from './config.ts';
import type { Exchange } from './exchange.ts';

export interface OpenSession {
  readonly client: ClientCase;
  /** The newest token that revokes it: the refresh token, where there is none the access token. */
  readonly token: string;
}

/** The client id that a request names, in its Basic credentials or its body. */
function clientIdOf(exchange: Exchange): string | undefined {
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
  readonly #open = new Map<string, OpenSession>();

  constructor(config: TargetConfig) {
    this.#config = config;
  }

  observe(exchange: Exchange): void {
    const { operation } = exchange.request;
    if (!exchange.ok) return;
    const form = new Map(exchange.requestForm);
    if (operation === 'revoke') this.#open.delete(form.get('token') ?? '');
    if (operation !== 'token' && operation !== 'authenticate') return;
    this.#open.delete(form.get('refresh_token') ?? '');
    const token = text(exchange.object?.refresh_token) ?? text(exchange.object?.access_token);
    const id = clientIdOf(exchange);
    const client = availableCases(this.#config).find((found) => found.client.id === id);
    if (token !== undefined && client !== undefined) this.#open.set(token, { client, token });
  }

  /** Sessions that may still be alive, newest first. */
  get open(): readonly OpenSession[] {
    return [...this.#open.values()].reverse();
  }
}
