/** Refresh tokens over several generations, and those of sessions by /authenticate (contract, public facts; RFC 9700 4.14.2). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, caseIds, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anyRefresh, refresh } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';

const invalidGrant = { status: [400], error: ['invalid_grant'], errorRequirement: 'errors/invalid-grant' } as const;

const perCase = caseIds.flatMap((id): Check[] => [
  {
    id: `refresh/chain-generations/${id}`,
    title: `A session is refreshed again and again, each time with a new refresh token (${id})`,
    verifies: ['refresh/granted', 'refresh/rotated'],
    needs: ['operation token', `client ${id}`, 'session source'],
    async run(t) {
      let session = await t.session(id);
      const seen = new Set([t.refreshTokenOf(session)]);
      for (const turn of t.trials([1, 2, 3, 4])) {
        const exchange = t.expect.accepted(await t.refresh(session), { because: `refresh ${turn} of a session` });
        session = t.sessionOf(exchange, session.client);
        t.expect.that(
          session.refreshToken !== undefined && !seen.has(session.refreshToken),
          `Refresh ${turn} of a session issued ${session.refreshToken === undefined ? 'no refresh token' : 'a refresh token that was issued before'}.`,
          { requirement: 'refresh/rotated', expected: 'Each refresh issues a new refresh token.', exchange },
        );
        seen.add(t.refreshTokenOf(session));
      }
    },
  },
  {
    id: `refresh/single-use-generations/${id}`,
    title: `A used refresh token is refused, again and again (${id})`,
    verifies: ['refresh/single-use', 'errors/invalid-grant'],
    control: refresh(id),
    async run(t) {
      const first = await t.session(id);
      await t.refreshed(first);
      for (const turn of t.trials(['second', 'third', 'fourth']))
        t.expect.refused(await t.refresh(first), { ...invalidGrant, because: `the ${turn} use of a refresh token` });
    },
  },
  {
    id: `refresh/older-generations-generations/${id}`,
    title: `A used refresh token is refused after its successors were used (${id})`,
    verifies: ['refresh/single-use'],
    control: refresh(id),
    async run(t) {
      for (const back of [1, 2, 3]) {
        const chain = [await t.session(id)];
        for (let turn = 0; turn < 3; turn += 1) {
          const last = chain.at(-1);
          if (last !== undefined) chain.push(await t.refreshed(last));
        }
        const old = chain[chain.length - 1 - back];
        if (old === undefined) continue;
        t.expect.refused(await t.refresh(old), {
          ...invalidGrant,
          because: `a refresh token used ${back} refresh${back === 1 ? '' : 'es'} ago`,
        });
      }
    },
  },
]);

/** Refreshes between the first use of a refresh token and its second: more than lists of used tokens that forget are long. */
const since = 51;

/** A session of the first client that gets refresh tokens. @throws Skip */
async function refreshable(t: CheckContext): Promise<Session> {
  for (const owner of availableCases(t.config)) {
    const session = await t.session(owner);
    if (session.refreshToken !== undefined) return session;
  }
  return t.skip('The target issues no refresh tokens (optional, RFC 6749 5.1).');
}

/** How long a server remembers tells servers apart, not clients. */
const usedLongAgo: Check = {
  id: 'refresh/replay-after-others',
  title: `A used refresh token is still refused after ${since} other refreshes`,
  verifies: ['refresh/single-use'],
  needs: ['operation token', 'session source'],
  control: anyRefresh,
  ample: true,
  long: true,
  async run(t) {
    const first = await refreshable(t);
    let [latest, count] = [await t.refreshed(first), 0];
    while (count < since && latest.refreshToken !== undefined) {
      const exchange = await t.refresh(latest);
      if (!exchange.ok) break; // a session may have an end of its own
      latest = t.sessionOf(exchange, latest.client);
      count += 1;
    }
    t.expect.refused(await t.refresh(first), {
      ...invalidGrant,
      because: `a refresh token that was used ${count + 1} refreshes ago`,
    });
  },
};

/** /authenticate is for whitelabel clients only (API reference "Access restriction"). */
const afterSignIn = methodCases.map(
  (id): Check => ({
    id: `refresh/after-sign-in-generations/${id}`,
    title: `A session by /authenticate is refreshed, and its used refresh token is refused (${id})`,
    verifies: ['refresh/granted', 'refresh/single-use', 'authenticate/tokens-alive'],
    needs: ['operation token', 'operation authenticate', `client ${id}`, 'whitelabel client'],
    async run(t) {
      if (t.case(id).client.role !== 'whitelabel-customer')
        t.skip(`The ${id} client may not call /authenticate (API reference "Access restriction").`);
      const first = await t.signIn(id);
      if (t.canTryAccessToken(first.client))
        await t.accessTokenLives(first, {
          requirement: 'authenticate/tokens-alive',
          because: 'right after the sign-in that issued it',
        });
      t.expect.accepted(await t.refresh(first), { because: 'a refresh of a session by /authenticate' });
      t.expect.refused(await t.refresh(first), {
        ...invalidGrant,
        requirement: 'refresh/single-use',
        because: 'a used refresh token of a session by /authenticate',
      });
    },
  }),
);

export default defineChecks([usedLongAgo, ...perCase, ...afterSignIn]);
