/** One refusal of each kind at each operation, so that what every refusal must look like is seen everywhere (RFC 6749 5.2; contract "Errors"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { secretCases } from '../../harness/client-cases.ts';
import { anySignIn, handoff, refresh, revocation } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';

const oauth = [
  'errors/oauth-object',
  'errors/oauth-code',
  'errors/oauth-media-type',
  'errors/oauth-description',
] as const;
const general = ['errors/text', 'errors/no-internals', 'errors/no-secret-echo'] as const;
const wrongSecret = 'not-the-secret-of-this-client';

/** What browsers and others ask for, JSON or not: the form of errors does not depend on it (RFC 6749 5.2). */
const accepts = [
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'text/html',
  'application/xml',
  'text/plain, */*',
  'application/problem+json, */*;q=0.1',
  undefined,
];

/** Texts of errors are ASCII in every language (RFC 6749 5.2). */
const languages = 'de-DE, fr;q=0.9, ja;q=0.8';

/** Errors are JSON whatever the request accepts; a 406 would say that it is not to be had (RFC 9110 15.5.7). */
const whateverAccepted = (operation: 'token' | 'revoke'): Check => ({
  id: `errors/accept/${operation}`,
  title: `Refusals at ${operation} are JSON, in ASCII, whatever Accept and Accept-Language say`,
  verifies: ['errors/oauth-media-type', 'errors/oauth-object', 'errors/oauth-description'],
  control: operation === 'token' ? refresh('none') : revocation('none'),
  ample: true,
  async run(t) {
    const params =
      operation === 'token' ? { grant_type: 'refresh_token', refresh_token: 'no-such-token' } : { token: '' };
    const unknown = { id: 'no-such-client-5f3a' };
    const plain = await t.client[operation]({ as: t.case('none'), params, malformed: true });
    if (plain.object === undefined)
      t.inconclusive('A refusal is no JSON object without such fields either, which other checks report.');
    for (const accept of t.trials(accepts))
      for (const credentials of t.trials([{}, unknown])) {
        const headers = { accept, 'accept-language': languages };
        const request = { as: t.case('none'), credentials, params, headers, malformed: true };
        const exchange = t.expect.refused(await t.client[operation](request), { because: `Accept: ${accept}` });
        if (exchange.status === 406 || exchange.status >= 500) continue;
        t.expect.that(
          exchange.mediaType === 'application/json' && exchange.object !== undefined,
          `${answered(exchange)}, labelled ${exchange.mediaType ?? 'not at all'}, to a bad request with Accept: ${accept ?? '(none)'}.`,
          { expected: 'An object with error, labelled application/json.', exchange },
        );
      }
  },
});

export default defineChecks([
  whateverAccepted('token'),
  whateverAccepted('revoke'),
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
