/** The way of every request of a run: paced, sent, waited for where the target limits, recorded and observed. */

import { setTimeout as delay } from 'node:timers/promises';
import { Breaker } from './breaker.ts';
import type { TargetClock } from './clock.ts';
import type { TargetConfig } from './config.ts';
import type { Exchange, WireRequest } from './exchange.ts';
import { Ledger, type OpenSession } from './ledger.ts';
import type { ObserverPanel } from './observer-panel.ts';
import { Inconclusive, RateLimited, Unanswered } from './outcomes.ts';
import { type Lane, type Pacer, retryAfterSeconds } from './pacing.ts';
import type { Recorder } from './recorder.ts';
import type { Transport } from './transport.ts';

/** 429 and 503 answers to one request that are waited out before it counts as inconclusive. */
export const maxWaits = 8;
/** Repetitions of a lost request that changes nothing, and milliseconds before the first of them. */
const defaultRetries = 2;
const retryPause = 100;
/** Seconds to wait when a 429 names no time: the limits of the contract are for a minute. */
const defaultWait = 10;
/** Seconds that a prepared request outlives: codes live shorter than longer waits (RFC 6749 4.1.2). */
const shortWait = 5;
/** Seconds beyond which waiting for one request is given up. */
const longestWait = 300;

export interface SenderParts {
  readonly config: TargetConfig;
  readonly transport: Transport;
  readonly pacer: Pacer;
  readonly clock: TargetClock;
  readonly panel: ObserverPanel;
  /** Times that a lost request is sent again where that changes nothing; default 2. */
  readonly retries?: number | undefined;
  /** Remember which sessions are open, for the run to end them. */
  readonly remember: boolean;
}

export class Sender {
  /** Requests sent so far, by operation. */
  readonly requests: Record<string, number> = {};
  readonly #transport: Transport;
  readonly #pacer: Pacer;
  readonly #clock: TargetClock;
  readonly #panel: ObserverPanel;
  readonly #retries: number;
  readonly #ledger: Ledger | undefined;
  readonly #breaker = new Breaker();
  /** Where codes come from, if they come over HTTP. */
  readonly #codeUrl: string | undefined;

  constructor({ config, transport, pacer, clock, panel, retries = defaultRetries, remember }: SenderParts) {
    this.#transport = transport;
    this.#pacer = pacer;
    this.#clock = clock;
    this.#panel = panel;
    this.#retries = retries;
    this.#ledger = remember ? new Ledger(config) : undefined;
    const source = config.authorizationCode;
    this.#codeUrl = source?.source === 'http' ? new URL(source.url, config.target).href : undefined;
  }

  /** Sessions that may still be alive, newest first; none where they are not remembered. */
  get open(): readonly OpenSession[] {
    return this.#ledger?.open ?? [];
  }

  /** Paces, sends, waits out 429 and 503, records, and lets the observers judge. */
  async send(request: WireRequest, recorder: Recorder, lane: Lane): Promise<Exchange> {
    for (let attempt = 0; ; attempt += 1) {
      const acquired = await lane.acquire(request.operation);
      this.#breaker.admit(request.url);
      this.requests[request.operation] = (this.requests[request.operation] ?? 0) + 1;
      lane.sent[request.operation] = (lane.sent[request.operation] ?? 0) + 1;
      const exchange = await this.#repeated(request, recorder).finally(() =>
        lane.answered(request.operation, acquired),
      );
      const limited = exchange.status === 429 || (exchange.status === 503 && retryAfterSeconds(exchange) !== undefined);
      this.#panel.observe(exchange, recorder);
      learnTime(this.#clock, exchange);
      this.#ledger?.observe(exchange);
      if (!limited) return exchange;
      const seconds = retryAfterSeconds(exchange) ?? defaultWait;
      if (attempt >= maxWaits || seconds > longestWait)
        throw new Inconclusive(
          `The target limits the rate of ${request.operation} (${exchange.status}, wait ${seconds} s) to the end; set rateLimit to its limits.`,
        );
      this.#pacer.penalize(request.operation, Math.max(seconds, 0.05));
      if (seconds > shortWait)
        throw new RateLimited(
          `The target limits the rate of ${request.operation} (${exchange.status}, wait ${seconds} s).`,
        );
    }
  }

  /** Sends again what changes nothing, and what only gets a code, when no answer came: a precondition is not worth a verdict. */
  async #repeated(request: WireRequest, recorder: Recorder): Promise<Exchange> {
    const left = request.method === 'GET' || request.url === this.#codeUrl ? this.#retries : 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(request, recorder);
      } catch (error) {
        const lost = error instanceof Unanswered && (error.kind === 'connect' || error.kind === 'reset');
        if (!lost || attempt >= left) throw error;
        await delay(retryPause * (attempt + 1));
        this.#breaker.admit(request.url);
      }
    }
  }

  async #once(request: WireRequest, recorder: Recorder): Promise<Exchange> {
    const startedAt = Date.now();
    try {
      const exchange = await this.#transport.send(request);
      this.#breaker.answered(request.url);
      recorder.record(exchange);
      return exchange;
    } catch (error) {
      if (error instanceof Unanswered) {
        this.#breaker.unanswered(request.url, error);
        recorder.recordUnanswered(request, startedAt, Date.now() - startedAt, error.message);
      }
      throw error;
    }
  }
}

/** The target's time, from the first token pair that tells it. */
function learnTime(clock: TargetClock, exchange: Exchange): void {
  if (clock.learned || !exchange.ok) return;
  const token = exchange.object?.access_token;
  if (typeof token !== 'string') return;
  const [, payload] = token.split('.');
  if (payload === undefined) return;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const issuedAt = typeof claims === 'object' && claims !== null && 'iat' in claims ? claims.iat : undefined;
    if (typeof issuedAt === 'number') clock.learn(issuedAt);
  } catch {
    // an opaque token with dots tells no time
  }
}
