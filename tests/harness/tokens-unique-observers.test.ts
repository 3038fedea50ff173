import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/tokens-unique.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/tokens-unique (No token is issued to two sessions, and no refresh token again once it was used): token/response-tokens-unique",
    ]
  `);
});

/** What is said of the last of some granted responses. */
const run = (...answers: readonly (readonly [unknown, Sent?])[]) => {
  const rule = observer(observers, 'tokens-unique');
  return answers.map(([body, sent]) => said(rule, exchangeOf({ body }, sent))).at(-1);
};
const refreshWith = (token: string): Sent => ({
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body: `grant_type=refresh_token&refresh_token=${token}`,
});
const shared =
  'token/response-tokens-unique: A granted token response has an access token that was issued to another session before.';
const twice =
  'token/response-tokens-unique: A granted token response has a refresh token that was issued to another session before.';
const again = 'token/response-tokens-unique: A granted token response has a refresh token that was used before.';

describe('access tokens of a run', () => {
  it('are each of one session', () => {
    expect(run([{ access_token: 'a', refresh_token: 'r' }], [{ access_token: 'b', refresh_token: 's' }])).toEqual([]);
    expect(run([{ access_token: 'a' }], [{ access_token: 'a', refresh_token: 's' }])).toEqual([shared]);
  });
  it('may be the same after a refresh, in a form or in JSON, and after another one', () => {
    const first = { access_token: 'a', refresh_token: 'r' };
    const second = { access_token: 'a', refresh_token: 's' };
    expect(run([first], [second, refreshWith('r')])).toEqual([]);
    expect(run([first], [second, refreshWith('r')], [{ access_token: 'a' }, refreshWith('s')])).toEqual([]);
    const json: Sent = { headers: [['content-type', 'application/json']], body: '{"refresh_token":"r"}' };
    expect(run([first], [second, json])).toEqual([]);
  });
  it('are those of another session where the refresh token was of another one', () => {
    const [first, other] = [
      { access_token: 'a', refresh_token: 'r' },
      { access_token: 'b', refresh_token: 'x' },
    ];
    expect(run([first], [other], [{ access_token: 'a' }, refreshWith('x')])).toEqual([shared]);
    expect(run([first], [{ access_token: 'a' }, refreshWith('unknown')])).toEqual([shared]);
  });
  it('may be the same where a session is continued by its id', () => {
    const signIn: Sent = { operation: 'authenticate' };
    const body = { access_token: 'a', session_id: '1' };
    expect(run([body, signIn], [body, signIn])).toEqual([]);
    expect(run([body, signIn], [{ ...body, session_id: '2' }, signIn])).toEqual([
      shared.replace('granted token', 'granted authenticate'),
    ]);
  });
});

describe('refresh tokens of a run', () => {
  it('are each of one session', () => {
    expect(run([{ refresh_token: 'r' }], [{ access_token: 'a', refresh_token: 'r' }])).toEqual([twice]);
  });
  it('are compared where there are any', () => {
    const withoutNew = (token: string) => [{ access_token: `for ${token}` }, refreshWith(token)] as const;
    expect(run([{ refresh_token: 'r' }], [{ refresh_token: 's' }], withoutNew('r'), withoutNew('s'))).toEqual([]);
  });
  it('do not come back once they were used', () => {
    const rotated = [{ refresh_token: 's' }, refreshWith('r')] as const;
    expect(run([{ refresh_token: 'r' }], rotated, [{ refresh_token: 'r' }, refreshWith('s')])).toEqual([again]);
  });
  it('may be given again to who continues the session, while they are unused', () => {
    const body = { refresh_token: 'r', session_id: '1' };
    const signIn: Sent = { operation: 'authenticate' };
    expect(run([body, signIn], [body, signIn])).toEqual([]);
    const rotated = [{ refresh_token: 's' }, refreshWith('r')] as const;
    expect(run([body, signIn], rotated, [body, signIn])).toEqual([
      again.replace('granted token', 'granted authenticate'),
    ]);
  });
  it('are not repeated by a refresh that gives back the token it was sent', () => {
    expect(run([{ refresh_token: 'r' }], [{ access_token: 'b', refresh_token: 'r' }, refreshWith('r')])).toEqual([]);
    expect(run([{ refresh_token: 'r' }, refreshWith('r')], [{ refresh_token: 'r' }])).toEqual([]);
  });
});

it('tokens are told apart by their kind, and looked for in objects of granted responses only', () => {
  expect(run([{ access_token: 'a' }], [{ refresh_token: 'a' }])).toEqual([]);
  expect(run([''], [''])).toEqual([]);
  expect(run([{ access_token: null, refresh_token: 1 }], [{ access_token: null, refresh_token: 1 }])).toEqual([]);
  expect(run([{}, { operation: 'revoke' }])).toBeUndefined();
  expect(run([{}, { method: 'GET' }])).toBeUndefined();
});
