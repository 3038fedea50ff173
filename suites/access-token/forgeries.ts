/** Forged JWTs: each differs from a live access token in one respect, and none verifies (RFC 8725, RFC 7515 5.2). */

import type { JsonWebKey } from 'node:crypto';
import {
  encryptedForgeries,
  type Forgery,
  foreignKeyForgeries,
  hmacForgeries,
  hmacSecrets,
  hostedKeyForgeries,
  hostedKeys,
  keyIdForgeries,
  ownKeyForgeries,
  payloadForgeries,
  serializationForgeries,
  signatureForgeries,
  unsignedForgeries,
} from '../../generators/forged-jwt.ts';
import { forgerKeys, type ParsedJwt, parseJwt, publicKeyOf } from '../../generators/jwt.ts';
import {
  bearerClient,
  bearerNeeds,
  jwtOf,
  liveAccessToken,
  presentToken,
  publishedKeys,
  rsaKeyFor,
} from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import { isLocal, withHostedFiles } from '../../harness/key-host.ts';

type Forge = (t: CheckContext, jwt: ParsedJwt) => Promise<readonly Forgery[]> | readonly Forgery[];

async function refuseAll(t: CheckContext, forgeries: readonly Forgery[], requirement?: string): Promise<void> {
  const owner = bearerClient(t);
  for (const { what, token } of t.trials(forgeries))
    t.expect.refused(await presentToken(t, owner, token), {
      because: `a JWT ${what}`,
      ...(requirement === undefined ? {} : { requirement }),
    });
}

/** The published key that verifies this token; undefined where none is known. */
async function publicKey(t: CheckContext, jwt: ParsedJwt): Promise<JsonWebKey | undefined> {
  return rsaKeyFor(jwt, await publishedKeys(t)) as JsonWebKey | undefined;
}

/** Another valid token of the same client, for what can be mixed: none where only the first forgery is tried, which needs none. */
async function another(t: CheckContext): Promise<ParsedJwt | undefined> {
  if (t.frugal) return undefined;
  return parseJwt((await t.session(bearerClient(t))).accessToken);
}

const check = (id: string, title: string, requirement: string, forge: Forge): Check => ({
  id: `access-token/${id}`,
  title,
  verifies: [requirement],
  needs: [...bearerNeeds, 'jwt access tokens'],
  control: liveAccessToken,
  async run(t) {
    await refuseAll(t, await forge(t, jwtOf(await t.sharedSession(bearerClient(t)))));
  },
});

export default defineChecks([
  check(
    'alg-none',
    'A JWT without a signature is refused, whatever its alg',
    'access-token/alg-none-refused',
    (_t, jwt) => unsignedForgeries(jwt),
  ),
  check(
    'hmac-confusion',
    'A JWT signed by HMAC with a value that anybody knows is refused',
    'access-token/hmac-confusion-refused',
    async (t, jwt) => {
      const { client } = bearerClient(t);
      // The client knows its own secret, and must not sign for the server with it.
      const { secret } = client;
      const known = [
        ...(secret === undefined ? [] : [{ what: 'the client secret', value: secret }]),
        { what: 'the client id', value: client.id },
        { what: 'the kid', value: String(jwt.header.kid ?? 'kid') },
        { what: 'the secret "changeme"', value: 'changeme' },
        { what: 'the secret "your-256-bit-secret"', value: 'your-256-bit-secret' },
      ];
      return hmacForgeries(jwt, hmacSecrets(await publicKey(t, jwt), known));
    },
  ),
  check(
    'foreign-key',
    'A JWT signed with another key is refused',
    'access-token/foreign-key-refused',
    async (_t, jwt) => foreignKeyForgeries(jwt, await forgerKeys()),
  ),
  check(
    'kid',
    'A kid that points elsewhere does not make a forged JWT verify',
    'access-token/kid-not-trusted',
    async (_t, jwt) => keyIdForgeries(jwt, await forgerKeys()),
  ),
  check(
    'signature',
    'A JWT whose signature is missing, cut, changed or of another token is refused',
    'access-token/signature-verified',
    async (t, jwt) => signatureForgeries(jwt, await another(t)),
  ),
  check(
    'payload',
    'A JWT that was changed after signing is refused',
    'access-token/payload-protected',
    async (t, jwt) => payloadForgeries(jwt, await another(t)),
  ),
  check('serialization', 'A JWT in another serialization is refused', 'access-token/compact-serialization', (_t, jwt) =>
    serializationForgeries(jwt),
  ),
  {
    id: 'access-token/header-keys',
    title: 'A JWT that brings its own key is refused',
    verifies: ['access-token/header-keys-not-trusted'],
    needs: [...bearerNeeds, 'jwt access tokens'],
    control: liveAccessToken,
    async run(t) {
      const jwt = jwtOf(await t.sharedSession(bearerClient(t)));
      await refuseAll(t, ownKeyForgeries(jwt, await forgerKeys()));
    },
  },
  {
    id: 'access-token/header-urls',
    title: 'A JWT that names where its key is served is refused, and nothing is fetched from there',
    verifies: ['access-token/header-urls-not-followed', 'access-token/header-keys-not-trusted'],
    needs: [...bearerNeeds, 'jwt access tokens'],
    control: liveAccessToken,
    async run(t) {
      if (!isLocal(t.config.target))
        t.skip("The target is not on this machine, and could not reach the forger's keys on it.");
      const jwt = jwtOf(await t.sharedSession(bearerClient(t)));
      const keys = await forgerKeys();
      const { jwks, pem } = hostedKeys(keys);
      const files = {
        '/jwks.json': { type: 'application/json', content: jwks },
        '/certificate.pem': { type: 'application/x-pem-file', content: pem },
      };
      await withHostedFiles(files, async (origin, asked) => {
        const named = { jku: `${origin}/jwks.json`, x5u: `${origin}/certificate.pem` };
        await refuseAll(t, hostedKeyForgeries(jwt, keys, named), 'access-token/header-keys-not-trusted');
        t.expect.soft(asked.length === 0, `The target fetched ${asked.join(' and ')}, which a forged JWT named.`, {
          requirement: 'access-token/header-urls-not-followed',
          expected: 'No address that a token names is asked for anything.',
        });
      });
    },
  },
  {
    id: 'access-token/encrypted',
    title: 'A JWE that anybody can make is refused',
    verifies: ['access-token/encrypted-forgery-refused'],
    needs: [...bearerNeeds, 'jwt access tokens', 'jwks'],
    control: liveAccessToken,
    async run(t) {
      const jwt = jwtOf(await t.sharedSession(bearerClient(t)));
      const key = await publicKey(t, jwt);
      if (key === undefined) return t.skip('The key set has no RSA key to encrypt with.');
      const bits = publicKeyOf(key)?.asymmetricKeyDetails?.modulusLength ?? 0;
      if (bits < 2048) t.skip('The published key is too small to encrypt with; jwks/key-size reports that.');
      await refuseAll(t, await encryptedForgeries(jwt, key));
    },
  },
]);
