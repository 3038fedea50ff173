/** Parameters of a token request travel in its body (RFC 6749 4.1.3, 6; API reference "Body"): a URI ends in logs. */

import { type Check, defineChecks } from '../../harness/check.ts';
import { codeExchange, refresh, sessionToRefuse } from '../../harness/controls.ts';

export default defineChecks([
  ...(['none', 'client_secret_basic', 'third-party'] as const).map(
    (id): Check => ({
      id: `token/form-body-only/${id}`,
      title: `A code exchange whose parameters are in the request URI is refused (${id})`,
      verifies: ['form/body-only'],
      control: codeExchange(id),
      async run(t) {
        const as = t.case(id);
        // All of them, or one that is a secret: no document has a server refuse what is none, and libraries read it from anywhere.
        const names = ['grant_type', 'code', 'redirect_uri', 'code_verifier'] as const;
        for (const moved of t.trials<readonly string[]>([names, ['code'], ['code_verifier']])) {
          const right = Object.entries(t.exchangeParams(await t.code(as)));
          const isMoved = ([name]: readonly [string, string]): boolean => moved.some((one) => one === name);
          const query = new URLSearchParams(right.filter(isMoved)).toString();
          const params = right.filter((pair) => !isMoved(pair));
          t.expect.refused(await t.client.token({ as, query, params, malformed: true }), {
            status: [400, 401],
            because: `a code exchange whose ${moved.join(', ')} travelled in the URI`,
          });
        }
      },
    }),
  ),
  {
    id: 'token/form-body-only/refresh',
    title: 'A refresh whose refresh token is in the request URI is refused',
    verifies: ['form/body-only'],
    control: refresh('none'),
    async run(t) {
      const session = await sessionToRefuse(t, 'none');
      const query = new URLSearchParams({ refresh_token: t.refreshTokenOf(session) }).toString();
      const params = { grant_type: 'refresh_token' };
      t.expect.refused(await t.client.token({ as: session.client, query, params, malformed: true }), {
        status: [400, 401],
        because: 'a refresh whose refresh token is in the URI',
      });
    },
  },
]);
