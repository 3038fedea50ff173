import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/syntax.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/code-characters (Every authorization code consists of visible ASCII characters): token/code-characters",
      "observer/bearer-token-syntax (Every access token can be written into an Authorization header): access-token/b64token",
    ]
  `);
});

describe('an authorization code that is exchanged', () => {
  const exchanged = (parameters: Record<string, string>, answer: Answer = {}, sent: Sent = {}) =>
    said(
      observer(observers, 'code-characters'),
      exchangeOf(answer, {
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: new URLSearchParams({ grant_type: 'authorization_code', ...parameters }).toString(),
        ...sent,
      }),
    );

  it('consists of visible ASCII characters', () => {
    expect(exchanged({ code: 'Splx lOBe~' })).toEqual([]);
    for (const code of ['codé', 'éode', 'co\tde', ''])
      expect(exchanged({ code })).toEqual([
        'token/code-characters: An authorization code that was exchanged has characters that are no visible ASCII.',
      ]);
  });
  it('is judged where it was taken', () => {
    expect(exchanged({ code: 'codé' }, { status: 400 })).toBeUndefined();
    expect(exchanged({ code: 'codé' }, {}, { operation: 'revoke' })).toBeUndefined();
    expect(exchanged({ code: 'codé', grant_type: 'refresh_token' })).toBeUndefined();
    expect(exchanged({})).toBeUndefined();
  });
});

describe('an access token', () => {
  const issued = (access_token: unknown, answer: Answer = {}, sent: Sent = {}) =>
    said(observer(observers, 'bearer-token-syntax'), exchangeOf({ body: { access_token }, ...answer }, sent));
  const told = (operation: string) => [
    `access-token/b64token: The access token of a granted ${operation} response has characters beside A-Z a-z 0-9 - . _ ~ + / and = at its end.`,
  ];

  it('can be written into an Authorization header', () => {
    expect(issued('a.b-c_d~e+f/g==')).toEqual([]);
    for (const value of ['1|abc', 'a b', 'a:b', 'a=b', '']) expect(issued(value)).toEqual(told('token'));
    expect(issued('a b', {}, { operation: 'authenticate' })).toEqual(told('authenticate'));
  });
  it('is judged where it is issued', () => {
    expect(issued(7)).toBeUndefined();
    expect(issued('', { body: '' })).toBeUndefined();
    expect(issued('a b', { status: 400 })).toBeUndefined();
    expect(issued('a b', {}, { method: 'PUT' })).toBeUndefined();
    expect(issued('a b', {}, { operation: 'probe' })).toBeUndefined();
  });
});
