import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/bearer-challenge.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/bearer-challenge (Every 401 at /handoff/init challenges with the scheme Bearer): access-token/challenge access-token/challenge-scheme",
      "observer/bearer-challenge-form (Bearer challenges name each attribute once and in allowed characters): access-token/challenge-attributes-once access-token/challenge-characters access-token/challenge-error-code",
      "observer/bearer-challenge-error (A challenge names an error exactly when a token was sent): access-token/challenge-error access-token/challenge-no-error-without-token",
      "observer/bearer-challenge-status (The error of a Bearer challenge and the status say the same): access-token/challenge-error-status",
    ]
  `);
});

const withToken: Sent = { headers: [['Authorization', 'Bearer abc-._~+/09==']] };
/** What a rule of that name says of a 401 at /handoff/init with these challenges. */
const judged = (name: string, challenges: readonly string[], sent: Sent = withToken, status = 401) =>
  said(
    observer(observers, name),
    exchangeOf(
      { status, headers: challenges.map((value) => ['WWW-Authenticate', value] as const) },
      { operation: 'handoffInit', url: 'http://127.0.0.1:4010/api/v1/auth/handoff/init', ...sent },
    ),
  );
const everyRule = ['bearer-challenge', 'bearer-challenge-form', 'bearer-challenge-error'] as const;

describe('a 401 at /handoff/init', () => {
  it('challenges with Bearer, alone or among others', () => {
    expect(judged('bearer-challenge', ['Bearer'])).toEqual([]);
    expect(judged('bearer-challenge', ['Basic realm="a"', 'bearer realm="b"'])).toEqual([]);
  });
  it('is told where it challenges with nothing, or with something else', () => {
    expect(judged('bearer-challenge', [])).toEqual([
      'access-token/challenge: A 401 at /handoff/init has no WWW-Authenticate header.',
    ]);
    expect(judged('bearer-challenge', ['Basic realm="a"', 'DPoP'])).toEqual([
      'access-token/challenge-scheme: A 401 at /handoff/init says WWW-Authenticate: Basic realm="a", DPoP, which has no Bearer challenge.',
    ]);
  });
  it.each(everyRule)('alone is what %s speaks of', (name) => {
    expect(judged(name, ['Bearer'])).toBeDefined();
    expect(judged(name, ['Bearer'], withToken, 403)).toBeUndefined();
    expect(judged(name, ['Bearer'], { ...withToken, method: 'GET' })).toBeUndefined();
    expect(judged(name, ['Bearer'], { ...withToken, operation: 'revoke' })).toBeUndefined();
  });
  it.each(['bearer-challenge-form', 'bearer-challenge-error'])('without a Bearer challenge is none for %s', (name) => {
    expect(judged(name, ['Basic realm="a"'])).toBeUndefined();
  });
});

describe('a Bearer challenge', () => {
  const form = (challenge: string) => judged('bearer-challenge-form', [challenge]);
  it('names each attribute once, in allowed characters', () => {
    expect(
      form('Bearer realm="a", error="invalid_token", error_description=" !#[]~", scope="a b", error_uri="u"'),
    ).toEqual([]);
    expect(form('Bearer x="1", x="2", error_description=""')).toEqual([]);
    expect(form('Bearer realm="\u00e4"')).toEqual([]);
    expect(judged('bearer-challenge-form', ['Bearer realm="a"', 'Bearer realm="b", realm="c"'])).toEqual([]);
  });
  it.each(['realm', 'scope', 'error', 'error_description', 'error_uri'])('that names %s twice is told', (name) => {
    expect(form(`Bearer ${name}="a", ${name}="a"`)).toEqual([
      `access-token/challenge-attributes-once: A Bearer challenge has the attribute ${name} twice.`,
    ]);
  });
  it.each(['error', 'error_description'])('whose %s has other characters is told', (name) => {
    for (const text of ['a\\"b', '\u00e4b', 'a\u00e4', 'a\\\\'])
      expect(form(`Bearer ${name}="${text}"`)).toEqual([
        `access-token/challenge-characters: The ${name} of a Bearer challenge has characters that are not allowed.`,
      ]);
    expect(form(`Bearer ${name}="a", ${name}="\u00e4"`)).toHaveLength(2);
  });
  it.each(['error_uri', 'scope'])('whose %s has a mark that it cannot have is told', (name) => {
    const text = name === 'scope' ? 'a\\"b' : 'https://a.example/a b';
    expect(form(`Bearer ${name}="${text}"`)).toEqual([
      `access-token/challenge-characters: The ${name} of a Bearer challenge has characters that are not allowed.`,
    ]);
  });
});

describe('a value of a challenge', () => {
  const form = (...challenges: readonly string[]) => judged('bearer-challenge-form', challenges);
  const told = (name: string) => [
    `access-token/challenge-characters: The ${name} of a challenge has white space and no quotation marks.`,
  ];
  it.each(['realm', 'scope', 'error', 'error_description', 'error_uri'])(
    'that has white space is between quotation marks: %s',
    (name) => {
      for (const value of ['the token', ' the  token expired', 'a = b c', 'x  y, charset=z'])
        expect(form(`Bearer ${name}=${value}`)).toContain(told(name)[0]);
      for (const value of [
        'token',
        '"the token" x y',
        '  "the token", charset=x',
        'token, Basic realm="the token"',
        'a b=c',
      ])
        expect(form(`Bearer ${name}=${value}`)).not.toContain(told(name)[0]);
    },
  );
  it('is judged by its own name', () => {
    expect(form('Bearer realms=the token')).toEqual([]);
  });
  it('is looked for in every line', () => {
    expect(form('Bearer realm="auth"', 'Bearer Error=invalid_token expired')).toEqual(told('Error'));
    expect(form('Bearer error=invalid_token', 'Negotiate YIIK')).toEqual([]);
  });
  it('is none where a quoted text speaks of one', () => {
    expect(form('Bearer error="insufficient_scope", error_description="ask for scope=read or write"')).toEqual([]);
    expect(form('Bearer error="invalid_token", error_description="a \\" mark, realm=a b c"')).toHaveLength(1);
  });
});

describe('the error of a challenge', () => {
  const named = 'Bearer error="invalid_token"';
  const url = 'http://127.0.0.1:4010/api/v1/auth/handoff/init';
  const missing = ['access-token/challenge-error: A 401 to a bearer token names no error in its challenge.'];
  const needless = [
    'access-token/challenge-no-error-without-token: A 401 to a request without any credentials names an error in its challenge.',
  ];
  const judgedError = (challenge: string, sent: Sent) => judged('bearer-challenge-error', [challenge], sent);

  it('is a code, registered or not', () => {
    for (const code of ['invalid_token', 'insufficient_user_authentication', 'urn:a--b:1', 'https://a.example/locked'])
      expect(judged('bearer-challenge-form', [`Bearer error="${code}"`])).toEqual([]);
    for (const text of ['The access token expired', 'Unauthorized', 'invalid_token expired', 'invalid_'])
      expect(judged('bearer-challenge-form', [`Bearer error="${text}"`])).toEqual([
        `access-token/challenge-error-code: A Bearer challenge has the error "${text}", which is no error code.`,
      ]);
  });
  it('is there where a token was sent', () => {
    expect(judgedError(named, withToken)).toEqual([]);
    expect(judgedError('Bearer', withToken)).toEqual(missing);
    expect(judgedError('Bearer error_description="expired"', withToken)).toEqual(missing);
  });
  it('is not there where nothing was sent', () => {
    expect(judgedError('Bearer realm="a"', {})).toEqual([]);
    expect(judgedError(named, {})).toEqual(needless);
    expect(judgedError('Bearer error_description="no token"', {})).toEqual(needless);
  });
  it.each<[string, Sent]>([
    ['in the query', { url: `${url}?access_token=t` }],
    ['in the body', { body: '{"access_token":"t"}' }],
    ['in a cookie', { headers: [['cookie', 'a=b']] }],
    ['of another scheme', { headers: [['authorization', 'Basic abc']] }],
    ['with a space inside', { headers: [['authorization', 'Bearer a b']] }],
    ['with a mark that tokens do not have', { headers: [['authorization', 'Bearer a!']] }],
    ['after another word', { headers: [['authorization', 'x Bearer a']] }],
    ['with the scheme alone', { headers: [['authorization', 'Bearer']] }],
    ['with padding inside', { headers: [['authorization', 'Bearer a=a']] }],
  ])('may be there or not where credentials came %s', (_, sent) => {
    expect(judgedError(named, sent)).toEqual([]);
    expect(judgedError('Bearer', sent)).toEqual([]);
  });
  it('is looked for with a token after several spaces, and in any letter case of the scheme', () => {
    expect(judgedError('Bearer', { headers: [['authorization', 'bearer  abc']] })).toEqual(missing);
    expect(judgedError('Bearer', { headers: [['authorization', 'BEARER abc=']] })).toEqual(missing);
  });
  it('is not called needless in a body that names no access token', () => {
    expect(judgedError('Bearer', { body: '{"intent":"connections"}' })).toEqual([]);
    expect(judgedError(named, { body: '{"intent":"connections"}' })).toEqual(needless);
  });
});

describe('the status beside the error of a challenge', () => {
  const beside = (status: number, ...challenges: string[]) =>
    judged('bearer-challenge-status', challenges, withToken, status);

  it.each([
    [400, 'invalid_request'],
    [401, 'invalid_token'],
    [403, 'insufficient_scope'],
  ])('%i goes with %s', (status, code) => {
    expect(beside(status, `Bearer realm="a", error="${code}"`)).toEqual([]);
    for (const other of [400, 401, 403].filter((one) => one !== status))
      expect(beside(other, `Bearer error=${code}`)).toEqual([
        `access-token/challenge-error-status: A ${other} at /handoff/init has the error ${code} in its challenge, which goes with ${status}.`,
      ]);
  });
  it('is not looked at where the code is of an extension, or missing, or of another scheme', () => {
    for (const challenge of ['Bearer error="constructor"', 'Bearer', 'DPoP error="invalid_request"', ''])
      expect(beside(401, challenge)).toBeUndefined();
  });
  it('is not looked at in other answers', () => {
    expect(beside(503, 'Bearer error="invalid_token"')).toBeUndefined();
    expect(
      judged('bearer-challenge-status', ['Bearer error="invalid_request"'], { operation: 'revoke' }),
    ).toBeUndefined();
    expect(judged('bearer-challenge-status', ['Bearer error="invalid_request"'], { method: 'GET' })).toBeUndefined();
  });
});
