/** Near misses: each differs from the value, and one that decodes before it compares sees the difference as well. */

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearMisses, otherLast } from '../../generators/near-miss.ts';
import { redirectUriNearMisses } from '../../generators/redirect-uri.ts';

describe('near misses of a value', () => {
  test('differ from it and from each other in what they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.~'), minLength: 2, maxLength: 60 }), (value) => {
        const misses = nearMisses(value);
        expect(misses.map((miss) => miss.value)).not.toContain(value);
        expect(new Set(misses.map((miss) => miss.what)).size).toBe(misses.length);
      }),
    );
  });

  test('hold the ones by which truncation, trimming and case folding are found', () => {
    const values = nearMisses('aB3').map((miss) => miss.value);
    expect(values).toEqual(
      expect.arrayContaining(['aB', 'B3', 'aB3A', 'AaB3', 'Ab3', 'aB3 ', ' aB3', 'aB3\n', 'aB3aB3']),
    );
  });

  test('leave the case of a value without letters alone', () => {
    expect(nearMisses('123').map((miss) => miss.what)).not.toContain('in the other letter case');
  });

  test('with another last character decode to other bytes', () => {
    for (const bytes of [16, 20, 31, 32, 33, 256])
      for (let round = 0; round < 40; round += 1) {
        const value = randomBytes(bytes).toString('base64url');
        const miss = value.slice(0, -1) + otherLast(value.slice(-1));
        expect(Buffer.from(miss, 'base64url').equals(Buffer.from(value, 'base64url'))).toBe(false);
      }
  });
});

describe('near misses of a redirect URI', () => {
  for (const uri of [
    'https://app.example.com/callback',
    'http://127.0.0.1:8080/cb',
    'https://app.example.com/',
    'https://app.example.com/a/b?tenant=1',
  ])
    test(`differ from ${uri}`, () => {
      const values = redirectUriNearMisses(uri).map((miss) => miss.value);
      expect(values).not.toContain(uri);
      expect(values.length).toBeGreaterThan(15);
    });

  test('hold the ones by which normalisation, prefixes and hosts are found', () => {
    const values = redirectUriNearMisses('https://a.example/cb').map((miss) => miss.value);
    expect(values).toEqual(
      expect.arrayContaining([
        'https://a.example/cb/',
        'https://a.example/cb?a=b',
        'https://A.EXAMPLE/cb',
        'https://a.example:443/cb',
        'http://a.example/cb',
        'https://a.example.evil.example/cb',
        'https://evil.a.example/cb',
        'https://a.example/%63b',
      ]),
    );
  });
});
