/** Mistakes in client authentication at /token, /revoke and /authenticate (RFC 6749 2.3, RFC 7617). */

import type { Client } from '../model.ts';
import type { BasicCredentials, ClientAuthFacts, ClientOperation } from '../policy/client-auth.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

type ClientAuth = Policy['clientAuth'];

const fault = (
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

const methods = (
  id: string,
  title: string,
  requirement: string,
  applies: (operation: ClientOperation | undefined) => boolean,
): Fault =>
  fault(id, title, [requirement], (right) => ({
    refusesTwoMethods: (presented, operation) => !applies(operation) && right.refusesTwoMethods(presented, operation),
  }));

const base64Of = (header: string): string => header.trim().split(/ +/)[1] ?? '';

const forms: readonly Fault[] = [
  methods('two-methods', 'Basic and client_secret together are accepted', 'client-auth/one-method', () => true),
  methods(
    'two-methods-token',
    'At /token Basic and client_secret together are accepted',
    'client-auth/one-method',
    (operation) => operation === 'token',
  ),
  methods(
    'two-methods-revoke',
    'At /revoke Basic and client_secret together are accepted',
    'client-auth/one-method',
    (operation) => operation === 'revoke',
  ),
  methods(
    'two-methods-authenticate',
    'At /authenticate Basic and client_secret together are accepted',
    'client-auth/one-method',
    (operation) => operation === 'authenticate',
  ),
  fault('in-uri', 'Credentials are taken from the query', ['client-auth/not-in-uri'], () => ({
    readsCredentialsFromQuery: () => true,
  })),
  fault(
    'in-uri-authenticate',
    'At sign-ins credentials are taken from the query',
    ['client-auth/not-in-uri'],
    (right) => ({
      readsCredentialsFromQuery: (operation) =>
        operation === 'authenticate' || right.readsCredentialsFromQuery(operation),
    }),
  ),
  fault('in-uri-revoke', 'At /revoke credentials are taken from the query', ['client-auth/not-in-uri'], (right) => ({
    readsCredentialsFromQuery: (operation) => operation === 'revoke' || right.readsCredentialsFromQuery(operation),
  })),
  fault('scheme-case', 'Only "Basic" in this letter case is read', ['client-auth/scheme-case'], (right) => ({
    readsBasic: (header, operation) =>
      header === undefined || /^Basic /.test(header) ? right.readsBasic(header, operation) : 'malformed',
  })),
  fault(
    'scheme-case-authenticate',
    'At sign-ins only "Basic" in this letter case is read',
    ['client-auth/scheme-case'],
    (right) => ({
      readsBasic: (header, operation) =>
        operation !== 'authenticate' || header === undefined || /^Basic /.test(header)
          ? right.readsBasic(header, operation)
          : 'malformed',
    }),
  ),
  fault(
    'basic-without-base64',
    'Basic credentials are accepted without base64',
    ['client-auth/basic-malformed'],
    (right) => ({
      readsBasic: (header, operation) => {
        const [id, secret] = base64Of(header ?? '').split(':');
        return id !== undefined && secret !== undefined && header !== undefined
          ? ({ id, secret } satisfies BasicCredentials)
          : right.readsBasic(header, operation);
      },
    }),
  ),
  fault(
    'basic-swapped',
    'Basic credentials are accepted in the wrong order',
    ['client-auth/basic-malformed'],
    (right) => {
      const registered = new Map<string, Client>();
      return {
        findsClient: (clients, id, operation) => {
          for (const [name, client] of clients) registered.set(name, client);
          return right.findsClient(clients, id, operation);
        },
        readsBasic: (header, operation) => {
          const read = right.readsBasic(header, operation);
          return typeof read === 'object' && registered.has(read.secret) ? { id: read.secret, secret: read.id } : read;
        },
      };
    },
  ),
  fault(
    'other-scheme',
    'The scheme of the Authorization header is not looked at',
    ['client-auth/other-scheme'],
    (right) => ({
      refusesOtherScheme: () => false,
      readsBasic: (header, operation) =>
        right.readsBasic(header === undefined ? undefined : `Basic ${base64Of(header)}`, operation),
    }),
  ),
  fault(
    'bearer-for-secret',
    'A Bearer token stands for the secret of a client that names itself',
    ['client-auth/other-scheme'],
    (right) => {
      const bearerSeen = new Set<ClientOperation>();
      return {
        refusesOtherScheme: (header, operation) =>
          !/^bearer /i.test(header) && right.refusesOtherScheme(header, operation),
        mayGoUnauthenticated: (facts) => right.mayGoUnauthenticated(facts) || bearerSeen.has(facts.operation),
        readsBasic: (header, operation) => {
          if (operation !== undefined) {
            if (/^bearer /i.test(header ?? '')) bearerSeen.add(operation);
            else bearerSeen.delete(operation);
          }
          return right.readsBasic(header, operation);
        },
      };
    },
  ),
  fault('basic-not-offered', 'Credentials in the Authorization header are not read', ['client-auth/basic'], () => ({
    readsBasic: () => undefined,
    refusesOtherScheme: () => false,
  })),
  fault('post-not-offered', 'Credentials in the body are not accepted', ['client-auth/post'], () => ({
    allowsMethod: ({ method }) => method !== 'client_secret_post',
  })),
  fault('public-not-offered', 'Public clients are refused', ['client-auth/none'], () => ({
    mayGoUnauthenticated: () => false,
  })),
  fault('basic-400', 'Failed Basic authentication is answered with 400', ['client-auth/basic-401'], () => ({
    refusalStatus: () => 400,
  })),
  fault('basic-403', 'Failed Basic authentication is answered with 403', ['client-auth/basic-401'], () => ({
    refusalStatus: () => 403,
  })),
  fault(
    'challenge-bearer',
    'Failed Basic authentication is answered with a Bearer challenge',
    ['client-auth/basic-401'],
    () => ({
      challenge: () => 'Bearer realm="auth"',
    }),
  ),
  fault(
    'challenge-missing-revoke',
    'At /revoke a failed Basic authentication has no challenge',
    ['client-auth/basic-401'],
    (right) => ({
      challenge: (used, operation) => (operation === 'revoke' ? undefined : right.challenge(used, operation)),
    }),
  ),
  {
    id: 'client-auth/id-optional-revoke',
    title: 'A revocation that names no client is answered with 200',
    breaks: ['client-auth/id-required', 'revoke/client-authenticated'],
    transform: async ({ operation, body, request }, response) =>
      operation === 'revoke' &&
      response.status === 401 &&
      request.headers.get('authorization') === null &&
      !new URLSearchParams(await body()).has('client_id')
        ? rewritten(response, { status: 200, body: '' })
        : response,
  },
];
/** The user-id and password of a Basic header as they were sent, before escapes are read; '' where there are none. */
const basicPair = (header: string | undefined): string =>
  Buffer.from((header ?? '').replace(/^basic +/i, ''), 'base64').toString('utf8');

const escapes: readonly Fault[] = [
  fault(
    'basic-capital-escapes',
    'Escapes with small letters in Basic credentials stay as they are',
    ['client-auth/basic'],
    (right) => ({
      readsBasic: (header, operation) => {
        const pair = basicPair(header).replace(/%(?=[a-f]|[0-9][a-f])/g, '%25');
        return /^basic /i.test(header ?? '')
          ? right.readsBasic(`Basic ${Buffer.from(pair).toString('base64')}`, operation)
          : right.readsBasic(header, operation);
      },
    }),
  ),
  fault(
    'basic-broken-escape-500',
    'A broken escape in Basic credentials ends in an error that nobody catches',
    ['http/no-server-error'],
    (right) => ({
      readsBasic: (header, operation) => {
        if (/^basic /i.test(header ?? '') && /%(?![0-9A-Fa-f]{2})/.test(basicPair(header)))
          throw new URIError('URI malformed');
        return right.readsBasic(header, operation);
      },
    }),
  ),
];

const faults: readonly Fault[] = [...secrets, ...confidential, ...identities, ...forms, ...escapes];

export default faults;
