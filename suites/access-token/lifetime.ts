/** How long an access token lives: throughout expires_in, not longer, and not beyond its session. */

import { parseJwt } from '../../generators/jwt.ts';
import { bearerClient, bearerNeeds, liveAccessToken, present } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, type ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { revokedSession } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { hasCodeSource } from '../../harness/needs.ts';
import { submit } from '../../harness/sign-in.ts';

/** Seconds for which an expired token may pass: "usually no more than a few minutes" (RFC 7519 4.1.4). */
const leeway = 360;

/** Sessions of every client whose tokens can be tried, by every grant. */
async function sessionsOfAll(t: CheckContext): Promise<Session[]> {
  const sessions: Session[] = [];
  for (const owner of t.trials(availableCases(t.config).filter((one) => t.canTryAccessToken(one)))) {
    const canSignIn = t.config.operations.authenticate !== false && owner.client.role === 'whitelabel-customer';
    if (!hasCodeSource(t.config) && !canSignIn) continue;
    const session = await t.endingSession(owner);
    sessions.push(session);
    if (t.frugal) continue;
    if (session.via !== 'authenticate' && canSignIn) sessions.push(await t.signIn(owner));
    const second = await t.session(owner);
    if (second.refreshToken !== undefined && t.config.operations.token !== false)
      sessions.push(await t.refreshed(second));
  }
  if (sessions.length === 0) t.skip('No client is configured whose access tokens can be tried.');
  return sessions;
}

/** Seconds: as the response says, else as the token does (RFC 6749 5.1, RFC 7519 4.1.4). */
function lifetimeOf(session: Session): number | undefined {
  const { exp, iat } = parseJwt(session.accessToken)?.claims ?? {};
  return session.expiresIn ?? (typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined);
}

/** A refresh near the end of an access token: the new one has a life of its own. */
async function renew(t: CheckContext, sessions: readonly Session[]): Promise<Session | undefined> {
  const session = sessions.find(({ refreshToken }) => refreshToken !== undefined);
  if (t.frugal || session === undefined || t.config.operations.token === false) return undefined;
  return t.refreshed(session);
}

/** A continuation near the end of an access token gives another one, and this no longer life. */
async function continueOne(t: CheckContext, sessions: readonly Session[]): Promise<void> {
  const session = sessions.find(({ sessionId, wallet }) => sessionId !== undefined && wallet !== undefined);
  if (t.frugal || session?.wallet === undefined) return;
  await submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });
}

const named = ({ client, via }: Session): string => `(${client.id}, by ${via})`;

/** Other ways to write the same token: they name the same token, or none. */
function spellings(token: string): readonly (readonly [string, string])[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.slice(-1));
  const twin = last < 0 ? undefined : `${token.slice(0, -1)}${alphabet[last ^ 1]}`;
  return [
    ['as it is', `Bearer ${token}`],
    ['after the scheme in lower case', `bearer ${token}`],
    ['after two spaces', `Bearer  ${token}`],
    ['with padding', `Bearer ${token}==`],
    ...(twin === undefined ? [] : [['with its unused last bits changed', `Bearer ${twin}`] as const]),
  ];
}

/** A session whose access token was alive, revoked. Where requests are few, that of the control of revocations. */
async function ended(t: CheckContext, owner: ClientCase, kind: 'refresh' | 'access'): Promise<Session> {
  const known = t.frugal && kind === 'refresh' ? await revokedSession(t, owner.id) : undefined;
  if (known !== undefined) return known;
  const session = await t.session(owner);
  t.expect.given(await t.tryAccessToken(session.accessToken, owner), 'the use of a fresh access token');
  t.expect.given(
    await t.revoke(kind === 'access' ? session.accessToken : t.refreshTokenOf(session), owner),
    'a revocation',
  );
  return session;
}

const revoked = (['refresh', 'access'] as const).map(
  (kind): Check => ({
    id: `access-token/revoked/${kind}`,
    title: `The access token of a session that was revoked by its ${kind} token is refused, however it is written`,
    verifies: ['access-token/revoked-refused', 'access-token/invalid-token-status'],
    needs: [...bearerNeeds, 'operation revoke'],
    control: liveAccessToken,
    async run(t) {
      const owner = bearerClient(t);
      const session = await ended(t, owner, kind);
      for (const [index, [what, authorization]] of t.trials(spellings(session.accessToken)).entries())
        t.expect.refused(await present(t, owner, { authorization }), {
          ...(index === 0 ? { status: [401], statusRequirement: 'access-token/invalid-token-status' } : {}),
          because: `the access token of a revoked session, ${what}`,
        });
    },
  }),
);

export default defineChecks([
  ...revoked,
  {
    id: 'access-token/expiry',
    title: 'Access tokens of every client and grant live as long as expires_in says, and no longer',
    verifies: ['access-token/usable-until-expiry', 'access-token/expired-refused', 'access-token/invalid-token-status'],
    needs: [...bearerNeeds, 'clock'],
    control: liveAccessToken,
    consumes: 'clock',
    async run(t) {
      const begun = t.now;
      const sessions = (await sessionsOfAll(t)).filter((session) => lifetimeOf(session) !== undefined);
      const lifetimes = sessions.map(lifetimeOf).filter((one) => one !== undefined);
      if (lifetimes.length === 0)
        t.skip('Nothing says how long access tokens live: no expires_in (recommended, RFC 6749 5.1), and no exp.');
      const [shortest, longest] = [Math.min(...lifetimes), Math.max(...lifetimes)];
      // Latency, and a token that was dated to the second, are not held against the target: nor how long it took to issue them all.
      const before = Math.max(0, Math.floor(shortest - Math.max(15, shortest / 20)));
      await t.advanceClock(Math.max(0, before - Math.ceil((t.now - begun) / 1000)));
      await Promise.all(
        sessions.map((session) =>
          t.accessTokenLives(session, {
            requirement: 'access-token/usable-until-expiry',
            because: `${before} seconds after it was issued for ${lifetimeOf(session)} seconds ${named(session)}`,
          }),
        ),
      );
      const renewed = await renew(t, sessions);
      await continueOne(t, sessions);
      await t.advanceClock(longest - before + leeway);
      if (renewed !== undefined && (lifetimeOf(renewed) ?? 0) > (longest - before + leeway) * 1.1)
        await t.accessTokenLives(renewed, {
          requirement: 'access-token/usable-until-expiry',
          because: `${longest - before + leeway} seconds after a refresh gave it ${lifetimeOf(renewed)} seconds`,
        });
      for (const session of sessions)
        t.expect.refused(await t.tryAccessToken(session.accessToken, session.client), {
          requirement: 'access-token/expired-refused',
          status: [401],
          statusRequirement: 'access-token/invalid-token-status',
          because: `an access token ${leeway} seconds after its end ${named(session)}`,
        });
    },
  },
]);
