import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../generators/jwt.ts';
import observers from '../../harness/observers/jwt-members.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/access-token-jwt-members (Members of access tokens that are JWTs have the types and spellings that are registered): access-token/jwt-member-types access-token/jwt-names-unique access-token/jwt-critical-form access-token/jwt-type-spelling access-token/jwt-type-short access-token/jwt-no-content-type",
    ]
  `);
});

const header = { alg: 'RS256', kid: 'one', typ: 'at+jwt' };
const answered = (answer: Answer, sent: Sent = {}, facts = config) =>
  said(observer(observers, 'access-token-jwt-members'), exchangeOf(answer, sent), facts);
const granted = (own: unknown, claims: unknown): Answer => ({
  body: { access_token: `${encodeJson(own)}.${encodeJson(claims)}.AAAA` },
});
const told = (requirement: string, words: string) =>
  `access-token/${requirement}: The access token of a granted token response ${words}.`;

describe('the members of an access token', () => {
  it.each<[string, unknown, unknown]>([
    ['of the profile', header, { iss: 'https://auth.example', sub: 'user-1', aud: ['a', 'b'], jti: '1', exp: 1 }],
    ['few', { alg: 'RS256' }, { sid: 'x' }],
    ['an address with its chain', header, { sub: 'eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb' }],
    ['a host with a port, which is a URI', header, { iss: 'localhost:4010', aud: 'urn:example:api' }],
    ['an extension that must be understood', { ...header, b64: true, crit: ['b64'] }, {}],
    ['the type JWT', { ...header, typ: 'JWT' }, {}],
    ['a type whose prefix is needed', { ...header, typ: 'application/at+jwt;v=1/2' }, {}],
    ['a type of another name', { ...header, typ: 'x-application/at+jwt' }, {}],
  ])('are right: %s', (_, own, claims) => {
    expect(answered(granted(own, claims))).toEqual([]);
  });

  const uri = 'a string, and a URI where it has a colon';
  const audience = 'a string or an array of strings, each a URI where it has a colon';
  it.each<[string, unknown, string]>([
    ['iss', '127.0.0.1:4010', uri],
    ['iss', '1x:4010', uri],
    ['iss', 'https://auth.example/a b', uri],
    ['sub', 7, uri],
    ['aud', ['a', 1], audience],
    ['aud', 1, audience],
    ['jti', 1, 'a string'],
  ])('have the type of the claim: %s %j', (name, value, words) => {
    expect(answered(granted(header, { [name]: value }))).toEqual([
      told('jwt-member-types', `has a claim ${name} that is not ${words}`),
    ]);
  });
  it.each<[string, unknown]>([
    ['kid', 1],
    ['typ', ['application/at+jwt']],
  ])('have the type of the header parameter: %s %j', (name, value) => {
    expect(answered(granted({ ...header, [name]: value }, {}))).toEqual([
      told('jwt-member-types', `has a header parameter ${name} that is no string`),
    ]);
  });
  it('name no type of content, and less one that is no string', () => {
    const nested = told('jwt-no-content-type', 'has a cty, although it nests no other JWT');
    expect(answered(granted({ ...header, cty: 'JWT' }, {}))).toEqual([nested]);
    expect(answered(granted({ ...header, cty: 1 }, {}))).toEqual([
      told('jwt-member-types', 'has a header parameter cty that is no string'),
      nested,
    ]);
  });
  it.each<[unknown, string]>([
    ['b64', 'is no list of names, or an empty one'],
    [[], 'is no list of names, or an empty one'],
    [['b64', 7], 'holds what is no name, or a name twice'],
    [['b64', 'b64'], 'holds what is no name, or a name twice'],
    [['b64', 'kid'], 'lists kid, which is no extension'],
    [['b64', 'exp'], 'lists exp, which the header does not have'],
  ])('list extensions that are there: %j', (crit, words) => {
    expect(answered(granted({ ...header, b64: true, crit }, {}))).toEqual([
      told('jwt-critical-form', `has a header parameter crit that ${words}`),
    ]);
  });
  it.each('alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit'.split(' '))(
    'list no parameter of RFC 7515 as an extension: %s',
    (name) => {
      expect(answered(granted({ alg: 'RS256', crit: [name] }, {}))).toEqual([
        told('jwt-critical-form', `has a header parameter crit that lists ${name}, which is no extension`),
      ]);
    },
  );
  it('spell the type as it is registered', () => {
    expect(answered(granted({ ...header, typ: 'jwt' }, {}))).toEqual([
      told('jwt-type-spelling', 'has the typ jwt instead of JWT'),
    ]);
    expect(answered(granted({ ...header, typ: 'Application/at+jwt' }, {}))).toEqual([
      told('jwt-type-short', 'has the typ Application/at+jwt, with its prefix'),
    ]);
  });
  it('are there once, in the header and among the claims', () => {
    const part = (json: string) => Buffer.from(json).toString('base64url');
    const access_token = `${part('{"alg":"RS256","kid":"a","kid":"b"}')}.${part('{"sub":"a","sub":"b"}')}.AAAA`;
    expect(answered({ body: { access_token } })).toEqual([told('jwt-names-unique', 'has kid, sub more than once')]);
  });
});

describe('access tokens', () => {
  const wrong = granted(header, { sub: 7 });
  it('are judged where they are issued, by either operation', () => {
    expect(answered(wrong, { operation: 'authenticate' })).toEqual([
      told('jwt-member-types', 'has a claim sub that is not a string, and a URI where it has a colon').replace(
        'granted token',
        'granted authenticate',
      ),
    ]);
    expect(answered(wrong, { operation: 'revoke' })).toBeUndefined();
    expect(answered(wrong, { method: 'PUT' })).toBeUndefined();
    expect(answered({ ...wrong, status: 400 })).toBeUndefined();
  });
  it('are judged where they are JWTs, as the configuration says they are', () => {
    expect(answered({ body: { access_token: 'opaque' } })).toBeUndefined();
    expect(answered({ body: { access_token: 7 } })).toBeUndefined();
    expect(answered({ body: '' })).toBeUndefined();
    expect(
      answered(wrong, {}, { ...config, accessToken: { ...config.accessToken, format: 'opaque' } }),
    ).toBeUndefined();
  });
});
