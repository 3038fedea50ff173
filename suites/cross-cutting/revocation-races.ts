/** Races of which no token may be left that a revocation misses (RFC 9700 4.14.2; API reference "Revoke an auth session"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { refresh } from '../../harness/controls.ts';
import { isEnded } from '../../harness/revocation.ts';

const ways = Array.from({ length: 8 }, (_, index) => index);

/** Whether the access token from before a refresh is still accepted after it, which is left to the server. */
async function survivesRefresh(t: CheckContext, id: CaseId): Promise<boolean> {
  const session = await t.session(id);
  if (!t.canTryAccessToken(session.client)) return false;
  await t.refreshed(session);
  return (await t.tryAccessToken(session.accessToken, session.client)).ok;
}

const perCase = caseIds.flatMap((id): Check[] => [
  {
    id: `race/winner-revocable/${id}`,
    title: `What a race of refreshes has issued dies with its session (${id})`,
    verifies: ['refresh/revoked-race'],
    needs: ['operation revoke'],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      const session = await t.session(id);
      t.refreshTokenOf(session);
      const wins = (await Promise.all(ways.map(() => t.refresh(session)))).filter((exchange) => exchange.ok);
      const pairs = wins.map((exchange) => t.sessionOf(exchange, session.client));
      const winner = pairs[0];
      if (winner === undefined) return t.skip('No refresh was granted in the race.');
      await t.revoke(winner.refreshToken ?? winner.accessToken, winner.client);
      const broken = { access: 'refresh/revoked-race', refresh: 'refresh/revoked-race' };
      for (const pair of pairs)
        await isEnded(t, pair, broken, 'that a race issued, after the session was revoked by the winner');
    },
  },
  {
    id: `race/revocation/${id}`,
    title: `A revocation beside a refresh leaves no token of the session alive (${id})`,
    verifies: ['refresh/revoked-race'],
    needs: ['operation revoke'],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      const broken = { access: 'refresh/revoked-race', refresh: 'refresh/revoked-race' };
      const survives = await survivesRefresh(t, id);
      for (const first of ['refresh', 'revocation', 'refresh', 'revocation']) {
        const session = await t.session(id);
        t.refreshTokenOf(session);
        const revoking = () => t.revoke(session.accessToken, session.client);
        const refreshing = () => t.refresh(session);
        const [refreshed, revoked] =
          first === 'refresh'
            ? await Promise.all([refreshing(), revoking()])
            : await Promise.all([revoking(), refreshing()]).then(([one, other]) => [other, one] as const);
        if (!revoked.ok) continue;
        if (!refreshed.ok) {
          await isEnded(t, session, broken, 'after its session was revoked beside a refresh');
          continue;
        }
        const pair = t.sessionOf(refreshed, session.client);
        if (survives) {
          // Whichever came first: the access token was good when it was revoked, so the session is over.
          await isEnded(t, pair, broken, 'although its session was revoked beside the refresh that issued it');
          continue;
        }
        // The refresh may have come first and ended the access token that was revoked: a second revocation decides.
        await t.revoke(pair.refreshToken ?? pair.accessToken, pair.client);
        await isEnded(t, pair, broken, 'after its session was revoked beside a refresh, and again after it');
      }
    },
  },
]);

export default defineChecks(perCase);
