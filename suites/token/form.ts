/** How a form is read at /token (RFC 6749 3.2, appendix B). */

import { equivalentEncodings, formWriting, unknownParameters, writeForm } from '../../generators/form.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials, caseIds, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange, refresh, sessionToRefuse } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { Failure, Inconclusive, RateLimited, Skip, Unanswered } from '../../harness/outcomes.ts';
import { holdsFor } from '../../harness/property.ts';

const form = 'application/x-www-form-urlencoded';
/** A parser that joins repeated values, or makes a list of them, leaves a value that is wrong in a way of its own. */
const ofJoined: Readonly<Record<string, string>> = {
  grant_type: 'unsupported_grant_type',
  client_id: 'invalid_client',
  scope: 'invalid_scope',
};
const repeated = (name: string) =>
  ({
    status: [400, 401],
    error: ['invalid_request', 'invalid_client', ofJoined[name] ?? 'invalid_grant'],
    errorRequirement: 'errors/invalid-request',
  }) as const;

/** Whether a plain refresh of a public client is granted: then one in another encoding must be. */
async function refreshWorks(t: CheckContext): Promise<boolean> {
  try {
    return (await t.control(refresh('none'))).ok;
  } catch (error) {
    const reported = error instanceof Skip || error instanceof Inconclusive || error instanceof Failure;
    if (!reported || error instanceof RateLimited) throw error;
    return false; // the checks of that refresh report it
  }
}

export default defineChecks([
  ...(['grant_type', 'code', 'redirect_uri', 'code_verifier', 'client_id'] as const).map(
    (name): Check => ({
      id: `token/form-repeated/${name}`,
      title: `An exchange that repeats ${name} is refused`,
      verifies: ['form/repeated-parameter'],
      control: codeExchange('none'),
      async run(t) {
        const owner = t.case('none');
        for (const second of t.trials(['the same', 'another'])) {
          const code = await t.code(owner);
          const pairs: [string, string][] = [...Object.entries(t.exchangeParams(code)), ['client_id', owner.client.id]];
          const value = pairs.find(([key]) => key === name)?.[1] ?? '';
          pairs.push([name, second === 'the same' ? value : `${value}x`]);
          t.expect.refused(await t.client.token({ params: pairs, malformed: true }), {
            ...repeated(name),
            because: `${name} twice, with ${second} value`,
          });
          if (second === 'another') {
            const fresh = await t.code(owner);
            const reordered: [string, string][] = [
              [name, `${value}x`],
              ...Object.entries(t.exchangeParams(fresh)),
              ['client_id', owner.client.id],
            ];
            t.expect.refused(await t.client.token({ params: reordered, malformed: true }), {
              ...repeated(name),
              because: `${name} twice, with another value first`,
            });
          }
        }
      },
    }),
  ),
  ...caseIds
    .filter((id) => id !== 'none')
    .map(
      (id): Check => ({
        id: `token/form-repeated/code/${id}`,
        title: `An exchange that repeats code is refused (${id})`,
        verifies: ['form/repeated-parameter'],
        control: codeExchange(id),
        async run(t) {
          const { client, method } = t.case(id);
          const right = t.exchangeParams(await t.code(id));
          const pairs: [string, string][] = [...Object.entries(right), ['code', right.code]];
          if (method !== 'client_secret_basic') pairs.push(['client_id', client.id]);
          if (method === 'client_secret_post') pairs.push(['client_secret', client.secret ?? '']);
          const authorization =
            method === 'client_secret_basic' ? { authorization: basicCredentials(client.id, client.secret ?? '') } : {};
          t.expect.refused(await t.client.token({ params: pairs, headers: authorization, malformed: true }), {
            ...repeated('code'),
            because: 'code twice, with the same value',
          });
        },
      }),
    ),
  {
    id: 'token/form-repeated/client_secret',
    title: 'An exchange that repeats client_secret is refused',
    verifies: ['form/repeated-parameter'],
    control: codeExchange('client_secret_post'),
    async run(t) {
      const { client } = t.case('client_secret_post');
      for (const second of t.trials([client.secret ?? '', 'not-the-secret-of-this-client'])) {
        const code = await t.code('client_secret_post');
        const pairs: [string, string][] = [
          ...Object.entries(t.exchangeParams(code)),
          ['client_id', client.id],
          ['client_secret', second],
          ['client_secret', client.secret ?? ''],
        ];
        t.expect.refused(await t.client.token({ params: pairs, malformed: true }), {
          ...repeated('client_id'),
          because: 'client_secret twice',
        });
      }
    },
  },
  {
    id: 'token/form-repeated/refresh_token',
    title: 'A refresh that repeats refresh_token is refused',
    verifies: ['form/repeated-parameter'],
    control: refresh('none'),
    async run(t) {
      const session = await sessionToRefuse(t, 'none');
      const token = t.refreshTokenOf(session);
      const pairs: [string, string][] = [
        ['grant_type', 'refresh_token'],
        ['refresh_token', token],
        ['refresh_token', token],
        ['client_id', session.client.client.id],
      ];
      t.expect.refused(await t.client.token({ params: pairs, malformed: true }), {
        ...repeated('refresh_token'),
        because: 'refresh_token twice',
      });
    },
  },
  {
    id: 'token/form-repeated/scope',
    title: 'A refresh that repeats scope is refused',
    verifies: ['form/repeated-parameter'],
    control: refresh('none'),
    ample: true,
    async run(t) {
      const session = await t.session('none');
      const names = (session.scope ?? t.config.scope).split(' ');
      const [one = '', other = one] = names;
      const pairs: [string, string][] = [
        ['grant_type', 'refresh_token'],
        ['refresh_token', t.refreshTokenOf(session)],
        ['scope', one],
        ['scope', other],
        ['client_id', session.client.client.id],
      ];
      t.expect.refused(await t.client.token({ params: pairs, malformed: true }), {
        ...repeated('scope'),
        because: 'scope twice, each time for what was granted',
      });
    },
  },
  ...methodCases.flatMap((id): Check[] => [
    {
      id: `token/form-unknown/${id}`,
      title: `Unknown parameters are ignored (${id})`,
      verifies: ['form/unknown-parameter'],
      control: codeExchange(id),
      async run(t) {
        const code = await t.code(id);
        const params = {
          ...t.exchangeParams(code),
          x_unknown: 'value',
          audience: 'https://api.example.com',
          prompt: 'none',
        };
        t.expect.accepted(await t.client.token({ as: t.case(id), params }), {
          because: 'an exchange with parameters that the contract does not know',
        });
        if (t.frugal) return;
        const pairs = [...unknownParameters, ...Object.entries(t.exchangeParams(await t.code(id)))];
        const exchange = t.expect.accepted(await t.client.token({ as: t.case(id), params: pairs }), {
          because: `an exchange after ${unknownParameters.length} parameters that the contract does not know`,
        });
        t.expect.that(
          exchange.object?.access_token !== undefined,
          'An exchange with parameters that the contract does not know is answered in another form.',
          { expected: 'A JSON object with access_token, as without them.', exchange },
        );
        const session = await t.session(id);
        const refreshed: [string, string][] = [
          ['grant_type', 'refresh_token'],
          ['refresh_token', t.refreshTokenOf(session)],
        ];
        t.expect.accepted(await t.client.token({ as: t.case(id), params: [...unknownParameters, ...refreshed] }), {
          because: `a refresh after ${unknownParameters.length} parameters that the contract does not know`,
        });
      },
    },
    {
      id: `token/form-empty/${id}`,
      title: `An empty optional parameter counts as omitted (${id})`,
      verifies: ['form/empty-parameter'],
      control: codeExchange(id),
      async run(t) {
        const code = await t.code(id);
        t.expect.accepted(
          await t.client.token({ as: t.case(id), params: { ...t.exchangeParams(code), scope: '', x_empty: '' } }),
          { because: 'an exchange with an empty scope' },
        );
        if (t.frugal) return;
        if (id === 'none')
          t.expect.accepted(
            await t.client.token({
              as: t.case(id),
              params: { ...t.exchangeParams(await t.code(id)), client_secret: '' },
            }),
            { because: 'an exchange of a public client with an empty client_secret' },
          );
        if (id === 'client_secret_basic')
          t.expect.accepted(
            await t.client.token({
              as: t.case(id),
              params: { ...t.exchangeParams(await t.code(id)), client_secret: '' },
              malformed: true,
            }),
            { because: 'an exchange with Basic credentials and an empty client_secret in the body' },
          );
        const session = await t.session(id);
        const params = { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session), scope: '', code: '' };
        const exchange = t.expect.accepted(await t.client.token({ as: t.case(id), params }), {
          because: 'a refresh with an empty scope and an empty code',
        });
        const next = t.sessionOf(exchange, t.case(id));
        if (id !== 'none' || next.refreshToken === undefined) return;
        const again = { ...params, refresh_token: next.refreshToken, client_secret: '' };
        t.expect.accepted(await t.client.token({ as: t.case(id), params: again }), {
          because: 'a refresh of a public client with an empty client_secret',
        });
      },
    },
  ]),
  {
    id: 'token/form-encodings',
    title: 'Equivalent encodings of an exchange are accepted',
    verifies: ['form/equivalent-encodings'],
    control: codeExchange('client_secret_post'),
    async run(t) {
      const { client } = t.case('client_secret_post');
      for (const { how, encode } of t.trials(equivalentEncodings)) {
        const code = await t.code('client_secret_post');
        const body = encode([
          ...Object.entries(t.exchangeParams(code)),
          ['client_id', client.id],
          ['client_secret', client.secret ?? ''],
        ]);
        t.expect.accepted(await t.client.token({ body }), { because: `an exchange written with ${how}` });
      }
    },
  },
  {
    id: 'token/form-encodings-property',
    title: 'Any equivalent encoding of an exchange and of a refresh is accepted',
    verifies: ['form/equivalent-encodings', 'form/unknown-parameter'],
    needs: ['unlimited codes'],
    control: codeExchange('none'),
    generated: true,
    async run(t) {
      const owner = t.case('none');
      const refreshes = await refreshWorks(t);
      let session: Session | undefined;
      // A refresh needs no code: every other request is one, of the session that the exchange before it began.
      await holdsFor(t, 'token/form-encodings-property', formWriting, async (writing) => {
        const refreshToken = session?.refreshToken;
        const params: Record<string, string> =
          refreshToken === undefined
            ? t.exchangeParams(await t.code(owner))
            : { grant_type: 'refresh_token', refresh_token: refreshToken };
        const { body, how } = writeForm(Object.entries({ ...params, client_id: owner.client.id }), writing);
        session = undefined;
        const exchange = t.expect.accepted(await t.client.token({ body }), {
          because: `${params.grant_type} in ${how}`,
        });
        if (refreshToken === undefined && refreshes) session = t.sessionOf(exchange, owner);
      });
    },
  },
  {
    id: 'token/form-media-type',
    title: 'The media type of a form is recognised in any letter case and with parameters',
    verifies: ['form/media-type-parameters'],
    control: codeExchange('none'),
    async run(t) {
      for (const mediaType of t.trials([
        `${form}; charset=UTF-8`,
        `${form};charset=utf-8`,
        'Application/X-WWW-Form-Urlencoded',
      ])) {
        const code = await t.code('none');
        t.expect.accepted(await t.client.token({ as: t.case('none'), params: t.exchangeParams(code), mediaType }), {
          because: `a form labelled ${mediaType}`,
        });
      }
    },
  },
  {
    id: 'token/form-malformed',
    title: 'Malformed forms are refused',
    verifies: ['form/malformed', 'http/answers'],
    control: codeExchange('none'),
    async run(t) {
      const code = await t.code('none');
      const right = new URLSearchParams({ ...t.exchangeParams(code), client_id: t.case('none').client.id }).toString();
      const wrong: [string, string | Uint8Array][] = [
        ['nested brackets', right.replaceAll('code=', 'code[]=')],
        ['an empty body', ''],
        ['JSON labelled as a form', JSON.stringify({ ...t.exchangeParams(code), client_id: t.case('none').client.id })],
        ['a form without separators', right.replaceAll('&', '')],
        ['binary data', Uint8Array.from({ length: 512 }, (_, index) => index % 256)],
        ['a code with NUL', right.replace('code=', 'code=%00')],
        ['a code of invalid UTF-8', right.replace('code=', 'code=%ff%fe')],
        ['a thousand parameters and no grant', Array.from({ length: 1000 }, (_, index) => `p${index}=x`).join('&')],
      ];
      for (const [what, body] of t.trials(wrong))
        t.expect.refused(await t.client.token({ body, malformed: true }), { because: what });
    },
  },
  {
    id: 'token/form-huge',
    title: 'A form of a megabyte is answered, and not granted',
    verifies: ['form/malformed', 'http/answers'],
    control: codeExchange('none'),
    disruptive: true,
    async run(t) {
      const code = await t.code('none');
      const params = { ...t.exchangeParams(code), code: 'A'.repeat(1_000_000) };
      try {
        t.expect.refused(await t.client.token({ as: t.case('none'), params, malformed: true }), {
          because: 'a code of a million characters',
        });
      } catch (error) {
        // A server may close the connection on a body that is too large (RFC 9110 15.5.14); one that hangs does not.
        if (!(error instanceof Unanswered) || error.kind !== 'reset') throw error;
      }
      t.expect.accepted(await t.exchangeCode('none', await t.code('none')), {
        requirement: 'http/answers',
        because: 'a right exchange after a huge one',
      });
    },
  },
]);
