/** What a revocation has ended and what it has left alone, seen by use of the tokens (contract "Revoking either token of a session revokes the session"). */

import type { CaseId, ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import { answered } from './expect.ts';
import { refreshTokenOf, type Session, type SessionOptions } from './fixtures.ts';

export const tokenKinds = ['refresh_token', 'access_token'] as const;
/** The values of `token_type_hint` (RFC 7009 2.1). */
export type TokenKind = (typeof tokenKinds)[number];

/** The requirement that a surviving token breaks. */
export interface Survivors {
  readonly access: string;
  readonly refresh: string;
}

/** By the kind of the token that was revoked. */
export const survivors: Readonly<Record<TokenKind, Survivors>> = {
  refresh_token: { refresh: 'revoke/refresh-token', access: 'revoke/refresh-ends-access' },
  access_token: { access: 'revoke/access-token', refresh: 'revoke/access-ends-refresh' },
};

/** @throws Skip where the target gives no refresh token */
export const tokenOfKind = (session: Session, kind: TokenKind): string =>
  kind === 'access_token' ? session.accessToken : refreshTokenOf(session);

const canRefresh = (t: CheckContext, session: Session): boolean =>
  session.refreshToken !== undefined && t.config.operations.token !== false;

/** Whether the death or life of any token of this session can be seen. */
export const isVisible = (t: CheckContext, session: Session): boolean =>
  canRefresh(t, session) || t.canTryAccessToken(session.client);

/** A session whose access token has been seen alive, where it can be tried: its death says something afterwards. @throws Skip @throws Inconclusive */
export async function liveSession(
  t: CheckContext,
  of: CaseId | ClientCase,
  options: SessionOptions = {},
): Promise<Session> {
  const session = await t.endingSession(of, options);
  if (!isVisible(t, session)) t.skip(`No token of the ${session.client.id} client can be tried on this target.`);
  if (t.canTryAccessToken(session.client))
    t.expect.given(await t.tryAccessToken(session.accessToken, session.client), 'a use of the fresh access token');
  return session;
}

/** Whether the access token alone shows what one requirement says about a whole session: trying it is not limited as /token is. */
const accessTokenTells = (t: CheckContext, session: Session): boolean =>
  t.frugal && t.canTryAccessToken(session.client);

/** Records a finding for each token of the session that is still accepted. */
export async function isEnded(t: CheckContext, session: Session, broken: Survivors, because: string): Promise<void> {
  if (t.canTryAccessToken(session.client)) {
    const exchange = await t.tryAccessToken(session.accessToken, session.client);
    t.expect.soft(!exchange.ok, `The access token was still accepted (${answered(exchange)}) ${because}.`, {
      requirement: broken.access,
      expected: 'The access token is refused.',
      exchange,
    });
  }
  if (canRefresh(t, session) && !(accessTokenTells(t, session) && broken.refresh === broken.access)) {
    const exchange = await t.refresh(session);
    t.expect.soft(!exchange.ok, `The refresh token was still accepted (${answered(exchange)}) ${because}.`, {
      requirement: broken.refresh,
      expected: 'The refresh token is refused.',
      exchange,
    });
  }
}

/** Asserts that every token of the session is still accepted; its refresh token is used up by that. */
export async function isAlive(t: CheckContext, session: Session, requirement: string, because: string): Promise<void> {
  if (t.canTryAccessToken(session.client)) await t.accessTokenLives(session, { requirement, because });
  if (canRefresh(t, session) && !accessTokenTells(t, session))
    await t.refreshTokenLives(session, { requirement, because });
}
