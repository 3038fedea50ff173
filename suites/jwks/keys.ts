/** The published key set, and the access tokens that it verifies (RFC 7517, RFC 7518, RFC 7515). */

import { X509Certificate } from 'node:crypto';
import { publicKeyOf } from '../../generators/jwt.ts';
import { jwtOf } from '../../harness/bearer.ts';
import { defineChecks } from '../../harness/check.ts';
import { availableCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { repeatedMembers } from '../../harness/json-members.ts';
import { hasCodeSource } from '../../harness/needs.ts';
import { type Jwk, namesKey, verifyingKeys } from '../../harness/verifying-keys.ts';

interface KeySet {
  readonly exchange: Exchange;
  readonly keys: readonly Jwk[];
}

async function keySet(t: CheckContext): Promise<KeySet> {
  const exchange = await t.client.fetch(t.config.jwksUri ?? '', { kind: 'jwks' });
  t.expect.accepted(exchange, { requirement: 'jwks/available' });
  const keys = exchange.object?.keys;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null && !Array.isArray(key)))
    t.expect.fail('The key set is no JSON object with an array of keys.', {
      requirement: 'jwks/available',
      expected: 'An object with the member `keys`, an array of objects.',
      exchange,
    });
  return { exchange, keys: keys as Jwk[] };
}

/** Members of a private or symmetric key (RFC 7518 6.2.2, 6.3.2, 6.4.1). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** RFC 7518 2, Base64urlUInt: no padding, no leading zero octet. */
const isUnsigned = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^[A-Za-z0-9_-]+$/.test(value) &&
  (Buffer.from(value, 'base64url')[0] !== 0 || value === 'AA');

/** Whether the first certificate of `x5c`, where there is one, is base64 of DER and certifies the key (RFC 7517 4.7). */
function certificateIsOwn(jwk: Jwk): boolean {
  const { x5c } = jwk;
  if (x5c === undefined) return true;
  const [first] = Array.isArray(x5c) ? (x5c as readonly unknown[]) : [];
  const key = publicKeyOf(jwk);
  if (typeof first !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(first)) return false;
  try {
    return key === undefined || new X509Certificate(Buffer.from(first, 'base64')).publicKey.equals(key);
  } catch {
    return false; // what cannot be read certifies nothing
  }
}

/** RFC 7517 4.3: the operations that may stand together. */
const related = [
  ['sign', 'verify'],
  ['encrypt', 'decrypt'],
  ['wrapKey', 'unwrapKey'],
] as const;

const operationsOf = ({ key_ops: operations }: Jwk): readonly unknown[] =>
  Array.isArray(operations) ? (operations as readonly unknown[]) : [];

function areRelated(jwk: Jwk): boolean {
  const operations = new Set(operationsOf(jwk));
  return (
    operations.size < 2 || related.some((pair) => [...operations].every((name) => pair.some((own) => own === name)))
  );
}

/** Whether `use` and `key_ops`, where both are there and known, are for the same purpose. */
function purposesAgree(jwk: Jwk): boolean {
  const known = operationsOf(jwk).filter((name) => related.flat().some((own) => own === name));
  const signs = (name: unknown): boolean => name === 'sign' || name === 'verify';
  if (jwk.use === 'sig') return known.every(signs);
  return jwk.use !== 'enc' || !known.some(signs);
}

export default defineChecks([
  {
    id: 'jwks/set',
    title: 'The key set is published, well formed and public',
    verifies: [
      'jwks/available',
      'jwks/keys-well-formed',
      'jwks/public-only',
      'jwks/distinct-kids',
      'jwks/use-or-key-ops',
      'jwks/names-unique',
      'jwks/key-operations-once',
      'jwks/related-operations',
      'jwks/use-consistent',
      'jwks/certificate-matches',
    ],
    needs: ['jwks'],
    async run(t) {
      const { exchange, keys } = await keySet(t);
      const ill = keys.find(
        (key) => typeof key.kty !== 'string' || (key.kty === 'RSA' && !(isUnsigned(key.n) && isUnsigned(key.e))),
      );
      t.expect.soft(ill === undefined, 'A key of the set has no kty, or a modulus or exponent that is ill-formed.', {
        requirement: 'jwks/keys-well-formed',
        expected: 'kty, and for RSA n and e as unpadded base64url without leading zeros.',
        exchange,
      });
      const open = keys.find((key) => key.kty === 'oct' || secretMembers.some((name) => key[name] !== undefined));
      t.expect.soft(open === undefined, 'The key set holds private or symmetric key material.', {
        requirement: 'jwks/public-only',
        expected: 'Public members only.',
        exchange,
      });
      // Keys of different kty may share a kid where they are alternatives for each other (RFC 7517 4.5).
      const names = keys.filter((key) => key.kid !== undefined).map((key) => `${String(key.kty)} ${String(key.kid)}`);
      t.expect.soft(new Set(names).size === names.length, 'Two keys of the set have the same kid.', {
        requirement: 'jwks/distinct-kids',
        expected: 'A kid of its own for each key.',
        exchange,
      });
      const both = keys.some((key) => key.use !== undefined && key.key_ops !== undefined);
      t.expect.soft(!both, 'A key has both use and key_ops.', {
        requirement: 'jwks/use-or-key-ops',
        expected: 'One of the two, or neither.',
        exchange,
      });
      const twice = repeatedMembers(exchange.text);
      t.expect.soft(twice.length === 0, `The key set has ${twice.join(', ')} more than once in one object.`, {
        requirement: 'jwks/names-unique',
        expected: 'Each member once.',
        exchange,
      });
      const again = keys.some(({ key_ops: ops }) => Array.isArray(ops) && new Set(ops).size !== ops.length);
      t.expect.soft(!again, 'A key names an operation twice in key_ops.', {
        requirement: 'jwks/key-operations-once',
        expected: 'Each operation once.',
        exchange,
      });
      t.expect.soft(keys.every(areRelated), 'key_ops of a key names operations that do not belong together.', {
        requirement: 'jwks/related-operations',
        expected: 'sign with verify, encrypt with decrypt, or wrapKey with unwrapKey.',
        exchange,
      });
      t.expect.soft(keys.every(purposesAgree), 'use and key_ops of a key contradict each other.', {
        requirement: 'jwks/use-consistent',
        expected: 'sig with sign and verify, enc with the other operations; or one of the two members.',
        exchange,
      });
      t.expect.soft(keys.every(certificateIsOwn), 'The first certificate in x5c is not one of its key.', {
        requirement: 'jwks/certificate-matches',
        expected: "The key's own certificate first, as base64 of DER.",
        exchange,
      });
    },
  },
  {
    id: 'jwks/verifies-tokens',
    title: 'The key set verifies the access tokens of every client',
    verifies: ['access-token/jwt-verifies', 'jwks/kid-names-key', 'jwks/key-for-signing', 'jwks/key-size'],
    needs: ['jwks', 'jwt access tokens', 'session source'],
    async run(t) {
      const { exchange, keys } = await keySet(t);
      const owners = availableCases(t.config).filter(
        ({ client }) =>
          hasCodeSource(t.config) ||
          (t.config.operations.authenticate !== false && client.role === 'whitelabel-customer'),
      );
      for (const owner of t.trials(owners)) {
        const jwt = jwtOf(await t.sharedSession(owner));
        const found = verifyingKeys(jwt, keys);
        t.expect.that(found.length > 0, `No key of the set verifies an access token (${owner.id}).`, {
          requirement: 'access-token/jwt-verifies',
          expected: 'The key that signs access tokens is published.',
          exchange,
        });
        const { kid } = jwt.header;
        t.expect.soft(
          namesKey(jwt, found),
          `The token's kid ${JSON.stringify(kid)} is not that of the key that verifies it.`,
          { requirement: 'jwks/kid-names-key', expected: 'The kid of the signing key.', exchange },
        );
        const usable = found.some(
          (key) =>
            (key.use === undefined || key.use === 'sig') &&
            (key.alg === undefined || key.alg === 'RS256') &&
            (!Array.isArray(key.key_ops) || key.key_ops.includes('verify')),
        );
        t.expect.soft(usable, 'The key that verifies access tokens is declared for something else.', {
          requirement: 'jwks/key-for-signing',
          expected: 'use sig, alg RS256 and key_ops with verify, each where present.',
          exchange,
        });
        const bits = Math.max(...found.map((key) => publicKeyOf(key)?.asymmetricKeyDetails?.modulusLength ?? 0));
        t.expect.soft(bits >= 2048, `The key that signs access tokens has ${bits} bits.`, {
          requirement: 'jwks/key-size',
          expected: '2048 bits or more.',
          exchange,
        });
      }
    },
  },
]);
