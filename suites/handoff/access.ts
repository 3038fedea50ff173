/** Who may hand a user off: a user's live access token, of a whitelabel client, and nothing else. */

import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials, methodCases } from '../../harness/client-cases.ts';
import { handoff } from '../../harness/controls.ts';
import { needs, own, ownScheme, refusedWithoutCode, unregistered } from './request.ts';

export default defineChecks([
  {
    id: 'handoff/authorization-missing',
    title: 'A hand-off without an Authorization header is refused',
    // What the challenge of such a refusal says is judged by observers.
    verifies: [
      'handoff/authorization-required',
      'access-token/missing-token-status',
      'access-token/challenge-no-error-without-token',
    ],
    needs,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const headers: readonly Readonly<Record<string, string>>[] = [
        {},
        { authorization: '' },
        { authorization: 'Bearer' },
        { cookie: `access_token=${accessToken}; token=${accessToken}` },
        { 'x-access-token': accessToken },
        { 'x-forwarded-user': 'user-1', 'x-user-id': 'user-1' },
      ];
      for (const [index, one] of t.trials(headers).entries())
        await refusedWithoutCode(
          t,
          await t.client.handoffInit({ json: t.handoffBody(client), headers: one, malformed: true }),
          {
            // What an empty header or a cookie is taken for is the server's own business.
            ...(index === 0 ? { status: [401] } : {}),
            requirement: 'handoff/authorization-required',
            statusRequirement: 'access-token/missing-token-status',
            because: 'a hand-off without credentials in Authorization',
          },
        );
      if (t.frugal) return;
      for (const redirectUri of [ownScheme, unregistered])
        await refusedWithoutCode(
          t,
          await t.client.handoffInit({ json: t.handoffBody(client, { redirectUri }), malformed: true }),
          {
            requirement: 'handoff/authorization-required',
            because: `a hand-off to ${redirectUri} without credentials`,
          },
        );
    },
  },
  ...methodCases.map(
    (id): Check => ({
      id: `handoff/client-credentials/${id}`,
      title: `A client's own credentials do not hand a user off (${id})`,
      verifies: ['handoff/not-by-client-credentials'],
      needs: [...needs, `client ${id}`],
      control: handoff,
      async run(t) {
        const owner = own(t, id);
        const { id: clientId, secret = '' } = owner.client;
        const inBody = { client_id: clientId, ...(id === 'none' ? {} : { client_secret: secret }) };
        const exchange =
          id === 'client_secret_basic'
            ? await t.client.handoffInit({
                json: t.handoffBody(owner),
                headers: { authorization: basicCredentials(clientId, secret) },
                malformed: true,
              })
            : await t.client.handoffInit({ json: t.handoffBody(owner, inBody), malformed: true });
        await refusedWithoutCode(t, exchange, { because: "a client's own credentials" });
      },
    }),
  ),
  ...([false, true] as const).map(
    (refreshed): Check => ({
      id: `handoff/third-party${refreshed ? '/refreshed' : ''}`,
      title: `${refreshed ? 'A refreshed access token' : 'An access token'} of a third-party client is refused`,
      verifies: ['handoff/whitelabel-only', 'handoff/role-refusal-status'],
      needs: [...needs, 'client third-party', 'third-party role', 'code source'],
      control: handoff,
      async run(t) {
        const owner = t.case('third-party');
        if (owner.client.role !== 'third-party') t.skip('The third-party client has another role.');
        const session = refreshed ? await t.refreshed(await t.session(owner)) : await t.sharedSession(owner);
        const whitelabel = t.whitelabel();
        const bodies = [
          t.handoffBody(owner),
          t.handoffBody(owner, { client_id: whitelabel.client.id, clientId: whitelabel.client.id }),
          t.handoffBody(owner, { role: whitelabel.client.role }),
          t.handoffBody(owner, { redirectUri: ownScheme }),
          t.handoffBody(owner, { redirectUri: 'com.example.app:/connections' }),
          t.handoffBody(owner, { redirectUri: unregistered }),
          t.handoffBody(owner, { redirectUri: 'http://127.0.0.1:51004/callback' }),
        ];
        // A server that checks the body first may refuse members that it does not know with 400: only the right body tells the status.
        for (const [index, json] of t.trials(bodies).entries())
          await refusedWithoutCode(
            t,
            await t.client.handoffInit({ accessToken: session.accessToken, json, malformed: true }),
            {
              ...(index === 0 ? { status: [401, 403] } : {}),
              requirement: 'handoff/whitelabel-only',
              statusRequirement: 'handoff/role-refusal-status',
              because: 'an access token of a third-party client',
            },
          );
        const foreign = await t.client.handoffInit({
          accessToken: session.accessToken,
          json: t.handoffBody(whitelabel),
        });
        await refusedWithoutCode(t, foreign, {
          because: "a third party's token with the redirectUri of a whitelabel client",
        });
      },
    }),
  ),
  ...methodCases.map(
    (id): Check => ({
      id: `handoff/session-unaffected/${id}`,
      title: `Hand-offs, granted or refused, leave the session as it was (${id})`,
      verifies: ['handoff/session-unaffected'],
      needs: [...needs, `client ${id}`],
      async run(t) {
        const owner = own(t, id);
        const session = t.frugal ? await t.sharedSession(owner) : await t.session(owner);
        const hand = (json = t.handoffBody(owner)) =>
          t.client.handoffInit({ accessToken: session.accessToken, json, malformed: true });
        t.expect.given(await hand(), 'a hand-off');
        await hand(t.handoffBody(owner, { intent: 'delete-account' }));
        await hand(t.handoffBody(owner, { redirectUri: '' }));
        t.expect.accepted(await hand(), { because: 'a hand-off after others in the same session' });
        if (!t.frugal && session.refreshToken !== undefined && t.config.operations.token !== false)
          await t.refreshTokenLives(session, { because: 'after hand-offs in its session' });
      },
    }),
  ),
]);
