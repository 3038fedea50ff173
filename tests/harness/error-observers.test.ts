import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/errors.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/oauth-error-object (Every refusal at /token and /revoke is an OAuth error object): errors/oauth-object errors/oauth-code errors/oauth-media-type errors/oauth-description errors/oauth-description-empty",
      "observer/error-text (Every refusal at /authenticate and /handoff/init says what is wrong): errors/text",
      "observer/no-internals (No response shows the inside of the server): errors/no-internals",
      "observer/no-secret-echo (No refusal repeats a secret): errors/no-secret-echo",
    ]
  `);
});

const judged = (name: string, answer: Answer, sent?: Sent, facts?: typeof config) =>
  said(observer(observers, name), exchangeOf({ status: 400, ...answer }, sent), facts);
const form: Sent = { headers: [['content-type', 'application/x-www-form-urlencoded']], body: '' };

describe('a refusal at /token and /revoke', () => {
  const json = [['content-type', 'application/json']] as const;
  const refused = (body: unknown, sent: Sent = form) => judged('oauth-error-object', { body, headers: json }, sent);
  const at = 'A 400 at token';

  it('is judged where the operation itself refuses a form', () => {
    for (const status of [400, 401, 403, 409, 422])
      expect(judged('oauth-error-object', { status }, form)).toBeDefined();
    for (const status of [200, 404, 405, 413, 415, 429, 500])
      expect(judged('oauth-error-object', { status }, form)).toBeUndefined();
    expect(refused('', { ...form, operation: 'revoke' })).toBeDefined();
    expect(refused('', { ...form, operation: 'handoffInit' })).toBeUndefined();
    expect(refused('', { ...form, method: 'GET' })).toBeUndefined();
    expect(refused('', {})).toBeUndefined();
  });
  it.each<[string, boolean]>([
    ['Application/X-WWW-Form-Urlencoded', true],
    ['application/x-www-form-urlencoded;charset=utf-8', true],
    ['application/x-www-form-urlencoded  ; a=b', true],
    ['application/x-www-form-urlencoded2', false],
    ['x-application/x-www-form-urlencoded', false],
    ['application/x-www-form-urlencoded x', false],
  ])('to a form, as %s says: %s', (type, isForm) => {
    expect(refused('', { headers: [['content-type', type]] }) !== undefined).toBe(isForm);
  });
  it('is an object with an error code', () => {
    for (const error of ['invalid_grant', 'a', 'urn:example:a-b', 'https://a.example/9', 'e2_x'])
      expect(refused({ error })).toEqual([]);
    expect(refused(['invalid_grant'])).toEqual([`errors/oauth-object: ${at} is not a JSON object.`]);
    for (const error of [undefined, 7, '', 'a"', '\u00e4', 'a\u00e4'])
      expect(refused({ error })).toEqual([`errors/oauth-object: ${at} has no error member of allowed characters.`]);
    for (const error of ['Bad Request', 'INVALID', 'a.', '.a', '!', 'a b'])
      expect(refused({ error })).toEqual([
        `errors/oauth-code: ${at} has the error "${error}", which is no error code.`,
      ]);
  });
  it('is labelled as JSON', () => {
    const body = { error: 'invalid_grant' };
    expect(judged('oauth-error-object', { body }, form)).toEqual([
      `errors/oauth-media-type: ${at} has the media type (none).`,
    ]);
    expect(judged('oauth-error-object', { body, headers: [['content-type', 'text/html']] }, form)).toEqual([
      `errors/oauth-media-type: ${at} has the media type text/html.`,
    ]);
  });
  it('has no error_description rather than an empty one', () => {
    expect(refused({ error: 'invalid_grant', error_description: '' })).toEqual([
      `errors/oauth-description-empty: ${at} has an empty error_description.`,
    ]);
  });
  it.each<['error_description' | 'error_uri', readonly unknown[], readonly unknown[]]>([
    ['error_description', [undefined, null, 'a b', ' !#[]~'], [7, {}, 'a"b', 'a\\', '\u00e4a', 'a\u00e4', 'a\nb']],
    ['error_uri', [undefined, null, '', 'https://a.example/#b', '!#[]~'], [7, {}, 'a"b', 'a\\', ' a', 'a ', '\u00e4']],
  ])('has an %s of allowed characters', (name, right, wrong) => {
    for (const value of right) expect(refused({ error: 'invalid_grant', [name]: value })).toEqual([]);
    for (const value of wrong)
      expect(refused({ error: 'invalid_grant', [name]: value })).toEqual([
        `errors/oauth-description: ${at} has an ${name} with characters that are not allowed.`,
      ]);
  });
});

describe('a refusal at /authenticate and /handoff/init', () => {
  const refused = (body: unknown, sent: Sent = {}, facts?: typeof config) =>
    judged('error-text', { body }, { operation: 'handoffInit', ...sent }, facts);
  const at = 'errors/text: A 400 at handoffInit';
  it('says what is wrong', () => {
    for (const name of ['error_description', 'message', 'error']) expect(refused({ [name]: 'x' })).toEqual([]);
    expect(refused({ message: [7, 'x'] })).toEqual([]);
    expect(refused({ error: '', message: 'x' })).toEqual([]);
    for (const body of [{}, { error: ' ' }, { message: [] }, { message: [''] }, { error: 7 }, { other: 'x' }])
      expect(refused(body)).toEqual([`${at} has no text in error_description, message, error.`]);
    expect(refused('x')).toEqual([`${at} is not a JSON object.`]);
  });
  it('says so where the configuration has it', () => {
    const facts = { ...config, errors: { textField: 'detail' } };
    expect(refused({ detail: 'x' }, {}, facts)).toEqual([]);
    expect(refused({ error: '' }, {}, facts)).toEqual([
      `${at} has no text in error_description, message, error, detail.`,
    ]);
  });
  it('is judged where the operation itself refuses', () => {
    expect(refused({}, { operation: 'authenticate' })).toHaveLength(1);
    expect(refused({}, { operation: 'scopes' })).toBeUndefined();
    expect(refused({}, { method: 'GET' })).toBeUndefined();
    expect(judged('error-text', { status: 404 }, { operation: 'handoffInit' })).toBeUndefined();
  });
});

describe('the inside of the server', () => {
  const js = 'a JavaScript stack trace';
  const paths = 'paths of the server';
  const database = 'an error of its database';
  const shown = (body: string) => judged('no-internals', { body });
  it.each([
    ['Error: x\n    at f (/app/x.js:1:23)', js],
    ['Error: x\n at x.js:10:2', js],
    ['{"stack":"x\\n  at f (x.js:10:23)"}', js],
    ['{"stack":"x\\n at x.ts:1:2"}', js],
    ['no<br>at f (x.mjs:10:23)', js],
    ['no<br />  at f (x.tsx:1:2)', js],
    ['no&nbsp;at f (x.jsx:1:2)', js],
    ['<pre> at f (x.cts:1:2)', js],
    ["app.rb:10:in `call'", 'a Ruby stack trace'],
    ["app.rb:1:in 'call'", 'a Ruby stack trace'],
    ['app.rb:1:in "call"', 'a Ruby stack trace'],
    ['java.lang.NullPointerException', 'an exception class of the server'],
    ['org.a1.b_2.SomeError', 'an exception class of the server'],
    ['Traceback (most recent call last)', 'a Python stack trace'],
    ['at a.b$c.D1(D_1$.java:12)', 'a Java stack trace'],
    ['at x(Y.kt:1)', 'a Java stack trace'],
    ['goroutine 17 [running]', 'a Go stack trace'],
    ['at A.B`1.<C>(String d) in C:/x.cs:line 12', 'a .NET stack trace'],
    ['#0 /x/y.php(12)', 'a PHP stack trace'],
    ['#12 index.php(1)', 'a PHP stack trace'],
    ['"node_modules/x', paths],
    ['/usr/lib/x', paths],
    ['in "/srv/my-app_1.2@3/index', paths],
    ["'/home/a/b/c.py'", paths],
    ['(/root/a/b', paths],
    ['"C:\\\\inetpub\\\\x"', paths],
    ['D:\\app-1\\x', paths],
    ['SQLSTATE', database],
    ['ORA-00942', database],
    ['syntax error at or near', database],
    ['connect ECONNREFUSED', database],
    ['Duplicate key value violates', database],
    ['MongoServerError', database],
    ['prismaclient', database],
  ])('is told: %s', (body, what) => {
    expect(shown(body)).toEqual([`errors/no-internals: A 400 at token shows ${what}.`]);
  });
  it.each([
    'Meet us at 10:30:00',
    'x\nat noon',
    'no at f (x.js:1:2)',
    'x.rb:in',
    'com.example.Thing',
    'Xjava.lang.Error2',
    'Error',
    'goroutine x [',
    'at x in y:line',
    'index.php',
    'my_node_modules/x',
    'https://a.example/usr/lib/x',
    '/usr/lib',
    '/users/a/b',
    'CSQLSTATES',
    'ORA-123',
  ])('is not seen in: %s', (body) => {
    expect(shown(body)).toEqual([]);
  });
  it('is looked for in every refusal but that of the keys', () => {
    const body = 'Traceback (most recent call last)';
    expect(judged('no-internals', { status: 399, body })).toBeUndefined();
    expect(judged('no-internals', { body }, { operation: 'jwks' })).toBeUndefined();
    expect(judged('no-internals', { body }, { operation: 'probe' })).toHaveLength(1);
  });
});

describe('a secret', () => {
  /** What is said of a refusal with that body to a request with that form, after these grants. */
  const repeated = (answer: Answer, body: string, granted: readonly Answer[] = []) => {
    const rule = observer(observers, 'no-secret-echo');
    for (const grant of granted) said(rule, exchangeOf(grant));
    return said(rule, exchangeOf({ status: 400, ...answer }, { ...form, body }));
  };
  const told = (kind: string) => [`errors/no-secret-echo: A 400 at token repeats the ${kind} of the request.`];

  it('of the configuration is not repeated, in the body or in a header', () => {
    expect(repeated({ body: 'not tp-secret' }, 'client_secret=tp-secret')).toEqual(told('client_secret'));
    expect(
      repeated(
        {
          headers: [
            ['x-a', 'b'],
            ['x-sent', 'tp-secret'],
          ],
        },
        'client_secret=tp-secret',
      ),
    ).toEqual(told('client_secret'));
    expect(repeated({ body: 'no' }, 'client_secret=tp-secret')).toEqual([]);
    expect(repeated({ headers: [['a', 'tp-']], body: 'secret' }, 'client_secret=tp-secret')).toEqual([]);
    expect(
      repeated(
        {
          headers: [
            ['a', 'tp-'],
            ['secret', 'b'],
          ],
        },
        'client_secret=tp-secret',
      ),
    ).toEqual([]);
  });
  it('of a client is not told where it was not sent, as a word of its own', () => {
    const tells = ['errors/no-secret-echo: A 400 at token tells the secret of a client.'];
    const answered = (body: string) => repeated({ body }, 'client_id=tp-confidential');
    for (const body of ['not tp-secret', 'tp-secret', 'not "wl-secret" or x', 'no-wl-secret, but wl-secret.'])
      expect(answered(body)).toEqual(tells);
    for (const body of ['no', 'atp-secret', 'tp-secrets', '-tp-secret-', 'not tp-secret_1'])
      expect(answered(body)).toEqual([]);
    expect(repeated({ headers: [['x-expected', 'tp-secret']] }, '')).toEqual(tells);
  });
  it('of a client may be named where it is so short that it may be a word', () => {
    const told = (secret: string) => {
      const { thirdParty, ...others } = config.clients;
      const facts = { ...config, clients: { ...others, thirdParty: { ...thirdParty, secret } } } as typeof config;
      return said(observer(observers, 'no-secret-echo'), exchangeOf({ status: 400, body: `not ${secret}` }), facts);
    };
    expect(told('security')).toHaveLength(1);
    expect(told('clients')).toEqual([]);
  });
  it('that the suite made up may be named', () => {
    expect(repeated({ body: 'not made-up-secret' }, 'client_secret=made-up-secret')).toEqual([]);
  });
  it('that the target issued is not repeated', () => {
    const sent = 'refresh_token=an-issued-token';
    for (const name of ['access_token', 'refresh_token']) {
      const body = { [name]: 'an-issued-token' };
      expect(repeated({ body: 'an-issued-token' }, sent, [{ body }])).toEqual(told('refresh_token'));
      expect(repeated({ body: 'an-issued-token' }, sent, [{ status: 400, body }])).toEqual([]);
    }
    expect(repeated({ body: 'an-issued-token' }, sent, [{ body: { other: 'an-issued-token' } }, { body: '' }])).toEqual(
      [],
    );
  });
  it('of one use is not repeated, whoever made it', () => {
    const verifier = 'v'.repeat(43);
    expect(repeated({ body: `no ${verifier}` }, `code_verifier=${verifier}`)).toEqual(told('code_verifier'));
    expect(repeated({ body: 'no 0xsignature' }, 'signature=0xsignature')).toEqual(told('signature'));
  });
  it('is looked for in refusals', () => {
    expect(repeated({ status: 399, body: 'tp-secret' }, 'client_secret=tp-secret')).toBeUndefined();
  });
  it('that is too short is none, however long it was on the wire', () => {
    const client = { id: 'a', redirectUri: 'https://a.example/', role: 'third-party' } as const;
    const echo = (secret: string) => {
      const escaped = [...secret].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
      const authorization = `Basic ${Buffer.from(`a:${escaped}`).toString('base64')}`;
      return said(
        observer(observers, 'no-secret-echo'),
        exchangeOf({ status: 400, body: secret }, { headers: [['authorization', authorization]] }),
        { ...config, clients: { public: client, thirdParty: { ...client, secret } } },
      );
    };
    expect(echo('secret')).toEqual(told('client_secret'));
    expect(echo('secre')).toEqual([]);
    const open = { ...config, clients: { public: undefined, confidential: client } } as unknown as typeof config;
    expect(said(observer(observers, 'no-secret-echo'), exchangeOf({ status: 400 }), open)).toEqual([]);
  });
});
