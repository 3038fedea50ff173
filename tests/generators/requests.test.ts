/** The generators of forms, proof keys and redirect URIs keep their promises. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equivalentEncodings, equivalentForm, formWriting, writeForm } from '../../generators/form.ts';
import { nested, notAnObject, notAString, otherThanString, prototypeMembers } from '../../generators/json.ts';
import { nearMisses } from '../../generators/near-miss.ts';
import { oddTexts } from '../../generators/odd-text.ts';
import { codeChallengeOf, codeVerifier, illegalCharacters, illegalCodeVerifier } from '../../generators/pkce.ts';
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

test('ways to write a form vary in order, in escapes and in what is added, and the plainest changes nothing', () => {
  const written = fc.sample(formWriting, { numRuns: 200, seed: 1 }).map((writing) => writeForm(pairs, writing));
  const share = (fits: (body: string) => boolean): number =>
    written.filter(({ body }) => fits(body)).length / written.length;
  expect(share((body) => body.indexOf('redirect_uri') < body.indexOf('code'))).toBeGreaterThan(0.1);
  expect(share((body) => body.includes('x_unknown'))).toBeGreaterThan(0.1);
  expect(share((body) => /%6[0-9a-f]/i.test(body))).toBeGreaterThan(0.1);
  expect(writeForm([['a', 'b']], { moves: [], added: [], escapes: [0] }).body).toBe('a=b');
});

test('verifiers are of every legal length, and illegal ones illegal by length and by character', () => {
  const lengths = fc.sample(codeVerifier, { numRuns: 500, seed: 1 }).map(({ length }) => length);
  expect(Math.min(...lengths)).toBeLessThan(46);
  expect(Math.max(...lengths)).toBeGreaterThan(125);
  const illegal = fc.sample(illegalCodeVerifier, { numRuns: 500, seed: 1 });
  expect(illegal.some(({ length }) => length < 43)).toBe(true);
  expect(illegal.some(({ length }) => length > 128)).toBe(true);
  for (const char of illegalCharacters) expect(illegal.some((value) => value.includes(char))).toBe(true);
});

test('what should be no string is JSON of another type, of each type sometimes', () => {
  const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
  const values = fc.sample(notAString, { numRuns: 300, seed: 1 });
  for (const value of values) expect(typeof JSON.parse(JSON.stringify(value))).not.toBe('string');
  expect([...new Set(values.map(typeOf))].sort()).toEqual(['boolean', 'list', 'null', 'number', 'object']);
  const wrapping = fc
    .sample(otherThanString, { numRuns: 300, seed: 1 })
    .map((value) => value('right'))
    .filter((value) => JSON.stringify(value).includes('"right"'));
  expect(wrapping.length).toBeGreaterThan(60);
  for (const value of wrapping) expect(typeof value).toBe('object');
});

test('what should be no object is one to no JSON parser', () => {
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(notAnObject, (text) => {
      const value = parsed(text);
      return typeof value !== 'object' || value === null || Array.isArray(value);
    }),
  );
  expect(parsed(nested(50))).toBeInstanceOf(Array);
  for (const text of prototypeMembers) expect(parsed(text)).toBeTypeOf('object');
});

test('odd texts come through JSON and through forms as they are', () => {
  for (const { value } of oddTexts) {
    expect(JSON.parse(JSON.stringify({ value }))).toEqual({ value });
    expect(new URLSearchParams(new URLSearchParams({ value }).toString()).get('value')).toBe(value);
  }
  expect(new Set(oddTexts.map(({ value }) => value)).size).toBe(oddTexts.length);
});
