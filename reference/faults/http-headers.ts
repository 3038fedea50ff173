/** Mistakes about headers, labels and encodings (RFC 9110, RFC 8259, RFC 9112). */

import { changed } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

const notAcceptable = (): Response =>
  Response.json({ error: 'not_acceptable', message: 'Send Accept: application/json.' }, { status: 406 });
const contentType = (request: Request): string => request.headers.get('content-type') ?? '';

const faults: readonly Fault[] = [
  {
    id: 'http/unknown-origin-500',
    title: 'An Origin that the filter of cross-origin requests does not know ends in an error that nobody catches',
    breaks: ['http/no-server-error'],
    transform: ({ operation, request }, response) =>
      operation !== 'other' && request.headers.has('origin')
        ? Response.json({ error: 'server_error', message: 'Not allowed by CORS' }, { status: 500 })
        : response,
  },
  {
    id: 'http/accept-required',
    title: 'Requests without Accept are refused with 406',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation !== 'other' && response.ok && !request.headers.has('accept') ? notAcceptable() : response,
  },
  {
    id: 'http/accept-exact-at-scopes',
    title: 'GET /scopes compares Accept with application/json letter for letter',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'scopes' && request.method === 'GET' && request.headers.get('accept') !== 'application/json'
        ? notAcceptable()
        : response,
  },
  {
    id: 'http/accept-any-refused-at-token',
    title: 'POST /token refuses Accept: */*',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'token' && response.ok && request.headers.get('accept') === '*/*' ? notAcceptable() : response,
  },
  {
    id: 'http/page-for-browsers',
    title: 'GET /scopes shows browsers a page instead of JSON',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'scopes' && (request.headers.get('accept') ?? '').startsWith('text/html')
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: '<ul><li>account</li></ul>' })
        : response,
  },
  {
    id: 'http/accept-refused-at-handoff',
    title: 'POST /handoff/init refuses an Accept with weights',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'handoff/init' && response.ok && (request.headers.get('accept') ?? '').includes(';q=')
        ? notAcceptable()
        : response,
  },
  {
    id: 'http/accept-refused-at-authenticate',
    title: 'POST /authenticate refuses requests without Accept',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'authenticate' && response.ok && !request.headers.has('accept') ? notAcceptable() : response,
  },
  {
    id: 'http/accept-refused-at-revoke',
    title: 'POST /revoke refuses requests without Accept',
    breaks: ['http/accept-ignored'],
    transform: ({ operation, request }, response) =>
      operation === 'revoke' && response.ok && !request.headers.has('accept') ? notAcceptable() : response,
  },
  {
    id: 'http/upper-case-headers-unread',
    title: 'Header names in capitals are not recognised',
    breaks: ['http/header-case'],
    serve: { readsHeader: (name) => name === 'HOST' || name !== name.toUpperCase() },
  },
  {
    id: 'http/headers-by-one-spelling',
    title: 'Only Authorization and authorization are recognised',
    breaks: ['http/header-case'],
    serve: { readsHeader: (name) => !/^authorization$/i.test(name) || /^[Aa]uthorization$/.test(name) },
  },
  {
    id: 'http/json-type-exact',
    title: 'The media type of JSON is compared letter for letter, so that a charset is refused',
    breaks: ['http/json-media-type'],
    change: (policy) => changed(policy, { requests: { isJson: (mediaType) => mediaType === 'application/json' } }),
  },
  {
    id: 'http/json-type-case-at-handoff',
    title: 'The media type of JSON is compared with regard to case at /handoff/init',
    breaks: ['http/json-media-type'],
    change: (policy) =>
      changed(policy, {
        requests: {
          isJson: (mediaType, operation) =>
            policy.requests.isJson(mediaType, operation) &&
            (operation !== 'handoff/init' || /^application\/json/.test(mediaType ?? '')),
        },
      }),
  },
  {
    id: 'http/text-unlabelled',
    title: 'Other methods at /handoff/init are answered with a text whose Content-Type is empty',
    breaks: ['http/content-type-present'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 405
        ? rewritten(response, { headers: { 'content-type': '' }, body: Buffer.from('Method Not Allowed') })
        : response,
  },
  {
    id: 'http/empty-errors',
    title: 'Other methods at /handoff/init are refused without a word',
    breaks: ['http/errors-explained'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 405
        ? rewritten(response, { headers: { 'content-type': undefined }, body: null })
        : response,
  },
  {
    id: 'http/errors-labelled-html',
    title: 'JSON errors of /authenticate are labelled text/html',
    breaks: ['http/content-type-json'],
    transform: ({ operation }, response) =>
      operation === 'authenticate' && response.status >= 400
        ? rewritten(response, { headers: { 'content-type': 'text/html; charset=utf-8' } })
        : response,
  },
  {
    id: 'http/scopes-labelled-text',
    title: 'The list of scopes is labelled text/plain',
    breaks: ['http/content-type-json', 'scopes/json'],
    transform: ({ operation }, response) =>
      operation === 'scopes' && response.ok
        ? rewritten(response, { headers: { 'content-type': 'text/plain' } })
        : response,
  },
  {
    id: 'http/handoff-unlabelled',
    title: 'The answer of /handoff/init has no Content-Type',
    breaks: ['http/content-type-json', 'handoff/json-response'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.ok
        ? rewritten(response, { headers: { 'content-type': undefined } })
        : response,
  },
  {
    id: 'http/byte-order-mark',
    title: 'JSON answers of /scopes begin with a byte order mark',
    breaks: ['http/valid-json'],
    transform: async ({ operation }, response) =>
      operation === 'scopes' && response.ok
        ? rewritten(response, { body: `\ufeff${await response.text()}` })
        : response,
  },
  {
    id: 'http/errors-in-latin-1',
    title: 'Errors of /handoff/init are encoded in Latin-1',
    breaks: ['http/valid-json'],
    transform: async ({ operation }, response) =>
      operation === 'handoff/init' && response.status >= 400
        ? rewritten(response, { body: Buffer.from('{"error":"invalid_request","message":"Ung\u00fcltig"}', 'latin1') })
        : response,
  },
  {
    id: 'http/json-with-comma',
    title: 'Errors of /revoke are written by hand, with a comma after the last member',
    breaks: ['http/valid-json', 'errors/oauth-object'],
    transform: async ({ operation }, response) =>
      operation === 'revoke' && response.status >= 400
        ? rewritten(response, { body: (await response.text()).replace(/\}$/, ',}') })
        : response,
  },
  {
    id: 'http/chunks-ignored-at-token',
    title: 'A form without Content-Length is read as empty at /token',
    breaks: ['http/chunked-request'],
    change: (policy) => changed(policy, { requests: { readsChunked: (operation) => operation !== 'token' } }),
  },
  {
    id: 'http/chunks-ignored-at-authenticate',
    title: 'A JSON body without Content-Length is read as empty at /authenticate',
    breaks: ['http/chunked-request'],
    change: (policy) => changed(policy, { requests: { readsChunked: (operation) => operation !== 'authenticate' } }),
  },
  {
    id: 'http/multipart-500',
    title: 'A multipart label without a boundary makes the body parser of /token throw',
    breaks: ['http/no-server-error'],
    transform: ({ operation, request }, response) =>
      operation === 'token' && contentType(request) === 'multipart/form-data'
        ? rewritten(response, { status: 500 })
        : response,
  },
  {
    id: 'http/unknown-charset-500',
    title: 'An unknown charset makes the decoder of /authenticate throw',
    breaks: ['http/no-server-error'],
    transform: ({ operation, request }, response) =>
      operation === 'authenticate' && contentType(request).includes('x-no-such')
        ? rewritten(response, { status: 500 })
        : response,
  },
  {
    id: 'http/no-media-type-500',
    title: 'A request without Content-Type makes /revoke fail',
    breaks: ['http/no-server-error'],
    transform: ({ operation, request }, response) =>
      operation === 'revoke' && request.method === 'POST' && contentType(request) === ''
        ? rewritten(response, { status: 500 })
        : response,
  },
  {
    id: 'http/bad-gzip-500',
    title: 'A body that is labelled gzip and is not makes /handoff/init fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          refusesContentCoding(coding, operation) {
            if (operation === 'handoff/init' && coding === 'gzip') throw new Error('incorrect header check');
            return policy.requests.refusesContentCoding(coding, operation);
          },
        },
      }),
  },
  {
    id: 'http/large-authorization-500',
    title: 'A long Authorization header makes /handoff/init fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          readsBearer(header) {
            if ((header?.length ?? 0) > 8192) throw new RangeError('buffer too small');
            return policy.accessToken.readsBearer(header);
          },
        },
      }),
  },
];

export default faults;
