/** The target's time: the machine's own, plus what `control.clock` has added. */

import type { ApiClient } from './client.ts';
import type { TargetConfig } from './config.ts';
import { Inconclusive, SuiteError } from './outcomes.ts';

/** A skew below this is latency and rounding, milliseconds. */
const noise = 60_000;
/** A skew beyond this is no clock that a run could have moved, milliseconds. */
const absurd = 20 * 365 * 86_400_000;

/** Beyond this a lifetime is none, seconds. */
const mostSeconds = 1e10;

/** Who moves the clock beside others. */
export interface ClockHand {
  /** Whether anybody else has had a hand on the clock meanwhile. */
  readonly shared: boolean;
  /** Nobody waits for this one any more. */
  leave(): void;
}

interface Waiter {
  /** On the target, milliseconds since the epoch. */
  readonly until: number;
  readonly client: ApiClient;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Several may have a hand on it at once. It moves only when each of them waits for a moment, and then to the next of these moments: time passes
 * for each by what it has asked for, whatever the others do.
 */
export class TargetClock {
  readonly #config: TargetConfig;
  #offset = 0;
  #learned = false;
  readonly #hands = new Set<{ shared: boolean }>();
  readonly #waiting: Waiter[] = [];
  #moving = false;
  /** Counts the advances: fixtures of an earlier epoch may have expired. */
  epoch = 0;

  constructor(config: TargetConfig) {
    this.#config = config;
  }

  /** Milliseconds since the epoch on the target, as far as is known. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** `now` as RFC 3339, moved by some seconds. */
  iso(seconds = 0): string {
    return new Date(this.now() + seconds * 1000).toISOString();
  }

  /**
   * Learns from the `iat` of the first access token how far earlier runs have moved a clock that can be moved; it only moves forward.
   * A target without `control.clock` keeps ordinary time.
   */
  learn(issuedAtSeconds: number): void {
    if (this.#learned || this.#config.control === undefined) return;
    this.#learned = true;
    const skew = issuedAtSeconds * 1000 - Date.now();
    if (skew > noise && skew < absurd) this.#offset = skew;
  }

  get learned(): boolean {
    return this.#learned || this.#config.control === undefined;
  }

  /** From now on the clock does not move unless this one waits as well. */
  join(): ClockHand {
    const hand = { shared: this.#hands.size > 0 };
    for (const other of this.#hands) other.shared = true;
    this.#hands.add(hand);
    return {
      get shared() {
        return hand.shared;
      },
      leave: () => {
        this.#hands.delete(hand);
        this.#move();
      },
    };
  }

  /**
   * Waits until so much time has passed on the target: its clock is moved forward.
   * @throws Inconclusive when the control route refuses
   */
  advance(seconds: number, client: ApiClient): Promise<void> {
    if (this.#config.control === undefined)
      return Promise.reject(new SuiteError("A check moves the clock without the need 'clock'."));
    // What is moved by is what the target said of its tokens: after some centuries there are no dates left to write.
    if (!(seconds >= 0 && seconds < mostSeconds))
      return Promise.reject(
        new Inconclusive(`The clock is not moved by ${seconds} seconds, which the target's lifetimes ask for.`),
      );
    const until = this.now() + seconds * 1000;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ until, client, resolve, reject });
      this.#move();
    });
  }

  /** Moves to the next moment that is waited for, if nobody is at work. */
  async #move(): Promise<void> {
    if (this.#moving) return;
    this.#moving = true;
    while (this.#waiting.length > 0 && this.#waiting.length >= this.#hands.size) {
      const next = this.#waiting.reduce((one, other) => (other.until < one.until ? other : one));
      try {
        const seconds = Math.ceil((next.until - this.now()) / 1000);
        if (seconds > 0) await this.#send(seconds, next.client);
        const now = this.now();
        for (const { resolve } of this.#take(({ until }) => until <= now)) resolve();
      } catch (error) {
        for (const { reject } of this.#take((waiter) => waiter === next)) reject(error);
      }
    }
    this.#moving = false;
  }

  /** Takes some out of those who wait. */
  #take(which: (waiter: Waiter) => boolean): readonly Waiter[] {
    const taken = this.#waiting.filter(which);
    const left = this.#waiting.filter((waiter) => !taken.includes(waiter));
    this.#waiting.splice(0, this.#waiting.length, ...left);
    return taken;
  }

  async #send(seconds: number, client: ApiClient): Promise<void> {
    const { control } = this.#config;
    if (control === undefined) return;
    const exchange = await client.fetch(control.clock, {
      kind: 'control',
      method: 'POST',
      body: JSON.stringify({ advanceSeconds: seconds }),
      headers: {
        'content-type': 'application/json',
        ...(control.token === undefined ? {} : { authorization: `Bearer ${control.token}` }),
      },
    });
    if (!exchange.ok)
      throw new Inconclusive(`The clock at control.clock was not moved: it answered ${exchange.summary}.`);
    this.#learned = true;
    this.#offset += seconds * 1000;
    this.epoch += 1;
  }
}
