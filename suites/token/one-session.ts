/** The life of one session at /token: refreshed for all and for part of its scope, and ended with every token it ever had (RFC 6749 6; RFC 7009 2.1). */

import { type Check, defineChecks } from '../../harness/check.ts';
import type { ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { plainRevocationEnds, revocation } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';
import type { Session } from '../../harness/fixtures.ts';
import { grantedScope, refreshedForLess } from './refresh-scope.ts';

/** Refreshes; the requirement is broken where that is refused. @throws Skip where there is no refresh token */
async function refreshed(t: CheckContext, session: Session, requirement: string, because: string): Promise<Session> {
  const exchange = t.expect.accepted(await t.refresh(session), { requirement, because });
  const next = t.sessionOf(exchange, session.client);
  t.expect.that(
    next.refreshToken !== undefined && next.refreshToken !== session.refreshToken,
    `${because} gave ${next.refreshToken === undefined ? 'no' : 'the same'} refresh token.`,
    { requirement: 'refresh/rotated', expected: 'A refresh gives a new refresh token.', exchange },
  );
  return next;
}

/** Refreshes again and again. @returns the pairs in order */
async function grow(t: CheckContext, owner: ClientCase): Promise<Session[]> {
  const first = await t.session(owner, { via: 'code' });
  const second = await refreshed(t, first, 'refresh/granted', 'A first refresh');
  await t.accessTokenLives(second, {
    requirement: 'refresh/access-token-works',
    because: 'although a refresh has just given it',
  });
  const third = await refreshed(t, second, 'refresh/new-token-works', 'The refresh token of a refresh');
  const scope = grantedScope(t, first);
  return [first, second, third, ...(scope.length < 2 ? [] : await refreshedForLess(t, third, scope, 'reverse'))];
}

async function tour(t: CheckContext, owner: ClientCase): Promise<void> {
  const pairs = await grow(t, owner);
  const last = pairs.at(-1);
  if (last === undefined) return;
  const other = await t.sharedSession(owner);
  t.expect.given(await t.tryAccessToken(other.accessToken, owner), 'the use of another session');
  t.expect.accepted(await t.revoke(t.refreshTokenOf(last), owner), { requirement: 'revoke/success-status' });
  const because = 'after the newest refresh token of its session was revoked';
  const dead = await plainRevocationEnds(t, owner.id);
  for (const pair of dead ? pairs : [last]) {
    const exchange = await t.tryAccessToken(pair.accessToken, owner);
    const message = `An access token was still accepted (${answered(exchange)}) ${because}.`;
    for (const requirement of pair === last
      ? ['revoke/refresh-ends-access']
      : ['revoke/every-generation', 'refresh/same-session'])
      t.expect.soft(!exchange.ok, message, { requirement, expected: 'The access token is refused.', exchange });
  }
  await t.refreshTokenDies(last, { requirement: 'revoke/refresh-token', because });
  await t.accessTokenLives(other, {
    requirement: 'token/code-session',
    because: 'after the session of another code was revoked',
  });
}

export default defineChecks(
  (['client_secret_basic', 'none'] as const).map(
    (id): Check => ({
      id: `refresh/one-session/${id}`,
      title: `A session is refreshed again and again, for part of its scope and all of it, and ends with every token it had (${id})`,
      verifies: [
        'refresh/granted',
        'refresh/rotated',
        'refresh/new-token-works',
        'refresh/access-token-works',
        'refresh/scope-narrowed',
        'refresh/scope-kept',
        'refresh/scope-order',
        'refresh/same-session',
        'revoke/every-generation',
        'revoke/refresh-token',
        'revoke/refresh-ends-access',
        'token/code-session',
      ],
      needs: ['operation token', 'code source', 'access token probe'],
      control: revocation(id),
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`No access token of the ${id} client can be tried on this target.`);
        await tour(t, owner);
      },
    }),
  ),
);
