/** Whatever way an access token was issued, the published key set verifies it (contract "access token format"; RFC 7515 5.2). */

import { jwtOf, publishedKeys } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Session } from '../../harness/fixtures.ts';
import { type Jwk, namesKey, verifyingKeys } from '../../harness/verifying-keys.ts';

/** Asserts that some key verifies the token of a session, and looks at the kid. What the keys are declared for is judged elsewhere. */
function isVerified(t: CheckContext, session: Session, keys: readonly Jwk[], how: string): void {
  const jwt = jwtOf(session);
  const found = verifyingKeys(jwt, keys);
  const { exchange } = session;
  t.expect.that(found.length > 0, `No key of the set verifies an access token ${how}.`, {
    expected: 'The key that signs access tokens is published, a new one before it signs.',
    exchange,
  });
  t.expect.soft(
    namesKey(jwt, found),
    `The kid ${JSON.stringify(jwt.header.kid)} of an access token ${how} is not that of the key that verifies it.`,
    { requirement: 'jwks/kid-names-key', expected: 'The kid of the signing key.', exchange },
  );
}

/** Seconds after which keys may have been changed: a day, a week, a month. */
const ages = [90_000, 7 * 86_400, 31 * 86_400];

const later: Check = {
  id: 'access-token/jwt-verifies/later',
  title: 'The key set verifies new access tokens a day later, a week and a month',
  verifies: ['access-token/jwt-verifies', 'jwks/kid-names-key'],
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
      isVerified(t, session, keys, `that was issued ${Math.round(age / 86_400)} days later`);
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
        verifies: ['access-token/jwt-verifies', 'jwks/kid-names-key'],
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
          const keys = await publishedKeys(t);
          isVerified(t, session, keys, `${via === 'refresh' ? 'of a refresh' : 'of a sign-in'} (${id})`);
        },
      }),
    ),
  ),
]);
