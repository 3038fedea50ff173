/** One refresh token presented in the wrong ways that leave a right server free to end its session, so the gravest come last (RFC 6749 6, 10.4). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { refresh } from '../../harness/controls.ts';
import { notWidened } from './refresh-scope.ts';

const loose = {
  status: [400, 401],
  error: ['invalid_client', 'invalid_request', 'unauthorized_client', 'invalid_grant'],
  errorRequirement: 'errors/invalid-client',
} as const;

export default defineChecks(
  (['client_secret_basic', 'client_secret_post'] as const).map(
    (id): Check => ({
      id: `refresh/refusals/${id}`,
      title: `A refresh token serves neither for more scope, nor without the client's secret, nor another client (${id})`,
      verifies: [
        'refresh/scope-not-widened',
        'errors/invalid-scope',
        'refresh/client-authenticated',
        'refresh/client-binding',
      ],
      needs: ['two clients'],
      control: refresh(id),
      async run(t) {
        const session = (await notWidened(t, id)) ?? (await t.session(id));
        const params = { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session) };
        t.expect.refused(await t.client.token({ params: { ...params, client_id: session.client.client.id } }), {
          ...loose,
          requirement: 'refresh/client-authenticated',
          because: 'a refresh by client_id alone',
        });
        t.expect.refused(await t.refresh(session, t.otherCase(session.client)), {
          status: [400],
          error: ['invalid_grant', 'invalid_request'],
          requirement: 'refresh/client-binding',
          errorRequirement: 'errors/invalid-grant',
          because: 'a refresh token of another client',
        });
      },
    }),
  ),
);
