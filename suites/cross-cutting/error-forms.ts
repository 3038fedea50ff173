/** One refusal of each kind at each operation, so that what every refusal must look like is seen everywhere (RFC 6749 5.2; contract "Errors"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { secretCases } from '../../harness/client-cases.ts';
import { anySignIn, handoff, revocation } from '../../harness/controls.ts';

const oauth = [
  'errors/oauth-object',
  'errors/oauth-code',
  'errors/oauth-media-type',
  'errors/oauth-description',
] as const;
const general = ['errors/text', 'errors/no-internals', 'errors/no-secret-echo'] as const;
const wrongSecret = 'not-the-secret-of-this-client';

export default defineChecks([
  ...secretCases.map(
    (id): Check => ({
      id: `errors/revoke-client/${id}`,
      title: `A revocation by a client that fails to authenticate is refused with an OAuth error (${id})`,
      verifies: ['errors/invalid-client', ...oauth, 'http/challenge-on-401'],
      control: revocation(id),
      async run(t) {
        const credentials = { secret: wrongSecret };
        const params = { token: 'no-such-token' };
        t.expect.refused(await t.client.revoke({ as: t.case(id), credentials, params }), {
          status: [400, 401],
          error: ['invalid_client', 'invalid_request', 'unauthorized_client'],
          because: 'a wrong secret',
        });
      },
    }),
  ),
  {
    id: 'errors/authenticate-client',
    title: 'A sign-in by a client that fails to authenticate is refused in words, without secrets',
    verifies: [...general, 'http/challenge-on-401'],
    control: anySignIn,
    async run(t) {
      const as = t.whitelabel();
      if (as.client.secret === undefined) t.skip('The whitelabel client has no secret.');
      const { json } = await t.message();
      t.expect.refused(await t.client.authenticate({ as, credentials: { secret: wrongSecret }, json }), {
        because: 'a wrong secret',
      });
    },
  },
  {
    id: 'errors/authenticate-signature',
    title: 'A sign-in with the signature of another wallet is refused in words, without the signature',
    verifies: general,
    control: anySignIn,
    async run(t) {
      const other = t.wallet();
      const { json } = await t.message({ sign: (text) => other.sign(text) });
      t.expect.refused(await t.client.authenticate({ as: t.whitelabel(), json }), {
        because: 'the signature of another wallet',
      });
    },
  },
  {
    id: 'errors/handoff-members',
    title: 'A hand-off that lacks a member is refused in words, without the access token',
    verifies: general,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const missing of ['redirectUri', 'intent']) {
        const json = t.handoffBody(client, { [missing]: undefined });
        t.expect.refused(await t.client.handoffInit({ accessToken, json, malformed: true }), {
          because: `a hand-off without ${missing}`,
        });
      }
    },
  },
]);
