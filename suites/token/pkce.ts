/** Proof Key for Code Exchange: S256, always (RFC 7636, RFC 9700 2.1.1; contract, public facts). */

import { createHash } from 'node:crypto';
import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, caseIds } from '../../harness/client-cases.ts';
import type { AuthorizationCode } from '../../harness/code-sources/index.ts';
import { codeExchange } from '../../harness/controls.ts';
import { onOneCode } from '../../harness/one-grant.ts';

const refusal = {
  status: [400],
  error: ['invalid_grant', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';

/** The near misses that are tried for every client; the others for one of them, as they tell comparisons apart and not clients. */
const telling = new Set([
  'without its last character',
  'with one character more at its end',
  'with its last character changed',
  'in the other letter case',
  'with white space after it',
]);

/** Every unreserved character, in verifiers of the least and the greatest length. */
const legalVerifiers = [
  (alphabet + alphabet).slice(0, 128),
  alphabet.slice(0, 43),
  alphabet.slice(-43),
  '~'.repeat(43),
  '-._~'.repeat(32),
];

const swapped = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
const changedAt = (text: string, at: number): string =>
  `${text.slice(0, at)}${text.charAt(at) === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

/** What a text shows to whoever has it: itself, and what its parts are as base64url. */
const shown = (text: string): string[] => [
  text,
  ...text.split(/[^A-Za-z0-9_-]/).map((part) => Buffer.from(part, 'base64url').toString('latin1')),
];

export default defineChecks([
  {
    id: 'token/pkce-challenge-hidden',
    title: 'A code does not show its code_challenge',
    verifies: ['token/pkce-challenge-hidden'],
    needs: ['operation token', 'unlimited codes'],
    async run(t) {
      for (const { id } of availableCases(t.config)) {
        const { code, codeChallenge } = await t.code(id);
        t.expect.that(
          !shown(code).some((text) => text.includes(codeChallenge)),
          `A code for ${id} holds its code_challenge in the clear or as base64.`,
          { expected: 'The challenge stays with the server, or is encrypted in the code.' },
        );
      }
    },
  },
  ...caseIds.flatMap((id): Check[] => [
    {
      id: `token/pkce-verifier-missing/${id}`,
      title: `An exchange without code_verifier is refused (${id})`,
      verifies: ['token/pkce-required'],
      control: codeExchange(id),
      async run(t) {
        await onOneCode(t, id, t.trials([undefined, '']), async (value, code) => {
          const exchange = await t.client.token({
            as: t.case(id),
            params: { ...t.exchangeParams(code), code_verifier: value },
            malformed: true,
          });
          // To some servers it is the verifier that authenticates a public client.
          const unproven = id === 'none' ? { status: [400, 401], error: [...refusal.error, 'invalid_client'] } : {};
          t.expect.refused(exchange, {
            ...refusal,
            ...unproven,
            errorRequirement: 'errors/invalid-request',
            because: value === undefined ? 'an exchange without code_verifier' : 'an empty code_verifier',
          });
        });
      },
    },
    {
      id: `token/pkce-verifier-wrong/${id}`,
      title: `The code_verifier of another code is refused, at the second try as well (${id})`,
      verifies: ['token/pkce-verifier-matches'],
      control: codeExchange(id),
      async run(t) {
        const [code, other] = [await t.code(id), await t.code(id)];
        for (const words of t.trials(['the code_verifier of another code', 'the same at the second try'])) {
          const params = { ...t.exchangeParams(code), code_verifier: other.codeVerifier };
          t.expect.refused(await t.client.token({ as: t.case(id), params }), {
            ...refusal,
            error: ['invalid_grant'],
            because: words,
          });
        }
      },
    },
    {
      id: `token/pkce-verifier-inexact/${id}`,
      title: `A code_verifier that is cut, lengthened or changed is refused (${id})`,
      verifies: ['token/pkce-verifier-matches'],
      control: codeExchange(id),
      async run(t) {
        // One that may be cut and is then still long enough, and the least and the greatest length that may not be lengthened.
        const isFirst = availableCases(t.config)[0]?.id === id;
        const verifiers = [alphabet.slice(3, 60), alphabet.slice(5, 48), (alphabet + alphabet).slice(1, 129)];
        for (const [index, verifier] of verifiers.entries()) {
          const all = [...nearMisses(verifier), { what: 'with padding after it', value: `${verifier}=` }].filter(
            (miss) => index === 0 || miss.value.startsWith(verifier),
          );
          const misses = isFirst ? all : all.filter((miss) => telling.has(miss.what));
          const judge = async ({ what, value }: (typeof all)[number], code: AuthorizationCode): Promise<void> => {
            const exchange = await t.client.token({
              as: t.case(id),
              params: { ...t.exchangeParams(code), code_verifier: value },
              malformed: true,
            });
            t.expect.refused(exchange, { ...refusal, because: `a code_verifier ${what}` });
          };
          await onOneCode(t, id, misses, judge, { pkce: t.pkce(verifier) });
        }
      },
    },
    {
      id: `token/pkce-challenge-inexact/${id}`,
      title: `A code_verifier whose hash only resembles the challenge of its code is refused (${id})`,
      verifies: ['token/pkce-verifier-matches'],
      needs: ['unlimited codes'],
      control: codeExchange(id),
      ample: true,
      async run(t) {
        const changes = [
          ['in the other letter case', swapped],
          ['with one of its last characters changed', (text: string) => changedAt(text, 40)],
          ['with its first character changed', (text: string) => changedAt(text, 0)],
        ] as const;
        for (const [what, change] of changes) {
          const right = t.pkce();
          const code = await t.code(id, { pkce: { ...right, codeChallenge: change(right.codeChallenge) } });
          t.expect.refused(await t.exchangeCode(id, code), {
            ...refusal,
            because: `a code_verifier whose hash is the challenge ${what}`,
          });
        }
      },
    },
    {
      id: `token/pkce-plain/${id}`,
      title: `The challenge is not accepted as code_verifier, nor is its hash in another form (${id})`,
      verifies: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
      control: codeExchange(id),
      async run(t) {
        const attempts = [
          (challenge: string) => challenge,
          (challenge: string) => `${challenge}=`,
          (challenge: string) => createHash('sha256').update(challenge).digest('base64url'),
        ];
        await onOneCode(t, id, t.trials(attempts), async (attempt, code) => {
          const value = attempt(code.codeChallenge);
          const exchange = await t.client.token({
            as: t.case(id),
            params: { ...t.exchangeParams(code), code_verifier: value },
            malformed: true,
          });
          t.expect.refused(exchange, {
            ...refusal,
            because: 'the code_challenge, or what is made of it, in place of the verifier',
          });
        });
      },
    },
    {
      id: `token/pkce-method-parameter/${id}`,
      title: `A challenge or method sent with the exchange does not replace that of the code (${id})`,
      verifies: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
      control: codeExchange(id),
      async run(t) {
        const [code, other] = [await t.code(id), await t.code(id)];
        const own = t.exchangeParams(code);
        const attempts = [
          {
            requirement: 'token/pkce-no-plain',
            params: { ...own, code_verifier: code.codeChallenge, code_challenge_method: 'plain' },
            because: 'the code_challenge as verifier, with code_challenge_method=plain',
          },
          {
            requirement: 'token/pkce-verifier-matches',
            params: {
              ...own,
              code_verifier: other.codeVerifier,
              code_challenge: other.codeChallenge,
              code_challenge_method: 'S256',
            },
            because: 'another verifier, with its code_challenge beside it',
          },
        ];
        for (const { requirement, params, because } of attempts)
          t.expect.refused(await t.client.token({ as: t.case(id), params }), { ...refusal, requirement, because });
      },
    },
    {
      id: `token/pkce-verifier-grammar/${id}`,
      title: `Every legal code_verifier is accepted: 43 to 128 characters, all unreserved ones (${id})`,
      verifies: ['token/pkce-verifier-grammar'],
      control: codeExchange(id),
      async run(t) {
        const isFirst = availableCases(t.config)[0]?.id === id;
        for (const verifier of t.trials(isFirst ? legalVerifiers : legalVerifiers.slice(0, 2))) {
          const code = await t.code(id, { pkce: t.pkce(verifier) });
          t.expect.accepted(await t.exchangeCode(id, code), { because: `a verifier of ${verifier.length} characters` });
        }
      },
    },
  ]),
]);
