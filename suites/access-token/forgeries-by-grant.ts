/** The most telling forgeries again, made of the tokens of every client and grant: a rule may be enforced for one kind of session alone. */

import {
  type Forgery,
  foreignKeyForgeries,
  payloadForgeries,
  signatureForgeries,
  unsignedForgeries,
} from '../../generators/forged-jwt.ts';
import { encodeJson, type ForgerKeys, forgerKeys, type ParsedJwt } from '../../generators/jwt.ts';
import { jwtOf, liveAccessToken, presentToken } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';
import { hasCodeSource } from '../../harness/needs.ts';

/** Of each list, as many as tell the common mistakes apart. */
function telling(jwt: ParsedJwt, keys: ForgerKeys): readonly (readonly [requirement: string, forgery: Forgery])[] {
  const of = (requirement: string, forgeries: readonly Forgery[], ...wanted: readonly string[]) =>
    forgeries.filter(({ what }) => wanted.includes(what)).map((forgery) => [requirement, forgery] as const);
  const alike = { ...jwt.claims, exp: typeof jwt.claims.exp === 'number' ? jwt.claims.exp + 1 : 4_102_444_800 };
  return [
    ...of('access-token/alg-none-refused', unsignedForgeries(jwt), 'with alg none', 'with alg None'),
    ...of(
      'access-token/foreign-key-refused',
      foreignKeyForgeries(jwt, keys),
      'signed by another RSA key under the same kid',
      'signed by another RSA key without kid',
    ),
    ...of(
      'access-token/signature-verified',
      signatureForgeries(jwt),
      'without its signature',
      'with the first bit of its signature changed',
      'with a bit in the last octet of its signature changed',
    ),
    ...of(
      'access-token/payload-protected',
      payloadForgeries(jwt),
      'with its claim sub changed',
      'with its claim exp changed',
      'with a claim added',
    ),
    [
      'access-token/payload-protected',
      { what: 'that lives one second longer', token: `${jwt.parts[0]}.${encodeJson(alike)}.${jwt.parts[2]}` },
    ],
  ];
}

// /authenticate is for whitelabel clients only (API reference "Access restriction").
const perClient = (['code', 'authenticate', 'refresh'] as const).flatMap((via) =>
  (via === 'authenticate' ? methodCases : caseIds).map(
    (id): Check => ({
      id: `access-token/forged/${via}/${id}`,
      title: `Forgeries of an access token ${via === 'refresh' ? 'after a refresh' : `by ${via}`} are refused (${id})`,
      verifies: [
        'access-token/signature-verified',
        'access-token/alg-none-refused',
        'access-token/foreign-key-refused',
        'access-token/payload-protected',
      ],
      needs: [
        'access token probe',
        'whitelabel client',
        'jwt access tokens',
        `client ${id}`,
        'session source',
        ...(via === 'authenticate' ? (['operation authenticate'] as const) : (['operation token'] as const)),
        ...(via === 'code' ? (['code source'] as const) : []),
      ],
      control: liveAccessToken,
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`An access token of the ${id} client cannot be tried anywhere.`);
        if (via === 'authenticate' && owner.client.role !== 'whitelabel-customer')
          t.skip('/authenticate is for whitelabel clients only.');
        const session =
          via === 'code'
            ? await t.sharedSession(owner)
            : via === 'authenticate'
              ? await (t.frugal && !hasCodeSource(t.config) ? t.sharedSession(owner) : t.signIn(owner))
              : await t.refreshed(await t.session(owner));
        t.expect.given(await presentToken(t, owner, session.accessToken), 'the use of the token as it was issued');
        for (const [requirement, { what, token }] of telling(jwtOf(session), await forgerKeys()))
          t.expect.refused(await presentToken(t, owner, token), { requirement, because: `a JWT ${what}` });
      },
    }),
  ),
);

export default defineChecks(perClient);
