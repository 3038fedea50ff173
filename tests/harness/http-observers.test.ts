import { describe, expect, it } from 'vitest';
import { basicCredentials } from '../../harness/client-cases.ts';
import observers from '../../harness/observers/http.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/no-server-error (No request makes the server fail): http/no-server-error",
      "observer/challenge-on-401 (Every 401 to an Authorization header carries a challenge): http/challenge-on-401",
      "observer/challenge-without-authorization (A 401 to a request without an Authorization header carries a challenge as well): http/challenge-without-authorization",
      "observer/allow-with-405 (Every 405 names the methods that are supported): http/allow-with-405",
      "observer/json (JSON is labelled as JSON, and what is labelled so is valid): http/content-type-json http/valid-json",
      "observer/content-type (Content that is no JSON has a media type): http/content-type-present",
      "observer/error-explained (Every 4xx has content that explains it): http/errors-explained",
      "observer/json-names (No member of a JSON object has the name of another): http/json-names-unique",
    ]
  `);
});

const judged = (name: string, answer: Answer, sent?: Sent) => said(observer(observers, name), exchangeOf(answer, sent));
const at = 'POST /api/v1/auth/token answered';
const scopes: Sent = { operation: 'scopes', method: 'GET' };

describe('rules of HTTP', () => {
  it.each<[string, Answer, Sent?]>([
    ['no-server-error', { status: 500 }],
    ['challenge-on-401', { status: 401 }, { headers: [['authorization', 'Basic x']] }],
    ['allow-with-405', { status: 405 }],
    ['json', { body: '{' }],
    ['content-type', { body: 'text' }],
    ['error-explained', { status: 404 }],
  ])('speak of the five operations and of nothing beside them: %s', (name, answer, sent) => {
    for (const operation of ['authenticate', 'token', 'revoke', 'handoffInit', 'scopes'] as const)
      expect(judged(name, answer, { ...sent, operation })).toBeDefined();
    for (const operation of ['probe', 'jwks', 'other'] as const)
      expect(judged(name, answer, { ...sent, operation })).toBeUndefined();
  });
  it('let no server fail', () => {
    expect(judged('no-server-error', { status: 500, body: { error: 'x' } })).toEqual([
      `http/no-server-error: ${at} 500 x.`,
    ]);
    expect(judged('no-server-error', { status: 400 })).toEqual([]);
  });
});

describe('content', () => {
  it('that is no JSON names its type', () => {
    expect(judged('content-type', { body: 'text' })).toEqual([
      `http/content-type-present: ${at} 200 with content that has no Content-Type.`,
    ]);
    expect(judged('content-type', { body: 'text', headers: [['Content-Type', 'text/plain']] })).toEqual([]);
    expect(judged('content-type', { body: { a: 1 } })).toBeUndefined();
    expect(judged('content-type', { body: '' })).toBeUndefined();
    expect(judged('content-type', { body: 'text' }, { method: 'HEAD' })).toBeUndefined();
  });
  it('explains every 4xx that is none of the parser', () => {
    for (const status of [400, 499])
      expect(judged('error-explained', { status })).toEqual([
        `http/errors-explained: ${at} ${status} without content.`,
      ]);
    expect(judged('error-explained', { status: 404, body: 'x' })).toEqual([]);
    for (const status of [399, 408, 414, 431, 500]) expect(judged('error-explained', { status })).toBeUndefined();
    expect(judged('error-explained', { status: 404 }, { method: 'HEAD' })).toBeUndefined();
  });
});

describe('a 401 to an Authorization header', () => {
  const challenged = (credentials: string, answer: Answer = {}, sent: Sent = {}) =>
    judged('challenge-on-401', { status: 401, ...answer }, { headers: [['authorization', credentials]], ...sent });
  const right = basicCredentials('wl-confidential', 'wl-secret');
  it('carries a challenge', () => {
    expect(challenged('Basic x')).toEqual([`http/challenge-on-401: ${at} 401 without WWW-Authenticate.`]);
    expect(challenged('Basic x', { headers: [['WWW-Authenticate', 'Basic']] })).toEqual([]);
  });
  it('is judged where it is one', () => {
    expect(challenged('Basic x', { status: 400 })).toBeUndefined();
    expect(judged('challenge-on-401', { status: 401 })).toBeUndefined();
  });
  it('is none of HTTP where a sign-in is refused whose client has proved who it is', () => {
    expect(challenged(right, {}, { operation: 'authenticate' })).toBeUndefined();
    expect(challenged(right)).toHaveLength(1);
    expect(challenged(basicCredentials('wl-confidential', 'x'), {}, { operation: 'authenticate' })).toHaveLength(1);
    expect(challenged(basicCredentials('wl-public', ''), {}, { operation: 'authenticate' })).toHaveLength(1);
  });
  it('is expected of /token and /revoke without such a header too', () => {
    const other = (answer: Answer, sent: Sent = {}) => judged('challenge-without-authorization', answer, sent);
    const rule = 'http/challenge-without-authorization';
    expect(other({ status: 401 })).toEqual([`${rule}: ${at} 401 without WWW-Authenticate.`]);
    expect(other({ status: 401 }, { operation: 'revoke' })).toHaveLength(1);
    expect(other({ status: 401, headers: [['WWW-Authenticate', 'Basic']] })).toEqual([]);
    expect(other({ status: 401 }, { headers: [['authorization', 'Basic x']] })).toBeUndefined();
    expect(other({ status: 400 })).toBeUndefined();
    expect(other({ status: 401 }, { operation: 'authenticate' })).toBeUndefined();
    expect(other({ status: 401 }, { operation: 'handoffInit' })).toBeUndefined();
  });
  it('is judged where the configuration leaves a client open', () => {
    const facts = {
      ...config,
      clients: { public: config.clients.public, thirdParty: undefined },
    } as unknown as typeof config;
    const exchange = exchangeOf({ status: 401 }, { operation: 'authenticate', headers: [['authorization', right]] });
    expect(said(observer(observers, 'challenge-on-401'), exchange, facts)).toHaveLength(1);
  });
});

describe('a 405', () => {
  const allowed = (allow: string | undefined, sent: Sent = { method: 'PUT' }) =>
    judged('allow-with-405', { status: 405, headers: allow === undefined ? [] : [['Allow', allow]] }, sent);
  it('names the methods that are supported', () => {
    expect(allowed(undefined)).toEqual(['http/allow-with-405: PUT /api/v1/auth/token answered 405 without Allow.']);
    expect(allowed('OPTIONS , POST')).toEqual([]);
    expect(allowed('GET, post')).toEqual([
      'http/allow-with-405: PUT /api/v1/auth/token answered 405 with Allow: GET, post, which lacks POST.',
    ]);
    expect(allowed('GET', { ...scopes, method: 'PUT' })).toEqual([]);
    expect(allowed('POST', { ...scopes, method: 'PUT' })).toHaveLength(1);
  });
  it('to the method of the operation is for other checks to judge', () => {
    expect(allowed('GET', { method: 'POST' })).toEqual([]);
    expect(judged('allow-with-405', { status: 404 })).toBeUndefined();
  });
});

describe('JSON', () => {
  const labelled = (type: string | undefined, body: unknown, sent?: Sent) =>
    judged('json', { headers: type === undefined ? [] : [['Content-Type', type]], body }, sent);
  const invalid = [`http/valid-json: ${at} 200 with a body that is not valid JSON.`];
  const unlabelled = (type: string) => [`http/content-type-json: ${at} 200 with JSON labelled ${type}.`];

  it('is valid where it is labelled so', () => {
    expect(labelled('application/json', '{"a":1}')).toEqual([]);
    expect(labelled('application/problem+json; charset=utf-8', '[]')).toEqual([]);
    expect(labelled('application/json', '{')).toEqual(invalid);
    expect(labelled('application/vnd.api+json', 'x')).toEqual(invalid);
    expect(labelled('application/json', '\ufeff{}')).toEqual(invalid);
  });
  it('is UTF-8, and begins with no byte order mark but with whatever it says', () => {
    const of = (...bytes: number[]) => {
      const exchange = exchangeOf({ headers: [['content-type', 'application/json']], body: 'x' });
      return said(
        observer(observers, 'json'),
        Object.assign(exchange, {
          response: { ...exchange.response, body: new Uint8Array(bytes) },
        }),
      );
    };
    expect(of(0x22, 0xe9, 0x22)).toEqual(invalid);
    expect(of(0x22, 0xc3, 0xa9, 0x22)).toEqual([]);
    expect(of(0xef, 0xbb, 0xbf, 0x31)).toEqual(invalid);
  });
  it('is labelled as JSON', () => {
    expect(labelled('text/html', '{"a":1}')).toEqual(unlabelled('text/html'));
    expect(labelled(undefined, ' [1]')).toEqual(unlabelled('(nothing)'));
    for (const type of ['application/json2', 'xapplication/json', 'text/json'])
      expect(labelled(type, '{}')).toEqual(unlabelled(type));
  });
  it('is what looks like it', () => {
    expect(labelled('text/html', '<p>{}')).toEqual([]);
    expect(labelled('text/plain', '7')).toEqual([]);
    expect(labelled('text/plain', '"{"')).toEqual([]);
    expect(labelled('text/plain', '{not JSON')).toEqual([]);
  });
  it('is looked for in bodies', () => {
    expect(labelled('application/json', '')).toBeUndefined();
    expect(labelled('application/json', '{', { method: 'HEAD' })).toBeUndefined();
  });
});

describe('the names of the members of an object', () => {
  const named = (body: string, status = 200, sent: Sent = {}) => judged('json-names', { status, body }, sent);
  it('differ, at any depth', () => {
    expect(named('{"a":1,"b":{"a":2}}')).toEqual([]);
    expect(named('{"a":1,"a":2,"b":[{"c":1,"c":2}]}')).toEqual([
      `http/json-names-unique: ${at} 200 with a, c more than once.`,
    ]);
    expect(named('[{"a":1,"a":2}]', 200, scopes)).toHaveLength(1);
  });
  it('are for another rule to judge where a token is granted', () => {
    expect(named('{"access_token":"t","a":1,"a":2}')).toBeUndefined();
    expect(named('{"access_token":7,"a":1,"a":2}')).toHaveLength(1);
    expect(named('{"access_token":"t","a":1,"a":2}', 400)).toHaveLength(1);
  });
  it('are those of JSON, at the five operations', () => {
    expect(named('a: 1, a: 2')).toBeUndefined();
    expect(named('{"a":1,"a":2}', 200, { operation: 'jwks' })).toBeUndefined();
  });
});
