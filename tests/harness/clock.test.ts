import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import type { ApiClient } from '../../harness/client.ts';
import { TargetClock } from '../../harness/clock.ts';
import { Exchange } from '../../harness/exchange.ts';

/** A clock whose control route keeps what it was asked, and answers as it is told. */
function clockAt(status: () => number = () => 200) {
  const asked: number[] = [];
  const clock = new TargetClock(referenceConfig('http://127.0.0.1:9'));
  const client = {
    async fetch(url: string, { body }: { body: string }) {
      asked.push((JSON.parse(body) as { advanceSeconds: number }).advanceSeconds);
      const request = {
        operation: 'control',
        method: 'POST',
        url,
        headers: [],
        body: undefined,
        malformed: false,
      } as const;
      return new Exchange(request, { status: status(), headers: [], body: new Uint8Array() }, Date.now(), 1);
    },
  } as unknown as ApiClient;
  return { asked, clock, advance: (seconds: number) => clock.advance(seconds, client) };
}

/** Lets everything that can go on do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('one hand on the clock', () => {
  it('moves it at once by what it asks for', async () => {
    const { asked, clock, advance } = clockAt();
    const before = clock.now();
    const hand = clock.join();
    await advance(900);
    await advance(30);
    hand.leave();
    expect(asked).toEqual([900, 30]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(930_000);
    expect(clock.epoch).toBe(2);
    expect(hand.shared).toBe(false);
  });
  it('need not be said to be there', async () => {
    const { asked, advance } = clockAt();
    await advance(60);
    expect(asked).toEqual([60]);
  });
  it('is told where the route refuses, or the time is none', async () => {
    const { clock, advance } = clockAt(() => 500);
    const before = clock.epoch;
    await expect(advance(60)).rejects.toThrow('was not moved: it answered 500');
    await expect(advance(1e12)).rejects.toThrow('is not moved by 1000000000000 seconds');
    await expect(advance(-1)).rejects.toThrow('is not moved by -1 seconds');
    await expect(advance(Number.NaN)).rejects.toThrow('is not moved by NaN seconds');
    expect(clock.epoch).toBe(before);
  });
});

describe('several hands on the clock', () => {
  it('wait for each other, and each sees the time pass that it asked for', async () => {
    const { asked, clock, advance } = clockAt();
    const [one, other] = [clock.join(), clock.join()];
    expect([one.shared, other.shared]).toEqual([true, true]);
    const told: string[] = [];
    const long = advance(900).then(() => told.push('900'));
    await settled();
    expect(asked).toEqual([]);
    const short = advance(30).then(() => told.push('30'));
    await short;
    expect([asked, told]).toEqual([[30], ['30']]);
    await settled();
    expect(told).toEqual(['30']); // the other may be at work
    one.leave();
    await long;
    expect(asked).toEqual([30, 870]);
    other.leave();
  });
  it('that wait for the same moment are let go together', async () => {
    const { asked, clock, advance } = clockAt();
    const hands = [clock.join(), clock.join(), clock.join()];
    await Promise.all([advance(60), advance(60), advance(60)]);
    expect(asked).toHaveLength(1);
    for (const hand of hands) hand.leave();
  });
  it('are told one by one where the route refuses', async () => {
    let status = 500;
    const { asked, clock, advance } = clockAt(() => status);
    const [one, other] = [clock.join(), clock.join()];
    const [first, second] = [advance(60), advance(90)];
    await expect(first).rejects.toThrow('it answered 500');
    status = 200;
    one.leave();
    await second;
    expect(asked).toEqual([60, 90]);
    other.leave();
  });
});
