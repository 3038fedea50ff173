/** Any change of what an exchange proves is refused: the code, its verifier, its redirect URI (RFC 6749 4.1.3, RFC 7636 4.6). */

import fc from 'fast-check';
import { type Edit, edit, edited } from '../../generators/edit.ts';
import { codeVerifier, illegalCharacters, illegalCodeVerifier } from '../../generators/pkce.ts';
import { defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds, clientCase } from '../../harness/client-cases.ts';
import type { AuthorizationCode } from '../../harness/code-sources/index.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange } from '../../harness/controls.ts';
import { holdsFor } from '../../harness/property.ts';

const refusal = {
  status: [400],
  error: ['invalid_grant', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;

const requirementOf = {
  code: 'token/code-valid',
  code_verifier: 'token/pkce-verifier-matches',
  redirect_uri: 'token/redirect-uri-matches',
} as const;
const parameters = ['code', 'code_verifier', 'redirect_uri'] as const;

/** An edit of one of the parameters. */
interface ParameterEdit extends Edit {
  readonly parameter: (typeof parameters)[number];
}

const parameterEdit: fc.Arbitrary<ParameterEdit> = fc
  .tuple(fc.constantFrom(...parameters), edit)
  .map(([parameter, change]) => ({ parameter, ...change }));

/** The configured cases. */
const cases = (t: CheckContext): CaseId[] => caseIds.filter((id) => clientCase(t.config, id) !== undefined);

export default defineChecks([
  {
    id: 'token/exchange-edited-property',
    title: 'An exchange of whose code, code_verifier or redirect_uri one character differs is refused',
    verifies: ['token/code-valid', 'token/pkce-verifier-matches', 'token/redirect-uri-matches'],
    needs: ['unlimited codes'],
    control: codeExchange('none'),
    generated: true,
    async run(t) {
      const input = fc.tuple(fc.constantFrom(...cases(t)), parameterEdit, codeVerifier);
      // A code that is presented with a character changed was never there: the same one serves for all of them.
      const unused = new Map<CaseId, Promise<AuthorizationCode>>();
      const codeFor = (id: CaseId, change: ParameterEdit, verifier: string): Promise<AuthorizationCode> => {
        if (change.parameter !== 'code') return t.code(id, { pkce: t.pkce(verifier) });
        const known = unused.get(id) ?? t.code(id);
        unused.set(id, known);
        return known;
      };
      await holdsFor(t, 'token/exchange-edited-property', input, async ([id, change, verifier]) => {
        const code = await codeFor(id, change, verifier);
        const right = t.exchangeParams(code);
        const params = { ...right, [change.parameter]: edited(right[change.parameter], change) };
        const exchange = await t.client.token({ as: t.case(id), params, malformed: true });
        if (exchange.ok) unused.delete(id);
        t.expect.refused(exchange, {
          ...refusal,
          requirement: requirementOf[change.parameter],
          because: `a ${change.parameter} of which one character is ${change.how} (${id})`,
        });
      });
    },
  },
  {
    id: 'token/pkce-illegal-verifier-property',
    title: 'A code_verifier that no client may choose is refused like any other wrong one',
    verifies: ['token/pkce-verifier-matches'],
    needs: ['unlimited codes'],
    control: codeExchange('none'),
    generated: true,
    async run(t) {
      // Wrong as a whole, or the right one with a character in it that a server might drop.
      const put = fc.record({ char: fc.constantFrom(...illegalCharacters), at: fc.integer({ min: 0, max: 43 }) });
      const input = fc.tuple(fc.constantFrom(...cases(t)), illegalCodeVerifier, fc.option(put));
      await holdsFor(t, 'token/pkce-illegal-verifier-property', input, async ([id, wrong, inserted]) => {
        const right = t.exchangeParams(await t.code(id));
        const { code_verifier: own } = right;
        const verifier =
          inserted === null ? wrong : `${own.slice(0, inserted.at)}${inserted.char}${own.slice(inserted.at)}`;
        const params = { ...right, code_verifier: verifier };
        t.expect.refused(await t.client.token({ as: t.case(id), params, malformed: true }), {
          ...refusal,
          because: `a code_verifier of ${verifier.length} characters that is not the one of the code (${id})`,
        });
      });
    },
  },
]);
