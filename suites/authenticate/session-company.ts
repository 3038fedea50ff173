/** Sessions of one wallet side by side, at one client and at several: each has a life of its own (API reference "session_id"). */

import { defineChecks, type Need } from '../../harness/check.ts';
import { isAlive } from '../../harness/revocation.ts';
import { continuableSession, earlierLives, otherWhitelabel, signedIn, submit } from '../../harness/sign-in.ts';

const needs: readonly Need[] = ['operation authenticate', 'whitelabel client'];

export default defineChecks([
  {
    id: 'session/new-without-id-at-another-client',
    title: 'A sign-in with another client begins another session',
    verifies: ['session/new-without-id'],
    needs: [...needs, 'two clients'],
    control: continuableSession,
    ample: true,
    async run(t) {
      const one = await signedIn(t, t.whitelabel());
      const other = await signedIn(t, otherWhitelabel(t, one.client), one.wallet);
      t.expect.that(
        one.sessionId !== other.sessionId,
        'Sign-ins of one wallet with two clients, without session_id, returned the same session_id.',
        { expected: 'Each begins a session of its own.', exchange: other.exchange },
      );
    },
  },
  {
    id: 'session/revocation-at-another-client',
    title: 'A client with which a wallet has signed in too does not revoke its session with another client',
    verifies: ['revoke/foreign-client'],
    needs: [...needs, 'operation revoke', 'two clients'],
    control: continuableSession,
    ample: true,
    async run(t) {
      const one = await signedIn(t, t.whitelabel());
      const other = await signedIn(t, otherWhitelabel(t, one.client), one.wallet);
      const alive = await earlierLives(t, one);
      for (const token of [alive.accessToken, alive.refreshToken])
        if (token !== undefined) await t.revoke(token, other.client);
      const because =
        'after another client, with which its wallet has a session too, had presented its tokens to /revoke';
      await isAlive(t, alive, 'revoke/foreign-client', because);
    },
  },
  {
    id: 'session/refresh-of-another',
    title: 'Refreshing one session of a wallet leaves the other alive',
    verifies: ['session/independent'],
    needs: [...needs, 'operation token'],
    control: continuableSession,
    ample: true,
    async run(t) {
      const one = await signedIn(t, t.whitelabel());
      const other = await signedIn(t, one.client, one.wallet);
      const alive = await earlierLives(t, one);
      const detail = { because: 'after the other session of its wallet was refreshed' };
      const refreshed = await t.refreshed(alive);
      await t.refreshTokenLives(other, detail);
      await t.refreshTokenLives(refreshed, detail);
    },
  },
  {
    id: 'session/continuation-of-another',
    title: 'Continuing one session of a wallet does not bring back another that was revoked',
    verifies: ['session/ended-not-continued'],
    needs: [...needs, 'operation revoke', 'access token probe'],
    control: continuableSession,
    ample: true,
    async run(t) {
      const ended = await signedIn(t, t.whitelabel());
      const kept = await signedIn(t, ended.client, ended.wallet);
      await earlierLives(t, ended);
      t.expect.given(await t.revoke(ended.refreshToken ?? ended.accessToken, ended.client), 'the revocation');
      if ((await t.tryAccessToken(ended.accessToken, ended.client)).ok)
        t.inconclusive('The revocation did not end the access token, which other checks report.');
      t.expect.given(
        await submit(t, kept.client, { wallet: kept.wallet }, { session_id: kept.sessionId }),
        'the continuation of a live session',
      );
      const because = 'after it was revoked, and another session of its wallet was continued';
      await t.accessTokenDies(ended, { because });
      if (ended.refreshToken !== undefined && t.config.operations.token !== false)
        await t.refreshTokenDies(ended, { because });
    },
  },
]);
