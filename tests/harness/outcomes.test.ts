import { describe, expect, it } from 'vitest';
import { Failure, Inconclusive, RateLimited, Skip, SuiteError, Unanswered } from '../../harness/outcomes.ts';
import { exchangeOf } from './exchanges.ts';

describe('what ends a check', () => {
  it.each([
    [new Failure('why'), 'Failure: why'],
    [new Inconclusive('why'), 'Inconclusive: why'],
    [new RateLimited('why'), 'RateLimited: why'],
    [new Unanswered('reset', 'why'), 'Unanswered: why'],
    [new Skip('why'), 'Skip: why'],
    [new SuiteError('why'), 'SuiteError: why'],
  ])('says its name and why: %s', (error, text) => {
    expect(String(error)).toBe(text);
  });
  it('is inconclusive where the target limits its rate or does not answer', () => {
    expect(new RateLimited('why')).toBeInstanceOf(Inconclusive);
    expect(new Unanswered('timeout', 'why')).toBeInstanceOf(Inconclusive);
    expect(new Unanswered('timeout', 'why').kind).toBe('timeout');
  });
  it('breaks, as a failure, what it names or nothing in particular', () => {
    const exchange = exchangeOf({});
    const told = { requirements: ['r'], expected: 'Something else.', exchange };
    expect(new Failure('why', told)).toMatchObject(told);
    expect(new Failure('why')).toMatchObject({ requirements: [], expected: '', exchange: undefined });
  });
});
