/**
 * How a form is read at /revoke (RFC 7009 2.1, RFC 6749 appendix B). A 200 alone says nothing: a token that was read wrongly is unknown, unknown
 * tokens are answered with 200 (RFC 7009 2.2), and the client believes that its token is dead.
 */

import { equivalentEncodings, unknownParameters } from '../../generators/form.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { revocation } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { sessionDies, sessionLives } from '../../harness/session-liveness.ts';

const form = 'application/x-www-form-urlencoded';

const tokenOf = (session: Session): string => session.refreshToken ?? session.accessToken;

export default defineChecks([
  ...methodCases.map(
    (id): Check => ({
      id: `revoke/form-unknown/${id}`,
      title: `A revocation with unknown parameters is carried out (${id})`,
      verifies: ['form/revoke-unknown-parameter'],
      control: revocation(id),
      async run(t) {
        const session = await t.session(id);
        const params = { x_unknown: 'value', token: tokenOf(session), resource: 'https://api.example.com' };
        const because = 'a revocation with parameters that the contract does not know';
        t.expect.accepted(await t.client.revoke({ as: session.client, params }), { because });
        await sessionDies(t, session, { because: `after ${because}` });
        if (t.frugal) return;
        const many = await t.session(id);
        const pairs = [...unknownParameters, ['token', tokenOf(many)] as const];
        const after = `a revocation after ${unknownParameters.length} parameters that the contract does not know`;
        t.expect.accepted(await t.client.revoke({ as: many.client, params: pairs }), { because: after });
        await sessionDies(t, many, { because: `after ${after}` });
      },
    }),
  ),
  {
    id: 'revoke/empty-secret/none',
    title: 'A revocation by a public client with an empty client_secret is carried out',
    verifies: ['client-auth/none'],
    control: revocation('none'),
    ample: true,
    async run(t) {
      const session = await t.session('none');
      const params = { token: tokenOf(session), client_secret: '' };
      const because = 'a revocation by a public client with an empty client_secret';
      t.expect.accepted(await t.client.revoke({ as: session.client, params }), { because });
      await sessionDies(t, session, { because: `after ${because}` });
    },
  },
  {
    id: 'revoke/form-encodings',
    title: 'A revocation is carried out in every equivalent encoding of its form',
    verifies: ['form/revoke-equivalent-encodings'],
    control: revocation('client_secret_post'),
    async run(t) {
      for (const { how, encode } of equivalentEncodings.filter((one) => !one.how.startsWith('spaces'))) {
        const session = await t.session('client_secret_post');
        const { id, secret = '' } = session.client.client;
        const body = encode([
          ['token', tokenOf(session)],
          ['client_id', id],
          ['client_secret', secret],
        ]);
        t.expect.accepted(await t.client.revoke({ body }), { because: `a revocation written with ${how}` });
        await sessionDies(t, session, { because: `after a revocation written with ${how}` });
      }
    },
  },
  {
    id: 'revoke/form-media-type',
    title: 'The media type of a revocation is recognised in any letter case and with parameters',
    verifies: ['form/revoke-media-type-parameters'],
    control: revocation('none'),
    async run(t) {
      for (const mediaType of t.trials([`${form};charset=UTF-8`, 'Application/X-WWW-Form-Urlencoded'])) {
        const session = await t.session('none');
        const params = { token: tokenOf(session) };
        t.expect.accepted(await t.client.revoke({ as: session.client, params, mediaType }), {
          because: `a form labelled ${mediaType}`,
        });
        await sessionDies(t, session, { because: `after a revocation labelled ${mediaType}` });
      }
    },
  },
  {
    id: 'revoke/form-malformed',
    title: 'A revocation whose body names no token is refused',
    verifies: ['form/revoke-malformed'],
    control: revocation('client_secret_basic'),
    async run(t) {
      const wrong: [string, string | Uint8Array][] = [
        ['an empty body', ''],
        ['a token under another name', 'Token=no-such-token'],
        ['a form without names', 'no-such-token'],
        ['JSON labelled as a form', JSON.stringify({ token: 'x' })],
        ['binary data', Uint8Array.from({ length: 512 }, (_, index) => index % 256)],
        ['a thousand other parameters', Array.from({ length: 1000 }, (_, index) => `p${index}=x`).join('&')],
      ];
      for (const [what, body] of t.trials(wrong))
        t.expect.refused(await t.client.revoke({ as: t.case('client_secret_basic'), body, malformed: true }), {
          because: what,
        });
    },
  },
  ...(['none', 'client_secret_basic'] as const).map(
    (id): Check => ({
      id: `revoke/form-body-only/${id}`,
      title: `A token in the request URI of a revocation does not count (${id})`,
      verifies: ['form/revoke-body-only'],
      control: revocation(id),
      async run(t) {
        const session = await t.session(id);
        const query = new URLSearchParams({ token: tokenOf(session) }).toString();
        t.expect.refused(await t.client.revoke({ as: session.client, query, malformed: true }), {
          because: 'a revocation whose token is in the URI',
        });
        await sessionLives(t, session, {
          because: 'after a revocation that was refused because its token was in the URI',
        });
      },
    }),
  ),
]);
