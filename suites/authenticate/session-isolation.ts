/** Who does not get into a session: other wallets, other clients, other ids (ERC-4361 "Creating Sessions"; API reference "session_id"). */

import { randomUUID } from 'node:crypto';
import { parseJwt } from '../../generators/jwt.ts';
import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import {
  type Continuable,
  continuableSession,
  needsJson,
  notContinued,
  otherWhitelabel,
  sharedContinuable,
  signedIn,
  submit,
  victimOf,
} from '../../harness/sign-in.ts';

/** Asserts that a session that began instead of a continuation is another one: ending it leaves the victim's alive. */
export async function isAnother(
  t: CheckContext,
  began: Session | undefined,
  victim: Continuable,
  requirement: string,
): Promise<void> {
  if (began === undefined || t.config.operations.revoke === false || !t.canTryAccessToken(victim.client)) return;
  // A sign-in of its wallet may have ended the victim's session, which no document forbids.
  if (!(await t.tryAccessToken(victim.accessToken, victim.client)).ok) return;
  await t.revoke(began.refreshToken ?? began.accessToken, began.client);
  await t.accessTokenLives(victim, {
    requirement,
    because: 'after a session was revoked that had begun with its session_id, and was said to be another',
  });
}

/** Asserts that the session of a refused attempt goes on. */
async function goesOn(t: CheckContext, session: Continuable, because: string): Promise<void> {
  if (t.canTryAccessToken(session.client)) await t.accessTokenLives(session, { because });
  if (session.refreshToken !== undefined && t.config.operations.token !== false)
    await t.refreshTokenLives(session, { because });
  const exchange = await submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });
  t.expect.accepted(exchange, { because: `the continuation of a session ${because}` });
  t.expect.that(
    exchange.object?.session_id === session.sessionId,
    `A continuation returned another session_id ${because}.`,
    { exchange },
  );
}

/** The session of an access token, under the names that are in use for it (OpenID Connect Front-Channel Logout 3: sid). */
function sessionClaim(accessToken: string): string | undefined {
  const claims = parseJwt(accessToken)?.claims ?? {};
  const id = claims.sid ?? claims.session_id ?? claims.sessionId;
  return typeof id === 'string' ? id : undefined;
}

const perMethod = methodCases.flatMap((id): Check[] => [
  {
    id: `session/other-wallet/${id}`,
    title: `Another wallet does not get into a session by its session_id (${id})`,
    verifies: ['session/wallet-binding'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const victim = await victimOf(t, t.case(id));
      const detail = {
        requirement: 'session/wallet-binding',
        because: 'by another wallet with the session_id of a session',
        victim,
      };
      // A stranger, and a wallet that has a session of its own.
      for (const known of t.trials([false, true])) {
        const wallet = t.wallet();
        if (known) t.expect.given(await submit(t, victim.client, { wallet }), 'a sign-in of another wallet');
        const exchange = await submit(t, victim.client, { wallet }, { session_id: victim.sessionId });
        await isAnother(t, notContinued(t, exchange, victim.client, detail), victim, detail.requirement);
      }
    },
  },
  {
    id: `session/ended-not-continued/${id}`,
    title: `A revoked session is not continued, and its tokens stay dead (${id})`,
    verifies: ['session/ended-not-continued', 'authenticate/sign-in'],
    needs: ['operation revoke'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const session = await signedIn(t, t.case(id));
      const byAccessToken = id === 'client_secret_basic' || session.refreshToken === undefined;
      const token = byAccessToken ? session.accessToken : (session.refreshToken ?? '');
      t.expect.given(await t.revoke(token, session.client), 'the revocation');
      const detail = {
        requirement: 'session/ended-not-continued',
        because: 'with the session_id of a revoked session',
        victim: session,
      };
      for (const _ of t.trials(['first', 'second'])) {
        const exchange = await submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });
        notContinued(t, exchange, session.client, detail);
      }
      if (!t.frugal)
        t.expect.accepted(await submit(t, session.client, { wallet: session.wallet }), {
          requirement: 'authenticate/sign-in',
          because: 'a sign-in by a wallet one of whose sessions was revoked',
        });
      const because = 'after its session was revoked, whatever sign-ins of its wallet followed';
      if (t.canTryAccessToken(session.client)) await t.accessTokenDies(session, { because });
      if (session.refreshToken !== undefined && t.config.operations.token !== false)
        await t.refreshTokenDies(session, { because });
    },
  },
  {
    id: `session/other-client/${id}`,
    title: `Another client does not get into a session by its session_id (${id})`,
    verifies: ['session/client-binding'],
    needs: ['two clients'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const victim = await victimOf(t, t.case(id));
      const thief = otherWhitelabel(t, victim.client);
      const detail = {
        requirement: 'session/client-binding',
        because: 'by another client with the session_id of a session',
        victim,
      };
      const exchange = await submit(t, thief, { wallet: victim.wallet }, { session_id: victim.sessionId });
      await isAnother(t, notContinued(t, exchange, thief, detail), victim, detail.requirement);
    },
  },
  {
    id: `session/refused-attempt-harmless/${id}`,
    title: `Refused attempts to continue a session leave it alive (${id})`,
    verifies: ['session/refused-attempt-harmless'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const session = await victimOf(t, t.case(id));
      const members = { session_id: session.sessionId };
      const attacker = t.wallet();
      await submit(t, session.client, { wallet: attacker }, members);
      if (t.frugal && t.canTryAccessToken(session.client)) {
        await t.accessTokenLives(session, { because: "after another wallet's attempt to continue its session" });
        return;
      }
      await submit(t, session.client, { wallet: session.wallet, sign: (text) => attacker.sign(text) }, members);
      if (t.config.clients.thirdParty !== undefined)
        await submit(t, t.case('third-party'), { wallet: session.wallet }, members);
      await goesOn(t, session, 'after refused attempts to continue its session');
    },
  },
]);

export default defineChecks([
  ...perMethod,
  {
    id: 'session/other-client-harmless',
    title: "Another client's attempt to continue a session leaves it alive",
    verifies: ['session/refused-attempt-harmless'],
    needs: ['two clients'],
    control: continuableSession,
    async run(t) {
      const session = await signedIn(t, t.whitelabel());
      const thief = otherWhitelabel(t, session.client);
      await submit(t, thief, { wallet: session.wallet }, { session_id: session.sessionId });
      await goesOn(t, session, "after another client's attempt to continue it");
    },
  },
  {
    id: 'session/of-a-code',
    title: 'A session that began with a code is not continued by whichever wallet names its id',
    verifies: ['session/wallet-binding'],
    needs: ['code source', 'operation token', 'jwt access tokens'],
    control: continuableSession,
    async run(t) {
      const session = await t.session(t.whitelabel(), { via: 'code' });
      const id = session.sessionId ?? sessionClaim(session.accessToken);
      if (id === undefined) return t.skip('The target does not tell the id of a session that began with a code.');
      const victim = { ...session, sessionId: id, wallet: t.wallet() };
      const exchange = await submit(t, session.client, {}, { session_id: id });
      const detail = {
        requirement: 'session/wallet-binding',
        because: 'with the id of a session that began with a code',
        victim,
      };
      await isAnother(t, notContinued(t, exchange, session.client, detail), victim, detail.requirement);
    },
  },
  {
    id: 'session/unknown-id',
    title: 'A session_id that names no session does not become the id of one',
    verifies: ['session/unknown-id'],
    control: continuableSession,
    async run(t) {
      const as = t.whitelabel();
      const ids = t.trials([randomUUID(), 'chosen-by-the-attacker', '0', '1', '../sessions/1', '%00']);
      for (const presented of ids) {
        const because = `with the session_id ${presented}, which names no session`;
        const detail = { requirement: 'session/unknown-id', because, presented };
        notContinued(t, await submit(t, as, {}, { session_id: presented }), as, detail);
      }
    },
  },
  {
    id: 'session/id-inexact',
    title: 'A session_id that is cut, lengthened or changed does not continue the session',
    verifies: ['session/id-exact'],
    control: continuableSession,
    async run(t) {
      const victim = await sharedContinuable(t);
      // White space and letter case are left out: the usual forms of ids, UUIDs among them, do not depend on the case.
      const same = victim.sessionId.toLowerCase();
      const misses = nearMisses(victim.sessionId).filter(({ value }) => value.trim().toLowerCase() !== same);
      for (const { what, value: presented } of t.trials(misses)) {
        const exchange = await submit(t, victim.client, { wallet: victim.wallet }, { session_id: presented });
        const detail = { requirement: 'session/id-exact', because: `with a session_id ${what}`, victim, presented };
        notContinued(t, exchange, victim.client, detail);
      }
    },
  },
  {
    id: 'session/id-pattern',
    title: 'A pattern that a session_id matches does not continue the session',
    verifies: ['session/id-exact'],
    control: continuableSession,
    ample: true,
    async run(t) {
      // A wallet with one session: whatever a pattern finds is that.
      const victim = await signedIn(t, t.whitelabel());
      const { sessionId } = victim;
      const patterns = [
        '%',
        `${sessionId.slice(0, -1)}_`,
        `${sessionId.slice(0, 8)}%`,
        '*',
        `${sessionId.slice(0, -1)}?`,
        '.*',
        '^',
        `%${sessionId.slice(-8)}`,
      ].filter((pattern) => pattern !== sessionId); // an id of base64url may end in the very character of a pattern
      for (const presented of t.trials(patterns)) {
        const exchange = await submit(t, victim.client, { wallet: victim.wallet }, { session_id: presented });
        const because = `with ${JSON.stringify(presented.replace(sessionId.slice(0, 8), '(its beginning)'))} as session_id`;
        const detail = { requirement: 'session/id-exact', because, victim, presented };
        notContinued(t, exchange, victim.client, detail);
      }
    },
  },
  {
    id: 'session/id-type',
    title: 'A session_id of another JSON type continues no session',
    verifies: ['session/id-type'],
    control: continuableSession,
    async run(t) {
      needsJson(t);
      // A wallet with one session: whatever a query finds is that.
      const victim = t.frugal ? await sharedContinuable(t) : await signedIn(t, t.whitelabel());
      for (const value of t.trials<unknown>([{ $ne: null }, true, { $gt: '' }, 1, ['*'], { $regex: '.*' }, {}])) {
        const message = await t.message({ wallet: victim.wallet });
        const exchange = await t.client.authenticate({
          as: victim.client,
          json: { ...message.json, session_id: value },
          malformed: true,
        });
        const because = `with the session_id ${JSON.stringify(value)}`;
        notContinued(t, exchange, victim.client, { requirement: 'session/id-type', because, victim });
      }
    },
  },
]);
