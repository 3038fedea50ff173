import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckContext } from '../../harness/context.ts';
import { Expect } from '../../harness/expect.ts';
import { Failure, Inconclusive, SuiteError } from '../../harness/outcomes.ts';
import { holdsFor, type PropertyOptions, partOf, seedFor } from '../../harness/property.ts';
import { Story } from '../../harness/story.ts';
import { exchangeOf } from './exchanges.ts';

const context = (parts: Partial<CheckContext> = {}): CheckContext =>
  ({
    expect: new Expect(true),
    seed: 1,
    propertyRuns: 25,
    shard: undefined,
    runs: undefined,
    story: new Story(
      () => 0,
      () => undefined,
    ),
    outOfTime: () => false,
    ...parts,
  }) as CheckContext;

interface Judged {
  readonly t: CheckContext;
  readonly tried: readonly number[];
  readonly ended: unknown;
}

/** What a property over whole numbers leaves behind that `holds` judges. */
async function judged(
  holds: (value: number, t: CheckContext, tried: readonly number[]) => void,
  { t = context(), options = {} as PropertyOptions } = {},
): Promise<Judged> {
  const tried: number[] = [];
  const run = holdsFor(
    t,
    'test/property',
    fc.nat(1000),
    async (value) => {
      tried.push(value);
      holds(value, t, tried);
    },
    options,
  );
  return {
    t,
    tried,
    ended: await run.then(
      () => undefined,
      (error: unknown) => error,
    ),
  };
}

const draws = async (parts: Partial<CheckContext>, options: PropertyOptions = {}): Promise<readonly number[]> =>
  (await judged(() => undefined, { t: context(parts), options })).tried;
const tooLarge = (value: number) => new Failure(`${value} is too large.`, { requirements: ['r'], expected: 'Small.' });

describe('the generated inputs', () => {
  it('are the same for the same seed and check, and others for another seed or check', () => {
    expect(seedFor(7, 'token/property')).toBe(1_707_476_868);
    expect(seedFor(8, 'token/property')).not.toBe(seedFor(7, 'token/property'));
    expect(seedFor(7, 'token/other')).not.toBe(seedFor(7, 'token/property'));
  });
  it('are repeated by a second run, and depend on the seed', async () => {
    expect(await draws({})).toEqual(await draws({}));
    expect(await draws({ seed: 2 })).not.toEqual(await draws({}));
  });
  it('are as many as the run asks for, or the check', async () => {
    expect(await draws({})).toHaveLength(25);
    expect(await draws({}, { runs: 7 })).toHaveLength(7);
  });
  it('are divided between shards without a gap or a repetition', async () => {
    const parts = [1, 2, 3].map((index) => draws({ propertyRuns: 10, shard: { index, count: 3 } }));
    expect((await Promise.all(parts)).flat()).toEqual(await draws({ propertyRuns: 10 }));
    expect(partOf(10, undefined)).toEqual({ from: 0, runs: 10 });
    expect(partOf(10, { index: 1, count: 3 })).toEqual({ from: 0, runs: 3 });
    expect(partOf(10, { index: 3, count: 3 })).toEqual({ from: 6, runs: 4 });
  });
  it('are none in a shard for which none are left', async () => {
    const { t, tried } = await judged(() => undefined, {
      t: context({ propertyRuns: 2, shard: { index: 1, count: 3 } }),
    });
    expect(tried).toEqual([]);
    expect(t.runs).toBeUndefined();
  });
});

describe('a property that holds', () => {
  it('says nothing, and counts its runs with those of the check before', async () => {
    const { t, ended } = await judged(() => undefined);
    expect(ended).toBeUndefined();
    expect(t.runs).toBe(25);
    await judged(() => undefined, { t });
    expect(t.runs).toBe(50);
  });
});

describe('a property that is broken', () => {
  it('is told by its shortest counterexample, with what the failure says', async () => {
    const exchange = exchangeOf({});
    const { ended, t, tried } = await judged((value) => {
      if (value > 100)
        throw new Failure(`${value} is too large.`, { requirements: ['r'], expected: 'Small.', exchange });
    });
    expect(ended).toBeInstanceOf(Failure);
    expect(ended).toMatchObject({ requirements: ['r'], expected: 'Small.', exchange });
    const steps = tried.slice(t.runs).filter((value) => value > 100).length;
    expect((ended as Failure).message).toBe(
      `101 is too large. Shortest counterexample (input ${t.runs}, ${steps} times made shorter): 101`,
    );
    expect(tried.slice(0, t.runs).filter((value) => value > 100)).toHaveLength(1);
    expect(t.expect.findings).toEqual([]);
  });
  it('is told in the words of the check', async () => {
    const { ended } = await judged(
      (value) => {
        if (value > 100) throw tooLarge(value);
      },
      { options: { tell: ((value: number) => `the number ${value}`) as PropertyOptions['tell'] & object } },
    );
    expect((ended as Failure).message).toMatch(/\): the number 101$/);
  });
  it('is not shortened beyond the budget of requests', async () => {
    const always = (value: number) => {
      throw tooLarge(value);
    };
    expect((await judged(always, { options: { shrinkBudget: 0 } })).tried).toHaveLength(1);
    const wide = (value: number) => {
      if (value % 7 !== 0 || value === 0) return;
      throw tooLarge(value);
    };
    const few = await judged(wide, { options: { shrinkBudget: 3 } });
    expect(few.tried.length - (few.t.runs ?? 0)).toBe(3);
  });
  it('leaves every finding of the shortest counterexample once, and none of longer ones', async () => {
    const t = context();
    t.expect.finding('before', 'Seen before.');
    const { ended } = await judged(
      (value) => {
        if (value <= 100) return;
        t.expect.finding('s', `${value} is odd.`);
        t.expect.finding(undefined, `${value} is large.`);
      },
      { t },
    );
    expect(t.expect.findings.map(({ message }) => message)).toEqual(['Seen before.', '101 is odd.']);
    expect(ended).toMatchObject({ requirements: [], message: expect.stringMatching(/^101 is large\. Shortest/) });
  });
  it('leaves a finding that stands beside a failure once', async () => {
    const { ended, t } = await judged((value, { expect }) => {
      if (value <= 100) return;
      expect.finding('s', `${value} answered 500.`);
      throw tooLarge(value);
    });
    expect(t.expect.findings.map(({ message }) => message)).toEqual(['101 answered 500.']);
    expect((ended as Failure).message).toMatch(/^101 is too large\. Shortest/);
  });
});

describe('anything else that a run throws', () => {
  it.each([new Inconclusive('The target is away.'), new SuiteError('A mistake.'), new TypeError('x is undefined')])(
    'ends the check at once: %s',
    async (error) => {
      const { ended, t, tried } = await judged((_, __, tried) => {
        if (tried.length === 3) throw error;
      });
      expect(ended).toBe(error);
      expect(tried).toHaveLength(3);
      expect(t.runs).toBe(3);
    },
  );
  it('keeps the findings of the run that it ended', async () => {
    const { t } = await judged((_, { expect }) => {
      expect.finding('s', 'It answered 500.');
      throw new Inconclusive('The target is away.');
    });
    expect(t.expect.findings).toHaveLength(1);
  });
  it('does not take back what was found, where a shorter counterexample cannot be looked for', async () => {
    let found = 0;
    const { ended, t, tried } = await judged((value, { expect }) => {
      if (value <= 100) return;
      found += 1;
      if (found === 1) throw tooLarge(value);
      expect.finding('s', 'It answered 500.');
      throw new Inconclusive('The target is away.');
    });
    const [longest] = tried.filter((value) => value > 100);
    expect((ended as Failure).message).toBe(
      `${longest} is too large. Shortest counterexample (input ${t.runs}, 0 times made shorter): ${longest}`,
    );
    expect(t.expect.findings).toEqual([]);
    expect(tried.filter((value) => value > 100)).toHaveLength(2);
  });
  it('is reported where it is a mistake of the suite, even after a counterexample', async () => {
    let found = 0;
    const mistake = new TypeError('x is undefined');
    const { ended } = await judged((value) => {
      if (value <= 100) return;
      found += 1;
      throw found === 1 ? tooLarge(value) : mistake;
    });
    expect(ended).toBe(mistake);
  });
});
