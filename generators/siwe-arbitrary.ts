/** Arbitrary right messages: over the whole grammar of ERC-4361, and over the optional fields of a message that one application expects. */

import fc from 'fast-check';
import type { SiweFields } from './siwe-message.ts';

const text = (alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength, size: 'max' });

const letters = 'abcdefghijklmnopqrstuvwxyz';
const alphanumerics = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${letters}0123456789`;
/** RFC 3986 reserved and unreserved, and the space: what a statement is made of. */
const statementCharacters = `${alphanumerics}:/?#[]@!$&'()*+,;=-._~ `;

export const nonce: fc.Arbitrary<string> = text(alphanumerics, 8, 64);
/** How a nonce may be made: `8*( ALPHA / DIGIT )` bounds its length below only, and asks for no mixture. Eight digits repeat too soon. */
export const nonceForm: fc.Arbitrary<{ readonly length: number; readonly alphabet: string }> = fc.record({
  length: fc.integer({ min: 12, max: 64 }),
  alphabet: fc.constantFrom(alphanumerics, '0123456789', letters, letters.toUpperCase(), '0123456789abcdef'),
});
/** Not empty, and without a space at its ends, which form fields and editors trim. */
export const statement: fc.Arbitrary<string> = text(statementCharacters, 1, 80)
  .map((value) => value.trim())
  .filter((value) => value !== '');
/** RFC 3986 pchar without percent encoding. */
export const requestId: fc.Arbitrary<string> = text(`${alphanumerics}-._~!$&'()*+,;=:@`, 1, 24);

const host = fc.array(text(letters, 1, 10), { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const uri = fc
  .tuple(fc.constantFrom('https', 'ipfs', 'urn+x'), host, fc.array(text(alphanumerics, 1, 8), { maxLength: 3 }))
  .map(([scheme, authority, path]) => `${scheme}://${authority}/${path.join('/')}`);

/** RFC 3339 date-times that are some seconds from now, with and without fraction. @param now milliseconds since the epoch */
export function dateTime(now: number, fromSeconds: number, toSeconds: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: fromSeconds, max: toSeconds }), fc.boolean())
    .map(([seconds, fraction]) => new Date(now + seconds * 1000).toISOString().replace(fraction ? '' : /\.\d+/, ''));
}

/** What may be added to a right message without making it wrong: every optional field, present or absent. */
export function optionalFields(now: number): fc.Arbitrary<Partial<SiweFields>> {
  const hour = 3600;
  return fc.record(
    {
      statement,
      expirationTime: dateTime(now, hour, 24 * hour),
      notBefore: dateTime(now, -24 * hour, -hour),
      requestId,
      resources: fc.array(uri, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
}

/** Any message of the grammar, for readers of messages: fields need not be what an application expects. */
export function anyMessage(address: string, now: number): fc.Arbitrary<SiweFields> {
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
  const required = fc.record({
    domain: fc.tuple(host, port).map(([name, number]) => (number === undefined ? name : `${name}:${number}`)),
    address: fc.constant(address),
    uri,
    version: fc.constant('1'),
    chainId: fc.integer({ min: 1, max: 2 ** 31 }),
    nonce,
    issuedAt: dateTime(now, -60, 0),
  });
  const scheme = fc.option(fc.constantFrom('https', 'http', 'my-app.v1+x'), { nil: undefined });
  return fc.tuple(required, optionalFields(now), scheme).map(([fields, optional, named]) => ({
    ...fields,
    ...optional,
    ...(named === undefined ? {} : { scheme: named }),
  }));
}

/**
 * Replaces, puts in or leaves out one character of a text. A change of letter case alone may name the same address, and one of the lines the same
 * fields: those are left out.
 */
export const oneCharacterOff: fc.Arbitrary<(text: string) => string> = fc
  .record({
    how: fc.constantFrom('replaced', 'put in', 'left out'),
    /** Where, in thousandths of the characters. */
    at: fc.noBias(fc.integer({ min: 0, max: 999 })),
    char: fc.constantFrom(...alphanumerics),
  })
  .map(({ how, at, char }) => (text) => {
    const places = [...text].flatMap((one, index) => (one === '\n' ? [] : [index]));
    const index = places[Math.floor((at * places.length) / 1000)] ?? 0;
    const current = text.charAt(index);
    const other = current.toLowerCase() === char.toLowerCase() ? (char === '7' ? '3' : '7') : char;
    const put = { replaced: other, 'put in': char, 'left out': '' }[how];
    return text.slice(0, index) + put + text.slice(how === 'put in' ? index : index + 1);
  });
