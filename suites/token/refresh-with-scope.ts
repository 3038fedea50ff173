/** What a refresh refuses it refuses with the optional `scope`, too (RFC 6749 6; contract "single use and rotated"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds, clientCase } from '../../harness/client-cases.ts';
import { refresh, revocation, revokedSession } from '../../harness/controls.ts';
import { ask, toldScope } from './refresh-scope.ts';

/** What is wrong with the scope may be found first. */
const refused = {
  status: [400],
  error: ['invalid_grant', 'invalid_scope', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;

/** Who presents the refresh token of another client: each method once. */
const thieves: Readonly<Record<CaseId, CaseId>> = {
  client_secret_basic: 'none',
  client_secret_post: 'third-party',
  none: 'client_secret_post',
  'third-party': 'client_secret_basic',
};

export default defineChecks(
  caseIds.map(
    (id): Check => ({
      id: `refresh/refusals-with-scope/${id}`,
      title: `Also with a scope a refresh token serves neither another client, nor twice, nor after its revocation (${id})`,
      verifies: ['refresh/client-binding', 'refresh/single-use', 'revoke/refresh-token'],
      needs: ['two clients', 'operation revoke'],
      control: [refresh(id), revocation(id)],
      ample: true,
      async run(t) {
        const session = await t.session(id);
        t.refreshTokenOf(session);
        const scope = toldScope(t, session).join(' ');
        if (scope === '') t.skip('It is not told which scope the session was granted.');
        const exchange = t.expect.given(await ask(t, session, scope), 'a refresh for the granted scope');
        const next = t.sessionOf(exchange, session.client);
        t.refreshTokenOf(next);
        const preferred = clientCase(t.config, thieves[id]);
        const isOther = preferred !== undefined && preferred.client.id !== session.client.client.id;
        // The gravest last: a used token may end its session. The revoked one is of a session of its own.
        t.expect.refused(await ask(t, next, scope, isOther ? preferred : t.otherCase(session.client)), {
          ...refused,
          requirement: 'refresh/client-binding',
          because: 'a refresh token of another client, with its scope',
        });
        // One that stays the same is another finding.
        if (next.refreshToken !== session.refreshToken)
          t.expect.refused(await ask(t, session, scope), {
            ...refused,
            requirement: 'refresh/single-use',
            because: 'a refresh token that was used before, with its scope',
          });
        const ended = await revokedSession(t, id);
        if (ended?.refreshToken === undefined) return;
        t.expect.refused(await ask(t, ended, toldScope(t, ended).join(' ') || scope), {
          ...refused,
          requirement: 'revoke/refresh-token',
          because: 'a refresh token that was revoked, with its scope',
        });
      },
    }),
  ),
);
