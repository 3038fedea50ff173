import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/sign-in.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { concluded, config, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/redirected-sign-in (A sign-in that is redirected is redirected so that its body stays behind): authenticate/no-307 authenticate/redirect-303",
      "observer/refused-sign-in (A refused sign-in issues no token): authenticate/refusal-issues-nothing",
      "observer/session-id (Every granted sign-in names its session): authenticate/session-id",
      "observer/session-id-new (Every sign-in returns the session_id that it was given, or one of its own): session/new-without-id session/id-type session/id-exact",
      "observer/session-id-entropy (Session ids SHOULD be beyond counting): strength/session-id-entropy",
      "observer/siwe-nonce-entropy (Nonces of the server are beyond counting): strength/siwe-nonce-entropy",
    ]
  `);
});

const at: Sent = { operation: 'authenticate' };
const signIn = (answer: Answer, sent: Sent = {}) => exchangeOf(answer, { ...at, ...sent });
/** Sent JSON. */
const with_ = (members: unknown): Sent => ({ body: JSON.stringify(members) });

describe('a sign-in that is redirected', () => {
  const redirected = (answer: Answer, sent?: Sent) =>
    said(observer(observers, 'redirected-sign-in'), signIn(answer, sent));
  it('leaves its body behind', () => {
    expect(redirected({ status: 307 })).toEqual(['authenticate/no-307: A sign-in was redirected with 307.']);
    for (const status of [301, 302, 308])
      expect(redirected({ status })).toEqual([`authenticate/redirect-303: A sign-in was redirected with ${status}.`]);
    for (const status of [200, 303, 304, 400]) expect(redirected({ status })).toEqual([]);
  });
  it('is judged where it is one', () => {
    expect(redirected({ status: 307 }, { operation: 'token' })).toBeUndefined();
    expect(redirected({ status: 307 }, { method: 'GET' })).toBeUndefined();
  });
});

describe('a sign-in that is refused', () => {
  const refused = (answer: Answer, sent?: Sent) => said(observer(observers, 'refused-sign-in'), signIn(answer, sent));
  const told = (status: number, name: string) => [
    `authenticate/refusal-issues-nothing: A sign-in that was refused with ${status} returned ${name}.`,
  ];
  it('issues nothing', () => {
    expect(refused({ status: 400, body: { error: 'x', access_token: null } })).toEqual([]);
    expect(refused({ status: 401, body: '' })).toEqual([]);
    expect(refused({ status: 400, body: { access_token: '' } })).toEqual(told(400, 'access_token'));
    expect(refused({ status: 500, body: { refresh_token: 'rt' } })).toEqual(told(500, 'refresh_token'));
  });
  it('is none where it is granted or at another operation', () => {
    expect(refused({ status: 399, body: { access_token: 'at' } })).toBeUndefined();
    expect(refused({ status: 400, body: { access_token: 'at' } }, { operation: 'token' })).toBeUndefined();
  });
});

describe('a sign-in that is granted', () => {
  const named = (answer: Answer, sent?: Sent) => said(observer(observers, 'session-id'), signIn(answer, sent));
  it('names its session by a string', () => {
    expect(named({ body: { session_id: 's' } })).toEqual([]);
    for (const body of [{}, { session_id: '' }, { session_id: 7 }, ''])
      expect(named({ body })).toEqual([
        'authenticate/session-id: A granted sign-in has no session_id that is a string.',
      ]);
  });
  it('is judged where it is one', () => {
    expect(named({ body: {} }, { operation: 'token' })).toBeUndefined();
    expect(named({ body: {} }, { method: 'GET' })).toBeUndefined();
    expect(named({ status: 201, body: {} })).toBeUndefined();
  });
});

describe('the session_id of a sign-in', () => {
  /** What is said of the last of several sign-ins: each the id that it returned, and what it sent. */
  const run = (...signIns: readonly (readonly [returned: unknown, sent?: Sent])[]) => {
    const rule = observer(observers, 'session-id-new');
    return signIns.map(([session_id, sent]) => said(rule, signIn({ body: { session_id } }, sent))).at(-1);
  };
  it('is a new one where none was sent', () => {
    expect(run(['s', with_({ signature: '1' })], ['t', with_({ signature: '2' })])).toEqual([]);
    for (const session_id of [undefined, null, ''])
      expect(run(['s', with_({ signature: '1' })], ['s', with_({ signature: '2', session_id })])).toEqual([
        'session/new-without-id: A sign-in without session_id returned the session_id of an earlier session.',
      ]);
  });
  it('may come again for the same message, which may be the same sign-in', () => {
    expect(run(['s', with_({ signature: '1' })], ['s', with_({ signature: '1' })])).toEqual([]);
    expect(run(['s'], ['s'])).toEqual([]);
  });
  it('may be the one that was sent, whatever its letter case and the space around it', () => {
    const sent = { signature: '2', session_id: ' S ' };
    expect(run(['s', with_({ signature: '1' })], ['s', with_(sent)])).toEqual([]);
    expect(run(['S', with_({ signature: '1' })], ['S', with_({ ...sent, session_id: 's' })])).toEqual([]);
  });
  it('is not that of another session', () => {
    expect(run(['s', with_({ signature: '1' })], ['s', with_({ signature: '2', session_id: 't' })])).toEqual([
      'session/id-exact: A sign-in with one session_id returned that of another session.',
    ]);
    expect(run(['s', with_({ signature: '1' })], ['u', with_({ signature: '2', session_id: 't' })])).toEqual([]);
  });
  it('is judged where the sign-in is a form, too', () => {
    const form = (members: Record<string, string>): Sent => ({
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: new URLSearchParams(members).toString(),
    });
    const first = ['s', form({ signature: '1' })] as const;
    expect(run(first, ['s', form({ signature: '2' })])).toHaveLength(1);
    expect(run(first, ['s', form({ signature: '1' })])).toEqual([]);
    expect(run(first, ['s', form({ signature: '2', session_id: 's' })])).toEqual([]);
  });
  it('is not that of an earlier session where what was sent is no string', () => {
    expect(run(['s', with_({ signature: '1' })], ['s', with_({ signature: '2', session_id: ['s'] })])).toEqual([
      'session/id-type: A sign-in whose session_id is no string (["s"]) returned the session_id of an earlier session.',
    ]);
  });
  it('is read from a form as well', () => {
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const;
    const sent = (text: string) => ({ headers, body: text });
    const first = ['s', with_({ signature: '1' })] as const;
    expect(run(first, ['s', sent('session_id=s')])).toEqual([]);
    expect(run(first, ['s', sent('session_id=t')])).toEqual([expect.stringMatching(/^session\/id-exact: /)]);
  });
  it('is judged where there is one', () => {
    expect(run([''])).toBeUndefined();
    expect(run(['s', { operation: 'token' }])).toBeUndefined();
  });
});

describe('session ids of a run', () => {
  /** What is said of these ids in the end. */
  const run = (ids: readonly string[], sent?: Sent) => {
    const rule = observer(observers, 'session-id-entropy');
    const each = ids.map((session_id) => said(rule, signIn({ body: { session_id } }, sent)));
    return { each, concluded: concluded(rule) };
  };
  const counted = (count: number) => Array.from({ length: count }, (_, index) => `session-${index}`);
  /** Ids of which so many letters vary, each of which may be any of 36. */
  const varied = (letters: number) => [...'0123456z'].map((letter) => letter.repeat(letters));
  it('are nothing to judge below eight of them', () => {
    expect(run(counted(7)).concluded).toBeUndefined();
    expect(run([...counted(7), 'session-0']).concluded).toBeUndefined();
  });
  it('are told where they can be counted through', () => {
    expect(run(counted(8)).concluded).toEqual([
      'strength/session-id-entropy: 8 session ids of this run differ in 3 bits at most: they can be counted through.',
    ]);
    expect(run(varied(11)).concluded).toHaveLength(1);
  });
  it('are none to speak of where sixty bits of them vary', () => {
    expect(run(varied(12)).concluded).toEqual([]);
    expect(run([...'0123456f'].map((digit) => digit.repeat(15))).concluded).toEqual([]);
  });
  it('count where the server chose them', () => {
    expect(run(counted(8), with_({ session_id: 's' }))).toEqual({
      each: Array.from({ length: 8 }, () => undefined),
      concluded: undefined,
    });
    const rule = observer(observers, 'session-id-entropy');
    for (const session_id of counted(7)) said(rule, signIn({ body: { session_id } }));
    said(rule, signIn({ body: { session_id: 'session-7' } }, with_({ session_id: 'session-7' })));
    expect(concluded(rule)).toBeUndefined();
    expect(run(['s']).each).toEqual([[]]);
    expect(run(['']).each).toEqual([undefined]);
    expect(run(counted(8), { method: 'GET' }).concluded).toBeUndefined();
  });
});

describe('nonces of the server', () => {
  const siwe = {
    ...config.siwe,
    nonce: { source: 'http', url: 'http://127.0.0.1:4010/nonce', field: 'nonce' },
  } as const;
  const facts = { ...config, siwe };
  const text = (nonce: string) => `app.example.com wants you to sign in\n\nNonce: ${nonce}\nIssued At: x`;
  const judged = (sent: Sent, of: typeof config = facts, answer: Answer = {}) =>
    said(observer(observers, 'siwe-nonce-entropy'), signIn(answer, sent), of);
  const run = (nonces: readonly string[]) => {
    const rule = observer(observers, 'siwe-nonce-entropy');
    for (const nonce of nonces) said(rule, signIn({}, with_({ message: text(nonce) })), facts);
    return concluded(rule);
  };
  const counted = (count: number) => Array.from({ length: count }, (_, index) => `nonce-${index}`);
  /** Nonces in which so many hexadecimal digits vary. */
  const varied = (digits: number) => [...'0123456f'].map((digit) => digit.repeat(digits));

  it('are beyond counting: forty bits of them vary', () => {
    expect(run(counted(8))).toEqual([
      'strength/siwe-nonce-entropy: 8 nonces of the server differ in 3 bits at most: they can be counted through.',
    ]);
    expect(run(varied(9))).toHaveLength(1);
    expect(run(varied(10))).toEqual([]);
  });
  it('are nothing to judge below eight of them', () => {
    expect(run(counted(7))).toBeUndefined();
    expect(run([...counted(7), 'nonce-0'])).toBeUndefined();
  });
  it('are read from the message, however it travels', () => {
    const base64 = { ...facts, siwe: { ...siwe, messageEncoding: 'base64' } } as const;
    const inForm = { headers: [['content-type', 'application/x-www-form-urlencoded']] } as const;
    expect(judged(with_({ message: text('n') }))).toEqual([]);
    expect(judged(with_({ message: Buffer.from(text('n')).toString('base64') }), base64)).toEqual([]);
    expect(judged({ ...inForm, body: new URLSearchParams({ message: text('n') }).toString() })).toEqual([]);
    expect(judged(with_({ message: { nonce: 'n' } }))).toEqual([]);
    expect(judged(with_({ payload: text('n') }), { ...facts, siwe: { ...siwe, messageField: 'payload' } })).toEqual([]);
  });
  it('are none where the message has none', () => {
    for (const message of ['Nonce:', text('n m'), 'A Nonce: n', 7, null, undefined, {}, { nonce: 7 }])
      expect(judged(with_({ message }))).toBeUndefined();
    expect(judged({})).toBeUndefined();
    const rule = observer(observers, 'siwe-nonce-entropy');
    for (const nonce of counted(7)) said(rule, signIn({}, with_({ message: text(nonce) })), facts);
    said(rule, signIn({}, with_({ message: 'without one' })), facts);
    expect(concluded(rule)).toBeUndefined();
  });
  it('are those that the server made, and took', () => {
    const sent = with_({ message: text('n') });
    expect(judged(sent, config)).toBeUndefined();
    expect(judged(sent, facts, { status: 400 })).toBeUndefined();
  });
});
