/** The redirect URI of an exchange: required, and the very string of the authorization request (RFC 6749 4.1.3, RFC 9700 4.1.3). */

import { redirectUriNearMisses } from '../../generators/redirect-uri.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, caseIds } from '../../harness/client-cases.ts';
import { codeExchange } from '../../harness/controls.ts';
import { onOneCode } from '../../harness/one-grant.ts';

const refusal = {
  status: [400],
  error: ['invalid_grant', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;

/** The near misses that are tried for every client; the others for one of them, as they tell comparisons apart and not clients. */
const telling = new Set([
  'with a slash after it',
  'with a query added',
  'with a path segment added',
  'without its path',
  'with its path in upper case',
  'with the default port written out',
  'on a subdomain',
]);

export default defineChecks(
  caseIds.flatMap((id): Check[] => [
    {
      id: `token/redirect-uri-missing/${id}`,
      title: `An exchange without redirect_uri is refused (${id})`,
      verifies: ['token/redirect-uri-required'],
      control: codeExchange(id),
      async run(t) {
        await onOneCode(t, id, t.trials([undefined, '']), async (value, code) => {
          const exchange = await t.client.token({
            as: t.case(id),
            params: { ...t.exchangeParams(code), redirect_uri: value },
            malformed: true,
          });
          t.expect.refused(exchange, {
            ...refusal,
            errorRequirement: 'errors/invalid-request',
            because: value === undefined ? 'an exchange without redirect_uri' : 'an empty redirect_uri',
          });
        });
      },
    },
    {
      id: `token/redirect-uri-inexact/${id}`,
      title: `A redirect_uri that only resembles that of the code is refused (${id})`,
      verifies: ['token/redirect-uri-matches'],
      control: codeExchange(id),
      async run(t) {
        const isFirst = availableCases(t.config)[0]?.id === id;
        const misses = redirectUriNearMisses(t.case(id).client.redirectUri).filter(
          ({ what }) => isFirst || telling.has(what),
        );
        await onOneCode(t, id, misses, async ({ what, value }, code) => {
          t.expect.refused(
            await t.client.token({
              as: t.case(id),
              params: { ...t.exchangeParams(code), redirect_uri: value },
              malformed: true,
            }),
            { ...refusal, because: `the redirect_uri ${what}` },
          );
        });
      },
    },
    {
      id: `token/redirect-uri-other/${id}`,
      title: `A redirect_uri of somewhere else is refused (${id})`,
      verifies: ['token/redirect-uri-matches'],
      control: codeExchange(id),
      async run(t) {
        const values = [
          'https://attacker.example/callback',
          ...Object.values(t.config.clients).map((client) => client.redirectUri),
        ];
        const others = t.trials([...new Set(values.filter((uri) => uri !== t.case(id).client.redirectUri))]);
        await onOneCode(t, id, others, async (value, code) => {
          // Twice with the same code: what was refused once must not be forgotten by that.
          for (const words of t.trials([`the redirect_uri ${value}`, `the redirect_uri ${value} at the second try`])) {
            const params = { ...t.exchangeParams(code), redirect_uri: value };
            t.expect.refused(await t.client.token({ as: t.case(id), params }), { ...refusal, because: words });
          }
        });
      },
    },
  ]),
);
