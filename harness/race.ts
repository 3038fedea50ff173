/** Requests that meet at the server at the same moment: how many, how often, and what a failure tells of it. */

import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';

/** Requests at once: enough to meet in a gap of some milliseconds. */
export const raceWidth = 8;

/** Times that a race is run: the first warms the connections. In `deep` ten times as often, where nothing limits the requests. */
export function raceRounds(t: CheckContext): number {
  const { profile, rateLimit } = t.config;
  return profile === 'deep' && rateLimit === undefined ? 20 : 2;
}

/** Sends so many at once, each on a connection of its own. */
export const atOnce = (send: () => Promise<Exchange>): Promise<Exchange[]> =>
  Promise.all(Array.from({ length: raceWidth }, send));

/** Runs a race for each of these, until one has found something; a failure tells that one and no other. */
export async function inRounds<T>(t: CheckContext, each: readonly T[], race: (one: T) => Promise<void>): Promise<void> {
  for (const one of each) {
    const before = t.expect.findings.length;
    t.story.begin();
    await race(one);
    if (t.expect.findings.length > before) return;
  }
}
