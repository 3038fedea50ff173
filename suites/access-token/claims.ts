/** Whose word the claims of an access token are: the server's, whatever a request adds to what it asks (RFC 6749 3.2; RFC 9068 4). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { claimsOfRequest, claimWords, forwardedWord, ownWord } from '../../harness/claims-of-request.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anySignIn, codeExchange, refresh } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';

/**
 * Claims, and what becomes one; no parameter or member of these operations is among them (API reference). `aud` is left out: some servers let
 * a client choose for whom a token is (RFC 8707).
 */
const names = (
  'sub user user_id username account account_id email wallet address role roles admin permissions groups ' +
  'scp scopes iss issuer azp act sid jti tenant'
).split(' ');
const members = Object.fromEntries(names.map((name) => [name, ownWord]));

/** Where proxies write under which name a server was asked for, and where anybody may write it. */
const headers = {
  forwarded: `host=${forwardedWord};proto=https`,
  'x-forwarded-host': forwardedWord,
  'x-forwarded-server': forwardedWord,
  'x-original-host': forwardedWord,
  'x-host': forwardedWord,
};

/** Whether a request with additions is refused is judged elsewhere, where a document says so. */
function judge(t: CheckContext, exchange: Exchange, additions: string): void {
  for (const { word, requirement } of claimWords) {
    const taken = claimsOfRequest(exchange, word);
    t.expect.soft(taken.length === 0, `${additions} became the claim ${taken.join(', ')} of the access token.`, {
      requirement,
      expected: 'The claims say what the server knows.',
      exchange,
    });
  }
}

const check = (
  id: string,
  title: string,
  control: NonNullable<Check['control']>,
  sends: (t: CheckContext) => readonly (readonly [additions: string, send: () => Promise<Exchange>])[],
): Check => ({
  id: `access-token/claims-own/${id}`,
  title,
  verifies: ['access-token/jwt-claims-own', 'access-token/jwt-claims-not-forwarded'],
  needs: ['jwt access tokens'],
  control,
  ample: true,
  async run(t) {
    for (const [additions, send] of sends(t)) judge(t, await send(), additions);
  },
});

export default defineChecks([
  check(
    'token',
    'Parameters and header fields of a token request do not become claims',
    [codeExchange('none'), refresh('none')],
    (t) => {
      const as = t.case('none');
      const exchange = async (more: { readonly [name: string]: string }, fields = {}) =>
        t.client.token({ as, params: { ...t.exchangeParams(await t.code(as)), ...more }, headers: fields });
      const refreshWith = async () => {
        const refreshToken = t.refreshTokenOf(await t.session(as));
        const params = { grant_type: 'refresh_token', refresh_token: refreshToken, ...members };
        return t.client.token({ as, params, headers });
      };
      return [
        ['A parameter of an exchange', () => exchange(members)],
        ['A header field of an exchange', () => exchange({}, headers)],
        ['A parameter or header field of a refresh', refreshWith],
      ];
    },
  ),
  check('authenticate', 'Members and header fields of a sign-in do not become claims', anySignIn, (t) => {
    const as = t.whitelabel();
    const signIn = async (more: object, fields = {}) =>
      t.client.authenticate({ as, json: { ...(await t.message()).json, ...more }, headers: fields, malformed: true });
    const { messageField } = t.config.siwe;
    const { [messageField]: _, ...others } = members;
    return [
      ['A member of a sign-in', () => signIn(others)],
      ['A header field of a sign-in', () => signIn({}, headers)],
    ];
  }),
]);
