/** Sessions that were refreshed before they are revoked: their tokens of every generation (API reference "Revoke an auth session"; RFC 7009 2.1, 2.2). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds } from '../../harness/client-cases.ts';
import { answered } from '../../harness/expect.ts';
import { isEnded, liveSession, survivors, tokenKinds, tokenOfKind } from '../../harness/revocation.ts';

const every = 'revoke/every-generation';
const needs = ['operation revoke', 'operation token', 'session source'] as const;

const perClient = caseIds.flatMap((id): Check[] => [
  ...tokenKinds.map(
    (kind): Check => ({
      id: `revoke/refreshed-session/${kind}/${id}`,
      title: `Revoking the ${kind} of a session that was refreshed twice ends all its tokens (${id})`,
      verifies: [every, survivors[kind].access, survivors[kind].refresh],
      needs: [...needs, `client ${id}`],
      async run(t) {
        const first = await liveSession(t, id);
        const second = await t.refreshed(first);
        const third = await t.refreshed(second);
        // A refresh may rotate no refresh token at all (RFC 6749 6): the old one goes on.
        const last = third.refreshToken === undefined ? { ...third, refreshToken: t.refreshTokenOf(first) } : third;
        t.expect.accepted(await t.revoke(tokenOfKind(last, kind), last.client), {
          requirement: 'revoke/success-status',
        });
        const because = `after the revocation of the newest ${kind} of its session`;
        await isEnded(t, last, survivors[kind], because);
        for (const session of [first, second]) await isEnded(t, session, { access: every, refresh: every }, because);
      },
    }),
  ),
  {
    id: `revoke/older-access-token/${id}`,
    title: `The access token from before a refresh, while it is accepted, revokes the session (${id})`,
    verifies: ['revoke/older-token', 'revoke/rotated-token'],
    needs: [...needs, `client ${id}`, 'access token probe'],
    async run(t) {
      const first = await liveSession(t, id);
      if (!t.canTryAccessToken(first.client)) t.skip(`An access token of the ${id} client cannot be tried here.`);
      const second = await t.refreshed(first);
      if (!(await t.tryAccessToken(first.accessToken, first.client)).ok)
        t.skip('A refresh ends the earlier access token here, so there is only one at a time.');
      t.expect.accepted(await t.revoke(first.accessToken, first.client), { requirement: 'revoke/success-status' });
      const because = 'after the revocation of the access token that its session had before a refresh';
      // The newer pair first: the use of the old refresh token may itself end the session.
      for (const session of [second, first])
        await isEnded(t, session, { access: 'revoke/older-token', refresh: 'revoke/older-token' }, because);
      t.expect.accepted(await t.revoke(t.refreshTokenOf(first), first.client), {
        requirement: 'revoke/rotated-token',
        because: 'the revocation of a refresh token that was rotated out of a session that has ended',
      });
    },
  },
  {
    id: `revoke/rotated-token/${id}`,
    title: `The revocation of a refresh token that was rotated out is answered with 200 (${id})`,
    verifies: ['revoke/rotated-token'],
    needs: [...needs, `client ${id}`],
    async run(t) {
      const first = await t.endingSession(id);
      await t.refreshed(first);
      // Whether the session goes on is left open: the token is invalid (RFC 7009 2.2), and it names the session.
      t.expect.accepted(await t.revoke(t.refreshTokenOf(first), first.client), {
        because: 'the revocation of a refresh token that was rotated out',
      });
    },
  },
  {
    id: `revoke/again/${id}`,
    title: `The second revocation of a token is answered with 200 (${id})`,
    verifies: ['revoke/again', 'revoke/lasting', 'revoke/success-empty'],
    needs: [...needs, `client ${id}`],
    async run(t) {
      const session = await liveSession(t, id);
      const presented = session.refreshToken ?? session.accessToken;
      t.expect.accepted(await t.revoke(presented, session.client), { requirement: 'revoke/success-status' });
      const again = t.expect.accepted(await t.revoke(presented, session.client), {
        because: 'the second revocation of a token',
      });
      t.expect.soft(again.text === '', 'The response to the second revocation of a token has a body.', {
        requirement: 'revoke/success-empty',
        expected: 'No body.',
        exchange: again,
      });
      const lasting = { access: 'revoke/lasting', refresh: 'revoke/lasting' };
      await isEnded(t, session, lasting, 'after its session was revoked twice');
      if (session.refreshToken === undefined) return;
      t.expect.accepted(await t.revoke(session.accessToken, session.client), {
        because: 'the revocation of an access token whose session has ended',
      });
      await isEnded(t, session, lasting, 'after its session was revoked a third time');
    },
  },
]);

export default defineChecks([
  ...perClient,
  ...tokenKinds.map(
    (kind): Check => ({
      id: `revoke/stays-dead/${kind}`,
      title: `The tokens of a session are dead at once and a second after the revocation of its ${kind}`,
      verifies: ['revoke/immediate', 'revoke/lasting'],
      needs: [...needs, 'client client_secret_basic'],
      long: true,
      async run(t) {
        const session = await liveSession(t, 'client_secret_basic');
        t.expect.accepted(await t.revoke(tokenOfKind(session, kind), session.client), {
          requirement: 'revoke/success-status',
        });
        // Each is tried twice: a refused attempt must not fill a cache anew.
        const immediate = { access: 'revoke/immediate', refresh: 'revoke/immediate' };
        const lasting = { access: 'revoke/lasting', refresh: 'revoke/lasting' };
        await isEnded(t, session, immediate, 'right after the revocation of its session');
        await isEnded(t, session, lasting, 'at its second use after the revocation of its session');
        await new Promise((resolve) => setTimeout(resolve, 1100));
        await isEnded(t, session, lasting, 'a second after the revocation of its session');
      },
    }),
  ),
  ...tokenKinds.map(
    (kind): Check => ({
      id: `revoke/stays-dead-for-long/${kind}`,
      title: `The tokens of a session are still dead minutes and hours after the revocation of its ${kind}`,
      verifies: ['revoke/lasting'],
      needs: [...needs, 'clock', 'client client_secret_basic'],
      consumes: 'clock',
      async run(t) {
        const session = await liveSession(t, 'client_secret_basic');
        t.expect.accepted(await t.revoke(tokenOfKind(session, kind), session.client), {
          requirement: 'revoke/success-status',
        });
        const lasting = { access: 'revoke/lasting', refresh: 'revoke/lasting' };
        for (const seconds of [300, 3600]) {
          await t.advanceClock(seconds);
          await isEnded(t, session, lasting, `${seconds} seconds after the revocation of its session`);
        }
      },
    }),
  ),
  {
    id: 'revoke/after-access-expiry',
    title: 'A refresh token is revoked also when the access token of its session has expired',
    verifies: ['revoke/refresh-token'],
    needs: [...needs, 'clock', 'client client_secret_basic'],
    consumes: 'clock',
    async run(t) {
      const session = await t.endingSession('client_secret_basic');
      const seconds = (session.expiresIn ?? 900) + 60;
      if ((session.refreshExpiresIn ?? Number.POSITIVE_INFINITY) < seconds + 60)
        t.skip('Refresh tokens live no longer than access tokens here.');
      await t.advanceClock(seconds);
      t.expect.accepted(await t.revoke(t.refreshTokenOf(session), session.client), {
        requirement: 'revoke/success-status',
      });
      await t.refreshTokenDies(session, {
        requirement: 'revoke/refresh-token',
        because: 'after its revocation, which came when its access token had expired',
      });
    },
  },
  {
    id: 'revoke/expired-access-token',
    title: 'The revocation of an access token that has expired is answered with 200',
    verifies: ['revoke/unknown-token'],
    needs: ['operation revoke', 'session source', 'clock', 'client client_secret_basic'],
    consumes: 'clock',
    async run(t) {
      const session = await t.session('client_secret_basic');
      await t.advanceClock((session.expiresIn ?? 900) + 60);
      // Whether its session ends is left open: the token is invalid (RFC 7009 2.2), and it names the session.
      const exchange = await t.revoke(session.accessToken, session.client);
      t.expect.that(exchange.status === 200, `${answered(exchange)} to an access token that has expired.`, {
        expected: 'Status 200.',
        exchange,
      });
    },
  },
]);
