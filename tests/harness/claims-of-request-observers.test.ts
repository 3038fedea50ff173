import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../generators/jwt.ts';
import { forwardedWord, ownWord } from '../../harness/claims-of-request.ts';
import observers from '../../harness/observers/claims-of-request.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/access-token-claims-own (No access token claims what only a parameter, member or header field of its request says): access-token/jwt-claims-own access-token/jwt-claims-not-forwarded",
    ]
  `);
});

describe('the claims of an access token', () => {
  const issued = (claims: object, sent: Sent = {}, status = 200) => {
    const access_token = `${encodeJson({ alg: 'RS256' })}.${encodeJson(claims)}.c`;
    return said(observer(observers, 'access-token-claims-own'), exchangeOf({ status, body: { access_token } }, sent));
  };
  const taken = (operation: string, names: string) => [
    `access-token/jwt-claims-own: The access token of a granted ${operation} response has ${names} from the request.`,
  ];

  it("are the server's own", () => {
    expect(issued({ sub: 'user-1', iss: 'https://auth.example.com' })).toEqual([]);
  });
  it('are told where they are from the request, whole, in part, deep or as a name', () => {
    expect(issued({ sub: ownWord, role: 'x' })).toEqual(taken('token', 'sub'));
    expect(issued({ iss: `https://${ownWord}/auth`, roles: ['x', ownWord] })).toEqual(taken('token', 'iss, roles'));
    expect(issued({ act: { sub: ownWord } }, { operation: 'authenticate' })).toEqual(taken('authenticate', 'act'));
    expect(issued({ [ownWord]: true })).toEqual(taken('token', ownWord));
  });
  it('are a hint where a header field may be the word of a proxy', () => {
    expect(issued({ iss: `https://${forwardedWord}` })).toEqual([
      'access-token/jwt-claims-not-forwarded: The access token of a granted token response has iss from the request.',
    ]);
  });
  it('are those of tokens that are issued', () => {
    expect(issued({ sub: ownWord }, {}, 400)).toBeUndefined();
    expect(issued({ sub: ownWord }, { operation: 'revoke' })).toBeUndefined();
    expect(issued({ sub: ownWord }, { method: 'GET' })).toBeUndefined();
  });
});
