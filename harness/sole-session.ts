/**
 * Targets that keep one session for each user and client, or a number of them: a new one ends the oldest, which no document forbids. Every code is
 * for the user of the code source, so that there the checks of a run end each other's sessions, and what fails says nothing while others go on.
 */

import { availableCases, type ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { clientIdOf } from './ledger.ts';
import { Inconclusive, Skip } from './outcomes.ts';

/** How many sessions of a user at a client outlive the beginning of others: one, a dozen at most, some more, or as many as a run begins. */
export type Keeps = 'one' | 'few' | 'many' | 'all';

/** Sessions beside each other that are few. */
const few = 12;

/** Sessions that are begun at once to see which end. */
const atOnce = 8;

const reasons: Readonly<Record<Exclude<Keeps, 'all'>, string>> = {
  one: 'The target keeps one session for each user and client, and the codes are all for one user: of two sessions beside each other nothing can be said.',
  few: 'The target ends sessions of a user when others begin, and the codes are all for one user: of several sessions beside each other nothing can be said.',
  many: 'The target ends sessions of a user when many others begin, and the codes are all for one user: of so many sessions beside each other nothing can be said.',
};

/** Why a check that has begun so many sessions of one user at one client says nothing; undefined where it does. */
export function aloneReason(keeps: Keeps, sessions: number): string | undefined {
  const kept = { one: 1, few: 1, many: few, all: Number.POSITIVE_INFINITY }[keeps];
  return keeps === 'all' || sessions <= kept ? undefined : reasons[keeps];
}

/** A client that redeems codes, rather one whose access tokens can be tried. */
function clientOf(t: CheckContext): ClientCase | undefined {
  const all = availableCases(t.config);
  return all.find((client) => t.canTryAccessToken(client)) ?? all[0];
}

/** Whether the session is alive, by both of its tokens where both can be tried: one policy ends the pair, another the refresh token alone. */
export async function lives(t: CheckContext, session: Session): Promise<boolean> {
  const accepts =
    !t.canTryAccessToken(session.client) || (await t.tryAccessToken(session.accessToken, session.client)).ok;
  return accepts && (session.refreshToken === undefined || (await t.refresh(session)).ok);
}

/** Sessions of one client, none where none is to be had, which the checks tell. */
export async function sessionsOf(t: CheckContext, count: number): Promise<readonly Session[]> {
  const client = clientOf(t);
  const made: Session[] = [];
  if (client === undefined) return made;
  try {
    while (made.length < count) {
      const batch = Array.from({ length: Math.min(atOnce, count - made.length) }, () =>
        t.session(client, { via: 'code' }),
      );
      made.push(...(await Promise.all(batch)));
    }
    return made;
  } catch (error) {
    if (error instanceof Inconclusive || error instanceof Skip) return [];
    throw error;
  }
}

/** Whether a session ends when so many others of its user and client begin. To be asked while nothing else goes on. */
async function endsBeside(t: CheckContext, others: number): Promise<boolean> {
  const [first] = await sessionsOf(t, 1);
  const last = (await sessionsOf(t, others)).at(-1);
  return first !== undefined && last !== undefined && !(await lives(t, first)) && (await lives(t, last));
}

/** Whether the beginning of a second session of a user at a client ends the first. To be asked while nothing else goes on. */
export const keepsOneSession = (t: CheckContext): Promise<boolean> => endsBeside(t, 1);

/** How many sessions are kept, as far as so many at once can tell. To be asked while nothing else goes on. */
export async function keepsOf(t: CheckContext, begun: number): Promise<Keeps> {
  if (await endsBeside(t, few)) return 'few';
  return begun > few && (await endsBeside(t, begun)) ? 'many' : 'all';
}

/** Counts the codes that were redeemed, by client: each began a session. */
export class SessionCount {
  readonly #codes = new Map<string | undefined, Set<string>>();

  observe(exchange: Exchange): void {
    const code = new Map(exchange.requestForm).get('code');
    if (exchange.request.operation !== 'token' || !exchange.ok || code === undefined) return;
    const client = clientIdOf(exchange);
    this.#codes.set(client, (this.#codes.get(client) ?? new Set()).add(code));
  }

  /** Of all clients. */
  get all(): number {
    return [...this.#codes.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The most that one client had. */
  get most(): number {
    return Math.max(0, ...[...this.#codes.values()].map(({ size }) => size));
  }
}
