/** Mistakes in reading forms: parameters from the URI, and revocations that are read wrongly (RFC 6749 3.2, RFC 7009 2.1). */

import { misreading } from '../form-mistakes.ts';
import { changed } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

/** The names and values of a form as they were sent. */
const split = (text: string): [name: string, value: string][] =>
  text.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);

const faults: readonly Fault[] = [
  {
    id: 'form/token-reads-query',
    title: 'POST /token takes parameters from the query as from the body, as servlets do',
    breaks: ['form/body-only'],
    change: (policy) => changed(policy, { requests: { readsQuery: (operation) => operation === 'token' } }),
  },
  {
    id: 'form/token-reads-code-from-query',
    title: 'POST /token takes the code from the query where the body has none',
    breaks: ['form/body-only'],
    change: (policy) =>
      changed(policy, { requests: { readsQuery: (operation, name) => operation === 'token' && name === 'code' } }),
  },
  {
    id: 'form/token-reads-refresh-token-from-query',
    title: 'POST /token takes the refresh token from the query where the body has none',
    breaks: ['form/body-only'],
    change: (policy) =>
      changed(policy, {
        requests: { readsQuery: (operation, name) => operation === 'token' && name === 'refresh_token' },
      }),
  },
  {
    id: 'form/revoke-reads-query',
    title: 'POST /revoke takes the token from the query',
    breaks: ['form/revoke-body-only'],
    change: (policy) =>
      changed(policy, { requests: { readsQuery: (operation, name) => operation === 'revoke' && name === 'token' } }),
  },
  {
    id: 'form/revoke-in-uri-refused-but-done',
    title: 'A revocation whose token is in the URI is refused after the token was revoked',
    breaks: ['form/revoke-body-only'],
    change: (policy) =>
      changed(policy, { requests: { readsQuery: (operation, name) => operation === 'revoke' && name === 'token' } }),
    transform: ({ operation, request }, response) =>
      operation === 'revoke' && response.ok && new URL(request.url).searchParams.has('token')
        ? Response.json({ error: 'invalid_request', error_description: 'token is required.' }, { status: 400 })
        : response,
  },
  {
    id: 'form/revoke-unknown-refused',
    title: 'A revocation with a parameter that the server does not know is refused',
    breaks: ['form/revoke-unknown-parameter'],
    change: (policy) =>
      changed(policy, {
        requests: {
          refusesUnknown: (operation, names) =>
            operation === 'revoke' && names.some((name) => name === 'x_unknown' || name === 'resource'),
        },
      }),
  },
  {
    id: 'form/revoke-unknown-answered-200',
    title: 'A revocation with an unknown parameter is answered with 200 and not carried out',
    breaks: ['form/revoke-unknown-parameter'],
    change: (policy) =>
      changed(policy, {
        requests: { refusesUnknown: (operation, names) => operation === 'revoke' && names.includes('x_unknown') },
      }),
    transform: async ({ operation, body }, response) =>
      operation === 'revoke' && response.status === 400 && (await body()).includes('x_unknown')
        ? new Response(null, { status: 200 })
        : response,
  },
  {
    id: 'form/revoke-first-twenty',
    title: 'Of a revocation the first twenty parameters are read',
    breaks: ['form/revoke-unknown-parameter'],
    change: (policy) => changed(policy, { requests: misreading(policy, 'revoke', (pairs) => pairs.slice(0, 20)) }),
  },
  {
    id: 'form/revoke-empty-secret',
    title: 'A revocation by a public client that sends an empty client_secret is refused',
    breaks: ['client-auth/none'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'revoke', (pairs) =>
          pairs.map(([name, value]) => [name, name === 'client_secret' && value === '' ? '-' : value]),
        ),
      }),
  },
  {
    id: 'form/revoke-without-token-answered-200',
    title: 'A revocation that names no token is answered with 200',
    breaks: ['form/revoke-malformed'],
    transform: async ({ operation, body }, response) =>
      operation === 'revoke' && response.status === 400 && !new URLSearchParams(await body()).has('token')
        ? new Response(null, { status: 200 })
        : response,
  },
  {
    id: 'form/revoke-names-in-any-case',
    title: 'Names of parameters are compared without regard to case at /revoke',
    breaks: ['form/revoke-malformed'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'revoke', (pairs) => pairs.map(([name, value]) => [name.toLowerCase(), value])),
      }),
  },
  {
    id: 'form/revoke-not-decoded',
    title: 'The form of a revocation is split and not decoded',
    breaks: ['form/revoke-equivalent-encodings'],
    change: (policy) => changed(policy, { requests: misreading(policy, 'revoke', (_pairs, text) => split(text)) }),
  },
  {
    id: 'form/revoke-names-not-decoded',
    title: 'The form of a revocation is decoded, but not its names',
    breaks: ['form/revoke-equivalent-encodings'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'revoke', (_pairs, text) =>
          split(text).map(([name, value]) => [name, decodeURIComponent(value)]),
        ),
      }),
  },
  {
    id: 'form/revoke-token-first',
    title: 'The token of a revocation is read only when it is the first parameter, and 200 answers the rest',
    breaks: ['form/revoke-equivalent-encodings', 'form/revoke-unknown-parameter'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'revoke', (pairs) =>
          pairs[0]?.[0] === 'token'
            ? pairs
            : pairs.map(([name, value]) => [name, name === 'token' ? `${value}?` : value]),
        ),
      }),
  },
  {
    id: 'form/revoke-media-type-exact',
    title: 'The media type of a revocation is compared letter for letter',
    breaks: ['form/revoke-media-type-parameters'],
    change: (policy) =>
      changed(policy, {
        requests: {
          isForm: (mediaType, operation) =>
            operation === 'revoke'
              ? mediaType === 'application/x-www-form-urlencoded'
              : policy.requests.isForm(mediaType, operation),
        },
      }),
  },
  {
    id: 'form/revoke-media-type-unread',
    title: 'A revocation with a charset is answered with 200 and not read',
    breaks: ['form/revoke-media-type-parameters'],
    change: (policy) =>
      changed(policy, {
        requests: {
          isForm: (mediaType, operation) =>
            operation === 'revoke'
              ? !(mediaType ?? '').includes(';') && policy.requests.isForm(mediaType, operation)
              : policy.requests.isForm(mediaType, operation),
        },
      }),
    transform: ({ operation, request }, response) =>
      operation === 'revoke' && (request.headers.get('content-type') ?? '').includes(';')
        ? rewritten(response, { status: 200, body: '' })
        : response,
  },
];

export default faults;
