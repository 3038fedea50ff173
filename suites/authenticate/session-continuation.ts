/** Going on in a session by its id (API reference "session_id"). */

import { parseJwt } from '../../generators/jwt.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { plainRevocationEnds, signIn } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Session } from '../../harness/fixtures.ts';
import {
  type Continuable,
  continuableSession,
  earlierLives,
  notContinued,
  sharedContinuable,
  signedIn,
  submit,
  victimOf,
} from '../../harness/sign-in.ts';
import { fieldTopics } from './message-fields.ts';

/** Continues a session as it should be done. */
const continueSession = (t: CheckContext, session: Continuable): Promise<Exchange> =>
  submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });

const subjectOf = ({ accessToken }: Session): unknown => parseJwt(accessToken)?.claims.sub;

/** Asserts that the session was continued, and reads the pair. */
function continued(t: CheckContext, exchange: Exchange, session: Continuable, because: string): Continuable {
  const requirement = 'session/continued';
  t.expect.accepted(exchange, { requirement, because });
  t.expect.that(exchange.object?.session_id === session.sessionId, 'A continuation returned another session_id.', {
    requirement,
    expected: 'The session_id of the session that is continued.',
    exchange,
  });
  const [before, after] = [session, t.sessionOf(exchange, session.client, 'authenticate')].map(subjectOf);
  if (before !== undefined && after !== undefined)
    t.expect.that(
      before === after,
      'A continuation issued an access token with another sub than that of the session.',
      {
        requirement,
        expected: 'The address keeps its account.',
        exchange,
      },
    );
  const { wallet, sessionId } = session;
  return { ...t.sessionOf(exchange, session.client, 'authenticate'), wallet, sessionId };
}

/** Asserts that nothing of an ended session works. */
async function allDead(t: CheckContext, sessions: readonly Session[], because: string): Promise<void> {
  for (const session of sessions) {
    if (t.canTryAccessToken(session.client)) await t.accessTokenDies(session, { because });
    if (session.refreshToken !== undefined && t.config.operations.token !== false)
      await t.refreshTokenDies(session, { because });
  }
}

const perMethod = methodCases.flatMap((id): Check[] => [
  {
    id: `session/new-without-id/${id}`,
    title: `Two sign-ins without session_id begin two sessions, and ending one leaves the other (${id})`,
    verifies: ['session/new-without-id', 'session/independent'],
    needs: ['operation revoke'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const one = await victimOf(t, t.case(id));
      const other = await signedIn(t, one.client, one.wallet);
      t.expect.that(
        one.sessionId !== other.sessionId,
        'Two sign-ins without session_id returned the same session_id.',
        {
          requirement: 'session/new-without-id',
          expected: 'Each begins a session of its own.',
          exchange: other.exchange,
        },
      );
      // In gate nothing but the access token is looked at.
      const lives = t.frugal && !t.canTryAccessToken(one.client) ? one : await earlierLives(t, one);
      await t.revoke(other.refreshToken ?? other.accessToken, other.client);
      const detail = { requirement: 'session/independent', because: 'after another session of its wallet was revoked' };
      if (t.canTryAccessToken(one.client)) await t.accessTokenLives(one, detail);
      // In gate the session is shared, and a refresh may end its access token.
      if (t.frugal) return;
      if (lives.refreshToken !== undefined && t.config.operations.token !== false)
        await t.refreshTokenLives(lives, detail);
    },
  },
  {
    id: `session/continued/${id}`,
    title: `A sign-in with session_id continues the session, time after time (${id})`,
    verifies: [
      'session/continued',
      'refresh/single-use',
      ...(id === 'none' ? [] : ['authenticate/refresh-token' as const]),
    ],
    control: [signIn(id), continuableSession],
    async run(t) {
      const first = await signedIn(t, t.case(id));
      const second = continued(t, await continueSession(t, first), first, 'the continuation of a live session');
      // As at a first sign-in: to public clients a server may give none, and the check of sign-ins reports one that gives none to others.
      t.expect.soft(
        id === 'none' || first.refreshToken === undefined || second.refreshToken !== undefined,
        'A continuation has no refresh_token, although the sign-in that began the session had one.',
        {
          requirement: 'authenticate/refresh-token',
          expected: 'The response holds refresh_token, a string ("Returns access and refresh tokens").',
          exchange: second.exchange,
        },
      );
      if (t.frugal) return;
      if (t.canTryAccessToken(second.client))
        await t.accessTokenLives(second, { because: 'right after the continuation that issued it' });
      const rotated =
        second.refreshToken === undefined || t.config.operations.token === false
          ? second
          : await t.refreshTokenLives(second, { because: 'right after the continuation that issued it' });
      const third = continued(
        t,
        await continueSession(t, first),
        first,
        'the second continuation of a live session, after a refresh',
      );
      if (t.canTryAccessToken(third.client))
        await t.accessTokenLives(third, {
          because: `after a session was continued twice, and refreshed by ${rotated.client.id}`,
        });
      if (rotated !== second)
        t.expect.refused(await t.refresh(second), {
          requirement: 'refresh/single-use',
          because: 'a refresh token that was used before its session was continued',
        });
    },
  },
  {
    id: `session/continued-tokens/${id}`,
    title: `Revoking a continued session by its newest token ends the tokens of before and after (${id})`,
    verifies: ['session/continued-tokens'],
    needs: ['operation revoke'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const first = await signedIn(t, t.case(id));
      const second = continued(t, await continueSession(t, first), first, 'the continuation of a live session');
      const byRefreshToken = second.refreshToken !== undefined && id !== 'client_secret_post';
      const token = byRefreshToken ? second.refreshToken : second.accessToken;
      t.expect.given(await t.revoke(token ?? second.accessToken, second.client), 'the revocation');
      const what = byRefreshToken ? 'refresh' : 'access';
      await allDead(t, [first, second], `after its session was revoked by the ${what} token of a continuation`);
    },
  },
  {
    id: `session/continued-tokens-by-first/${id}`,
    title: `Revoking a continued session by the access token of before ends the tokens of after (${id})`,
    verifies: ['session/continued-tokens'],
    needs: ['operation revoke'],
    control: [signIn(id), continuableSession],
    async run(t) {
      const first = await signedIn(t, t.case(id));
      const second = continued(t, await continueSession(t, first), first, 'the continuation of a live session');
      if (!t.canTryAccessToken(first.client)) t.skip('An access token of this client cannot be tried here.');
      const tried = await t.tryAccessToken(first.accessToken, first.client);
      if (!tried.ok) t.skip('A continuation ends the earlier access token here, which no document forbids.');
      t.expect.given(await t.revoke(first.accessToken, first.client), 'the revocation');
      await allDead(t, [second, first], 'after its session was revoked by the access token of before the continuation');
    },
  },
]);

export default defineChecks([
  ...perMethod,
  {
    id: 'session/continued-then-refreshed',
    title: 'Revoking a continued session after a refresh ends all its tokens',
    verifies: ['session/continued-tokens'],
    needs: ['operation revoke', 'operation token'],
    control: continuableSession,
    async run(t) {
      const first = await signedIn(t, t.whitelabel());
      const second = continued(t, await continueSession(t, first), first, 'the continuation of a live session');
      const third = await t.refreshed(second);
      t.expect.given(await t.revoke(t.refreshTokenOf(third), third.client), 'the revocation');
      await allDead(t, [first, third], 'after its session was continued, refreshed and revoked');
    },
  },
  {
    id: 'session/one-session',
    title: 'A session is begun, continued and ended; it is no other session, and does not go on',
    verifies: [
      'session/new-without-id',
      'session/continued',
      'session/continued-tokens',
      'session/independent',
      'session/ended-not-continued',
    ],
    needs: ['operation revoke', 'access token probe'],
    control: continuableSession,
    async run(t) {
      const other = await sharedContinuable(t);
      if (!t.canTryAccessToken(other.client)) t.skip('An access token of this client cannot be tried here.');
      const first = await signedIn(t, other.client, other.wallet);
      t.expect.that(
        first.sessionId !== other.sessionId,
        'Two sign-ins without session_id returned the same session_id.',
        {
          requirement: 'session/new-without-id',
          expected: 'Each begins a session of its own.',
          exchange: first.exchange,
        },
      );
      const apart = (await t.tryAccessToken(other.accessToken, other.client)).ok;
      const second = continued(t, await continueSession(t, first), first, 'the continuation of a live session');
      t.expect.given(await t.revoke(second.refreshToken ?? second.accessToken, second.client), 'the revocation');
      if (!(await plainRevocationEnds(t, first.client.id)))
        t.inconclusive('The plainest revocation ends no access token either, which other checks report.');
      const requirement = 'session/continued-tokens';
      const because = 'after its session was continued and revoked';
      for (const pair of [first, second]) await t.accessTokenDies(pair, { requirement, because });
      // Whether a sign-in ends the earlier sessions of its wallet is said nowhere.
      if (apart)
        await t.accessTokenLives(other, {
          requirement: 'session/independent',
          because: 'after another session of its wallet was revoked',
        });
      notContinued(t, await continueSession(t, first), first.client, {
        requirement: 'session/ended-not-continued',
        because: 'with the session_id of a revoked session',
        victim: first,
      });
      await t.accessTokenDies(second, {
        requirement: 'session/ended-not-continued',
        because: 'after an attempt to continue its session, which had been revoked',
      });
    },
  },
  {
    id: 'session/continuation-verified',
    title: 'A continuation is verified like a first sign-in: signature and every field',
    verifies: ['session/continuation-verified'],
    control: continuableSession,
    async run(t) {
      const session = await sharedContinuable(t);
      const { wallet } = session;
      const members = { session_id: session.sessionId };
      const attacker = t.wallet();
      t.expect.refused(await submit(t, session.client, { wallet, sign: (text) => attacker.sign(text) }, members), {
        because: "a continuation with another key's signature",
      });
      for (const topic of t.trials([undefined, ...fieldTopics])) {
        const defect = topic?.defects(t)[0];
        if (defect !== undefined)
          t.expect.refused(await submit(t, session.client, { wallet, fields: defect.fields }, members), {
            because: `a continuation with a message ${defect.what}`,
          });
      }
      if (t.frugal) return;
      t.expect.refused(
        await submit(t, session.client, { wallet: attacker, sign: (text) => wallet.sign(text) }, members),
        { because: "a continuation with a message of another wallet, signed by the session's" },
      );
      for (const name of [t.config.siwe.messageField, 'signature']) {
        const { json } = await t.message({ wallet });
        t.expect.refused(
          await t.client.authenticate({
            as: session.client,
            json: { ...json, ...members, [name]: undefined },
            malformed: true,
          }),
          { because: `a continuation without ${name}` },
        );
      }
    },
  },
]);
