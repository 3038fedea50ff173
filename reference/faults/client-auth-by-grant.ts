/** Client authentication that goes wrong at one grant or one operation alone (RFC 6749 2.3, 3.2.1; RFC 7009 2.1). */

import type { Client } from '../model.ts';
import type { BasicCredentials, ClientOperation } from '../policy/client-auth.ts';
import { changed, type Policy } from '../policy/index.ts';
import { base64Of } from './client-auth.ts';
import type { Fault } from './types.ts';

const stranger = (id: string): Client => ({ id, redirectUris: [], role: 'whitelabel-customer' });
const isStranger = ({ redirectUris }: Client): boolean => redirectUris.length === 0;

/** An unknown id makes a client on the spot, whatever secret it brings; the rest of the change lets it have what it asks for. */
const registering = (
  id: string,
  title: string,
  operation: ClientOperation,
  more: (policy: Policy) => Parameters<typeof changed>[1] = () => ({}),
  alsoBreaks: readonly string[] = [],
): Fault => ({
  id: `client-auth/${id}`,
  title,
  breaks: ['client-auth/known-client', ...alsoBreaks],
  change: (policy) =>
    changed(policy, {
      ...more(policy),
      clientAuth: {
        findsClient: (clients, name, at) =>
          policy.clientAuth.findsClient(clients, name, at) ?? (at === operation ? stranger(name) : undefined),
        acceptsSecretOfPublicClient: (facts) =>
          isStranger(facts.client) || policy.clientAuth.acceptsSecretOfPublicClient(facts),
      },
    }),
});

/** A method of authentication that is refused at one grant. */
const notOffered = (
  id: string,
  title: string,
  breaks: string | readonly string[],
  change: (right: Policy['clientAuth']) => Partial<Policy['clientAuth']>,
): Fault => ({
  id: `client-auth/${id}`,
  title,
  breaks: [breaks].flat(),
  change: (policy) => changed(policy, { clientAuth: change(policy.clientAuth) }),
});

/** Basic credentials as they were sent, read in another way at one operation. */
const readingAt = (
  id: string,
  title: string,
  breaks: string,
  operation: ClientOperation,
  read: (pair: string) => BasicCredentials | undefined,
): Fault => ({
  id: `client-auth/${id}`,
  title,
  breaks: [breaks],
  change: (policy) =>
    changed(policy, {
      clientAuth: {
        readsBasic: (header, at) => {
          const pair = Buffer.from(base64Of(header ?? ''), 'base64').toString('utf8');
          return (at === operation ? read(pair) : undefined) ?? policy.clientAuth.readsBasic(header, at);
        },
      },
    }),
});

/** The two parts between colons, the rest forgotten; undefined where there is no rest. */
function splitAtColons(pair: string): BasicCredentials | undefined {
  const [id, secret, more] = pair.split(':');
  return id === undefined || secret === undefined || more === undefined ? undefined : { id, secret };
}

/** The two parts with their escapes as they stand; undefined where there are none. */
function undecoded(pair: string): BasicCredentials | undefined {
  const colon = pair.indexOf(':');
  return colon > 0 && pair.includes('%') ? { id: pair.slice(0, colon), secret: pair.slice(colon + 1) } : undefined;
}

/** Mistakes at sign-ins that continue a session. */
const continuing = (
  id: string,
  title: string,
  breaks: string,
  change: (right: Policy['clientAuth']) => Partial<Policy['clientAuth']>,
): Fault => ({
  id: `client-auth/${id}-continuation`,
  title,
  breaks: [breaks],
  change: (policy) => changed(policy, { clientAuth: change(policy.clientAuth) }),
});

/** What breaks with it where a client's revocations are refused: its tokens live on. */
const unrevoked = [
  'access-token/revoked-refused',
  'revoke/access-ends-refresh',
  'revoke/access-token',
  'revoke/hint-unknown-ignored',
  'revoke/refresh-ends-access',
  'revoke/refresh-token',
  'revoke/success-status',
  'session/history',
];

const faults: readonly Fault[] = [
  registering(
    'unknown-client-registered-authenticate',
    'A sign-in by an unknown client id with any secret registers it',
    'authenticate',
  ),
  registering(
    'unknown-client-redeems',
    'A code is given to whoever names a client id that is not registered',
    'token',
    (policy) => ({ code: { belongsTo: (facts) => isStranger(facts.client) || policy.code.belongsTo(facts) } }),
  ),
  registering(
    'unknown-client-refreshes',
    'A refresh is granted to whoever names a client id that is not registered',
    'token',
    (policy) => ({ refresh: { belongsTo: (facts) => isStranger(facts.client) || policy.refresh.belongsTo(facts) } }),
  ),
  registering(
    'unknown-client-with-secret-revokes',
    'An unknown client id with any secret revokes whatever token it presents',
    'revoke',
    (policy) => ({
      revocation: { mayRevoke: (facts) => isStranger(facts.client) || policy.revocation.mayRevoke(facts) },
    }),
    ['revoke/client-authenticated'],
  ),
  {
    id: 'client-auth/id-optional-default-client',
    title: 'A request that names no client counts as one of the first client that was registered, without its secret',
    breaks: ['client-auth/id-required', 'revoke/client-authenticated'],
    change: (policy) => {
      let isNameless = false;
      return changed(policy, {
        clientAuth: {
          names: (presented, operation) => {
            const named = policy.clientAuth.names(presented, operation);
            isNameless = named === undefined;
            return named ?? 'wl-confidential';
          },
          mayGoUnauthenticated: (facts) => isNameless || policy.clientAuth.mayGoUnauthenticated(facts),
        },
      });
    },
  },
  notOffered(
    'basic-not-at-refresh',
    'At a refresh Basic is not accepted',
    ['client-auth/basic', 'refresh/granted'],
    (right) => ({
      allowsMethod: (facts) =>
        !(facts.method === 'client_secret_basic' && facts.grantType === 'refresh_token') && right.allowsMethod(facts),
    }),
  ),
  notOffered(
    'post-not-at-refresh',
    'At a refresh the secret in the body is not accepted',
    'client-auth/post',
    (right) => ({
      allowsMethod: (facts) =>
        !(facts.method === 'client_secret_post' && facts.grantType === 'refresh_token') && right.allowsMethod(facts),
    }),
  ),
  notOffered(
    'basic-not-at-revoke',
    'At /revoke Basic is not accepted',
    ['client-auth/basic', ...unrevoked],
    (right) => ({
      allowsMethod: (facts) =>
        !(facts.method === 'client_secret_basic' && facts.operation === 'revoke') && right.allowsMethod(facts),
    }),
  ),
  notOffered(
    'post-not-at-revoke',
    'At /revoke the secret in the body is not accepted',
    ['client-auth/post', ...unrevoked],
    (right) => ({
      allowsMethod: (facts) =>
        !(facts.method === 'client_secret_post' && facts.operation === 'revoke') && right.allowsMethod(facts),
    }),
  ),
  notOffered('public-not-at-refresh', 'A refresh asks public clients for a secret', 'client-auth/none', (right) => ({
    mayGoUnauthenticated: (facts) => facts.grantType !== 'refresh_token' && right.mayGoUnauthenticated(facts),
  })),
  notOffered('public-not-at-revoke', 'A revocation asks public clients for a secret', 'client-auth/none', (right) => ({
    mayGoUnauthenticated: (facts) => facts.operation !== 'revoke' && right.mayGoUnauthenticated(facts),
  })),
  {
    id: 'client-auth/borrowed-id-revokes',
    title: 'At /revoke the client_id of the body says whose tokens may be revoked, whoever has authenticated',
    breaks: ['revoke/foreign-client', 'client-auth/no-contradiction'],
    change: (policy) => {
      let named: string | undefined;
      return changed(policy, {
        clientAuth: {
          refusesContradictingId: (presented, operation) => {
            named = operation === 'revoke' ? presented.bodyId : undefined;
            return operation !== 'revoke' && policy.clientAuth.refusesContradictingId(presented, operation);
          },
        },
        revocation: {
          mayRevoke: (facts) => facts.found.session.clientId === named || policy.revocation.mayRevoke(facts),
        },
      });
    },
  },
  {
    id: 'client-auth/contradiction-authenticate',
    title: 'At a sign-in the client_id of the body says whose tokens are issued, whoever has authenticated',
    breaks: ['client-auth/no-contradiction'],
    change: (policy) => {
      const known = new Set<string>();
      return changed(policy, {
        clientAuth: {
          refusesContradictingId: (presented, operation) =>
            operation !== 'authenticate' && policy.clientAuth.refusesContradictingId(presented, operation),
          names: (presented, operation) =>
            operation === 'authenticate'
              ? (presented.bodyId ?? policy.clientAuth.names(presented, operation))
              : policy.clientAuth.names(presented, operation),
          findsClient(clients, id, operation) {
            for (const { secret } of clients.values()) if (secret !== undefined) known.add(secret);
            return policy.clientAuth.findsClient(clients, id, operation);
          },
          acceptsSecretOfPublicClient: (facts) =>
            (facts.operation === 'authenticate' && known.has(facts.presented)) ||
            policy.clientAuth.acceptsSecretOfPublicClient(facts),
        },
      });
    },
  },
  readingAt(
    'basic-second-colon-revoke',
    'At /revoke what follows a second colon of Basic credentials is not looked at',
    'client-auth/secret-verified',
    'revoke',
    splitAtColons,
  ),
  readingAt(
    'basic-second-colon-authenticate',
    'At sign-ins what follows a second colon of Basic credentials is not looked at',
    'client-auth/secret-verified',
    'authenticate',
    splitAtColons,
  ),
  readingAt(
    'basic-not-decoded-authenticate',
    'At sign-ins escapes in Basic credentials stay as they are',
    'client-auth/basic-form-decoded',
    'authenticate',
    undecoded,
  ),
  continuing(
    'secret-unchecked',
    'A session is continued with any secret of its client',
    'client-auth/secret-verified',
    (right) => ({ verifiesSecret: (facts) => facts.continues === true || right.verifiesSecret(facts) }),
  ),
  continuing(
    'secret-optional',
    'A confidential client continues a session without its secret',
    'client-auth/confidential-must-authenticate',
    (right) => ({ mayGoUnauthenticated: (facts) => facts.continues === true || right.mayGoUnauthenticated(facts) }),
  ),
  continuing(
    'two-methods',
    'Where a session is continued, Basic and client_secret together are accepted',
    'client-auth/one-method',
    (right) => ({
      refusesTwoMethods: (presented, operation, continues) =>
        continues !== true && right.refusesTwoMethods(presented, operation, continues),
    }),
  ),
  {
    id: 'errors/invalid-token-for-client-at-revoke',
    title: 'A client that fails to authenticate at /revoke is told that the token is invalid',
    breaks: ['errors/invalid-client'],
    change: (policy) =>
      changed(policy, {
        errors: {
          code: (operation, code) =>
            operation === 'revoke' && code === 'invalid_client' ? 'invalid_token' : policy.errors.code(operation, code),
        },
      }),
  },
];

export default faults;
