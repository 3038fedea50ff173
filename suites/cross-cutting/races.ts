/** Requests that meet at the server at the same moment (RFC 9700 4.14.2, RFC 7009 2.1; contract "single use"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds, otherOfRole } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { handoff, refresh, revocation } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { answered } from '../../harness/expect.ts';
import type { Session } from '../../harness/fixtures.ts';
import { atOnce, inRounds, raceRounds, raceWidth } from '../../harness/race.ts';
import { isEnded, type TokenKind } from '../../harness/revocation.ts';

const requirement = 'refresh/revoked-race';
const broken = { access: requirement, refresh: requirement };

/** Hand-offs of each session in a race of several. */
const timesEach = 3;

/** Whether the access token from before a refresh is still accepted after it, which is left to the server. */
async function survivesRefresh(t: CheckContext, id: CaseId): Promise<boolean> {
  const session = await t.session(id);
  if (!t.canTryAccessToken(session.client)) return false;
  await t.refreshed(session);
  return (await t.tryAccessToken(session.accessToken, session.client)).ok;
}

/** Sends two requests at once, the one that is named first. */
async function beside(
  t: CheckContext,
  session: Session,
  kind: TokenKind,
  first: 'refresh' | 'revocation',
): Promise<{ readonly refreshed: Exchange; readonly revoked: Exchange }> {
  const token = kind === 'access_token' ? session.accessToken : t.refreshTokenOf(session);
  t.step(`at once, the ${first} first: refresh the session, and revoke it by its ${kind}`);
  const sends = { refresh: () => t.refresh(session), revocation: () => t.revoke(token, session.client) };
  if (first === 'refresh') {
    const [refreshed, revoked] = await Promise.all([sends.refresh(), sends.revocation()]);
    return { refreshed, revoked };
  }
  const [revoked, refreshed] = await Promise.all([sends.revocation(), sends.refresh()]);
  return { refreshed, revoked };
}

/** One refresh beside one revocation. Either order is right; afterwards nothing of the session may be alive that a revocation has named. */
async function revokedBeside(
  t: CheckContext,
  id: CaseId,
  how: { readonly kind: TokenKind; readonly first: 'refresh' | 'revocation'; readonly survives: boolean },
): Promise<void> {
  t.step('begin a session');
  const session = await t.session(id);
  const { refreshed, revoked } = await beside(t, session, how.kind, how.first);
  if (!revoked.ok) return;
  if (!refreshed.ok) {
    t.step('try its tokens');
    return isEnded(t, session, broken, 'after its session was revoked beside a refresh');
  }
  const pair = t.sessionOf(refreshed, session.client);
  // The access token was good when it was revoked, whichever came first. Of a refresh token that may have been used up by then, and of an
  // access token that a refresh ends, that is not certain: a second revocation decides.
  const certain = how.kind === 'access_token' && how.survives;
  if (!certain) {
    t.step('revoke what the refresh gave');
    await t.revoke(pair.refreshToken ?? pair.accessToken, pair.client);
  }
  t.step('try what the refresh gave');
  await isEnded(
    t,
    pair,
    broken,
    certain
      ? 'although its session was revoked beside the refresh that issued it'
      : 'after its session was revoked beside a refresh, and again after it',
  );
}

const races = caseIds.flatMap((id, index): Check[] => [
  {
    id: `refresh/race/${id}`,
    title: `Of eight simultaneous uses of one refresh token one at most is granted, and what it gave dies with the session (${id})`,
    verifies: ['refresh/single-use-race', requirement],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      await inRounds(t, Array.from({ length: raceRounds(t) }), async () => {
        t.step('begin a session');
        const session = await t.session(id);
        t.refreshTokenOf(session);
        t.step(`refresh it ${raceWidth} times at once`);
        const wins = (await atOnce(() => t.refresh(session))).filter((exchange) => exchange.ok);
        t.expect.soft(
          wins.length <= 1,
          `${wins.length} of ${raceWidth} simultaneous uses of one refresh token were granted.`,
          {
            requirement: 'refresh/single-use-race',
            expected: 'One at most is granted.',
            ...(wins[1] === undefined ? {} : { exchange: wins[1] }),
          },
        );
        const pairs = wins.map((exchange) => t.sessionOf(exchange, session.client));
        const [winner] = pairs;
        if (winner === undefined || t.config.operations.revoke === false) return;
        t.step('revoke what the race gave, and try all of it');
        await t.revoke(winner.refreshToken ?? winner.accessToken, winner.client);
        for (const pair of pairs)
          await isEnded(t, pair, broken, 'that a race issued, after the session was revoked by the winner');
      });
    },
  },
  {
    id: `refresh/race-with-revocation/${id}`,
    title: `A revocation beside a refresh leaves no token of the session alive (${id})`,
    verifies: [requirement],
    needs: ['operation revoke'],
    control: refresh(id),
    disruptive: true,
    async run(t) {
      const survives = await survivesRefresh(t, id);
      const orders = ['refresh', 'revocation'] as const;
      // Who is first takes turns among the clients where the refresh token is revoked: of that less can be said.
      const attempts = Array.from({ length: raceRounds(t) }, (_, round) => [
        ...orders.map((first) => ({ kind: 'access_token', first, survives }) as const),
        ...(round % 2 === 0
          ? [{ kind: 'refresh_token', first: orders[(index + round / 2) % 2] ?? 'refresh', survives } as const]
          : []),
      ]).flat();
      await inRounds(t, attempts, (how) => revokedBeside(t, id, how));
    },
  },
]);

/** Whose revocation was too late finds the session ended, which is what it wanted; only a wait (503 with Retry-After) is an error that it can use. */
const revocations = (['client_secret_basic', 'none'] as const).map(
  (id): Check => ({
    id: `revoke/race/${id}`,
    title: `Eight simultaneous revocations of one token are all answered with 200 (${id})`,
    verifies: ['revoke/again'],
    needs: ['operation revoke', 'session source'],
    control: revocation(id),
    disruptive: true,
    async run(t) {
      await inRounds(t, Array.from({ length: raceRounds(t) }), async () => {
        t.step('begin a session');
        const session = await t.session(id);
        t.step(`revoke it ${raceWidth} times at once`);
        const token = session.refreshToken ?? session.accessToken;
        const answers = await atOnce(() => t.revoke(token, session.client));
        const refused = answers.filter(
          (exchange) => !exchange.ok && !(exchange.status === 503 && exchange.header('retry-after') !== undefined),
        );
        const [one] = refused;
        t.expect.soft(
          one === undefined,
          `${refused.length} of ${raceWidth} simultaneous revocations of one token were refused (${one === undefined ? '' : answered(one)}).`,
          { expected: 'Each is answered with 200.', ...(one === undefined ? {} : { exchange: one }) },
        );
      });
    },
  }),
);

/** Hand-offs of several sessions that meet: whatever they are answered, no code may go to two of them. */
const handoffRace: Check = {
  id: 'handoff/code-race',
  title: 'Simultaneous hand-offs of different sessions are given different codes',
  verifies: ['handoff/code-fresh'],
  needs: ['operation handoffInit', 'whitelabel client', 'session source'],
  control: handoff,
  disruptive: true,
  async run(t) {
    const owner = t.whitelabel();
    const other = otherOfRole(t.config, owner);
    t.step('begin three sessions, where there is another whitelabel client one of them with that');
    const sessions = [await t.session(owner), await t.session(owner), await t.session(other ?? owner)];
    await inRounds(t, Array.from({ length: raceRounds(t) }), async () => {
      t.step(`hand each of them off ${timesEach} times, all at once`);
      const asked = Array.from({ length: timesEach }, () => sessions).flat();
      const answers = await Promise.all(
        asked.map(async (session) => ({
          session,
          exchange: await t.client.handoffInit({
            accessToken: session.accessToken,
            json: t.handoffBody(session.client),
          }),
        })),
      );
      const given = new Map<unknown, Session>();
      for (const { session, exchange } of answers) {
        const code = exchange.ok ? exchange.object?.[t.config.handoff.codeField] : undefined;
        if (typeof code !== 'string') continue;
        t.expect.that((given.get(code) ?? session) === session, 'Two sessions were given the same hand-off code.', {
          expected: 'A code of its own for each session.',
          exchange,
        });
        given.set(code, session);
      }
    });
  },
};

export default defineChecks([...races, ...revocations, handoffRace]);
