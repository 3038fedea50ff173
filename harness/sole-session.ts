/**
 * Targets that keep one session for each user and client: a new one ends the one before, which no document forbids. Every code is for the user of the
 * code source, so that there the checks of a run end each other's sessions, and what fails says nothing while others go on.
 */

import { availableCases, type ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { clientIdOf } from './ledger.ts';
import { Inconclusive, Skip } from './outcomes.ts';

/** What is said of a check that needs two sessions of one user at one client. */
export const keepsOneReason =
  'The target keeps one session for each user and client, and the codes are all for one user: of two sessions beside each other nothing can be said.';

/** A client that redeems codes, rather one whose access tokens can be tried. */
function clientOf(t: CheckContext): ClientCase | undefined {
  const all = availableCases(t.config);
  return all.find((client) => t.canTryAccessToken(client)) ?? all[0];
}

/** Whether the session is alive, by both of its tokens where both can be tried: one policy ends the pair, another the refresh token alone. */
async function lives(t: CheckContext, session: Session): Promise<boolean> {
  const accepts =
    !t.canTryAccessToken(session.client) || (await t.tryAccessToken(session.accessToken, session.client)).ok;
  return accepts && (session.refreshToken === undefined || (await t.refresh(session)).ok);
}

/** Whether the beginning of a second session of a user at a client ends the first. To be asked while nothing else goes on. */
export async function keepsOneSession(t: CheckContext): Promise<boolean> {
  const client = clientOf(t);
  if (client === undefined) return false;
  try {
    const first = await t.session(client, { via: 'code' });
    const second = await t.session(client, { via: 'code' });
    return !(await lives(t, first)) && (await lives(t, second));
  } catch (error) {
    if (error instanceof Inconclusive || error instanceof Skip) return false; // no session to be had, which the checks tell
    throw error;
  }
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

  /** Whether one client had several sessions. */
  get several(): boolean {
    return [...this.#codes.values()].some(({ size }) => size > 1);
  }
}
