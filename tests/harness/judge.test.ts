import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../harness/config.ts';
import { exitStatus, type JudgeInput, judge, judgeRequirement } from '../../harness/judge.ts';
import type { Outcome } from '../../specs/report.ts';
import type { Level } from '../../specs/requirement.ts';
import { config, input, result, row } from './judge-samples.ts';

describe('a requirement', () => {
  it.each<[Outcome[], Outcome]>([
    [['pass', 'pass'], 'pass'],
    [['pass', 'skip'], 'pass'],
    [['skip', 'skip'], 'skip'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['pass', 'fail', 'inconclusive'], 'fail'],
    [[], 'skip'],
  ])('whose checks say %j is %s', (outcomes, expected) => {
    const results = outcomes.map((outcome, index) => result(`check-${index}`, outcome, ['a']));
    expect(judgeRequirement(row('a'), results).outcome).toBe(expected);
  });

  it('is not failed by a check that broke another one, but counts as not judged', () => {
    const both = result('both', 'fail', ['a', 'b'], { broken: ['b'] });
    expect(judgeRequirement(row('a'), [both])).toMatchObject({
      outcome: 'inconclusive',
      reason: 'both ended early on another requirement.',
    });
    expect(judgeRequirement(row('a'), [both, result('own', 'pass', ['a'])]).outcome).toBe('pass');
  });

  it('is failed by a check that breaks it without verifying it', () => {
    const other = result('other', 'fail', ['b'], { broken: ['a'] });
    expect(judgeRequirement(row('a'), [other]).outcome).toBe('fail');
  });

  it.each<[Level, Outcome]>([
    ['MUST', 'fail'],
    ['MUST NOT', 'fail'],
    ['SHOULD', 'warn'],
    ['SHOULD NOT', 'warn'],
    ['MAY', 'pass'],
  ])('of level %s that is broken is %s', (level, expected) => {
    expect(judgeRequirement(row('a', level), [result('x', 'fail', ['a'])]).outcome).toBe(expected);
  });

  it('says why it was skipped', () => {
    expect(judgeRequirement(row('a'), [result('x', 'skip', ['a'])]).reason).toBe('x says skip');
    expect(judgeRequirement({ ...row('a'), untested: 'internal' }, []).reason).toBe('Untested: internal');
    expect(judgeRequirement(row('a'), []).reason).toBe('No check of this profile judges it.');
  });
});

describe('the verdict', () => {
  const cases: [string, JudgeInput, string, number][] = [
    ['all pass', input([result('x', 'pass', ['a'])]), 'conformant', 0],
    ['a MUST broken', input([result('x', 'fail', ['a'])]), 'non-conformant', 1],
    ['a SHOULD broken', input([result('x', 'warn', ['b'])]), 'conformant', 0],
    ['a SHOULD broken, strict', input([result('x', 'warn', ['b'])], { strict: true }), 'non-conformant', 1],
    ['one inconclusive', input([result('x', 'pass', ['a']), result('y', 'inconclusive', ['b'])]), 'inconclusive', 3],
    [
      'broken and inconclusive',
      input([result('x', 'fail', ['a']), result('y', 'inconclusive', ['b'])]),
      'non-conformant',
      1,
    ],
    ['only skips', input([result('x', 'skip', ['a'])]), 'inconclusive', 3],
    ['nothing', input([]), 'inconclusive', 3],
    ['ended early', input([result('x', 'pass', ['a'])], { endedEarly: 'stopped' }), 'inconclusive', 3],
    ['no client', input([result('x', 'pass', ['a'])], { config: { ...config, clients: {} } }), 'inconclusive', 3],
    [
      'a suite error',
      input([result('x', 'pass', ['a'])], { suiteErrors: [{ check: 'x', message: 'boom' }] }),
      'conformant',
      70,
    ],
    [
      'a known failure',
      input([result('x', 'fail', ['a'])], { baseline: [{ id: 'a', reason: 'known' }] }),
      'conformant',
      0,
    ],
    [
      'a known failing check',
      input([result('x', 'fail', ['a'])], { baseline: [{ id: 'x', reason: 'known' }] }),
      'conformant',
      0,
    ],
    [
      'one of two failing checks known',
      input([result('x', 'fail', ['a']), result('y', 'fail', ['a'])], { baseline: [{ id: 'x', reason: 'k' }] }),
      'non-conformant',
      1,
    ],
    [
      'a stale baseline entry',
      input([result('x', 'pass', ['a'])], { baseline: [{ id: 'a', reason: 'known' }] }),
      'non-conformant',
      1,
    ],
    [
      'a baseline entry that names nothing',
      input([result('x', 'pass', ['a'])], { baseline: [{ id: 'zzz', reason: 'known' }] }),
      'non-conformant',
      1,
    ],
  ];
  it.each(cases)('%s', (_, given, verdict, status) => {
    const report = judge(given);
    expect(report.verdict).toBe(verdict);
    expect(exitStatus(report)).toBe(status);
    expect(report.verdictReason).not.toBe('');
  });

  it('names the operations it speaks of when some are not offered', () => {
    const partial = { ...config, operations: { ...config.operations, authenticate: false } } as TargetConfig;
    expect(judge(input([result('x', 'pass', ['a'])], { config: partial })).verdictReason).toContain(
      'token, revoke, handoffInit, scopes only',
    );
  });

  it('counts outcomes and requests', () => {
    const report = judge(input([result('x', 'pass', ['a']), result('y', 'warn', ['b'])]));
    expect(report.summary).toEqual({ pass: 1, fail: 0, warn: 1, skip: 0, inconclusive: 0 });
    expect(report.requests).toEqual({ token: 2, revoke: 1, total: 3 });
  });
});
