import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/basic-challenge.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/basic-refusal (Basic credentials that are refused with invalid_client are refused with 401 and a Basic challenge): client-auth/basic-401",
      "observer/basic-challenge (Basic challenges name their realm, and no charset but UTF-8): client-auth/basic-realm client-auth/basic-charset",
    ]
  `);
});

const basic = (text: string): string => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;

describe('Basic credentials that are refused', () => {
  /** Sends these credentials, beside these parameters. */
  const sending = (authorization: string, body = 'code=c'): Sent => ({
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['authorization', authorization],
    ],
    body,
  });
  const own = sending(basic('one:secret'));
  const refusal = (status: number, error: string, ...challenges: readonly string[]): Answer => ({
    status,
    headers: challenges.map((challenge) => ['WWW-Authenticate', challenge] as const),
    body: { error },
  });
  const unchallenged = refusal(400, 'invalid_client');
  const judged = (answer: Answer, sent: Sent = own) =>
    said(observer(observers, 'basic-refusal'), exchangeOf(answer, sent));
  const told = (words: string) => [`client-auth/basic-401: Basic credentials at ${words} Basic challenge.`];

  it('are refused with 401 and a Basic challenge, which may be one of several', () => {
    expect(judged(refusal(401, 'invalid_client', 'Basic realm="auth"'))).toEqual([]);
    expect(judged(refusal(401, 'invalid_client', 'Bearer realm="auth"', 'Basic realm="auth"'))).toEqual([]);
    expect(judged(unchallenged)).toEqual(told('token were refused with 400 invalid_client and no'));
    expect(judged(refusal(400, 'invalid_client', 'Basic realm="auth"'))).toEqual(
      told('token were refused with 400 invalid_client and a'),
    );
    expect(judged(refusal(401, 'invalid_client', 'Bearer'))).toEqual(
      told('token were refused with 401 invalid_client and no'),
    );
  });
  it('are judged at the two operations that take forms', () => {
    expect(judged(unchallenged, { ...own, operation: 'revoke' })).toEqual(
      told('revoke were refused with 400 invalid_client and no'),
    );
    expect(judged(unchallenged, { ...own, operation: 'authenticate' })).toBeUndefined();
    expect(judged(unchallenged, { ...own, method: 'PUT' })).toBeUndefined();
  });
  it('are not judged where the refusal is for another reason, or may be for credentials elsewhere', () => {
    expect(judged(refusal(400, 'invalid_request'))).toBeUndefined();
    expect(judged(unchallenged, sending(basic('one:secret'), 'client_secret=x'))).toBeUndefined();
    expect(judged(unchallenged, sending(basic('one:secret'), 'client_id=two'))).toBeUndefined();
    expect(judged(unchallenged, { ...own, url: 'http://127.0.0.1:4010/x?client_id=two' })).toBeUndefined();
  });
  it.each(['one', ':secret', 'o\u0000e:secret', 'one:sec\u0000ret', 'oné:secret', `${'a'.repeat(500)}:secret`])(
    'are not judged where few servers can read them: %j',
    (text) => {
      expect(judged(unchallenged, sending(basic(text)))).toBeUndefined();
    },
  );
  it('are read as RFC 7617 writes them', () => {
    const encoded = Buffer.from('one:secret').toString('base64');
    for (const authorization of [`basic ${encoded}`, `Basic   ${encoded}`, basic('one:'), basic('one:a:b')])
      expect(judged(unchallenged, sending(authorization))).toHaveLength(1);
    for (const authorization of [
      'Basic',
      'Basic !!!',
      `Bearer ${encoded}`,
      `X-Basic ${encoded}`,
      `Basic ${encoded}, x`,
    ])
      expect(judged(unchallenged, sending(authorization))).toBeUndefined();
    expect(judged(unchallenged, { body: 'code=c' })).toBeUndefined();
  });
});

describe('a Basic challenge', () => {
  const judged = (challenge: string, status = 401, sent: Sent = {}) =>
    said(
      observer(observers, 'basic-challenge'),
      exchangeOf({ status, headers: [['WWW-Authenticate', challenge]] }, sent),
    );
  const withoutRealm = 'client-auth/basic-realm: A 401 at token has a Basic challenge without realm.';
  const latin = 'client-auth/basic-charset: A 401 at token has a Basic challenge with the charset ISO-8859-1.';

  it('names its realm', () => {
    expect(judged('Basic realm="auth"')).toEqual([]);
    expect(judged('Basic')).toEqual([withoutRealm]);
    expect(judged('Basic charset="UTF-8"')).toEqual([withoutRealm]);
  });
  it('names no charset but UTF-8', () => {
    expect(judged('Basic realm="", charset="utf-8"')).toEqual([]);
    expect(judged('Basic realm="auth", charset="ISO-8859-1"')).toEqual([latin]);
    expect(judged('Basic charset="ISO-8859-1"')).toEqual([withoutRealm, latin]);
  });
  it('is judged beside challenges of other schemes, which are not', () => {
    expect(judged('Bearer, Basic realm=auth')).toEqual([]);
    expect(judged('Bearer, Basic')).toEqual([withoutRealm]);
    expect(judged('Bearer charset="ISO-8859-1"')).toBeUndefined();
  });
  it('is judged where it is one: in a 401 of the five operations', () => {
    expect(judged('Basic', 401, { operation: 'scopes', method: 'GET' })).toEqual([
      withoutRealm.replace('token', 'scopes'),
    ]);
    expect(judged('Basic', 401, { operation: 'probe' })).toBeUndefined();
    expect(judged('Basic', 403)).toBeUndefined();
  });
});
