/** Keeps requests under the configured limits and obeys `Retry-After` (RFC 9110 10.2.3, RFC 6585 4). */

import type { OperationKey, TargetConfig } from './config.ts';
import type { Exchange, ExchangeKind } from './exchange.ts';
import { Inconclusive } from './outcomes.ts';

/** A minute, and what requests may be delayed on their way, so that the target never counts one too many in a minute of its own. */
const minute = 60_250;

/** Requests of the last minute for one limit; times in milliseconds. */
class Window {
  limit: number;
  readonly #sent: number[] = [];
  #blockedUntil = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The moment at which one more request fits. */
  next(now: number): number {
    this.#forget(now);
    const full = this.#sent.length >= this.limit ? (this.#sent[this.#sent.length - this.limit] ?? now) + minute : now;
    return Math.max(full, this.#blockedUntil, now);
  }

  take(at: number): void {
    this.#sent.push(at);
  }

  /** A place that was taken and not used. @returns whether it still counted */
  giveBack(at: number): boolean {
    const index = this.#sent.lastIndexOf(at);
    if (index >= 0) this.#sent.splice(index, 1);
    return index >= 0;
  }

  /** A place that was taken counts from now on. @returns false when it is more than a minute old: it does not count any more */
  use(taken: number, now: number): boolean {
    this.#forget(now);
    if (!this.giveBack(taken)) return false;
    this.take(now);
    return true;
  }

  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  /** Requests of the last minute. */
  recent(now: number): number {
    this.#forget(now);
    return this.#sent.length;
  }

  #forget(now: number): void {
    while (this.#sent.length > 0 && (this.#sent[0] ?? 0) <= now - minute) this.#sent.shift();
  }
}

/** Seconds to wait that a 429 or 503 names: `Retry-After` as seconds or date, `RateLimit-Reset`, `X-RateLimit-Reset`; undefined when none does. */
export function retryAfterSeconds(exchange: Exchange, now = Date.now()): number | undefined {
  const value = exchange.header('retry-after')?.trim();
  if (value !== undefined) {
    if (/^\d+$/.test(value)) return Number(value);
    const date = Date.parse(value);
    if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now) / 1000));
  }
  const policy = /(?:^|[;,\s])t=(\d+)/.exec(exchange.header('ratelimit') ?? '')?.[1];
  if (policy !== undefined) return Number(policy);
  for (const name of ['ratelimit-reset', 'x-ratelimit-reset']) {
    const reset = exchange.header(name)?.trim();
    if (reset === undefined || !/^\d+$/.test(reset)) continue;
    const seconds = Number(reset);
    return seconds > 1_000_000_000 ? Math.max(0, Math.ceil(seconds - now / 1000)) : seconds; // an epoch time, or a delay
  }
  return undefined;
}

/** The turn of one check among all: its requests go before those of checks that began later, so that what it has begun does not grow old. */
export interface Lane {
  readonly priority: number;
  /** Requests sent in this turn, by operation; whoever sends counts. */
  readonly sent: Record<string, number>;
  /** Waits until a request to the operation fits every limit, then counts it. @returns when, for `answered` @throws Inconclusive when the run was stopped */
  acquire(operation: ExchangeKind): Promise<number>;
  /** The target may have counted the request as late as now: its minute begins here. */
  answered(operation: ExchangeKind, acquired: number): void;
  /** As `acquire`, for a request that will follow at once: a code or a dated message is made only when it can be used. */
  reserve(operation: ExchangeKind): Promise<void>;
  /** Gives back what was reserved and not used. */
  release(): void;
}

interface Waiter {
  readonly priority: number;
  readonly operation: ExchangeKind;
  readonly windows: readonly Window[];
  readonly resolve: (at: number) => void;
  readonly reject: (error: Error) => void;
}

export class Pacer {
  readonly #windows = new Map<ExchangeKind | 'total', Window>();
  readonly #onWait: ((milliseconds: number, operation: ExchangeKind) => void) | undefined;
  /** In the order of their turn. */
  readonly #waiters: Waiter[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lanes = 0;
  #stopped: string | undefined;
  #waited = 0;
  #waitingSince: number | undefined;

  constructor(limits: TargetConfig['rateLimit'], onWait?: (milliseconds: number, operation: ExchangeKind) => void) {
    for (const [key, limit] of Object.entries(limits ?? {}))
      if (limit !== undefined) this.#windows.set(key as OperationKey | 'total', new Window(limit));
    this.#onWait = onWait;
  }

  /** Milliseconds during which at least one request waited for a limit. */
  get waitedMs(): number {
    return this.#waited + (this.#waitingSince === undefined ? 0 : Date.now() - this.#waitingSince);
  }

  /** A turn behind all that began before, or the turn of `after`. */
  lane(after?: number): Lane {
    const priority = after ?? this.#lanes;
    this.#lanes += 1;
    /** When each place was taken. */
    const reserved = new Map<ExchangeKind, number[]>();
    return {
      priority,
      sent: {},
      acquire: async (operation) => {
        const taken = reserved.get(operation)?.shift();
        const used = taken === undefined ? undefined : this.#uses(operation, taken);
        return used ?? this.#turn(operation, priority);
      },
      answered: (operation, acquired) => {
        this.#uses(operation, acquired);
      },
      reserve: async (operation) => {
        const at = await this.#turn(operation, priority);
        reserved.set(operation, [...(reserved.get(operation) ?? []), at]);
      },
      release: () => {
        for (const [operation, places] of reserved)
          for (const at of places) for (const window of this.#for(operation)) window.giveBack(at);
        reserved.clear();
        this.#serve();
      },
    };
  }

  /** No request is let through any more, also none of those that wait. */
  stop(reason: string): void {
    this.#stopped = reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Inconclusive(reason));
    this.#serve();
  }

  /** Requests are let through again. */
  reopen(): void {
    this.#stopped = undefined;
  }

  /**
   * Learns from a 429: nothing more goes to that operation before the time that it names; and where no limit is configured, no more goes
   * out in a minute than was let through in this one.
   */
  penalize(operation: ExchangeKind, seconds: number): void {
    const now = Date.now();
    const window = this.#window(operation);
    if (window.limit === Number.POSITIVE_INFINITY) window.limit = Math.max(1, window.recent(now) - 1);
    window.block(now + seconds * 1000);
  }

  #window(operation: ExchangeKind): Window {
    const known = this.#windows.get(operation);
    if (known !== undefined) return known;
    const window = new Window(Number.POSITIVE_INFINITY);
    this.#windows.set(operation, window);
    return window;
  }

  #for(operation: ExchangeKind): readonly Window[] {
    if (operation === 'control') return [];
    const total = operation === 'jwks' ? undefined : this.#windows.get('total');
    return total === undefined ? [this.#window(operation)] : [this.#window(operation), total];
  }

  /** A place counts from when it is used, as the target counts. @returns that moment; undefined when it was taken so long ago that it has passed to others */
  #uses(operation: ExchangeKind, taken: number): number | undefined {
    const now = Date.now();
    const held = this.#for(operation).map((window) => window.use(taken, now));
    return held.every((one) => one) ? now : undefined;
  }

  /** @returns the moment from which the place counts */
  async #turn(operation: ExchangeKind, priority: number): Promise<number> {
    if (this.#stopped !== undefined) throw new Inconclusive(this.#stopped);
    const windows = this.#for(operation);
    const now = Date.now();
    if (this.#waiters.length === 0 && windows.every((window) => window.next(now) <= now)) {
      for (const window of windows) window.take(now);
      return now;
    }
    return new Promise<number>((resolve, reject) => {
      const at = this.#waiters.findIndex((other) => other.priority > priority);
      this.#waiters.splice(at < 0 ? this.#waiters.length : at, 0, { priority, operation, windows, resolve, reject });
      this.#serve();
    });
  }

  /** Lets through whatever fits, in the order of the turns, and comes back when the next one does. */
  #serve(): void {
    const now = Date.now();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#waiters]) {
      const at = Math.max(now, ...waiter.windows.map((window) => window.next(now)));
      if (at > now) {
        next = Math.min(next, at);
        continue;
      }
      for (const window of waiter.windows) window.take(now);
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve(now);
    }
    this.#account(now);
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#serve(), next - now);
    const [first] = this.#waiters;
    if (first !== undefined) this.#onWait?.(next - now, first.operation);
  }

  /** Waiting counts once, however many wait. */
  #account(now: number): void {
    if (this.#waiters.length > 0) this.#waitingSince ??= now;
    else if (this.#waitingSince !== undefined) {
      this.#waited += now - this.#waitingSince;
      this.#waitingSince = undefined;
    }
  }
}
