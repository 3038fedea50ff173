/**
 * Targets that keep one session for each user and client, or a number of them: a new one ends the oldest, which no document forbids. Every code is
 * for the user of the code source, so that there the checks of a run end each other's sessions, and what fails says nothing while others go on.
 */

import { availableCases, type ClientCase } from './client-cases.ts';
import type { AuthorizationCode } from './code-sources/index.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { clientIdOf } from './ledger.ts';
import { Inconclusive, Skip } from './outcomes.ts';

/**
 * How many sessions of a user at a client outlive the beginning of others: one, three at most, a dozen at most, some more, or as many as a run
 * begins. `code`: not even a code that was not redeemed yet outlives the next one.
 */
export type Keeps = 'code' | 'one' | 'few' | 'several' | 'many' | 'all';

/** Sessions that end when so many others begin are few, or several. */
const [few, several] = [3, 12];

/** Sessions that are begun at once to see which end. */
const atOnce = 8;

const reasons: Readonly<Record<Exclude<Keeps, 'all'>, string>> = {
  code: 'The target gives a code up when the next one for its user and client is made, and the codes are all for one user: of two codes beside each other nothing can be said.',
  one: 'The target keeps one session for each user and client, and the codes are all for one user: of two sessions beside each other nothing can be said.',
  few: 'The target ends sessions of a user when a few others begin, and the codes are all for one user: of sessions beside each other nothing can be said.',
  several:
    'The target ends sessions of a user when several others begin, and the codes are all for one user: of more than a few sessions beside each other nothing can be said.',
  many: 'The target ends sessions of a user when many others begin, and the codes are all for one user: of so many sessions beside each other nothing can be said.',
};

/** Why a check that asked for so many codes, or had so many sessions, of one user at one client says nothing; undefined where it does. */
export function aloneReason(
  keeps: Keeps,
  had: { readonly codes: number; readonly sessions: number },
): string | undefined {
  if (keeps === 'all') return undefined;
  const kept = { code: Number.POSITIVE_INFINITY, one: 1, few: 1, several: few + 1, many: several + 1 }[keeps];
  return had.sessions <= kept && (keeps !== 'code' || had.codes <= 1) ? undefined : reasons[keeps];
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

/** The session of a code; undefined where it was refused. */
async function redeemed(
  t: CheckContext,
  client: ClientCase,
  code: AuthorizationCode | undefined,
): Promise<Session | undefined> {
  const exchange = code === undefined ? undefined : await t.exchangeCode(client, code);
  return exchange?.ok === true ? t.sessionOf(exchange, client, 'code') : undefined;
}

/**
 * Whether a second code of a user at a client ends the first code, or the session of the second that of the first. To be asked while nothing else
 * goes on.
 */
export async function keepsOfTwo(t: CheckContext): Promise<'code' | 'one' | 'all'> {
  const client = clientOf(t);
  if (client === undefined) return 'all';
  try {
    const codes = [await t.code(client), await t.code(client)];
    const [one, other] = [await redeemed(t, client, codes[0]), await redeemed(t, client, codes[1])];
    if (one === undefined && other === undefined) return 'all';
    if (one === undefined || other === undefined) return 'code';
    return !(await lives(t, one)) && (await lives(t, other)) ? 'one' : 'all';
  } catch (error) {
    if (error instanceof Inconclusive || error instanceof Skip) return 'all'; // nothing to be had, which the checks tell
    throw error;
  }
}

/** How many sessions are kept, as far as so many at once can tell. To be asked while nothing else goes on. */
export async function keepsOf(t: CheckContext, begun: number): Promise<Keeps> {
  if (await endsBeside(t, few)) return 'few';
  if (begun > few && (await endsBeside(t, several))) return 'several';
  return begun > several && (await endsBeside(t, begun)) ? 'many' : 'all';
}

/** What a check, or a run, had at once: codes that were not used yet, and sessions that codes have begun. */
export class SessionCount {
  readonly #codes = new Map<string | undefined, Set<string>>();
  readonly #unused = new Set<string>();
  #mostCodes = 0;
  #mostSessions = 0;

  /** A code was got, and is not used yet. */
  got(code: string): void {
    this.#unused.add(code);
    this.#mostCodes = Math.max(this.#mostCodes, this.#unused.size);
  }

  observe(exchange: Exchange): void {
    if (exchange.request.operation !== 'token') return;
    const code = new Map(exchange.requestForm).get('code');
    if (code === undefined) return;
    this.#unused.delete(code);
    if (!exchange.ok) return;
    const client = clientIdOf(exchange);
    const sessions = (this.#codes.get(client) ?? new Set()).add(code);
    this.#codes.set(client, sessions);
    this.#mostSessions = Math.max(this.#mostSessions, sessions.size);
  }

  /** What follows has nothing to do with what was before. */
  anew(): void {
    this.#codes.clear();
    this.#unused.clear();
  }

  /** The most codes that were unused at once. */
  get codes(): number {
    return this.#mostCodes;
  }

  /** Sessions of all clients. */
  get all(): number {
    return [...this.#codes.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The most sessions that one client had. */
  get sessions(): number {
    return this.#mostSessions;
  }
}
