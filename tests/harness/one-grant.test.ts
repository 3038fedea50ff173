import { describe, expect, it } from 'vitest';
import { onOneGrant } from '../../harness/one-grant.ts';

interface Made {
  readonly number: number;
  readonly lives: () => Promise<boolean>;
}

/** Grants that live or not after the attempts; tells what was tried on which. */
function bench(lives: boolean) {
  const tried: string[] = [];
  let made = 0;
  return {
    tried,
    make: async (): Promise<Made> => {
      made += 1;
      return { number: made, lives: async () => lives };
    },
    judge: async (attempt: string | undefined, { number }: Made): Promise<void> => {
      tried.push(`${attempt}@${number}`);
    },
  };
}

describe('several refused attempts', () => {
  it('are made on one grant where that is alive in the end', async () => {
    const { tried, make, judge } = bench(true);
    await onOneGrant(['a', 'b', 'c'], make, judge);
    expect(tried).toEqual(['a@1', 'b@1', 'c@1']);
  });

  it('are made again on grants of their own, all but the first, where the target gives a grant up', async () => {
    const { tried, make, judge } = bench(false);
    await onOneGrant(['a', 'b', 'c'], make, judge);
    expect(tried).toEqual(['a@1', 'b@1', 'c@1', 'b@2', 'c@3']);
  });

  it('need no look at the grant when there is one alone, even where what is tried is to leave something out', async () => {
    const { tried, make, judge } = bench(false);
    await onOneGrant([undefined], make, judge);
    expect(tried).toEqual(['undefined@1']);
  });

  it('cost nothing when there are none', async () => {
    const { tried, make, judge } = bench(true);
    await onOneGrant([], make, judge);
    expect(tried).toEqual([]);
  });

  it('end at the first that is not refused', async () => {
    const { tried, make } = bench(true);
    const judge = async (attempt: string): Promise<void> => {
      tried.push(attempt);
      if (attempt === 'b') throw new Error('granted');
    };
    await expect(onOneGrant(['a', 'b', 'c'], make, judge)).rejects.toThrow('granted');
    expect(tried).toEqual(['a', 'b']);
  });
});
