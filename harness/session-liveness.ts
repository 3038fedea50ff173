/** Whether a whole session is alive, by whichever of its tokens costs least to try. */

import type { CheckContext } from './context.ts';
import type { Session } from './fixtures.ts';

interface Detail {
  readonly requirement?: string;
  readonly because: string;
}

/** In the sparing profiles the access token, which is tried beside /token; else the refresh token, which no cache of claims keeps alive. */
function byAccessToken(t: CheckContext, session: Session): boolean {
  if (session.refreshToken === undefined) return true;
  return t.frugal && t.canTryAccessToken(session.client);
}

/** Asserts by use that the session is alive. Its refresh token may be used up by that. @throws Failure @throws Skip where nothing can be tried */
export async function sessionLives(t: CheckContext, session: Session, detail: Detail): Promise<void> {
  if (byAccessToken(t, session)) await t.accessTokenLives(session, detail);
  else await t.refreshTokenLives(session, detail);
}

/** Asserts by use that the session is over; the caller has a control in which such a session is alive. @throws Failure @throws Skip where nothing can be tried */
export async function sessionDies(t: CheckContext, session: Session, detail: Detail): Promise<void> {
  if (byAccessToken(t, session)) await t.accessTokenDies(session, detail);
  else await t.refreshTokenDies(session, detail);
}
