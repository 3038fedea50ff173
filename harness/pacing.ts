/** Keeps requests under the configured limits and obeys `Retry-After` (RFC 9110 10.2.3, RFC 6585 4). */

import { setTimeout as delay } from 'node:timers/promises';
import type { OperationKey, TargetConfig } from './config.ts';
import type { Exchange, ExchangeKind } from './exchange.ts';
import { Inconclusive } from './outcomes.ts';

/** A minute, and what requests may be delayed on their way, so that the target never counts one too many in a minute of its own. */
const minute = 60_250;

/** Requests of the last minute for one limit; times in milliseconds. */
class Window {
  readonly limit: number;
  readonly #sent: number[] = [];
  #blockedUntil = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The moment at which one more request fits. */
  next(now: number): number {
    while (this.#sent.length > 0 && (this.#sent[0] ?? 0) <= now - minute) this.#sent.shift();
    const full = this.#sent.length >= this.limit ? (this.#sent[this.#sent.length - this.limit] ?? now) + minute : now;
    return Math.max(full, this.#blockedUntil, now);
  }

  take(at: number): void {
    this.#sent.push(at);
  }

  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
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

export class Pacer {
  readonly #windows = new Map<OperationKey | 'total', Window>();
  #waited = 0;
  #waitedUntil = 0;
  #stopped: string | undefined;
  #wake = new AbortController();
  readonly #onWait: ((milliseconds: number, operation: ExchangeKind) => void) | undefined;
  readonly #sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

  /** @param sleep waits some milliseconds; tests replace it */
  constructor(
    limits: TargetConfig['rateLimit'],
    onWait?: (milliseconds: number, operation: ExchangeKind) => void,
    sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown> = (milliseconds, signal) =>
      delay(milliseconds, undefined, { signal }).catch(() => undefined), // woken by `stop`: the loop says why
  ) {
    for (const [key, limit] of Object.entries(limits ?? {}))
      if (limit !== undefined) this.#windows.set(key as OperationKey | 'total', new Window(limit));
    this.#onWait = onWait;
    this.#sleep = sleep;
  }

  /** Milliseconds during which at least one request waited for a limit. */
  get waitedMs(): number {
    return this.#waited;
  }

  /** No request is let through any more, also none of those that wait. */
  stop(reason: string): void {
    this.#stopped = reason;
    this.#wake.abort();
  }

  /** Requests are let through again. */
  reopen(): void {
    this.#stopped = undefined;
    this.#wake = new AbortController();
  }

  /** Waits until a request to the operation fits every limit, then counts it. @returns milliseconds waited */
  async acquire(operation: ExchangeKind): Promise<number> {
    const windows = this.#for(operation);
    let waited = 0;
    for (;;) {
      if (this.#stopped !== undefined) throw new Inconclusive(this.#stopped);
      const now = Date.now();
      const at = Math.max(now, ...windows.map((window) => window.next(now)));
      if (at <= now) {
        for (const window of windows) window.take(now);
        return waited;
      }
      waited += await this.#wait(at - now, operation);
    }
  }

  /** Learns from a 429: nothing more goes to that operation before the time that it names. */
  penalize(operation: ExchangeKind, seconds: number): void {
    const key = operation as OperationKey;
    const window = this.#windows.get(key) ?? new Window(Number.POSITIVE_INFINITY);
    this.#windows.set(key, window);
    window.block(Date.now() + seconds * 1000);
  }

  #for(operation: ExchangeKind): Window[] {
    const windows = [this.#windows.get(operation as OperationKey)];
    if (operation !== 'control' && operation !== 'jwks') windows.push(this.#windows.get('total'));
    return windows.filter((window) => window !== undefined);
  }

  async #wait(milliseconds: number, operation: ExchangeKind): Promise<number> {
    const now = Date.now();
    const until = now + milliseconds;
    this.#waited += Math.max(0, until - Math.max(now, this.#waitedUntil));
    this.#waitedUntil = Math.max(this.#waitedUntil, until);
    this.#onWait?.(milliseconds, operation);
    await this.#sleep(milliseconds, this.#wake.signal);
    return milliseconds;
  }
}
