import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../../harness/exchange.ts';
import observers from '../../harness/observers/token-response.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

const json: HeaderList = [['Content-Type', 'application/json']];
const pair = { access_token: 'at', token_type: 'Bearer', expires_in: 900, refresh_token: 'rt', scope: 'a b' };

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/token-response (Every token pair has the documented members in the documented types): token/response-json token/response-access-token token/response-token-type token/response-expires-in token/response-refresh-token token/response-refresh-expires-in token/response-scope token/response-distinct-tokens token/response-members-once",
      "observer/token-response-not-stored (Every token pair tells caches to keep nothing): token/response-no-store token/response-pragma",
      "observer/token-lifetime (Access tokens are short-lived): token/lifetime-short",
    ]
  `);
});

/** What a rule of that name says of one answer. */
const judged = (name: string, answer: Answer, sent?: Sent) =>
  said(observer(observers, name), exchangeOf({ headers: json, ...answer }, sent));
const granted = (members: Record<string, unknown>, sent?: Sent) =>
  judged('token-response', { body: { ...pair, ...members } }, sent);

describe('a token pair', () => {
  it.each<[string, Record<string, unknown>]>([
    ['with everything', { refresh_expires_in: 604800, other: [] }],
    ['of another letter case', { token_type: 'bearer' }],
    ['without what is optional', { refresh_token: undefined, refresh_expires_in: undefined, scope: undefined }],
    ['with null for what is optional', { refresh_token: null, refresh_expires_in: null, scope: null }],
    ['with an empty scope', { scope: '' }],
    ['with one scope', { scope: 'account' }],
    ['with part of a second', { refresh_expires_in: 0.5 }],
    ['with every visible character', { access_token: ' a~', refresh_token: ' b~', scope: '!# [] ^~' }],
  ])('%s is as it should be', (_, members) => {
    expect(granted(members)).toEqual([]);
  });
  it('is judged where it is granted, at both operations, and nowhere else', () => {
    expect(granted({}, { operation: 'authenticate' })).toEqual([]);
    expect(granted({}, { operation: 'revoke' })).toBeUndefined();
    expect(granted({}, { method: 'GET' })).toBeUndefined();
    expect(judged('token-response', { status: 400, body: pair })).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'no access token',
      { access_token: undefined },
      'access-token',
      'has an access_token that is absent, not visible ASCII text',
    ],
    [
      'an empty one',
      { access_token: '' },
      'access-token',
      'has an access_token that is a string, not visible ASCII text',
    ],
    ['a number for one', { access_token: 7 }, 'access-token', 'has an access_token that is 7, not visible ASCII text'],
    [
      'a line break in it',
      { access_token: 'a\nb' },
      'access-token',
      'has an access_token that is a string, not visible ASCII text',
    ],
    [
      'DEL at its end',
      { access_token: 'a\x7f' },
      'access-token',
      'has an access_token that is a string, not visible ASCII text',
    ],
    [
      'DEL at its start',
      { access_token: '\x7fa' },
      'access-token',
      'has an access_token that is a string, not visible ASCII text',
    ],
    ['no token type', { token_type: undefined }, 'token-type', 'has the token_type absent instead of Bearer'],
    ['another token type', { token_type: 'DPoP' }, 'token-type', 'has the token_type "DPoP" instead of Bearer'],
    ['a list for it', { token_type: ['Bearer'] }, 'token-type', 'has the token_type ["Bearer"] instead of Bearer'],
    [
      'no lifetime',
      { expires_in: undefined },
      'expires-in',
      'has an expires_in that is absent, not a positive whole number',
    ],
    [
      'a lifetime in a string',
      { expires_in: '900' },
      'expires-in',
      'has an expires_in that is a string, not a positive whole number',
    ],
    ['no time to live', { expires_in: 0 }, 'expires-in', 'has an expires_in that is 0, not a positive whole number'],
    [
      'part of a second',
      { expires_in: 0.5 },
      'expires-in',
      'has an expires_in that is 0.5, not a positive whole number',
    ],
    [
      'an empty refresh token',
      { refresh_token: '' },
      'refresh-token',
      'has a refresh_token that is a string, not visible ASCII text',
    ],
    [
      'an object for it',
      { refresh_token: {} },
      'refresh-token',
      'has a refresh_token that is {}, not visible ASCII text',
    ],
    [
      'a refresh lifetime of nothing',
      { refresh_expires_in: 0 },
      'refresh-expires-in',
      'has a refresh_expires_in that is 0, not a positive number',
    ],
    [
      'a refresh lifetime in a string',
      { refresh_expires_in: '9' },
      'refresh-expires-in',
      'has a refresh_expires_in that is a string, not a positive number',
    ],
    [
      'a list of scopes',
      { scope: ['a'] },
      'scope',
      'has a scope that is ["a"] and no list of scope names separated by single spaces',
    ],
    [
      'two spaces between',
      { scope: 'a  b' },
      'scope',
      'has a scope that is a string and no list of scope names separated by single spaces',
    ],
    [
      'a space at the end',
      { scope: 'a b ' },
      'scope',
      'has a scope that is a string and no list of scope names separated by single spaces',
    ],
    [
      'a space at the start',
      { scope: ' ab' },
      'scope',
      'has a scope that is a string and no list of scope names separated by single spaces',
    ],
    [
      'a quote in a scope',
      { scope: 'a"' },
      'scope',
      'has a scope that is a string and no list of scope names separated by single spaces',
    ],
    [
      'the same twice',
      { refresh_token: 'at' },
      'distinct-tokens',
      'has the same string as access_token and refresh_token',
    ],
  ])('with %s is told', (_, members, requirement, message) => {
    expect(granted(members)).toEqual([`token/response-${requirement}: A granted token response ${message}.`]);
  });
  it('without either token has not the same one twice', () => {
    for (const access_token of [undefined, null, 7])
      expect(granted({ access_token, refresh_token: access_token })).not.toContainEqual(
        expect.stringContaining('distinct-tokens'),
      );
  });
  it('with another status, media type or form is told', () => {
    const at = 'token/response-json: A granted authenticate response';
    const sent = { operation: 'authenticate' } as const;
    expect(judged('token-response', { status: 201, body: pair, headers: [] }, sent)).toEqual([
      `${at} has status 201 instead of 200.`,
      `${at} has the media type (none) instead of application/json.`,
    ]);
    expect(judged('token-response', { body: pair, headers: [['Content-Type', 'text/html']] }, sent)).toEqual([
      `${at} has the media type text/html instead of application/json.`,
    ]);
    expect(judged('token-response', { body: 'at' }, sent)).toEqual([`${at} is not a JSON object.`]);
  });
  it('with members that come twice is told, each once', () => {
    const text = JSON.stringify({ ...pair, scope: undefined });
    const body = `${text.slice(0, -1)},"scope":"a","scope":"a","scope":"a","expires_in":900}`;
    expect(judged('token-response', { body })).toEqual([
      'token/response-members-once: A granted token response has scope, expires_in more than once.',
    ]);
  });
});

describe('what caches are told', () => {
  const stored = (...headers: HeaderList) => judged('token-response-not-stored', { body: pair, headers });
  const pragma = ['Pragma', 'no-cache'] as const;
  it('is to keep nothing, whatever else', () => {
    expect(stored(['Cache-Control', 'no-store'], pragma)).toEqual([]);
    expect(stored(['Cache-Control', 'private , No-Store,max-age=0'], ['Pragma', 'x, NO-CACHE'])).toEqual([]);
    expect(stored(['Cache-Control', 'private'], ['Cache-Control', 'no-store'], pragma)).toEqual([]);
  });
  it('is told where it is something else', () => {
    const at = 'A granted token response';
    expect(stored()).toEqual([
      `token/response-no-store: ${at} says Cache-Control: (none) instead of no-store.`,
      `token/response-pragma: ${at} does not say Pragma: no-cache.`,
    ]);
    expect(stored(['Cache-Control', 'no-cache'], pragma)).toEqual([
      `token/response-no-store: ${at} says Cache-Control: no-cache instead of no-store.`,
    ]);
    expect(stored(['Cache-Control', 'no-store'], ['Pragma', 'xno-cachex'])).toEqual([
      `token/response-pragma: ${at} does not say Pragma: no-cache.`,
    ]);
  });
});

describe('the lifetime of an access token', () => {
  const lives = (expires_in: unknown) => judged('token-lifetime', { body: { ...pair, expires_in } });
  it('is an hour at most', () => {
    expect(lives(3600)).toEqual([]);
    expect(lives(3601)).toEqual([
      'token/lifetime-short: A granted token response says that its access token lives 3601 seconds, more than an hour.',
    ]);
  });
  it('is judged where it is a number in a granted response', () => {
    expect(lives('3601')).toBeUndefined();
    expect(judged('token-lifetime', { status: 400, body: { ...pair, expires_in: 3601 } })).toBeUndefined();
    expect(judged('token-lifetime', { body: '' })).toBeUndefined();
  });
});
