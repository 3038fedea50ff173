import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/challenge-form.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/challenge-parameters (No parameter of a challenge is there twice): http/challenge-parameters-once",
      "observer/challenge-realm (The realm of a challenge is a quoted string): http/realm-quoted",
    ]
  `);
});

const judged = (name: string, lines: readonly string[], sent: Sent = {}) =>
  said(
    observer(observers, name),
    exchangeOf({ status: 401, headers: lines.map((line) => ['WWW-Authenticate', line] as const) }, sent),
  );

describe('the parameters of a challenge', () => {
  const parameters = (...lines: readonly string[]) => judged('challenge-parameters', lines);
  it('are there once', () => {
    expect(parameters('Basic realm="a", charset="UTF-8"')).toEqual([]);
    expect(parameters('Basic realm="a"', 'Bearer realm="b"')).toEqual([]);
    expect(parameters('Basic realm="a", Realm="b"')).toEqual([
      'http/challenge-parameters-once: A basic challenge at token has the parameter realm twice.',
    ]);
    expect(parameters('Bearer realm="a"', 'DPoP algs="ES256", algs="RS256"')).toEqual([
      'http/challenge-parameters-once: A dpop challenge at token has the parameter algs twice.',
    ]);
  });
  it.each(['realm', 'scope', 'error', 'error_description', 'error_uri'])(
    'are judged elsewhere where RFC 6750 says the same of them: %s',
    (name) => {
      expect(parameters(`Bearer ${name}="a", ${name}="b"`)).toEqual([]);
      expect(parameters(`Basic ${name}="a", ${name}="b"`)).toHaveLength(1);
    },
  );
  it('are judged in a Bearer challenge too, where RFC 6750 does not name them', () => {
    expect(parameters('Bearer x="a", x="b"')).toHaveLength(1);
  });
});

describe('the realm of a challenge', () => {
  const realm = (...lines: readonly string[]) => judged('challenge-realm', lines);
  const unquoted = ['http/realm-quoted: A challenge at token has a realm without quotation marks.'];
  it('is quoted', () => {
    expect(realm('Basic realm="auth"')).toEqual([]);
    expect(realm('Basic realm = ""')).toEqual([]);
    expect(realm('Bearer error=invalid_token, realm="a, realm=b \\" c"')).toEqual([]);
    expect(realm('Basic realm=auth')).toEqual(unquoted);
    expect(realm('Basic charset="UTF-8",realm = auth')).toEqual(unquoted);
    expect(realm('Bearer realm="auth"', 'Basic REALM=auth')).toEqual(unquoted);
    expect(realm('Bearer realm="a", charset=UTF-8', 'realm=b')).toEqual(unquoted);
    expect(realm('Bearer realm="a"', 'realm=b')).toEqual(unquoted);
  });
  it('is judged where there is one that can be read', () => {
    expect(realm('Bearer')).toBeUndefined();
    expect(realm('Basic charset=UTF-8')).toBeUndefined();
    expect(realm('Bearer realm=a, error="b", scope="')).toEqual([]);
  });
});

it('speak of the five operations', () => {
  for (const name of ['challenge-parameters', 'challenge-realm']) {
    expect(judged(name, ['Basic realm=a'], { operation: 'scopes' })).toBeDefined();
    expect(judged(name, ['Basic realm=a'], { operation: 'jwks' })).toBeUndefined();
    expect(judged(name, [])).toBeUndefined();
  }
});
