/** Client authentication where a sign-in continues a session: the session_id stands for nothing of it (RFC 6749 2.3; API reference "session_id"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import type { JsonRequest } from '../../harness/client.ts';
import { secretCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { continuation, continuedSession } from '../../harness/sign-in.ts';

type Attempt = readonly [
  because: string,
  requirement: string,
  variation: Omit<JsonRequest, 'json'>,
  members?: Readonly<Record<string, unknown>>,
];

const [verified, authenticated, oneMethod] = [
  'client-auth/secret-verified',
  'client-auth/confidential-must-authenticate',
  'client-auth/one-method',
] as const;

export default defineChecks(
  secretCases.map(
    (id): Check => ({
      id: `client-auth/authenticate/continuation/${id}`,
      title:
        id === 'client_secret_basic'
          ? `A session is continued with the right secret only, and by one method (${id})`
          : `A session is continued with the right secret only (${id})`,
      verifies: [verified, authenticated, ...(id === 'client_secret_basic' ? [oneMethod] : [])],
      control: [continuation(id), ...(id === 'client_secret_basic' ? [signIn('client_secret_post')] : [])],
      ample: true,
      async run(t) {
        const { client: as, wallet, sessionId } = await continuedSession(t, id);
        const { id: clientId, secret = '' } = as.client;
        const both = { client_id: clientId, client_secret: secret };
        const attempts: readonly Attempt[] = [
          ['with a wrong secret', verified, { as, credentials: { secret: 'not-the-secret-of-this-client' } }],
          ...(id === 'client_secret_basic'
            ? ([
                ['with an empty secret', authenticated, { as, credentials: { secret: '' } }],
                ['with Basic and client_secret', oneMethod, { as }, both],
              ] as const)
            : ([['with the client_id alone', authenticated, {}, { client_id: clientId }]] as const)),
        ];
        for (const [because, requirement, variation, members] of attempts) {
          const { json } = await t.message({ wallet });
          const exchange = await t.client.authenticate({
            malformed: true,
            ...variation,
            json: { ...json, session_id: sessionId, ...members },
          });
          t.expect.refused(exchange, { requirement, because: `the continuation of a session ${because}` });
        }
      },
    }),
  ),
);
