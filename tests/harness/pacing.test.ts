import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Exchange } from '../../harness/exchange.ts';
import { Pacer, retryAfterSeconds } from '../../harness/pacing.ts';

function limited(headers: [string, string][]): Exchange {
  const request = {
    operation: 'token',
    method: 'POST',
    url: 'http://127.0.0.1/',
    headers: [],
    body: undefined,
    malformed: false,
  } as const;
  return new Exchange(request, { status: 429, headers, body: new Uint8Array() }, 0, 0);
}

describe('the time to wait is read from', () => {
  const now = Date.parse('2026-11-24T00:00:00Z');
  it.each<[string, [string, string][], number | undefined]>([
    ['Retry-After in seconds', [['retry-after', '7']], 7],
    ['Retry-After as a date', [['Retry-After', 'Tue, 24 Nov 2026 00:00:30 GMT']], 30],
    ['a date that has passed', [['Retry-After', 'Mon, 23 Nov 2026 00:00:30 GMT']], 0],
    ['RateLimit', [['RateLimit', '"default";r=0;t=12']], 12],
    ['RateLimit-Reset', [['RateLimit-Reset', '5']], 5],
    ['X-RateLimit-Reset as an epoch', [['X-RateLimit-Reset', String(now / 1000 + 9)]], 9],
    ['nothing', [], undefined],
    ['nonsense', [['retry-after', 'soon']], undefined],
  ])('%s', (_, headers, seconds) => {
    expect(retryAfterSeconds(limited(headers), now)).toBe(seconds);
  });
});

describe('the pacer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Milliseconds of fake time until each is granted. */
  async function granted(pacer: Pacer, operations: readonly ('token' | 'revoke' | 'scopes')[]): Promise<number[]> {
    const start = Date.now();
    const times: number[] = [];
    const all = Promise.all(
      operations.map((operation) =>
        pacer
          .lane()
          .acquire(operation)
          .then(() => times.push(Date.now() - start)),
      ),
    );
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    await all;
    return times;
  }

  it('never sends more than the limit within any minute', async () => {
    const times = await granted(
      new Pacer({ token: 3 }),
      Array.from({ length: 8 }, () => 'token' as const),
    );
    expect(times).toHaveLength(8);
    for (const time of times)
      expect(times.filter((other) => other >= time && other < time + 60_000).length).toBeLessThanOrEqual(3);
  });

  it('counts a reserved place from its use, as the target does', async () => {
    const pacer = new Pacer({ token: 2 });
    const start = Date.now();
    const late = pacer.lane();
    await late.reserve('token');
    await vi.advanceTimersByTimeAsync(50_000);
    await late.acquire('token');
    const times: number[] = [];
    for (let count = 0; count < 2; count += 1)
      void pacer
        .lane()
        .acquire('token')
        .then(() => times.push(Date.now() - start));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(times[0]).toBe(50_000);
    expect(times[1]).toBeGreaterThan(110_000);
  });

  it('counts a request from its answer: the target may have seen it no earlier', async () => {
    const pacer = new Pacer({ token: 1 });
    const start = Date.now();
    const lane = pacer.lane();
    const acquired = await lane.acquire('token');
    await vi.advanceTimersByTimeAsync(3000);
    lane.answered('token', acquired);
    const next = pacer
      .lane()
      .acquire('token')
      .then(() => Date.now() - start);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await next).toBeGreaterThan(63_000);
  });

  it('gives a place that was reserved a minute ago no second time', async () => {
    const pacer = new Pacer({ token: 1 });
    const start = Date.now();
    const late = pacer.lane();
    await late.reserve('token');
    await vi.advanceTimersByTimeAsync(61_000);
    await pacer.lane().acquire('token');
    const used = late.acquire('token').then(() => Date.now() - start);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await used).toBeGreaterThan(121_000);
  });

  it('counts every operation against the total', async () => {
    const times = await granted(new Pacer({ total: 2 }), ['token', 'revoke', 'scopes']);
    expect(times.filter((time) => time < 60_000)).toHaveLength(2);
  });

  it('does not hold what has no limit', async () => {
    expect(await granted(new Pacer({ token: 1 }), ['revoke', 'revoke', 'scopes'])).toEqual([0, 0, 0]);
  });

  it('waits for the time that a 429 named', async () => {
    const pacer = new Pacer(undefined);
    pacer.penalize('token', 7);
    const times = await granted(pacer, ['token', 'revoke']);
    expect(times[0]).toBe(0);
    expect(times[1]).toBeGreaterThanOrEqual(7000);
    expect(pacer.waitedMs).toBeGreaterThanOrEqual(7000);
  });

  it('learns an unknown limit from the first 429', async () => {
    const pacer = new Pacer(undefined);
    await granted(pacer, []);
    const first = ['token', 'token', 'token'] as const;
    for (const operation of first) await pacer.lane().acquire(operation); // two were answered, the third with 429
    pacer.penalize('token', 1);
    const times = await granted(pacer, ['token', 'token', 'token']);
    expect(times.filter((time) => time < 60_000).length).toBeLessThanOrEqual(2);
  });

  it('lets a check that began earlier go first', async () => {
    const pacer = new Pacer({ token: 1 });
    const [early, late] = [pacer.lane(), pacer.lane()];
    await early.acquire('token');
    const order: string[] = [];
    const both = [
      late.acquire('token').then(() => order.push('late')),
      early.acquire('token').then(() => order.push('early')),
    ];
    await vi.advanceTimersByTimeAsync(3 * 60_000);
    await Promise.all(both);
    expect(order).toEqual(['early', 'late']);
  });

  it('sends at once what has a place reserved, and takes the place back when it is not used', async () => {
    const pacer = new Pacer({ token: 1 });
    const [holder, other] = [pacer.lane(), pacer.lane()];
    await holder.reserve('token');
    let granted = false;
    const waiting = other.acquire('token').then(() => {
      granted = true;
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(granted).toBe(false);
    holder.release();
    await waiting;
    expect(granted).toBe(true);
  });

  it('lets nothing through after it was stopped', async () => {
    const pacer = new Pacer({ token: 1 });
    await pacer.lane().acquire('token');
    const waiting = pacer.lane().acquire('token');
    pacer.stop('The run was interrupted.');
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(pacer.lane().acquire('revoke')).rejects.toThrow('interrupted');
  });
});
