import { describe, expect, it } from 'vitest';
import { Exchange } from '../../harness/exchange.ts';
import { isYoung, type Session } from '../../harness/fixtures.ts';
import { isRoleRefusal } from '../../harness/sign-in.ts';

const request = {
  operation: 'authenticate',
  method: 'POST',
  url: 'http://127.0.0.1/',
  headers: [],
  body: undefined,
  malformed: false,
} as const;
const answer = (status: number, body: unknown, startedAt = Date.now()): Exchange =>
  new Exchange(request, { status, headers: [], body: Buffer.from(JSON.stringify(body)) }, startedAt, 1);
const session = (ageSeconds: number, expiresIn?: number): Session =>
  ({
    accessToken: 'token',
    exchange: answer(200, {}, Date.now() - ageSeconds * 1000),
    ...(expiresIn === undefined ? {} : { expiresIn }),
  }) as Session;

describe('the refusal of a role', () => {
  it('is 401, 403, or 400 with unauthorized_client wherever the body says it', () => {
    expect(isRoleRefusal(answer(401, {}))).toBe(true);
    expect(isRoleRefusal(answer(403, {}))).toBe(true);
    expect(isRoleRefusal(answer(400, { error: 'unauthorized_client' }))).toBe(true);
    expect(
      isRoleRefusal(answer(400, { error: 'Bad Request', message: ['unauthorized_client'], statusCode: 400 })),
    ).toBe(true);
  });

  it('is nothing else', () => {
    expect(isRoleRefusal(answer(400, { error: 'invalid_request' }))).toBe(false);
    expect(isRoleRefusal(answer(404, { error: 'unauthorized_client' }))).toBe(false);
    expect(isRoleRefusal(answer(200, { error: 'unauthorized_client' }))).toBe(false);
  });
});

describe('a shared session', () => {
  it('serves while the better half of its life is before it', () => {
    expect(isYoung(session(60, 900))).toBe(true);
    expect(isYoung(session(500, 900))).toBe(false);
  });

  it('counts as short-lived where its lifetime is not told', () => {
    expect(isYoung(session(100))).toBe(true);
    expect(isYoung(session(200))).toBe(false);
  });
});
