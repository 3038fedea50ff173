/** Decisions of client authentication (RFC 6749 2.3, 3.2.1; API reference "Header parameters"). */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthMethod, Client } from '../model.ts';

export type ClientOperation = 'token' | 'revoke' | 'authenticate';

export interface BasicCredentials {
  readonly id: string;
  readonly secret: string;
}

/** What one request presents to prove who its client is. */
export interface Presented {
  readonly basic: BasicCredentials | undefined;
  readonly bodyId: string | undefined;
  readonly bodySecret: string | undefined;
}

export interface ClientAuthFacts {
  readonly client: Client;
  readonly method: AuthMethod;
  readonly operation: ClientOperation;
  readonly grantType: string | undefined;
  /** A sign-in that names the session to continue. */
  readonly continues?: boolean;
  /** `token_type_hint` of a revocation. */
  readonly hint?: string | undefined;
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Equal in constant time, whatever the lengths. */
export function safeEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(a), digest(b));
}

export const clientAuth = {
  /** Credentials of an `Authorization: Basic` header; `malformed` when they cannot be read; undefined for another scheme (RFC 7617 2, RFC 6749 2.3.1). */
  readsBasic(header: string | undefined, _operation?: ClientOperation): BasicCredentials | 'malformed' | undefined {
    if (header === undefined) return undefined;
    const match = /^basic +(.*)$/i.exec(header.trim());
    if (match === null) return undefined;
    const encoded = match[1] ?? '';
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return 'malformed';
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return 'malformed';
    const id = decodePart(text.slice(0, colon));
    const secret = decodePart(text.slice(colon + 1));
    return id === undefined || secret === undefined ? 'malformed' : { id, secret };
  },

  /** What an `Authorization` header of another scheme than Basic means for client authentication: it is refused (RFC 6749 5.2). */
  refusesOtherScheme(header: string, _operation?: ClientOperation): boolean {
    return !/^basic( |$)/i.test(header.trim());
  },

  /** More than one method in one request is an error (RFC 6749 2.3). */
  refusesTwoMethods(presented: Presented, _operation?: ClientOperation, _continues?: boolean): boolean {
    return presented.basic !== undefined && presented.bodySecret !== undefined;
  },

  /** A `client_id` in the body beside Basic names the same client (RFC 6749 2.3). */
  refusesContradictingId(presented: Presented, _operation?: ClientOperation): boolean {
    return presented.basic !== undefined && presented.bodyId !== undefined && presented.bodyId !== presented.basic.id;
  },

  /** The client that a request comes from: the one of the Authorization header, else that of the body (API reference "Header parameters"). */
  names(presented: Presented, _operation?: ClientOperation): string | undefined {
    return presented.basic?.id ?? presented.bodyId;
  },

  /** The registered client of exactly that id. */
  findsClient(clients: ReadonlyMap<string, Client>, id: string, _operation?: ClientOperation): Client | undefined {
    return clients.get(id);
  },

  /** The secret is the registered one, whole and exact. */
  verifiesSecret(facts: ClientAuthFacts & { readonly presented: string }): boolean {
    return facts.client.secret !== undefined && safeEqual(facts.client.secret, facts.presented);
  },

  /** Only a client without a secret may go unauthenticated (RFC 6749 3.2.1). */
  mayGoUnauthenticated(facts: Omit<ClientAuthFacts, 'method'>): boolean {
    return facts.client.secret === undefined;
  },

  /** A public client has no secret to present; one that presents a secret has not authenticated. */
  acceptsSecretOfPublicClient(_facts: ClientAuthFacts & { readonly presented: string }): boolean {
    return false;
  },

  /** A client may use every method that its credentials allow. */
  allowsMethod(_facts: ClientAuthFacts): boolean {
    return true;
  },

  /** Credentials in the request URI do not count (RFC 6749 2.3.1). */
  readsCredentialsFromQuery(_operation: string): boolean {
    return false;
  },

  /** A secret in the request URI has leaked already: the request is refused, whatever else it carries (RFC 6749 2.3.1). */
  refusesSecretInQuery(query: URLSearchParams, _operation: ClientOperation): boolean {
    return query.has('client_secret');
  },

  /** Status of `invalid_client` (RFC 6749 5.2: 401, and MUST be when Authorization was used). */
  refusalStatus(_usedAuthorization: boolean, _operation?: ClientOperation): number {
    return 401;
  },

  /** The challenge that goes with a 401 (RFC 6749 5.2, RFC 9110 11.6.1). */
  challenge(_usedAuthorization: boolean, _operation?: ClientOperation): string | undefined {
    return 'Basic realm="auth", charset="UTF-8"';
  },
};
