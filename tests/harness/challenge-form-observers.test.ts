import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/challenge-form.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/challenge-parameters (No parameter of a challenge is there twice): http/challenge-parameters-once",
      "observer/challenge-separators (The parameters of a challenge have commas between them): http/challenge-parameters-separated",
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

describe('between the parameters of a challenge', () => {
  const separators = (...lines: readonly string[]) => judged('challenge-separators', lines);
  it.each(['Basic realm="a"  charset="UTF-8"', 'Bearer error=x\trealm="a"', 'Basic realm="a", x="b" charset = UTF-8'])(
    'there is a comma: %s',
    (line) => {
      const [, name = ''] = /(\w+) ?=\S* ?\S*$/.exec(line) ?? [];
      expect(separators(line)).toEqual([
        `http/challenge-parameters-separated: A challenge at token has no comma before its parameter ${name}.`,
      ]);
    },
  );
  it('may be white space beside it, and none is missed inside of quoted strings or between challenges', () => {
    expect(separators('Bearer realm="a" , error = "b",scope="c d=e f=g"')).toEqual([]);
    expect(separators('Bearer realm="a", error="b"', 'Basic realm="c"')).toEqual([]);
    expect(separators('Bearer realm="\\" a=b c=d", error="b"')).toEqual([]);
  });
  it('is judged where there are several that can be read', () => {
    expect(separators('Basic realm="a"')).toBeUndefined();
    expect(separators('Bearer realm="a" error="b')).toBeUndefined();
    expect(separators('Bearer realm="a" error="b" scope="')).toEqual([]);
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
  for (const name of ['challenge-parameters', 'challenge-realm', 'challenge-separators']) {
    expect(judged(name, ['Basic realm=a, x=y'], { operation: 'scopes' })).toBeDefined();
    expect(judged(name, ['Basic realm=a'], { operation: 'jwks' })).toBeUndefined();
    expect(judged(name, [])).toBeUndefined();
  }
});
