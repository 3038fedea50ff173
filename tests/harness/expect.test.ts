import { describe, expect, it } from 'vitest';
import type { ExchangeKind } from '../../harness/exchange.ts';
import { answered, Expect, type Refusal } from '../../harness/expect.ts';
import { Failure, Inconclusive, SuiteError } from '../../harness/outcomes.ts';
import { exchangeOf } from './exchanges.ts';

const granted = exchangeOf({ status: 200, body: { access_token: 'at' } });
const refusedAs = (status: number, error?: string) =>
  exchangeOf({ status, body: error === undefined ? '' : { error } });

/** What a check that asserts this leaves behind: its findings, and what ended it. */
function judged(assertion: (t: Expect) => unknown, hasControl = true) {
  const t = new Expect(hasControl);
  let ended: unknown;
  try {
    assertion(t);
  } catch (error) {
    ended = error;
  }
  const told = (failure: Failure) => ({
    requirements: failure.requirements,
    message: failure.message,
    expected: failure.expected,
    exchange: failure.exchange,
  });
  return { findings: t.findings.map(told), ended: ended instanceof Failure ? told(ended) : ended };
}

const at = 'POST /api/v1/auth/token answered';
const serverError = 'No request makes the server fail: bad input is answered with 4xx.';

describe('an answer in words', () => {
  it('is the request, the status and the error code', () => {
    expect(answered(refusedAs(400, 'invalid_grant'))).toBe(`${at} 400 invalid_grant`);
  });
});

describe('a condition', () => {
  const detail = { requirement: 'r', expected: 'Something else.', exchange: granted };
  it('that does not hold ends the check', () => {
    expect(judged((t) => t.that(false, 'It came.', detail))).toEqual({
      findings: [],
      ended: { requirements: ['r'], message: 'It came.', expected: 'Something else.', exchange: granted },
    });
    expect(judged((t) => t.that(false, 'It came.')).ended).toEqual({
      requirements: [],
      message: 'It came.',
      expected: '',
      exchange: undefined,
    });
  });
  it('that holds says nothing', () => {
    expect(judged((t) => t.that(true, 'It came.', detail))).toEqual({ findings: [], ended: undefined });
    expect(judged((t) => t.soft(true, 'It came.', detail))).toEqual({ findings: [], ended: undefined });
  });
  it('that is soft leaves a finding and lets the check go on', () => {
    let held: boolean | undefined;
    const { findings, ended } = judged((t) => {
      held = t.soft(false, 'It came.', detail);
    });
    expect(held).toBe(false);
    expect(ended).toBeUndefined();
    expect(findings).toEqual([
      { requirements: ['r'], message: 'It came.', expected: 'Something else.', exchange: granted },
    ]);
    expect(new Expect(true).soft(true, '')).toBe(true);
  });
  it('that is soft and names no requirement breaks the first that the check verifies', () => {
    expect(judged((t) => t.soft(false, 'It came.')).findings).toEqual([
      { requirements: [], message: 'It came.', expected: '', exchange: undefined },
    ]);
  });
});

describe('a request that must be granted', () => {
  const accepted = (...[status, operation, detail]: [number, ExchangeKind?, Parameters<Expect['accepted']>[1]?]) =>
    judged((t) => t.accepted(exchangeOf({ status }, operation === undefined ? {} : { operation }), detail));

  it('is granted with 200', () => {
    const exchange = exchangeOf({ status: 200 });
    expect(new Expect(false).accepted(exchange)).toBe(exchange);
    expect(accepted(200)).toEqual({ findings: [], ended: undefined });
  });
  it('ends the check where it is refused, with what it was in the message', () => {
    const exchange = refusedAs(400, 'invalid_grant');
    expect(judged((t) => t.accepted(exchange)).ended).toEqual({
      requirements: [],
      message: `${at} 400 invalid_grant.`,
      expected: 'The request is granted with status 200.',
      exchange,
    });
    expect(judged((t) => t.accepted(exchange, { requirement: 'r', because: 'a fresh code' })).ended).toMatchObject({
      requirements: ['r'],
      message: `${at} 400 invalid_grant to a fresh code.`,
    });
  });
  it.each<[ExchangeKind, string]>([
    ['token', 'token/response-json'],
    ['revoke', 'revoke/success-status'],
    ['handoffInit', 'handoff/status-200'],
    ['scopes', 'scopes/status-200'],
  ])(
    'breaks the form of a success at %s where it is granted with another status, and the check goes on',
    (operation, requirement) => {
      const { findings, ended } = accepted(201, operation, { requirement: 'r', because: 'a fresh code' });
      expect(ended).toBeUndefined();
      expect(findings).toMatchObject([
        {
          requirements: [requirement],
          message: `${at} 201 to a fresh code.`,
          expected: 'The request is granted with status 200.',
          exchange: { status: 201 },
        },
      ]);
    },
  );
  it('ends the check where no requirement speaks of the status of a success', () => {
    expect(accepted(201, 'probe')).toMatchObject({ findings: [], ended: { requirements: [] } });
  });
  it('may have the statuses that the check allows, and no other', () => {
    const detail = { status: [201, 204] };
    expect(accepted(204, 'token', detail)).toEqual({ findings: [], ended: undefined });
    expect(accepted(200, 'token', detail).ended).toMatchObject({
      expected: 'The request is granted with status 201 or 204.',
    });
  });
  it('breaks the form for no refusal', () => {
    expect(accepted(400)).toMatchObject({ findings: [], ended: { requirements: [] } });
  });
  it('tells a failure of the server apart', () => {
    expect(accepted(500)).toMatchObject({
      findings: [
        {
          requirements: ['http/no-server-error'],
          message: `${at} 500.`,
          expected: serverError,
          exchange: { status: 500 },
        },
      ],
      ended: { message: `${at} 500.` },
    });
  });
  it('stands as the control of a later refusal', () => {
    const check = (t: Expect) => t.refused(refusedAs(400));
    expect(judged((t) => [t.accepted(granted), check(t)], false).ended).toBeUndefined();
    expect(judged((t) => [t.accepted(exchangeOf({ status: 201 })), check(t)], false).ended).toBeUndefined();
    expect(judged((t) => [t.given(granted, 'a code'), check(t)], false).ended).toBeUndefined();
  });
});

describe('a precondition', () => {
  it('that is granted is handed on', () => {
    expect(new Expect(false).given(granted, 'a code')).toBe(granted);
    expect(judged((t) => t.given(exchangeOf({ status: 204 }), 'a code')).ended).toBeUndefined();
  });
  it('that is refused makes the check inconclusive, and accuses nobody', () => {
    const { findings, ended } = judged((t) => t.given(refusedAs(400, 'invalid_grant'), 'a refresh'));
    expect(findings).toEqual([]);
    expect(ended).toBeInstanceOf(Inconclusive);
    expect(ended).toMatchObject({
      message: `Precondition: a refresh was not granted: ${at} 400 invalid_grant.`,
    });
  });
});

describe('a refusal', () => {
  const refused = (exchange: Parameters<Expect['refused']>[0], refusal?: Refusal) =>
    judged((t) => t.refused(exchange, refusal));
  const named = { requirement: 'r', statusRequirement: 's', errorRequirement: 'e' };
  const clean = { findings: [], ended: undefined };

  it('is not judged without a control', () => {
    const { ended } = judged((t) => t.refused(refusedAs(400)), false);
    expect(ended).toBeInstanceOf(SuiteError);
    expect(ended).toMatchObject({
      message: expect.stringMatching(/^A refusal was judged without a control: name one/),
    });
  });
  it('is any 4xx where the check asks for no more', () => {
    const exchange = refusedAs(418);
    expect(new Expect(true).refused(exchange)).toBe(exchange);
    for (const status of [400, 418, 499]) expect(refused(refusedAs(status))).toEqual(clean);
  });
  it('has one of the statuses and error codes that the check allows', () => {
    const refusal = { ...named, status: [400, 401], error: ['invalid_grant', 'invalid_request'] };
    expect(refused(refusedAs(401, 'invalid_request'), refusal)).toEqual(clean);
  });

  it('that grants ends the check', () => {
    expect(refused(granted)).toEqual({
      findings: [],
      ended: { requirements: [], message: `${at} 200.`, expected: 'The request is refused: 4xx.', exchange: granted },
    });
    const refusal = { ...named, status: [400, 401], error: ['a', 'b'], because: 'a used code' };
    expect(refused(granted, refusal).ended).toMatchObject({
      requirements: ['r'],
      message: `${at} 200 to a used code.`,
      expected: 'The request is refused: 400 or 401 with error a or b.',
    });
  });
  it('that redirects ends the check', () => {
    expect(refused(refusedAs(399), named).ended).toMatchObject({ requirements: ['r'] });
  });
  it('in words under a status of success is wrong in its form only', () => {
    const inWords = refusedAs(200, 'invalid_grant');
    const { requirement, errorRequirement } = named;
    expect(refused(inWords, named).ended).toMatchObject({ requirements: ['s'] });
    expect(refused(inWords, { requirement, errorRequirement }).ended).toMatchObject({ requirements: ['e'] });
    expect(refused(inWords, { requirement }).ended).toMatchObject({ requirements: ['r'] });
  });
  it('in words beside a token is none', () => {
    const both = exchangeOf({ status: 200, body: { error: 'invalid_grant', access_token: 'at' } });
    expect(refused(both, named).ended).toMatchObject({ requirements: ['r'] });
  });
  it('over an access token is none, whatever its status', () => {
    const exchange = exchangeOf({ status: 400, body: { error: 'invalid_grant', access_token: 'at' } });
    const wanted = { requirements: ['r'], expected: 'The request is refused: 4xx.', exchange };
    expect(refused(exchange, { ...named, because: 'a used code' })).toEqual({
      findings: [],
      ended: { ...wanted, message: `${at} 400 invalid_grant to a used code, and its body holds an access token.` },
    });
  });
  it.each(['', null, 7])('with the access_token %j gives nothing away', (access_token) => {
    expect(refused(exchangeOf({ status: 400, body: { access_token } }), named)).toEqual(clean);
  });

  it('with another status breaks that of the status, else that of the code, else the first, and the check goes on', () => {
    const exchange = refusedAs(403, 'invalid_grant');
    const refusal = { requirement: 'r', status: [400], error: ['invalid_request'], because: 'a used code' };
    const finding = {
      message: `${at} 403 invalid_grant to a used code.`,
      expected: 'The request is refused: 400 with error invalid_request.',
      exchange,
    };
    expect(refused(exchange, refusal)).toEqual({ findings: [{ ...finding, requirements: ['r'] }], ended: undefined });
    expect(refused(exchange, { ...refusal, errorRequirement: 'e' }).findings).toMatchObject([{ requirements: ['e'] }]);
    expect(refused(exchange, { ...named, ...refusal }).findings).toMatchObject([{ requirements: ['s'] }]);
  });
  it('with another code breaks that of the code, else the first, and the check goes on', () => {
    const refusal = { requirement: 'r', status: [400], error: ['invalid_grant'], because: 'a used code' };
    const exchange = refusedAs(400, 'invalid_request');
    const finding = {
      message: `${at} 400 invalid_request to a used code.`,
      expected: 'The request is refused: 400 with error invalid_grant.',
      exchange,
    };
    expect(refused(exchange, refusal)).toEqual({ findings: [{ ...finding, requirements: ['r'] }], ended: undefined });
    expect(refused(exchange, { ...named, ...refusal }).findings).toMatchObject([{ requirements: ['e'] }]);
    expect(refused(refusedAs(400), refusal).findings).toMatchObject([{ message: `${at} 400 to a used code.` }]);
  });
  it('by a failure of the server is told apart, and its form is not judged further', () => {
    const { findings, ended } = refused(refusedAs(500), { ...named, status: [400], error: ['invalid_grant'] });
    expect(ended).toBeUndefined();
    expect(findings).toMatchObject([{ requirements: ['http/no-server-error'] }]);
  });
  it('by a server that asks to wait is no finding', () => {
    const busy = exchangeOf({ status: 503, headers: [['Retry-After', '1']] });
    expect(refused(busy, { ...named, status: [400] })).toEqual(clean);
  });
});
