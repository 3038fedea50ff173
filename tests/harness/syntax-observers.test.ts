import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { encodeJson } from '../../generators/jwt.ts';
import { Exchange, type WireRequest } from '../../harness/exchange.ts';
import basicChallenge from '../../harness/observers/basic-challenge.ts';
import bearerChallenge from '../../harness/observers/bearer-challenge.ts';
import injection from '../../harness/observers/injection.ts';
import jwtMembers from '../../harness/observers/jwt-members.ts';
import methods from '../../harness/observers/methods.ts';
import refreshClaims from '../../harness/observers/refresh-claims.ts';
import refreshScope from '../../harness/observers/refresh-scope.ts';
import { variableBits } from '../../harness/observers/strength.ts';
import syntax from '../../harness/observers/syntax.ts';
import type { Observer, ObserverFactory } from '../../harness/observers.ts';

const config = referenceConfig('http://127.0.0.1:4010');

interface Wire {
  readonly operation?: WireRequest['operation'];
  readonly method?: string;
  readonly sent?: string;
  readonly authorization?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function exchangeOf(wire: Wire): Exchange {
  const { operation = 'token', method = 'POST', sent = '', status = 200, body, authorization } = wire;
  const headers: [string, string][] = [['content-type', 'application/x-www-form-urlencoded']];
  if (authorization !== undefined) headers.push(['authorization', authorization]);
  const request = {
    operation,
    method,
    url: 'http://127.0.0.1:4010/x',
    headers,
    body: Buffer.from(sent),
    malformed: false,
  };
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const response = {
    status,
    headers: Object.entries(wire.headers ?? { 'content-type': 'application/json' }),
    body: Buffer.from(text),
  };
  return new Exchange(request, response, 0, 0);
}

function judged(observers: readonly Observer[], wire: Wire): string[] {
  const exchange = exchangeOf(wire);
  const facts = { config, sensitive: [] };
  return observers.flatMap((observer) =>
    observer.applies(exchange, facts)
      ? observer.judge(exchange, facts).map(({ requirement }) => requirement ?? observer.verifies[0])
      : [],
  );
}

const fresh = (...factories: readonly (readonly ObserverFactory[])[]): Observer[] =>
  factories.flat().map((make) => make());
const broken = (factories: readonly ObserverFactory[], wire: Wire): string[] => judged(fresh(factories), wire);

const token = (header: unknown, claims: unknown): Wire => ({
  body: { access_token: `${encodeJson(header)}.${encodeJson(claims)}.AAAA`, token_type: 'Bearer' },
});
const header = { alg: 'RS256', kid: 'one', typ: 'at+jwt' };

describe('the members of an access token', () => {
  it.each<[string, unknown, unknown]>([
    ['of the profile', header, { iss: 'https://auth.example', sub: 'user-1', aud: ['a', 'b'], jti: '1', exp: 1 }],
    ['few', { alg: 'RS256' }, { sid: 'x' }],
    ['an address with its chain', header, { sub: 'eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb' }],
    ['a host with a port, which is a URI', header, { iss: 'localhost:4010', aud: 'urn:example:api' }],
    ['an extension that must be understood', { ...header, b64: true, crit: ['b64'] }, {}],
    ['the type JWT', { ...header, typ: 'JWT' }, {}],
    ['a type whose prefix is needed', { ...header, typ: 'application/at+jwt;v=1/2' }, {}],
  ])('are right: %s', (_, own, claims) => {
    expect(broken(jwtMembers, token(own, claims))).toEqual([]);
  });
  it.each<[string, string, unknown, unknown]>([
    ['jwt-member-types', 'a numeric account', header, { sub: 7 }],
    ['jwt-member-types', 'a colon in what is no URI', header, { iss: '127.0.0.1:4010' }],
    ['jwt-member-types', 'an audience with a number', header, { aud: ['a', 1] }],
    ['jwt-member-types', 'a numeric token id', header, { jti: 1 }],
    ['jwt-member-types', 'a numeric key id', { ...header, kid: 1 }, {}],
    ['jwt-critical-form', 'no extension', { ...header, crit: [] }, {}],
    ['jwt-critical-form', 'an extension that is not there', { ...header, crit: ['exp'] }, {}],
    ['jwt-critical-form', 'what is no extension', { ...header, crit: ['kid'] }, {}],
    ['jwt-critical-form', 'an extension twice', { ...header, b64: true, crit: ['b64', 'b64'] }, {}],
    ['jwt-type-spelling', 'the type jwt', { ...header, typ: 'jwt' }, {}],
    ['jwt-type-short', 'a type with its prefix', { ...header, typ: 'Application/at+jwt' }, {}],
    ['jwt-no-content-type', 'a content type', { ...header, cty: 'JWT' }, {}],
  ])('break %s: %s', (requirement, _, own, claims) => {
    expect(broken(jwtMembers, token(own, claims))).toEqual([`access-token/${requirement}`]);
  });
  it('are there once', () => {
    const payload = Buffer.from('{"sub":"a","sub":"b"}').toString('base64url');
    const wire = { body: { access_token: `${encodeJson(header)}.${payload}.AAAA` } };
    expect(broken(jwtMembers, wire)).toEqual(['access-token/jwt-names-unique']);
  });
});

describe('codes and bearer tokens', () => {
  const exchange = (code: string): Wire => ({
    sent: new URLSearchParams({ grant_type: 'authorization_code', code }).toString(),
    body: {},
  });
  it('consist of the characters that their grammar has', () => {
    expect(broken(syntax, exchange('SplxlOBeZQQYbYS6WxSbIA'))).toEqual([]);
    expect(broken(syntax, exchange('codé'))).toEqual(['token/code-characters']);
    expect(broken(syntax, { body: { access_token: 'a.b-c_d~e+f/g==' } })).toEqual([]);
    for (const value of ['1|abc', 'a b', 'a:b', 'a=b', ''])
      expect(broken(syntax, { body: { access_token: value } })).toEqual(['access-token/b64token']);
  });
});

const unauthorized = (operation: WireRequest['operation'], challenge: string, authorization?: string): Wire => ({
  operation,
  status: 401,
  headers: { 'content-type': 'application/json', 'www-authenticate': challenge },
  body: { error: 'invalid_client' },
  ...(authorization === undefined ? {} : { authorization }),
});

describe('Basic credentials that are refused', () => {
  const basic = `Basic ${Buffer.from('one:secret').toString('base64')}`;
  const refused = (status: number, error: string, challenge?: string, sent = 'code=c'): Wire => ({
    sent,
    status,
    authorization: basic,
    headers: {
      'content-type': 'application/json',
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    },
    body: { error },
  });
  it.each<[string, Wire, readonly string[]]>([
    ['with 401 and a challenge', refused(401, 'invalid_client', 'Basic realm="auth"'), []],
    ['for another reason', refused(400, 'invalid_request'), []],
    ['beside a secret in the body', refused(400, 'invalid_client', undefined, 'client_secret=x'), []],
    ['beside another client_id', refused(400, 'invalid_client', undefined, 'client_id=two'), []],
    ['with 400', refused(400, 'invalid_client'), ['client-auth/basic-401']],
    ['with a challenge of another scheme', refused(401, 'invalid_client', 'Bearer'), ['client-auth/basic-401']],
  ])('%s', (_, wire, expected) => {
    expect(broken(basicChallenge, wire)).toEqual(expected);
  });
  it('are not judged where they cannot be read', () => {
    const odd = ['one', 'o\u0000e:secret', 'oné:secret'].map((text) => `Basic ${Buffer.from(text).toString('base64')}`);
    for (const authorization of ['Basic', 'Basic !!!', 'Bearer x', ...odd])
      expect(broken(basicChallenge, { ...refused(400, 'invalid_client'), authorization })).toEqual([]);
  });
});

describe('a challenge', () => {
  it.each([
    ['Basic realm="auth"', []],
    ['Basic realm="", charset="utf-8"', []],
    ['Bearer realm="x", error="invalid_token"', []],
    ['Bearer, Basic realm=auth', []],
    ['Basic', ['client-auth/basic-realm']],
    ['Basic charset="UTF-8"', ['client-auth/basic-realm']],
    ['Basic realm="auth", charset="ISO-8859-1"', ['client-auth/basic-charset']],
  ])('of the scheme Basic: %s', (challenge, expected) => {
    expect(broken(basicChallenge, unauthorized('token', challenge))).toEqual(expected);
  });
  it.each([
    ['Bearer', []],
    ['Bearer realm="x", scope="openid profile", error="invalid_token", error_uri="https://a.example/x"', []],
    ['Bearer error="insufficient_user_authentication"', []],
    ['Bearer error="The access token expired"', ['access-token/challenge-error-code']],
    ['Bearer error="Unauthorized"', ['access-token/challenge-error-code']],
    ['Bearer error="invalid_token", error_uri="https://a.example/a b"', ['access-token/challenge-characters']],
    ['Bearer error="invalid_token", scope="a\\"b"', ['access-token/challenge-characters']],
  ])('of the scheme Bearer: %s', (challenge, expected) => {
    const found = broken(bearerChallenge, unauthorized('handoffInit', challenge, 'Bearer x'));
    expect(found.filter((requirement) => requirement !== 'access-token/challenge-error')).toEqual(expected);
  });
});

describe('a method that an operation does not have', () => {
  const other = (method: string, status: number, headers: Record<string, string> = {}): Wire => ({
    method,
    status,
    headers,
  });
  it.each([
    [405, []],
    [501, []],
    [401, []],
    [403, []],
    [404, []], // a router that tells routes apart by method knows none for this one
    [400, ['http/method-status']],
    [200, ['http/method-status']],
  ])('is answered with %i', (status, expected) => {
    expect(broken(methods, other('PUT', status))).toEqual(expected);
  });
  it('is answered as the server likes where it is GET or HEAD', () => {
    for (const method of ['GET', 'HEAD']) expect(broken(methods, other(method, 200))).toEqual([]);
  });
  it('is named in the answer to OPTIONS', () => {
    expect(broken(methods, other('OPTIONS', 204, { allow: 'POST' }))).toEqual([]);
    expect(broken(methods, other('OPTIONS', 204, { 'access-control-allow-methods': 'POST' }))).toEqual([]);
    expect(broken(methods, other('OPTIONS', 404))).toEqual([]);
    expect(broken(methods, other('OPTIONS', 200))).toEqual(['http/options-allow']);
  });
});

describe('what a request brings with it', () => {
  const script = '<script>alert(1)</script>';
  const sent = new URLSearchParams({ client_id: script }).toString();
  const page = { 'content-type': 'text/html; charset=utf-8' };
  it('is not repeated in a page', () => {
    const wire: Wire = { sent, status: 401, headers: page, body: `<p>Unknown client ${script}</p>` };
    expect(broken(injection, wire)).toEqual(['http/input-sanitized']);
    expect(broken(injection, { ...wire, headers: {} })).toEqual(['http/input-sanitized']);
    const basic = `Basic ${Buffer.from(`${encodeURIComponent(script)}:x`).toString('base64')}`;
    expect(broken(injection, { ...wire, sent: '', authorization: basic })).toEqual(['http/input-sanitized']);
  });
  it('may be repeated escaped, or in JSON', () => {
    const escaped = '<p>Unknown client &lt;script&gt;alert(1)&lt;/script&gt;</p>';
    expect(broken(injection, { sent, status: 401, headers: page, body: escaped })).toEqual([]);
    expect(broken(injection, { sent, status: 401, body: { error_description: script } })).toEqual([]);
    expect(broken(injection, { sent: '', headers: page, body: `<p>${script}</p>` })).toEqual([]);
  });
  it('writes no header', () => {
    const injected = new URLSearchParams({ token: 'x\r\nx-injected: 1' }).toString();
    const wire: Wire = { operation: 'revoke', sent: injected, body: {} };
    expect(broken(injection, wire)).toEqual([]);
    expect(broken(injection, { ...wire, headers: { 'x-injected': '1' } })).toEqual(['http/input-sanitized']);
  });
});

describe('a refresh that names no scope', () => {
  const begun = (scope?: string): Wire => ({
    sent: 'grant_type=authorization_code&code=c',
    body: { access_token: 'a', refresh_token: 'r1', ...(scope === undefined ? {} : { scope }) },
  });
  const refresh = (used: string, next: string, scope: string | undefined, asked = ''): Wire => ({
    sent: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: used, scope: asked }).toString(),
    body: { access_token: 'a', refresh_token: next, scope },
  });
  /** The same with a token that claims this scope. */
  const claiming = (wire: Wire, scope: string): Wire => ({
    ...wire,
    body: { ...(wire.body as object), access_token: `${encodeJson({})}.${encodeJson({ scope })}.c` },
  });
  const beyond = ['refresh/scope-omitted'];
  it.each<[string, readonly Wire[], readonly string[]]>([
    ['keeps the scope', [begun('a b'), refresh('r1', 'r2', 'b a')], []],
    ['may give less and say so', [begun('a b'), refresh('r1', 'r2', 'a')], []],
    [
      'does not give less without a word',
      [claiming(begun('a b'), 'a b'), claiming(refresh('r1', 'r2', undefined), 'a')],
      beyond,
    ],
    ['may leave out what is for the first grant', [begun('openid a'), refresh('r1', 'r2', 'a')], []],
    [
      'gives all again after one for less',
      [begun('a b'), refresh('r1', 'r2', 'a', 'a'), refresh('r2', 'r3', 'a b')],
      [],
    ],
    ['says nothing where the first response named no scope', [begun(), refresh('r1', 'r2', 'a b')], []],
    ['is not meant where a scope was asked for', [begun('a'), refresh('r1', 'r2', 'a b', 'a b')], []],
    ['does not give more', [begun('a'), refresh('r1', 'r2', 'a b')], beyond],
    [
      'gives a token that claims as much',
      [claiming(begun('a b'), 'a b'), claiming(refresh('r1', 'r2', 'a b'), 'a')],
      beyond,
    ],
    [
      'gives a token that claims as little',
      [claiming(begun('a b'), 'a'), claiming(refresh('r1', 'r2', 'a b'), 'a')],
      [],
    ],
    ['does not give more later', [begun('a'), refresh('r1', 'r2', 'a'), refresh('r2', 'r3', 'a b')], beyond],
  ])('%s', (_, wires, expected) => {
    const observers = fresh(refreshScope);
    expect(wires.flatMap((wire) => judged(observers, wire))).toEqual(expected);
  });
});

describe('the token of a refresh', () => {
  const token = (claims: object): string => `${encodeJson({ alg: 'RS256' })}.${encodeJson(claims)}.c`;
  const begun = (claims: object): Wire => ({
    sent: 'grant_type=authorization_code&code=c',
    body: { access_token: token(claims), refresh_token: 'r1' },
  });
  const refresh = (used: string, next: string, access_token: string): Wire => ({
    sent: `grant_type=refresh_token&refresh_token=${used}`,
    body: { access_token, refresh_token: next },
  });
  const endless = ['access-token/jwt-expiry-agrees'];
  it.each<[string, readonly Wire[], readonly string[]]>([
    ['has exp where the first had it', [begun({ exp: 1 }), refresh('r1', 'r2', token({ exp: 2 }))], []],
    ['does not lose it', [begun({ exp: 1 }), refresh('r1', 'r2', token({}))], endless],
    [
      'does not lose it later, and is judged each time',
      [begun({ exp: 1 }), refresh('r1', 'r2', token({})), refresh('r2', 'r3', token({}))],
      [...endless, ...endless],
    ],
    ['needs none where the first had none', [begun({}), refresh('r1', 'r2', token({}))], []],
    ['may be no JWT', [begun({ exp: 1 }), refresh('r1', 'r2', 'opaque')], []],
    ['is not that of another session', [begun({ exp: 1 }), refresh('r9', 'r2', token({}))], []],
    [
      'is not looked at where it was refused',
      [begun({ exp: 1 }), { ...refresh('r1', 'r2', token({})), status: 400 }],
      [],
    ],
  ])('%s', (_, wires, expected) => {
    const observers = fresh(refreshClaims);
    expect(wires.flatMap((wire) => judged(observers, wire))).toEqual(expected);
  });
});

it('128 random bits are told from 160 by eight values', () => {
  const values = (bytes: number): string[] =>
    Array.from({ length: 8 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url'));
  for (let round = 0; round < 200; round += 1) {
    expect(variableBits(values(16))).toBeLessThan(150);
    expect(variableBits(values(20))).toBeGreaterThanOrEqual(150);
  }
});
