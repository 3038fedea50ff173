/** JSON at /token and /revoke, where a target promises it (contract, dialect `token.acceptsJson`); nothing is asked where it does not. */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type ClientCase, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange, revocation } from '../../harness/controls.ts';
import { sessionDies } from '../../harness/session-liveness.ts';

const mediaType = 'application/json';

function needsPromise(t: CheckContext): void {
  if (!t.config.token.acceptsJson) t.skip('JSON is not promised at /token and /revoke (`token.acceptsJson`).');
}

/** A body with these parameters, and with what a client that authenticates in the body adds. */
function bodyOf(params: Readonly<Record<string, string>>, { client, method }: ClientCase): string {
  const own = method === 'client_secret_basic' ? {} : { client_id: client.id };
  const secret = method === 'client_secret_post' ? { client_secret: client.secret ?? '' } : {};
  return JSON.stringify({ ...params, ...own, ...secret });
}

export default defineChecks(
  methodCases.flatMap((id): Check[] => [
    {
      id: `token/json-accepted/${id}`,
      title: `A code exchange and a refresh in JSON are granted (${id})`,
      verifies: ['token/json-accepted'],
      control: codeExchange(id),
      async run(t) {
        needsPromise(t);
        const as = t.case(id);
        const exchange = await t.client.token({ as, mediaType, body: bodyOf(t.exchangeParams(await t.code(as)), as) });
        t.expect.accepted(exchange, { because: 'an exchange in JSON' });
        const session = t.sessionOf(exchange, as, 'code');
        if (session.refreshToken === undefined) return;
        const params = { grant_type: 'refresh_token', refresh_token: session.refreshToken };
        t.expect.accepted(await t.client.token({ as, mediaType, body: bodyOf(params, as) }), {
          because: 'a refresh in JSON',
        });
      },
    },
    {
      id: `revoke/json-accepted/${id}`,
      title: `A revocation in JSON is carried out (${id})`,
      verifies: ['revoke/json-accepted'],
      control: revocation(id),
      async run(t) {
        needsPromise(t);
        const session = await t.session(id);
        const body = bodyOf({ token: session.refreshToken ?? session.accessToken }, session.client);
        t.expect.accepted(await t.client.revoke({ as: session.client, mediaType, body }), {
          because: 'a revocation in JSON',
        });
        await sessionDies(t, session, { because: 'after a revocation in JSON' });
      },
    },
  ]),
);
