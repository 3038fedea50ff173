/** Encodings of the same form (RFC 6749 appendix B, WHATWG URL "application/x-www-form-urlencoded"): equivalent ones, and malformed ones. */

import fc from 'fast-check';

export type FormPairs = readonly (readonly [name: string, value: string])[];

export interface EncodedForm {
  readonly body: string;
  /** What is unusual about it, in words. */
  readonly how: string;
}

type Escape = (char: string) => string;

const percent = (char: string, upper: boolean): string =>
  [...Buffer.from(char, 'utf8')]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')[upper ? 'toUpperCase' : 'toLowerCase']()}`)
    .join('');

const unreserved = /[A-Za-z0-9*._-]/;

function encodeWith(pairs: FormPairs, escaped: Escape): string {
  const encode = (text: string): string => [...text].map(escaped).join('');
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** Named ways to write the same parameters down. */
export const equivalentEncodings: readonly { readonly how: string; encode(pairs: FormPairs): string }[] = [
  {
    how: 'upper-case hex',
    encode: (pairs) =>
      encodeWith(pairs, (char) => (unreserved.test(char) ? char : char === ' ' ? '+' : percent(char, true))),
  },
  {
    how: 'lower-case hex',
    encode: (pairs) =>
      encodeWith(pairs, (char) => (unreserved.test(char) ? char : char === ' ' ? '+' : percent(char, false))),
  },
  {
    how: 'spaces as %20',
    encode: (pairs) => encodeWith(pairs, (char) => (unreserved.test(char) ? char : percent(char, true))),
  },
  { how: 'every character percent-encoded', encode: (pairs) => encodeWith(pairs, (char) => percent(char, true)) },
  {
    how: 'parameters in reverse order',
    encode: (pairs) => encodeWith([...pairs].reverse(), (char) => (unreserved.test(char) ? char : percent(char, true))),
  },
];

/** The same parameters in another order, each character escaped or not at will, unknown and empty optional ones added. */
export function equivalentForm(pairs: FormPairs): fc.Arbitrary<EncodedForm> {
  const additions = fc.subarray([
    ['x_unknown', 'value'],
    ['resource_hint', ''],
    ['x-é', 'ü'],
  ] as const);
  return fc
    .tuple(
      fc.shuffledSubarray([...pairs], { minLength: pairs.length }),
      additions,
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
    )
    .map(([shuffled, added, choices]) => {
      const body = encodeWith([...shuffled, ...added], (char) => {
        const choice = choices.next().value ?? 0;
        if (unreserved.test(char)) return choice === 3 ? percent(char, true) : char;
        if (char === ' ') return choice % 2 === 0 ? '+' : '%20';
        return percent(char, choice % 2 === 0);
      });
      return {
        body,
        how: `order ${shuffled.map(([name]) => name).join(',')}${added.length > 0 ? `, with ${added.map(([name]) => name).join(',')}` : ''}`,
      };
    });
}
