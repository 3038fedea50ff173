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

export class TargetClock {
  readonly #config: TargetConfig;
  #offset = 0;
  #learned = false;
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

  /** Moves the target's clock forward. @throws Inconclusive when the control route refuses */
  async advance(seconds: number, client: ApiClient): Promise<void> {
    const { control } = this.#config;
    if (control === undefined) throw new SuiteError("A check moves the clock without the need 'clock'.");
    // What is moved by is what the target said of its tokens: after some centuries there are no dates left to write.
    if (!(seconds >= 0 && seconds < mostSeconds))
      throw new Inconclusive(`The clock is not moved by ${seconds} seconds, which the target's lifetimes ask for.`);
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
