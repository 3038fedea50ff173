/** Mistakes in client authentication at /token, /revoke and /authenticate (RFC 6749 2.3, RFC 7617). */

import type { Client } from '../model.ts';
import type { BasicCredentials, ClientAuthFacts } from '../policy/client-auth.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

type ClientAuth = Policy['clientAuth'];

export const fault = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (right: ClientAuth) => Partial<ClientAuth>,
): Fault => ({
  id: `client-auth/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { clientAuth: change(policy.clientAuth) }),
});

/** The credentials of an Authorization header, as they stand there. */
export const base64Of = (header: string): string => header.trim().split(/ +/)[1] ?? '';

/** A comparison that lets more secrets through than the right one. */
const comparing = (
  id: string,
  title: string,
  isAlike: (known: string, facts: ClientAuthFacts & { readonly presented: string }) => boolean,
): Fault =>
  fault(id, title, ['client-auth/secret-verified'], (right) => ({
    verifiesSecret: (facts) => right.verifiesSecret(facts) || isAlike(facts.client.secret ?? '', facts),
  }));

const secrets: readonly Fault[] = [
  comparing('secret-unchecked', 'Any secret is accepted', () => true),
  comparing(
    'secret-unchecked-basic',
    'With Basic any secret is accepted',
    (_known, { method }) => method === 'client_secret_basic',
  ),
  comparing(
    'secret-unchecked-post',
    'In the body any secret is accepted',
    (_known, { method }) => method === 'client_secret_post',
  ),
  comparing(
    'secret-unchecked-refresh',
    'A refresh is granted with any secret',
    (_known, { grantType }) => grantType === 'refresh_token',
  ),
  comparing(
    'secret-unchecked-code',
    'A code is redeemed with any secret',
    (_known, { grantType }) => grantType === 'authorization_code',
  ),
  comparing(
    'secret-unchecked-revoke',
    'A token is revoked with any secret',
    (_known, { operation }) => operation === 'revoke',
  ),
  comparing(
    'secret-unchecked-authenticate',
    'A sign-in needs no right secret',
    (_known, { operation }) => operation === 'authenticate',
  ),
  comparing(
    'secret-unchecked-third-party',
    'Third-party clients are let in with any secret',
    (_known, { client }) => client.role === 'third-party',
  ),
  comparing(
    'secret-by-prefix',
    'A part of the secret from its start is enough',
    (known, { presented }) => presented !== '' && known.startsWith(presented),
  ),
  comparing('secret-by-truncation', 'What follows the secret is not looked at', (known, { presented }) =>
    presented.startsWith(known),
  ),
  comparing(
    'secret-as-c-string',
    'Secrets are compared up to a NUL',
    (known, { presented }) => presented.split('\0')[0] === known,
  ),
  comparing(
    'secret-normalised',
    'Secrets are compared after compatibility normalisation',
    (known, { presented }) => presented.normalize('NFKC') === known,
  ),
  fault(
    'basic-second-colon',
    'Of Basic credentials what follows a second colon is not looked at',
    ['client-auth/secret-verified'],
    (right) => ({
      readsBasic: (header, operation) => {
        const [id, secret, more] = Buffer.from(base64Of(header ?? ''), 'base64')
          .toString('utf8')
          .split(':');
        if (id === undefined || secret === undefined || more === undefined) return right.readsBasic(header, operation);
        return { id, secret } satisfies BasicCredentials;
      },
    }),
  ),
  comparing('secret-by-suffix', 'What stands before the secret is not looked at', (known, { presented }) =>
    presented.endsWith(known),
  ),
  comparing(
    'secret-by-case',
    'Secrets are compared without regard to letter case',
    (known, { presented }) => known.toLowerCase() === presented.toLowerCase(),
  ),
  comparing(
    'secret-by-case-authenticate',
    'At sign-ins secrets are compared without regard to letter case',
    (known, { presented, operation }) =>
      operation === 'authenticate' && known.toLowerCase() === presented.toLowerCase(),
  ),
  comparing(
    'secret-first-eight',
    'Only the first eight characters of a secret are compared',
    (known, { presented }) => known.slice(0, 8) === presented.slice(0, 8),
  ),
  comparing(
    'secret-length',
    'Only the length of a secret is compared',
    (known, { presented }) => known.length === presented.length,
  ),
  fault(
    'secret-of-any-client',
    'The secret of any registered client is accepted',
    ['client-auth/secret-verified'],
    (right) => {
      const known = new Set<string>();
      return {
        findsClient: (clients, id, operation) => {
          for (const { secret } of clients.values()) if (secret !== undefined) known.add(secret);
          return right.findsClient(clients, id, operation);
        },
        verifiesSecret: ({ presented }) => known.has(presented),
      };
    },
  ),
];

const optional = (
  id: string,
  title: string,
  isExcused: (facts: Omit<ClientAuthFacts, 'method'>) => boolean,
  alsoBreaks: readonly string[] = [],
): Fault =>
  fault(id, title, ['client-auth/confidential-must-authenticate', ...alsoBreaks], (right) => ({
    mayGoUnauthenticated: (facts) => right.mayGoUnauthenticated(facts) || isExcused(facts),
  }));

const confidential: readonly Fault[] = [
  optional('secret-optional', 'A confidential client need not send its secret', () => true, [
    'refresh/client-authenticated',
  ]),
  optional(
    'secret-optional-code',
    'A confidential client redeems a code without its secret, as PKCE is enough',
    ({ grantType }) => grantType === 'authorization_code',
  ),
  optional(
    'secret-optional-refresh',
    'A confidential client refreshes without its secret',
    ({ grantType }) => grantType === 'refresh_token',
    ['refresh/client-authenticated'],
  ),
  optional(
    'secret-optional-revoke',
    'A confidential client revokes without its secret',
    ({ operation }) => operation === 'revoke',
  ),
  optional(
    'secret-optional-authenticate',
    'A confidential client signs users in without its secret',
    ({ operation }) => operation === 'authenticate',
  ),
  optional(
    'secret-optional-third-party',
    'A third-party client need not send its secret',
    ({ client }) => client.role === 'third-party',
  ),
  fault(
    'empty-secret-accepted',
    'An empty secret is taken for that of any client',
    ['client-auth/confidential-must-authenticate'],
    (right) => ({
      verifiesSecret: (facts) => facts.presented === '' || right.verifiesSecret(facts),
    }),
  ),
  fault(
    'empty-secret-basic',
    'Basic with an empty secret is taken for a public client',
    ['client-auth/confidential-must-authenticate'],
    (right) => ({
      verifiesSecret: (facts) =>
        (facts.presented === '' && facts.method === 'client_secret_basic') || right.verifiesSecret(facts),
    }),
  ),
];

const newClient = (id: string): Client => ({ id, redirectUris: [], role: 'whitelabel-customer' });
const alike = (clients: ReadonlyMap<string, Client>, isAlike: (known: string) => boolean): Client | undefined =>
  [...clients.values()].find((client) => isAlike(client.id));

const identities: readonly Fault[] = [
  fault(
    'unknown-client-accepted',
    'A sign-in by an unknown client id makes a public client of that name',
    ['client-auth/known-client'],
    (right) => ({
      findsClient: (clients, id, operation) =>
        right.findsClient(clients, id, operation) ?? (operation === 'authenticate' ? newClient(id) : undefined),
    }),
  ),
  {
    id: 'client-auth/unknown-client-revokes',
    title: 'An unknown client id revokes whatever token it presents',
    breaks: ['client-auth/known-client', 'revoke/client-authenticated'],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          findsClient: (clients, id, operation) =>
            policy.clientAuth.findsClient(clients, id, operation) ??
            (operation === 'revoke' ? newClient(id) : undefined),
        },
        revocation: {
          mayRevoke: (facts) => facts.client.redirectUris.length === 0 || policy.revocation.mayRevoke(facts),
        },
      }),
  },
  fault(
    'client-by-case',
    'Client ids are compared without regard to letter case',
    ['client-auth/known-client'],
    () => ({
      findsClient: (clients, id) => alike(clients, (known) => known.toLowerCase() === id.toLowerCase()),
    }),
  ),
  fault('client-by-prefix', 'A client is found by the beginning of its id', ['client-auth/known-client'], (right) => ({
    findsClient: (clients, id, operation) =>
      right.findsClient(clients, id, operation) ?? alike(clients, (known) => id.length > 3 && id.startsWith(known)),
  })),
  fault(
    'client-by-case-authenticate',
    'At sign-ins client ids are compared without regard to letter case',
    ['client-auth/known-client'],
    (right) => ({
      findsClient: (clients, id, operation) =>
        operation === 'authenticate'
          ? alike(clients, (known) => known.toLowerCase() === id.toLowerCase())
          : right.findsClient(clients, id, operation),
    }),
  ),
  fault(
    'contradiction-body-wins',
    'The client_id of the body names the client, whoever has authenticated',
    ['client-auth/no-contradiction', 'revoke/foreign-client'],
    () => ({
      refusesContradictingId: () => false,
      names: ({ basic, bodyId }) => bodyId ?? basic?.id,
      acceptsSecretOfPublicClient: () => true,
    }),
  ),
  fault(
    'id-optional',
    'A request that names no client counts as one of the public client',
    ['client-auth/id-required'],
    (right) => ({
      names: (presented, operation) => right.names(presented, operation) ?? 'wl-public',
    }),
  ),
  fault(
    'id-optional-authenticate',
    'A sign-in that names no client counts as one of the public client',
    ['client-auth/id-required'],
    (right) => ({
      names: (presented, operation) =>
        right.names(presented, operation) ?? (operation === 'authenticate' ? 'wl-public' : undefined),
    }),
  ),
  fault(
    'id-optional-token',
    'A /token request that names no client counts as one of the public client',
    ['client-auth/id-required'],
    (right) => ({
      names: (presented, operation) =>
        right.names(presented, operation) ?? (operation === 'token' ? 'wl-public' : undefined),
    }),
  ),
];

const faults: readonly Fault[] = [...secrets, ...confidential, ...identities];

export default faults;
