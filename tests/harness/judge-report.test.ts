import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../harness/config.ts';
import { type JudgeInput, judge, judgeRequirement } from '../../harness/judge.ts';
import type { CheckResult } from '../../specs/report.ts';
import type { Requirement } from '../../specs/requirement.ts';
import { config, input, result, row } from './judge-samples.ts';

/** A catalogue of those requirements. */
const of = (...requirements: Requirement[]): Pick<JudgeInput, 'catalogue'> => ({
  catalogue: { edition: '2026-11', digest: 'd', attacks: [], requirements },
});
const failing = (...ids: string[]): CheckResult[] => ids.map((id) => result(`check-of-${id}`, 'fail', [id]));
const reasonOf = (given: JudgeInput): string => judge(given).verdictReason;

describe('the row of a requirement in the report', () => {
  it('repeats what the catalogue says, and names the checks that speak of it and no others', () => {
    const results = [result('own', 'pass', ['a']), result('other', 'fail', ['b'])];
    expect(judgeRequirement({ ...row('a'), attacks: ['replay'] }, results)).toEqual({
      id: 'a',
      operation: 'token',
      level: 'MUST',
      statement: 'a holds.',
      source: row('a').source,
      outcome: 'pass',
      checks: ['own'],
      attacks: ['replay'],
    });
  });
  it('gives no reason, rationale, fix or attacks where there is nothing to say', () => {
    const told = judgeRequirement(row('a'), [result('x', 'pass', ['a'], { message: 'A remark.' })]);
    expect(Object.keys(told).sort()).toEqual(['checks', 'id', 'level', 'operation', 'outcome', 'source', 'statement']);
  });
  it('says what is lost and how to mend it where a MUST or a SHOULD is broken', () => {
    for (const level of ['MUST', 'SHOULD'] as const)
      expect(judgeRequirement(row('a', level), failing('a'))).toMatchObject({ rationale: 'r', fix: 'f' });
    expect(judgeRequirement(row('a', 'MAY'), failing('a'))).not.toHaveProperty('fix');
  });
  it('has neither rationale nor fix when it could not be judged', () => {
    const told = judgeRequirement(row('a'), [result('x', 'inconclusive', ['a'])]);
    expect(told).not.toHaveProperty('rationale');
    expect(told.reason).toBe('x says inconclusive');
  });
  it('gives the reason of the check that decided, not of the first', () => {
    const results = [result('x', 'pass', ['a']), result('y', 'skip', ['a']), result('z', 'fail', ['a'])];
    expect(judgeRequirement(row('a'), results).reason).toBe('z says fail');
  });
  it('believes a check that lists nothing as broken', () => {
    expect(judgeRequirement(row('a'), [result('x', 'pass', ['a'], { broken: [] })]).outcome).toBe('pass');
  });
});

describe('the reason of the verdict', () => {
  it('names what is broken, three at most', () => {
    const rows = ['p', 'q', 'r', 's', 't'].map((id) => row(id));
    expect(reasonOf(input(failing('p'), of(...rows)))).toBe('1 requirement is broken: p.');
    expect(reasonOf(input(failing('p', 'q', 'r'), of(...rows)))).toBe('3 requirements are broken: p, q, r.');
    expect(reasonOf(input(failing('p', 'q', 'r', 's', 't'), of(...rows)))).toBe(
      '5 requirements are broken: p, q, r and 2 more.',
    );
  });
  it('names every stale entry of the baseline', () => {
    const baseline = [
      { id: 'a', reason: 'k' },
      { id: 'zzz', reason: 'k' },
    ];
    expect(reasonOf(input([result('x', 'pass', ['a'])], { baseline }))).toBe(
      'The baseline lists what passes now; remove: a, zzz.',
    );
  });
  it('repeats why the run ended early', () => {
    expect(reasonOf(input([result('x', 'pass', ['a'])], { endedEarly: 'Stopped.' }))).toBe('Stopped.');
  });
  it('says that no client was configured, also where their keys are there without one', () => {
    const clients = { public: undefined, confidential: undefined };
    expect(reasonOf(input([result('x', 'pass', ['a'])], { config: { ...config, clients } }))).toBe(
      'No client is configured, so only what needs no credentials was judged.',
    );
  });
  it('is no lack of clients where one of several is configured', () => {
    const clients = { public: undefined, confidential: true };
    expect(judge(input([result('x', 'pass', ['a'])], { config: { ...config, clients } })).verdict).toBe('conformant');
  });
  it('counts what could not be judged, and tells of the first', () => {
    expect(reasonOf(input([result('y', 'inconclusive', ['a'])]))).toBe(
      '1 check could not be judged, the first because: y says inconclusive',
    );
    expect(reasonOf(input([result('y', 'inconclusive', ['a']), result('z', 'inconclusive', ['b'])]))).toBe(
      '2 checks could not be judged, the first because: y says inconclusive',
    );
  });
  it('says that nothing was judged', () => {
    expect(reasonOf(input([result('x', 'skip', ['a'])]))).toBe('Nothing was judged.');
  });
  it('claims no more than what was judged', () => {
    expect(reasonOf(input([result('x', 'pass', ['a'])]))).toBe('Every requirement that was judged holds.');
    const partial = { ...config, operations: { ...config.operations, authenticate: false } } as TargetConfig;
    expect(reasonOf(input([result('x', 'pass', ['a'])], { config: partial }))).toBe(
      'Every requirement that was judged holds. This speaks of token, revoke, handoffInit, scopes only: the others are not offered.',
    );
  });
});

describe('the baseline', () => {
  const known = (...ids: string[]) => ids.map((id) => ({ id, reason: 'known' }));
  it('excuses a requirement once every check that breaks it is known, whatever others pass', () => {
    const results = [...failing('a'), result('y', 'fail', ['a']), result('z', 'pass', ['a'])];
    expect(judge(input(results, { baseline: known('check-of-a', 'y') })).verdict).toBe('conformant');
    expect(reasonOf(input(results, { baseline: known('y') }))).toBe('1 requirement is broken: a.');
  });
  it('excuses no other requirement', () => {
    expect(reasonOf(input(failing('a', 'b'), { baseline: known('b') }))).toBe('1 requirement is broken: a.');
  });
  it('is stale by the entry that passes, not by the others', () => {
    const results = [...failing('b'), result('x', 'pass', ['a'])];
    expect(judge(input(results, { baseline: known('b', 'x') })).baseline).toEqual({ known: ['b', 'x'], stale: ['x'] });
    expect(judge(input(failing('b'), { baseline: known('check-of-b') })).baseline?.stale).toEqual([]);
  });
  it('keeps an entry that could not be judged', () => {
    const results = [result('w', 'pass', ['c']), result('x', 'inconclusive', ['a'])];
    expect(judge(input(results, { baseline: known('a', 'x') })).baseline?.stale).toEqual([]);
  });
});

describe('a strict run', () => {
  it('fails by a broken SHOULD, and not by what passes or could not be judged', () => {
    expect(judge(input([result('x', 'pass', ['a'])], { strict: true })).verdict).toBe('conformant');
    expect(reasonOf(input([result('x', 'pass', ['a']), result('y', 'warn', ['b'])], { strict: true }))).toBe(
      '1 requirement is broken: b.',
    );
  });
});

describe('the report', () => {
  it('says what ran where, with times in whole milliseconds', () => {
    const operations = { ...config.operations, scopes: false } as const;
    const clients = { confidential: undefined, public: true };
    const results = [result('x', 'pass', ['a'])];
    const told = judge(input(results, { config: { ...config, operations, clients }, durationMs: 1.4, waitedMs: 2.6 }));
    expect(told).toEqual({
      schemaVersion: 1,
      verdict: 'conformant',
      verdictReason: expect.stringContaining('holds'),
      suite: { name: 'auth-conformance', version: '0.1.0', edition: '2026-11', digest: 'd' },
      target: 'http://127.0.0.1:1',
      profile: 'full',
      operations: ['authenticate', 'token', 'revoke', 'handoffInit'],
      clients: ['public'],
      startedAt: '2026-11-24T00:00:00.000Z',
      durationMs: 1,
      waitedMs: 3,
      seed: 1,
      strict: false,
      summary: { pass: 1, fail: 0, warn: 0, skip: 0, inconclusive: 0 },
      requests: { token: 2, revoke: 1, total: 3 },
      requirements: ['a', 'b', 'c'].map((id) => expect.objectContaining({ id })),
      openAttacks: [],
      checks: results,
      suiteErrors: [],
    });
    for (const absent of ['configDigest', 'shard', 'endedEarly', 'baseline']) expect(told).not.toHaveProperty(absent);
  });
  it('keeps the digest of the configuration, the shard, and why the run ended early', () => {
    const extra = { configDigest: 'sha', shard: { index: 1, count: 2 }, endedEarly: 'Stopped.' };
    expect(judge(input([], extra))).toMatchObject(extra);
  });
  it('lists the attacks that broken requirements leave open, the most open first, and no others', () => {
    const attacks = ['replay', 'theft', 'lockout', 'idle'].map((id) => ({ id, title: `${id}!`, source: undefined }));
    const requirements = [
      { ...row('p'), attacks: ['replay', 'theft'] },
      { ...row('q'), attacks: ['theft'] },
      { ...row('r'), attacks: ['lockout'] },
      row('s'),
      { ...row('t', 'SHOULD'), attacks: ['idle'] },
    ];
    const results = [...failing('p', 'q', 's', 't'), result('x', 'pass', ['r'])];
    const catalogue = { edition: 'e', digest: 'd', attacks, requirements };
    expect(judge(input(results, { catalogue })).openAttacks).toEqual([
      { id: 'theft', title: 'theft!', requirements: ['p', 'q'] },
      { id: 'replay', title: 'replay!', requirements: ['p'] },
    ]);
  });
});
