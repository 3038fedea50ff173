import { describe, expect, it } from 'vitest';
import { likeness, Proofs } from './proofs.ts';
import type { Job, JobResult } from './types.ts';

const job = (fault: string, more: Partial<Job> = {}): Job => ({
  faults: [fault],
  variants: [],
  seed: 1,
  thorough: false,
  ...more,
});
const result = (of: Job, judged: readonly string[], caughtBy: readonly string[]): JobResult => ({
  job: of,
  verdict: '',
  red: [],
  redChecks: [],
  caughtBy,
  judged,
  failing: [],
  warning: [],
  inconclusive: [],
  suiteErrors: [],
  requests: 0,
  durationMs: 0,
});

const judges = [
  { id: 'token/replay/none', verifies: ['single-use'] },
  { id: 'token/replay/third-party', verifies: ['single-use'] },
];
const faults = [
  { id: 'code/replay', breaks: ['single-use'] },
  { id: 'code/replay-third-party', breaks: ['single-use'] },
  { id: 'http/status', breaks: ['status'] },
];

describe('the proofs of a kill matrix', () => {
  it('likens a fault to the checks that are about the same, public clients being those with the method none', () => {
    expect(likeness('code/replay-third-party', 'token/replay/third-party')).toBe(3);
    expect(likeness('code/replay-public', 'token/replay/none')).toBe(2);
  });

  it('count a check that a fault made fail as proved, and ask for no trial of it', () => {
    const proofs = new Proofs(judges, faults);
    proofs.learn(result(job('code/replay'), ['token/replay/none'], ['token/replay/none']));
    expect(proofs.unproved).toEqual(['token/replay/third-party']);
  });

  it('try what is not proved with the likeliest fault first, one trial of a check at a time', () => {
    const proofs = new Proofs(judges.slice(1), faults);
    expect(proofs.next()).toEqual({ fault: 'code/replay-third-party', check: 'token/replay/third-party' });
    expect(proofs.next()).toBeUndefined();
  });

  it('go on to the next fault that breaks what a check verifies, and leave it unproved after the last', () => {
    const proofs = new Proofs(judges.slice(1), faults);
    for (const fault of ['code/replay-third-party', 'code/replay']) {
      const trial = proofs.next();
      expect(trial?.fault).toBe(fault);
      proofs.learn(result(job(fault, { only: 'token/replay/third-party' }), ['token/replay/third-party'], []));
    }
    expect(proofs.next()).toBeUndefined();
    expect(proofs.unproved).toEqual(['token/replay/third-party']);
  });

  it('try last, but alone, what a fault has not made fail beside other checks', () => {
    const proofs = new Proofs(judges.slice(1), faults);
    proofs.learn(result(job('code/replay-third-party'), ['token/replay/third-party'], []));
    for (const fault of ['code/replay', 'code/replay-third-party']) {
      expect(proofs.next()?.fault).toBe(fault);
      proofs.learn(result(job(fault, { only: 'token/replay/third-party' }), ['token/replay/third-party'], []));
    }
    expect(proofs.next()).toBeUndefined();
  });

  it('learn nothing from a fault beside a variant, which may be what made the check fail', () => {
    const proofs = new Proofs(judges, faults);
    proofs.learn(result(job('code/replay', { variants: ['odd'] }), [], ['token/replay/none']));
    expect(proofs.unproved).toHaveLength(2);
  });

  it('try a requirement that nothing has reported with the checks and faults of it that have not met', () => {
    const proofs = new Proofs(judges, faults, ['single-use']);
    const red = (fault: string, ids: readonly string[]) => ({
      ...result(
        job(fault),
        [],
        judges.map(({ id }) => id),
      ),
      red: ids,
    });
    proofs.learn(red('http/status', ['single-use'])); // the checks are proved, but by a fault that does not break it
    expect(proofs.unproved).toEqual([]);
    expect(proofs.unreported).toEqual(['single-use']);
    expect(proofs.next()).toEqual({ fault: 'code/replay', check: 'token/replay/none' });
    proofs.learn(red('code/replay', ['single-use']));
    expect(proofs.unreported).toEqual([]);
    expect(proofs.next()).toBeUndefined();
  });

  it('name the checks that a fault could prove', () => {
    const proofs = new Proofs(judges, faults);
    expect(proofs.unprovedBy({ id: 'http/status', breaks: ['status'] })).toEqual([]);
    expect(proofs.unprovedBy({ id: 'code/replay', breaks: ['single-use'] })).toHaveLength(2);
  });
});
