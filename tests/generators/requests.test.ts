/** The generators of forms, proof keys and redirect URIs keep their promises. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equivalentEncodings, equivalentForm } from '../../generators/form.ts';
import { nearMisses } from '../../generators/near-miss.ts';
import { codeChallengeOf, codeVerifier, illegalCodeVerifier } from '../../generators/pkce.ts';
import { redirectUriNearMisses } from '../../generators/redirect-uri.ts';

const pairs = [
  ['code', 'a+b &=%é'],
  ['redirect_uri', 'https://a.example/c?d=e'],
] as const;
const grammar = /^[A-Za-z0-9\-._~]{43,128}$/;

test('equivalent forms carry the same parameters', () => {
  const same = (body: string): void => {
    const read = new URLSearchParams(body);
    for (const [name, value] of pairs) expect(read.getAll(name)).toEqual([value]);
  };
  for (const { encode } of equivalentEncodings) same(encode(pairs));
  fc.assert(fc.property(equivalentForm(pairs), ({ body }) => same(body)));
});

test('the challenge is that of RFC 7636 appendix B', () => {
  expect(codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  );
});

test('legal verifiers fit the grammar, illegal ones do not', () => {
  fc.assert(fc.property(codeVerifier, (value) => grammar.test(value)));
  fc.assert(fc.property(illegalCodeVerifier, (value) => !grammar.test(value)));
});

test('near misses differ from the value', () => {
  for (const { value } of nearMisses('abcDEF123')) expect(value).not.toBe('abcDEF123');
  const uri = 'https://app.example.com/callback';
  for (const { value } of redirectUriNearMisses(uri)) expect(value).not.toBe(uri);
});
