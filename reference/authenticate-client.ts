/** Who a request comes from (RFC 6749 2.3; API reference "Header parameters"). */

import type { Context } from 'hono';
import type { Reference } from './context.ts';
import { type AuthenticatedClient, Refusal } from './model.ts';
import type { ClientOperation } from './policy/client-auth.ts';

export interface CredentialSource {
  readonly operation: ClientOperation;
  /** As the body has them. */
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly grantType?: string | undefined;
  /** Of a sign-in: it names the session to continue. */
  readonly continues?: boolean;
  /** `token_type_hint`, at /revoke. */
  readonly hint?: string | undefined;
}

/** @throws Refusal `invalid_client`, or `invalid_request` for more than one method */
export function authenticateClient(reference: Reference, c: Context, source: CredentialSource): AuthenticatedClient {
  const { clientAuth } = reference.policy;
  const { operation, grantType, continues = false, hint } = source;
  const header = c.req.header('authorization');
  const invalid = (text = 'The client is unknown or its authentication failed.'): Refusal => {
    const status = clientAuth.refusalStatus(header !== undefined, operation);
    const challenge = clientAuth.challenge(header !== undefined, operation);
    const headers = status === 401 && challenge !== undefined ? { 'www-authenticate': challenge } : undefined;
    return new Refusal(status, 'invalid_client', text, headers);
  };

  const basic = clientAuth.readsBasic(header, operation);
  if (basic === 'malformed') throw invalid('The Basic credentials cannot be read.');
  if (header !== undefined && basic === undefined && clientAuth.refusesOtherScheme(header, operation))
    throw invalid('Only the Basic scheme authenticates a client.');

  const query = new URL(c.req.url).searchParams;
  const readsQuery = clientAuth.readsCredentialsFromQuery(operation);
  if (!readsQuery && clientAuth.refusesSecretInQuery(query, operation))
    throw new Refusal(400, 'invalid_request', 'Credentials do not belong into the URI.');
  const fromQuery = (name: string): string | undefined => (readsQuery ? (query.get(name) ?? undefined) : undefined);
  const presented = {
    basic,
    bodyId: source.clientId ?? fromQuery('client_id'),
    bodySecret: source.clientSecret ?? fromQuery('client_secret'),
  };
  if (clientAuth.refusesTwoMethods(presented, operation, continues))
    throw new Refusal(400, 'invalid_request', 'More than one client authentication method is used.');
  if (clientAuth.refusesContradictingId(presented, operation))
    throw new Refusal(400, 'invalid_request', 'client_id names another client than the Authorization header.');

  const id = clientAuth.names(presented, operation);
  if (id === undefined || id === '') throw invalid('The client id is required.');
  const client = clientAuth.findsClient(reference.clients, id, operation);
  if (client === undefined) throw invalid();
  const secret = basic?.secret ?? presented.bodySecret;
  const isPublic = client.secret === undefined;
  if (secret === undefined || (isPublic && secret === '')) {
    if (!clientAuth.mayGoUnauthenticated({ client, operation, grantType, continues, hint })) throw invalid();
    return { client, method: 'none' };
  }
  const method = basic === undefined ? 'client_secret_post' : 'client_secret_basic';
  const facts = { client, method, operation, grantType, continues, hint } as const;
  const right = isPublic
    ? clientAuth.acceptsSecretOfPublicClient({ ...facts, presented: secret })
    : clientAuth.verifiesSecret({ ...facts, presented: secret });
  if (!right || !clientAuth.allowsMethod(facts)) throw invalid();
  return { client, method };
}
