import { describe, expect, it } from 'vitest';
import type { TargetConfig } from '../../harness/config.ts';
import { ObserverPanel } from '../../harness/observer-panel.ts';
import type { Finding, Observer } from '../../harness/observers.ts';
import { Recorder } from '../../harness/recorder.ts';
import { Redactor } from '../../harness/redaction.ts';
import type { CheckResult } from '../../specs/report.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { row } from './judge-samples.ts';

const catalogue = new Map([row('a'), row('b', 'SHOULD'), row('c', 'MAY')].map((one) => [one.id, one]));
const config = { target: 'http://127.0.0.1:4010' } as TargetConfig;

/** A rule over every exchange that finds what the body of the response lists. */
const listed = (parts: Partial<Observer> = {}): Observer => ({
  id: 'observer/listed',
  title: 'The body lists nothing',
  verifies: ['a', 'b', 'c'],
  applies: () => true,
  judge: (exchange) => exchange.json as readonly Finding[],
  ...parts,
});

/** What the panel says of an observer after exchanges with these bodies. */
function judged(observer: Observer, bodies: readonly unknown[], sent: Sent = {}): CheckResult {
  const panel = new ObserverPanel([() => observer], config);
  const recorder = new Recorder(new Redactor());
  for (const body of bodies) {
    const exchange = exchangeOf({ body }, sent);
    recorder.record(exchange);
    panel.observe(exchange, recorder);
  }
  const [result] = panel.results(catalogue, 7);
  return result as CheckResult;
}

const clean = { outcome: 'pass', message: '', exchanges: [] };
const unseen = { outcome: 'skip', message: 'No exchange of this run shows it.' };
const curl = "curl -i -X POST 'http://127.0.0.1:4010/api/v1/auth/token'";

describe('a rule over every exchange', () => {
  it('passes where exchanges satisfy it, and costs no time', () => {
    const result = judged(listed(), [[], []]);
    expect(result).toEqual({
      id: 'observer/listed',
      title: 'The body lists nothing',
      requirements: ['a', 'b', 'c'],
      durationMs: 0,
      reproduce: 'auth-conformance --seed 7',
      ...clean,
    });
    expect(result).not.toHaveProperty('broken');
  });
  it('is skipped where no exchange shows it', () => {
    expect(judged(listed(), [])).toMatchObject(unseen);
    expect(judged(listed({ applies: () => false }), [[{ message: 'Wrong.' }]])).toMatchObject(unseen);
  });
  it('says nothing of the requests that set the target up', () => {
    expect(judged(listed(), [[{ message: 'Wrong.' }]], { operation: 'control' })).toMatchObject(unseen);
  });
  it('breaks the first requirement that it verifies, or the one that it names', () => {
    expect(judged(listed(), [[{ message: 'Wrong.' }]])).toMatchObject({
      outcome: 'fail',
      message: 'Wrong.',
      broken: ['a'],
      reproduce: `auth-conformance --seed 7\n${curl}`,
    });
    expect(judged(listed(), [[{ requirement: 'b', message: 'Wrong.' }]])).toMatchObject({
      outcome: 'warn',
      broken: ['b'],
    });
  });
  it('has the worst outcome of what is broken', () => {
    const broken = (...requirements: string[]) =>
      judged(listed(), [requirements.map((requirement) => ({ requirement, message: 'Wrong.' }))]).outcome;
    expect(broken('c')).toBe('pass');
    expect(broken('c', 'b')).toBe('warn');
    expect(broken('b', 'a', 'c')).toBe('fail');
    expect(broken('not in the catalogue')).toBe('fail');
  });
  it('tells what is alike once, with its first exchange, and how often it was in all', () => {
    const wrong = { message: 'Wrong.' };
    const result = judged(listed(), [[], [wrong], [wrong], [{ ...wrong, requirement: 'b' }]]);
    expect(result.message).toBe('Wrong. Wrong. (3 findings in all)');
    expect(result.broken).toEqual(['a', 'b']);
    expect(result.exchanges.map(({ response }) => JSON.parse(response?.body ?? ''))).toEqual([
      [wrong],
      [{ ...wrong, requirement: 'b' }],
    ]);
  });
  it('counts nothing where everything is told', () => {
    expect(judged(listed(), [[{ message: 'One.' }, { message: 'Two.' }]]).message).toBe('One. Two.');
  });
  it('keeps five findings of each requirement', () => {
    const several = (requirement: string) =>
      [1, 2, 3, 4, 5, 6].map((n) => ({ requirement, message: `${requirement}${n}` }));
    expect(judged(listed(), [several('a'), several('b')]).message).toBe(
      'a1 a2 a3 a4 a5 b1 b2 b3 b4 b5 (12 findings in all)',
    );
  });
  it('tells no secret', () => {
    const secret = { as: 'a'.repeat(20) };
    const observer = listed({ judge: () => [{ message: `It repeats ${secret.as}.` }] });
    expect(judged(observer, [{ access_token: secret.as }]).message).toMatch(
      /^It repeats ‹access_token:[0-9a-f]{8}›\.$/,
    );
  });
  it('knows the configuration and the secrets of the request', () => {
    const judge: Observer['judge'] = (_, facts) => [{ message: `${facts.config.target} ${facts.sensitive[0]?.value}` }];
    const body = 'code=the-code-that-was-sent';
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const;
    const applies: Observer['applies'] = (_, facts) => facts.config === config && facts.sensitive.length === 1;
    expect(judged(listed({ applies, judge }), [''], { body, headers }).message).toMatch(
      /^http:\/\/127\.0\.0\.1:4010 ‹code:/,
    );
  });
});

describe('a rule over the whole run', () => {
  const closing = (findings: readonly Finding[] | undefined) => listed({ judge: () => [], conclude: () => findings });
  it('is judged at the end', () => {
    expect(judged(closing([]), [''])).toMatchObject(clean);
    expect(judged(closing([{ message: 'Too few.' }, { requirement: 'b', message: 'Alike.' }]), [''])).toMatchObject({
      outcome: 'fail',
      message: 'Too few. Alike.',
      broken: ['a', 'b'],
      exchanges: [],
      reproduce: 'auth-conformance --seed 7',
    });
  });
  it('is skipped where the run has not shown enough, or nothing', () => {
    expect(judged(closing(undefined), [''])).toMatchObject(unseen);
    expect(judged(closing([]), [])).toMatchObject(unseen);
  });
  it('stands by what single exchanges have shown', () => {
    const observer = listed({ conclude: () => undefined });
    expect(judged(observer, [[{ message: 'Wrong.' }]])).toMatchObject({ outcome: 'fail', message: 'Wrong.' });
  });
});
