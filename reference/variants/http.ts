/** Lawful ways to answer what is wrong with a request as HTTP sees it (RFC 9110, RFC 9112, RFC 8259). */

import type { ErrorOperation } from '../policy/errors.ts';
import { changed, type Policy } from '../policy/index.ts';
import { noAnswer, type ResponseTransformer, rewritten } from '../transform.ts';
import type { Variant } from './types.ts';

const isPost = (operation: ErrorOperation): boolean => operation !== 'scopes' && operation !== 'other';

/** Another answer to GET at the operations that are for POST. */
const onGet =
  (answer: () => Response): ResponseTransformer =>
  ({ operation, request }, response) =>
    isPost(operation) && (request.method === 'GET' || request.method === 'HEAD') ? answer() : response;

const wrongMethod = (status: number) => (policy: Policy) =>
  changed(policy, {
    errors: { wrongMethodStatus: () => status, allow: () => undefined },
  });

/** Bodies of the framework at the two operations whose errors are free. */
const frameworkBody =
  (list: boolean) =>
  (policy: Policy): Policy =>
    changed(policy, {
      errors: {
        body: (operation, code, text, statusCode) =>
          operation === 'token' || operation === 'revoke'
            ? policy.errors.body(operation, code, text, statusCode)
            : { statusCode, message: list ? [text] : text, ...(list ? { error: 'Bad Request' } : {}) },
      },
    });

const variants: readonly Variant[] = [
  {
    id: 'http/wrong-method-404',
    title: 'Other methods are not found',
    breaks: [],
    masks: ['http/allow-with-405', 'http/content-type-present', 'http/errors-explained'],
    change: wrongMethod(404),
  },
  {
    id: 'http/wrong-method-501',
    title: 'Other methods are not implemented',
    breaks: [],
    masks: ['http/allow-with-405', 'http/content-type-present', 'http/errors-explained'],
    change: wrongMethod(501),
  },
  {
    id: 'http/wrong-method-403',
    title: 'Other methods are forbidden',
    breaks: [],
    masks: ['http/allow-with-405', 'http/content-type-present', 'http/errors-explained'],
    change: wrongMethod(403),
  },
  {
    id: 'http/page-on-get',
    undoes: ['http/get-authenticate'],
    title: 'GET at any path answers 200 with the page of a single-page application',
    breaks: [],
    transform: onGet(
      () => new Response('<!doctype html><title>app</title>', { headers: { 'content-type': 'text/html' } }),
    ),
  },
  {
    id: 'http/hint-on-get',
    masks: ['http/no-get'],
    title: 'GET at the operations for POST answers 200 with a hint in JSON',
    breaks: [],
    transform: onGet(() => Response.json({ message: 'Send a POST request.' })),
  },
  {
    id: 'http/redirect-on-get',
    undoes: ['http/get-authenticate'],
    title: 'GET at the operations for POST redirects to the documentation',
    breaks: [],
    transform: onGet(() => new Response(null, { status: 302, headers: { location: 'https://docs.example.com/' } })),
  },
  {
    id: 'http/options-501',
    title: 'OPTIONS is not implemented',
    breaks: [],
    transform: ({ request }, response) =>
      request.method === 'OPTIONS' ? new Response(null, { status: 501 }) : response,
  },
  {
    id: 'http/any-label',
    title: 'Bodies are read whatever they are labelled as, a content coding included',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        requests: { isForm: () => true, isJson: () => true, refusesContentCoding: () => false },
      }),
  },
  {
    id: 'http/label-415-at-token',
    title: 'A form with another label is refused with 415 and a page',
    breaks: [],
    change: (policy) => changed(policy, { requests: { wrongMediaTypeStatus: () => 415 } }),
    transform: ({ operation }, response) =>
      operation !== 'other' && response.status === 415
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: '<h1>Unsupported Media Type</h1>' })
        : response,
  },
  {
    id: 'http/too-large-400',
    masks: ['http/no-server-error'],
    title: 'A body of more than a few kilobytes is refused with 400',
    breaks: [],
    change: (policy) => changed(policy, { requests: { tooLargeStatus: () => 400, bodyLimit: () => 8192 } }),
  },
  {
    id: 'http/too-large-closes',
    masks: ['http/no-server-error'],
    title: 'The connection is closed on a body that is too large',
    breaks: [],
    transform: ({ request }, response) =>
      Number(request.headers.get('content-length') ?? '0') > 300_000 ? noAnswer : response,
  },
  {
    id: 'http/any-depth',
    title: 'JSON of any depth is read',
    breaks: [],
    change: (policy) => changed(policy, { requests: { depthLimit: () => Number.POSITIVE_INFINITY } }),
  },
  {
    id: 'http/no-depth-beyond-thousands',
    title: 'JSON of thousands of levels ends in a stack overflow, and the next request is answered',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        requests: {
          depthLimit: () => Number.POSITIVE_INFINITY,
          parsesJson(text, operation) {
            if (text.includes('['.repeat(5000))) throw new RangeError('Maximum call stack size exceeded');
            return policy.requests.parsesJson(text, operation);
          },
        },
      }),
  },
  {
    id: 'http/lossy-decoding',
    title: 'Invalid UTF-8 and byte order marks are read as well as may be',
    breaks: [],
    change: (policy) => changed(policy, { requests: { decodes: (bytes) => new TextDecoder('utf-8').decode(bytes) } }),
  },
  {
    id: 'http/length-required',
    undoes: ['http/chunks-ignored-at-token', 'http/chunks-ignored-at-authenticate'],
    title: 'Bodies without Content-Length are refused with 411',
    breaks: [],
    transform: ({ operation, request }, response) =>
      operation !== 'other' && request.headers.has('transfer-encoding')
        ? new Response(null, { status: 411 })
        : response,
  },
  {
    id: 'http/connection-close',
    title: 'Every connection is closed after its answer',
    breaks: [],
    transform: (_, response) => rewritten(response, { headers: { connection: 'close' } }),
  },
  {
    id: 'http/header-names-in-capitals',
    title: 'Header names of answers are in capitals',
    breaks: [],
    serve: { headerName: (name) => name.toUpperCase() },
  },
  {
    id: 'http/media-type-with-charset',
    title: 'JSON is labelled with a charset, in capitals',
    breaks: [],
    transform: (_, response) =>
      response.headers.get('content-type')?.startsWith('application/json')
        ? rewritten(response, { headers: { 'content-type': 'application/JSON;charset=UTF-8' } })
        : response,
  },
  {
    id: 'http/more-headers',
    title: 'Answers carry cookies, validators and CORS headers',
    breaks: [],
    transform: (_, response) =>
      rewritten(response, {
        headers: {
          'set-cookie': 'affinity=1; Path=/; Secure; HttpOnly',
          'x-powered-by': 'Express',
          'access-control-allow-origin': '*',
          vary: 'Origin, Accept-Encoding',
          'strict-transport-security': 'max-age=31536000',
        },
      }),
  },
  {
    id: 'errors/framework-body',
    title: "Errors of /authenticate and /handoff/init are the framework's: statusCode and message",
    breaks: [],
    change: frameworkBody(false),
  },
  {
    id: 'errors/framework-body-with-list',
    undoes: ['errors/blank-text-at-handoff', 'errors/path-at-handoff'],
    title: "Errors of /authenticate and /handoff/init are the framework's: a list of messages",
    breaks: [],
    change: frameworkBody(true),
  },
  {
    id: 'errors/text-elsewhere',
    undoes: ['errors/no-text-at-authenticate'],
    title: 'The text of an error outside /token and /revoke has a name of its own, as the configuration says',
    breaks: [],
    config: { errors: { textField: 'reason' } },
    change: (policy) =>
      changed(policy, {
        errors: {
          body: (operation, code, text, status) =>
            operation === 'token' || operation === 'revoke'
              ? policy.errors.body(operation, code, text, status)
              : { reason: text, statusCode: status },
        },
      }),
  },
  {
    id: 'errors/code-alone',
    masks: [
      'errors/oauth-object',
      'errors/oauth-description',
      'errors/oauth-code',
      'errors/no-secret-echo',
      'errors/no-internals',
    ],
    title: 'Errors have no description',
    breaks: [],
    change: (policy) => changed(policy, { errors: { body: (_operation, error) => ({ error }) } }),
  },
  {
    id: 'errors/more-members',
    undoes: ['errors/error-is-an-object'],
    title: 'Errors have an error_uri, a status, a trace id and a description of null',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        errors: {
          body: (_operation, error, message, status) => ({
            error,
            error_description: null,
            error_uri: `https://docs.example.com/errors#${error}`,
            message,
            status,
            trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
            timestamp: '2026-01-01T00:00:00.000Z',
          }),
        },
      }),
  },
  {
    id: 'errors/cacheable',
    title: 'Errors say nothing about caching',
    breaks: [],
    change: (policy) => changed(policy, { errors: { headers: () => ({}) } }),
  },
];

export default variants;
