/** Whatever way an access token was issued, the published key set verifies it (contract "access token format"; RFC 7515 5.2). */

import { compactVerify, importJWK, type JWK } from 'jose';
import { publishedKeys } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** Whether some key verifies the token as RS256. What the keys are declared for is judged elsewhere. */
async function verifies(token: string, keys: readonly Jwk[]): Promise<boolean> {
  for (const { kty, n, e } of keys) {
    try {
      await compactVerify(token, await importJWK({ kty, n, e } as JWK, 'RS256'), { algorithms: ['RS256'] });
      return true;
    } catch {
      // Another key may do.
    }
  }
  return false;
}

/** Seconds after which keys may have been changed: a day, a week, a month. */
const ages = [90_000, 7 * 86_400, 31 * 86_400];

const later: Check = {
  id: 'access-token/jwt-verifies/later',
  title: 'The key set verifies new access tokens a day later, a week and a month',
  verifies: ['access-token/jwt-verifies'],
  needs: ['jwks', 'jwt access tokens', 'session source', 'whitelabel client', 'clock'],
  consumes: 'clock',
  ample: true,
  async run(t) {
    let now = 0;
    for (const age of ages) {
      await t.advanceClock(age - now);
      now = age;
      const session = await t.session(t.whitelabel());
      const keys = await publishedKeys(t);
      t.expect.that(
        await verifies(session.accessToken, keys),
        `No key of the set verifies an access token that was issued ${Math.round(age / 86_400)} days later.`,
        { expected: 'A new key is published before it signs.', exchange: session.exchange },
      );
    }
  },
};

export default defineChecks([
  later,
  // /authenticate is for whitelabel clients only (API reference "Access restriction").
  ...(['authenticate', 'refresh'] as const).flatMap((via) =>
    (via === 'authenticate' ? methodCases : caseIds).map(
      (id): Check => ({
        id: `access-token/jwt-verifies/${via}/${id}`,
        title: `The key set verifies access tokens ${via === 'refresh' ? 'after a refresh' : 'of sign-ins'} (${id})`,
        verifies: ['access-token/jwt-verifies'],
        needs: [
          'jwks',
          'jwt access tokens',
          `client ${id}`,
          'session source',
          via === 'authenticate' ? 'operation authenticate' : 'operation token',
        ],
        async run(t) {
          const owner = t.case(id);
          if (via === 'authenticate' && owner.client.role !== 'whitelabel-customer')
            t.skip('/authenticate is for whitelabel clients only.');
          const session = via === 'authenticate' ? await t.signIn(owner) : await t.refreshed(await t.session(owner));
          // The set is fetched after the token was issued: a key that was new then is in it.
          t.expect.that(
            await verifies(session.accessToken, await publishedKeys(t)),
            `No key of the set verifies an access token ${via === 'refresh' ? 'of a refresh' : 'of a sign-in'} (${id}).`,
            { expected: 'The key that signs access tokens is published.', exchange: session.exchange },
          );
        },
      }),
    ),
  ),
]);
