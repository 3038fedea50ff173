import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { Exchange, type WireRequest } from '../../harness/exchange.ts';
import errorObservers from '../../harness/observers/errors.ts';
import httpObservers from '../../harness/observers/http.ts';
import { sensitiveValues } from '../../harness/redaction.ts';

const config = referenceConfig('http://127.0.0.1:4010');
const form = 'application/x-www-form-urlencoded';

interface Sent {
  readonly operation?: WireRequest['operation'];
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Requirements that the observers of refusals find broken in one exchange. */
function broken(answer: Answer, sent: Sent = {}): string[] {
  const operation = sent.operation ?? 'token';
  const isForm = operation === 'token' || operation === 'revoke';
  const request: WireRequest = {
    operation,
    method: sent.method ?? 'POST',
    url: 'http://127.0.0.1:4010/api/v1/auth/x',
    headers: sent.headers ?? [['content-type', isForm ? form : 'application/json']],
    body: Buffer.from(sent.body ?? ''),
    malformed: false,
  };
  const headers = Object.entries(answer.headers ?? { 'content-type': 'application/json' });
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? Buffer.from(''));
  const exchange = new Exchange(request, { status: answer.status ?? 400, headers, body }, 0, 0);
  const facts = { config, sensitive: sensitiveValues(exchange) };
  return [...errorObservers, ...httpObservers].flatMap((make) => {
    const observer = make();
    if (!observer.applies(exchange, facts)) return [];
    return observer.judge(exchange, facts).map(({ requirement }) => requirement ?? observer.verifies[0]);
  });
}

const error = (members: unknown): Answer => ({ body: JSON.stringify(members) });

describe('refusals that no document forbids', () => {
  it.each<[string, Answer, Sent?]>([
    ['a code alone', error({ error: 'invalid_grant' })],
    [
      'a null description and other members',
      error({ error: 'invalid_grant', error_description: null, status: 400, errors: [] }),
    ],
    ['an extension code', error({ error: 'use_dpop_nonce' })],
    ['an extension code that is a URI', error({ error: 'urn:example:error:locked' })],
    [
      'a charset',
      { ...error({ error: 'invalid_grant' }), headers: { 'content-type': 'application/json; charset=utf-8' } },
    ],
    ['a page of a gateway', { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' }],
    ['414 of the HTTP parser', { status: 414, headers: {}, body: '' }],
    ['a text whose type is named', { status: 413, headers: { 'content-type': 'text/plain' }, body: 'too large' }],
    ['415 for another label', { status: 415, body: '{}' }, { headers: [['content-type', 'text/plain']] }],
    [
      '405 with its methods',
      { status: 405, headers: { allow: 'OPTIONS, POST', 'content-type': 'text/plain' }, body: 'no' },
      { method: 'GET' },
    ],
    ['405 to HEAD', { status: 405, headers: { allow: 'POST' }, body: '' }, { method: 'HEAD' }],
    ['501 for another method', { status: 501, headers: {}, body: '' }, { method: 'GET' }],
    [
      'a framework body at /authenticate',
      error({ statusCode: 400, message: ['signature must be a string'], error: 'Bad Request' }),
      { operation: 'authenticate' },
    ],
    ['a sentence in error at /handoff/init', error({ error: 'The intent is unknown.' }), { operation: 'handoffInit' }],
    ['503 that asks to wait', { status: 503, headers: { 'retry-after': '1' }, body: '' }],
    ['429 of any form', { status: 429, headers: { 'content-type': 'text/plain' }, body: 'slow down' }],
    ['a time in a page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<p>at 12:30:45</p>' }],
    [
      'a redirect URI in the text',
      error({ error: 'invalid_grant', error_description: 'Not https://app.example.com/home/user/x' }),
    ],
    [
      'an empty 200',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '' },
      { operation: 'revoke' },
    ],
    [
      'an unknown token repeated',
      error({ error: 'invalid_grant', error_description: 'Unknown token no-such-token' }),
      { body: 'refresh_token=no-such-token' },
    ],
  ])('%s', (_, answer, sent) => {
    expect(broken(answer, sent)).toEqual([]);
  });
});

describe('refusals that a document forbids', () => {
  const authorization: readonly (readonly [string, string])[] = [
    ['content-type', form],
    ['authorization', `Basic ${Buffer.from('wl-confidential:wl-secret').toString('base64')}`],
  ];
  it.each<[string, string[], Answer, Sent?]>([
    ['no JSON', ['errors/oauth-object', 'http/valid-json'], { body: 'invalid_grant' }],
    ['an empty body', ['errors/oauth-object', 'http/errors-explained'], { body: '' }],
    ['413 without a body', ['http/errors-explained'], { status: 413, headers: {}, body: '' }],
    ['a text of no type', ['http/content-type-present'], { status: 413, headers: {}, body: 'too large' }],
    [
      'a text of an empty type',
      ['http/content-type-present'],
      { status: 413, headers: { 'content-type': ' ' }, body: 'too large' },
    ],
    ['a list', ['errors/oauth-object'], error([{ error: 'invalid_grant' }])],
    ['no code', ['errors/oauth-object'], error({ message: 'no' })],
    ['a code that is an object', ['errors/oauth-object'], error({ error: { code: 'invalid_grant' } })],
    ['the name of the status', ['errors/oauth-code'], error({ statusCode: 400, error: 'Bad Request', message: 'no' })],
    ['a code in capitals', ['errors/oauth-code'], error({ error: 'INVALID_GRANT' })],
    ['a code with a trailing dot', ['errors/oauth-code'], error({ error: 'invalid_grant.' })],
    [
      'quotes in the description',
      ['errors/oauth-description'],
      error({ error: 'invalid_grant', error_description: 'no "code"' }),
    ],
    [
      'a description of another type',
      ['errors/oauth-description'],
      error({ error: 'invalid_grant', error_description: ['x'] }),
    ],
    [
      'another media type',
      ['errors/oauth-media-type'],
      { ...error({ error: 'invalid_grant' }), headers: { 'content-type': 'application/problem+json' } },
    ],
    [
      'JSON labelled as a page',
      ['http/content-type-json'],
      { ...error({ message: 'no' }), headers: { 'content-type': 'text/html' } },
      { operation: 'authenticate' },
    ],
    ['no text at /authenticate', ['errors/text'], error({ code: 4001 }), { operation: 'authenticate' }],
    ['blank text at /handoff/init', ['errors/text'], error({ message: '  ' }), { operation: 'handoffInit' }],
    [
      'a stack trace',
      ['errors/no-internals'],
      error({ error: 'invalid_grant', stack: 'Error\n    at f (/app/x.js:1:2)' }),
    ],
    [
      'a stack trace in a page',
      ['errors/no-internals'],
      { status: 404, headers: { 'content-type': 'text/html' }, body: 'no<br> &nbsp;at f (file:///x.mjs:1:2)' },
    ],
    ['a path', ['errors/no-internals'], error({ error: 'invalid_grant', file: '/srv/auth/handler.py' })],
    [
      '401 without challenge to credentials in the body',
      ['http/challenge-without-authorization'],
      { ...error({ error: 'invalid_client' }), status: 401 },
    ],
    [
      '401 without challenge to Basic',
      ['http/challenge-on-401'],
      { ...error({ error: 'invalid_client' }), status: 401 },
      { headers: authorization },
    ],
    ['405 without its methods', ['http/allow-with-405'], { status: 405, body: '{}' }, { method: 'GET' }],
    [
      '405 that lacks the own method',
      ['http/allow-with-405'],
      { status: 405, headers: { allow: 'GET', 'content-type': 'application/json' }, body: '{}' },
      { method: 'PUT' },
    ],
    ['500', ['http/no-server-error'], { status: 500, headers: {}, body: '' }],
    ['501 for the own method', ['http/no-server-error'], { status: 501, headers: {}, body: '' }],
    ['503 without a word', ['http/no-server-error'], { status: 503, headers: {}, body: '' }],
    [
      'a byte order mark',
      ['http/valid-json'],
      { status: 200, body: '\ufeff[]' },
      { operation: 'scopes', method: 'GET' },
    ],
    [
      'JSON in Latin-1',
      ['http/valid-json'],
      { status: 200, body: Buffer.from('["\xe9"]', 'latin1') },
      { operation: 'scopes', method: 'GET' },
    ],
    [
      'a secret of the configuration',
      ['errors/no-secret-echo'],
      error({ error: 'invalid_client', error_description: 'Not tp-secret' }),
      { body: 'client_secret=tp-secret' },
    ],
    [
      'a verifier',
      ['errors/no-secret-echo'],
      error({ error: 'invalid_grant', received: 'v'.repeat(43) }),
      { body: `code_verifier=${'v'.repeat(43)}` },
    ],
  ])('%s', (_, requirements, answer, sent) => {
    expect(broken(answer, sent).sort()).toEqual([...requirements].sort());
  });
});
