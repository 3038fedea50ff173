/** Ends the waiting for a target that is away: after some requests in a row without an answer the next ones are not sent at all, but for a look now and then. */

import { Unanswered } from './outcomes.ts';
import { urlOf } from './urls.ts';

/** Requests in a row that may find no connection. */
const connectLimit = 5;
/** Requests in a row that may get no answer for other reasons, such as a time-out: some inputs are meant to provoke that. */
const limit = 10;
/** Milliseconds between two looks whether the target is back. */
const defaultPause = 1000;

interface State {
  inARow: number;
  noConnection: number;
  nextLook: number;
  message: string;
}

export class Breaker {
  readonly #states = new Map<string, State>();
  readonly #pause: number;

  /** @param pause milliseconds between two looks whether a target is back */
  constructor(pause = defaultPause) {
    this.#pause = pause;
  }

  /** @throws Unanswered (`connect`) while the origin of the URL is away */
  admit(url: string): void {
    const state = this.#states.get(urlOf(url).origin);
    if (state === undefined || (state.noConnection < connectLimit && state.inARow < limit)) return;
    if (Date.now() >= state.nextLook) {
      state.nextLook = Date.now() + this.#pause;
      return;
    }
    throw new Unanswered(
      'connect',
      `Not sent, because the ${state.inARow} requests before it got no answer: ${state.message}`,
    );
  }

  answered(url: string): void {
    this.#states.delete(urlOf(url).origin);
  }

  unanswered(url: string, { kind, message }: Unanswered): void {
    const { origin } = urlOf(url);
    const before = this.#states.get(origin) ?? { inARow: 0, noConnection: 0, nextLook: 0, message: '' };
    this.#states.set(origin, {
      inARow: before.inARow + 1,
      noConnection: kind === 'connect' || kind === 'tls' ? before.noConnection + 1 : 0,
      nextLook: Date.now() + this.#pause,
      message,
    });
  }
}
