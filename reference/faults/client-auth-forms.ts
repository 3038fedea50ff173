/** Mistakes in reading client credentials: which methods are taken, and how the Basic scheme is read (RFC 6749 2.3.1, RFC 7617). */

import type { Client } from '../model.ts';
import type { BasicCredentials, ClientOperation } from '../policy/client-auth.ts';
import { rewritten } from '../transform.ts';
import { base64Of, fault } from './client-auth.ts';
import type { Fault } from './types.ts';

const methods = (
  id: string,
  title: string,
  requirement: string,
  applies: (operation: ClientOperation | undefined) => boolean,
): Fault =>
  fault(id, title, [requirement], (right) => ({
    refusesTwoMethods: (presented, operation) => !applies(operation) && right.refusesTwoMethods(presented, operation),
  }));

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
    'basic-not-decoded',
    'Escapes in Basic credentials stay as they are',
    ['client-auth/basic-form-decoded'],
    (right) => ({
      readsBasic: (header, operation) => {
        const pair = basicPair(header).replaceAll('%', '%25');
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

export default [...forms, ...escapes];
