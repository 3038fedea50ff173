import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Check } from '../../harness/check.ts';
import { globMatcher, isNamed, NothingSelected, type PlanOptions, planChecks } from '../../harness/planner.ts';

/** What `specs/economy.json` holds in these tests. */
const specs = vi.hoisted(() => ({
  economy: {
    gate: [] as string[],
    limitedFull: [] as string[],
  },
}));
vi.mock('../../specs/economy.ts', () => ({ loadEconomy: () => specs.economy }));

beforeEach(() => {
  specs.economy = { gate: [], limitedFull: [] };
});

const check = (id: string, parts: Partial<Check> = {}): Check => ({
  id,
  title: id,
  verifies: [`${id}-holds`],
  run: () => Promise.resolve(),
  ...parts,
});
const planned = (checks: readonly Check[], options: Partial<PlanOptions> = {}): string[] => {
  const { concurrent, serial } = planChecks(checks, { profile: 'full', ...options });
  return [...concurrent, ...serial].map(({ id }) => id);
};

describe('a glob', () => {
  it.each([
    ['token/code', 'token/code', true],
    ['token/code', 'token/code/public', true],
    ['token/code', 'token/codes', false],
    ['token/code', 'token', false],
    ['token/code', 'a/token/code', false],
    ['token/*', 'token/code', true],
    ['token/*', 'token/code/public', true],
    ['*/code', 'token/code', true],
    ['*/code', 'a/token/code', false],
    ['**/public', 'token/code/public', true],
    ['**/public', 'public', false],
    ['token/**', 'token/code/public', true],
    ['t**c', 'token/public/c', true],
    ['token/*-*', 'token/code-once', true],
    ['token/*-*', 'token/code', false],
    ['token/c?de', 'token/code', true],
    ['token/c?de', 'token/c/de', false],
    ['token/c?de', 'token/cde', false],
    ['t.ken', 'token', false],
    ['a+b', 'aab', false],
    ['a+b', 'a+b', true],
    ['(a|b)', 'a', false],
    ['[ab]', 'a', false],
    ['a$', 'a', false],
  ])('%s names %s: %s', (glob, id, named) => {
    expect(globMatcher(glob)(id)).toBe(named);
  });
  it('names a check by its id or by any requirement that it verifies', () => {
    const judge = { id: 'token/x', verifies: ['r/one', 'r/two'] };
    expect(isNamed(['other', 'token/*'], judge)).toBe(true);
    expect(isNamed(['r/two'], judge)).toBe(true);
    expect(isNamed(['r/three', 'other'], judge)).toBe(false);
    expect(isNamed([], judge)).toBe(false);
  });
});

describe('a profile', () => {
  const checks = [check('a/happy', { profile: 'smoke' }), check('b/must'), check('c/rest')];
  it('is in smoke the happy paths', () => {
    expect(planned(checks, { profile: 'smoke' })).toEqual(['a/happy']);
  });
  it('is in gate what the economy names', () => {
    Object.assign(specs.economy, { gate: ['b/must'], limitedFull: ['c/rest'] });
    expect(planned(checks, { profile: 'gate' })).toEqual(['b/must']);
  });
  it('is in full everything, and under limits what the economy names', () => {
    Object.assign(specs.economy, { gate: ['b/must'], limitedFull: ['b/must', 'c/rest'] });
    expect(planned(checks)).toHaveLength(3);
    expect(planned(checks, { limited: false })).toHaveLength(3);
    expect(planned(checks, { limited: true })).toEqual(['b/must', 'c/rest']);
  });
  it('is in deep everything, under limits as well', () => {
    expect(planned(checks, { profile: 'deep', limited: true })).toHaveLength(3);
  });
});

describe('--only', () => {
  const happy = check('a/happy', { profile: 'smoke' });
  const checks = [happy, check('b/one'), check('b/two')];
  const observers = [{ id: 'observer/json', verifies: ['http/valid-json'] }];
  it('takes what it names, of whatever profile', () => {
    expect(planned(checks, { only: ['b/one', 'b/two-holds'], profile: 'smoke' })).toEqual(['b/one', 'b/two']);
  });
  it('takes the happy paths for a rule over every exchange', () => {
    expect(planned(checks, { only: ['http/*'], observers })).toEqual(['a/happy']);
    expect(planned(checks, { only: ['observer/json'], observers })).toEqual(['a/happy']);
  });
  it('takes no more than the checks where it names some', () => {
    expect(planned(checks, { only: ['b/one', 'http/*'], observers })).toEqual(['b/one']);
  });
  it('that names nothing is refused in words', () => {
    const nothing = () => planned(checks, { only: ['x/y', 'z'], observers });
    expect(nothing).toThrow(NothingSelected);
    expect(nothing).toThrow('--only x/y --only z matches no check and no requirement; `list` shows both.');
    expect(() => planned(checks, { only: ['x/y'] })).toThrow(expect.objectContaining({ name: 'NothingSelected' }));
  });
});

describe('the order', () => {
  it('spreads each topic evenly over the run', () => {
    const checks = ['a/1', 'a/2', 'a/3', 'a/4', 'b/1', 'b/2', 'c/1'].map((id) => check(id));
    expect(planned(checks)).toEqual(['a/1', 'b/1', 'a/2', 'c/1', 'a/3', 'b/2', 'a/4']);
  });
  it('puts what moves the clock after everything, in its own order', () => {
    const clock = { consumes: 'clock' } as const;
    const { concurrent, serial } = planChecks(
      [check('a/1', clock), check('b/1'), check('a/2', clock), check('c/1'), check('b/2')],
      { profile: 'full' },
    );
    expect(concurrent.map(({ id }) => id)).toEqual(['b/1', 'c/1', 'b/2']);
    expect(serial.map(({ id }) => id)).toEqual(['a/1', 'a/2']);
  });
});

describe('the parts of a run', () => {
  const checks = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5'].map((id) => check(id));
  it('are dealt out, so that each check is in one of them', () => {
    expect(planned(checks, { shard: { index: 1, count: 2 } })).toEqual(['a/1', 'a/3', 'a/5']);
    expect(planned(checks, { shard: { index: 2, count: 2 } })).toEqual(['a/2', 'a/4']);
  });
  it('have each a share of the generated inputs', () => {
    const generated = check('a/6', { generated: true });
    expect(planned([...checks, generated], { shard: { index: 1, count: 2 } })).toContain('a/6');
    expect(planned([...checks, generated], { shard: { index: 2, count: 2 } })).toContain('a/6');
  });
  it('are the same where an earlier run has judged some', () => {
    expect(planned(checks, { shard: { index: 1, count: 2 }, judged: ['a/1'] })).toEqual(['a/3', 'a/5']);
    expect(planned(checks, { judged: ['a/1', 'a/5'] })).toEqual(['a/2', 'a/3', 'a/4']);
  });
});
