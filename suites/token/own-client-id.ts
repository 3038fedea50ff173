/**
 * A client that authenticates by Basic and says its client_id in the body as well is still the one client: what was issued to another is refused
 * (RFC 6749 4.1.3, 6).
 */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, type ClientCase, otherOfRole } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange, refresh } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';

/** What may be wrong already with a client_id beside Basic, or with the grant. */
const refused = {
  status: [400, 401],
  error: ['invalid_grant', 'invalid_request', 'invalid_client'],
  errorRequirement: 'errors/invalid-grant',
} as const;

/** The right request with the client_id: nothing says that it must be taken. @throws Skip */
function isTaken(t: CheckContext, exchange: Exchange): void {
  if (exchange.status === 400 || exchange.status === 401)
    t.skip('The target refuses a client_id in the body beside Basic, which no document forbids.');
  t.expect.given(exchange, 'a request by Basic with its own client_id in the body');
}

/** The case, where it authenticates by Basic. @throws Skip */
function byBasic(t: CheckContext, id: CaseId): ClientCase {
  const found = t.case(id);
  if (found.method !== 'client_secret_basic') t.skip(`The ${id} client has no secret.`);
  return found;
}

const ownerFor = (t: CheckContext, thief: ClientCase): ClientCase => otherOfRole(t.config, thief) ?? t.otherCase(thief);

export default defineChecks(
  (['client_secret_basic', 'third-party'] as const).flatMap((id): Check[] => [
    {
      id: `token/code-foreign-client-own-id/${id}`,
      title: `A code of another client is refused to one that sends its own client_id beside Basic (${id})`,
      verifies: ['token/code-client-binding'],
      needs: ['two clients'],
      control: codeExchange(id),
      ample: true,
      async run(t) {
        const thief = byBasic(t, id);
        const redeem = async (owner: ClientCase): Promise<Exchange> => {
          const params = { ...t.exchangeParams(await t.code(owner)), client_id: thief.client.id };
          return t.client.token({ as: thief, params });
        };
        isTaken(t, await redeem(thief));
        t.expect.refused(await redeem(ownerFor(t, thief)), {
          ...refused,
          because: 'a code of another client, with the own client_id beside Basic',
        });
      },
    },
    {
      id: `refresh/foreign-client-own-id/${id}`,
      title: `A refresh token of another client is refused to one that sends its own client_id beside Basic (${id})`,
      verifies: ['refresh/client-binding'],
      needs: ['two clients'],
      control: refresh(id),
      ample: true,
      async run(t) {
        const thief = byBasic(t, id);
        const use = async (owner: ClientCase): Promise<Exchange> => {
          const refreshToken = t.refreshTokenOf(await t.session(owner));
          const params = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: thief.client.id };
          return t.client.token({ as: thief, params });
        };
        isTaken(t, await use(thief));
        t.expect.refused(await use(ownerFor(t, thief)), {
          ...refused,
          because: 'a refresh token of another client, with the own client_id beside Basic',
        });
      },
    },
  ]),
);
