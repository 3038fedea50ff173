/** Requests that meet at the server at the same moment (RFC 9700 4.14.2, RFC 7009 2.1; contract "single use"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { refresh } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Session } from '../../harness/fixtures.ts';

/** Requests at once: enough to meet in a gap of some milliseconds. */
const width = 8;
const rounds = 3;

const atOnce = (count: number, send: () => Promise<Exchange>): Promise<Exchange[]> =>
  Promise.all(Array.from({ length: count }, send));

/** Every token of the granted responses is dead. */
async function allDead(
  t: CheckContext,
  sessions: readonly Session[],
  requirement: string,
  because: string,
): Promise<void> {
  for (const session of sessions) {
    if (t.canTryAccessToken(session.client)) await t.accessTokenDies(session, { requirement, because });
    if (session.refreshToken !== undefined) await t.refreshTokenDies(session, { requirement, because });
  }
}

const races = caseIds.flatMap((id): Check[] => [
  {
    id: `refresh/race/${id}`,
    title: `Of eight simultaneous uses of one refresh token one at most is granted (${id})`,
    verifies: ['refresh/single-use-race'],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      for (let round = 0; round < rounds; round += 1) {
        const session = await t.session(id);
        t.refreshTokenOf(session);
        const wins = (await atOnce(width, () => t.refresh(session))).filter((exchange) => exchange.ok);
        t.expect.that(
          wins.length <= 1,
          `${wins.length} of ${width} simultaneous uses of one refresh token were granted.`,
          {
            expected: 'One at most is granted.',
            ...(wins[1] === undefined ? {} : { exchange: wins[1] }),
          },
        );
      }
    },
  },
  {
    id: `refresh/race-with-revocation/${id}`,
    title: `A session that is revoked while it is refreshed ends, with all that the refresh gave (${id})`,
    verifies: ['refresh/revoked-race'],
    needs: ['operation revoke'],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      for (let round = 0; round < 2 * rounds; round += 1) {
        const session = await t.session(id);
        const token = t.refreshTokenOf(session);
        const both = [() => t.revoke(token, session.client), () => t.refresh(session)];
        const order = round % 2 === 0 ? both : [...both].reverse();
        const answers = await Promise.all(order.map((send) => send()));
        const won = answers
          .filter((exchange) => exchange.ok && exchange.request.operation === 'token')
          .map((exchange) => t.sessionOf(exchange, session.client));
        const revoked = answers.some((exchange) => exchange.ok && exchange.request.operation === 'revoke');
        if (!revoked) continue;
        // Either order is right. Whatever the refresh gave is ended by a revocation of its own, and so is the session.
        for (const next of won) await t.revoke(next.refreshToken ?? next.accessToken, next.client);
        const requirement = 'refresh/revoked-race';
        await allDead(
          t,
          won,
          requirement,
          'after its session was revoked while it was refreshed, and once more after that',
        );
        t.expect.that(
          !(await t.refresh(session)).ok,
          'A refresh token was accepted after its session was revoked while it was refreshed.',
          { requirement, expected: 'It is refused.' },
        );
        if (t.canTryAccessToken(session.client))
          await t.accessTokenDies(session, {
            requirement,
            because: 'after its session was revoked while it was refreshed',
          });
      }
    },
  },
]);

export default defineChecks(races);
