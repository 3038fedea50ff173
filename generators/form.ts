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

const additions = [
  ['x_unknown', 'value'],
  ['resource_hint', ''],
  ['x-é', 'ü'],
] as const;

/** One way to write parameters down, whatever they are: the simplest is in their order, with nothing added and nothing escaped without need. */
export interface FormWriting {
  /** How far each parameter is moved to the front, in turn. */
  readonly moves: readonly number[];
  /** Unknown and empty optional parameters at the end. */
  readonly added: readonly (readonly [string, string])[];
  /** How the characters are escaped, over and over again. */
  readonly escapes: readonly number[];
}

export const formWriting: fc.Arbitrary<FormWriting> = fc.record({
  moves: fc.array(fc.nat({ max: 5 }), { maxLength: 6, size: 'max' }),
  added: fc.noBias(fc.subarray([...additions])),
  escapes: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 12, size: 'max' }),
});

/** The parameters in this way of writing. */
export function writeForm(pairs: FormPairs, { moves, added, escapes }: FormWriting): EncodedForm {
  const ordered = [...pairs];
  for (const [index, move] of moves.entries()) {
    const [pair] = ordered.splice(index % pairs.length, 1);
    if (pair !== undefined) ordered.splice((index + pairs.length - (move % pairs.length)) % pairs.length, 0, pair);
  }
  let at = 0;
  const body = encodeWith([...ordered, ...added], (char) => {
    const choice = escapes[at % escapes.length] ?? 0;
    at += 1;
    if (unreserved.test(char)) return choice === 3 ? percent(char, true) : char;
    if (char === ' ') return choice % 2 === 0 ? '+' : '%20';
    return percent(char, choice % 2 === 0);
  });
  const names = (list: FormPairs): string => list.map(([name]) => name).join(',');
  return { body, how: `order ${names(ordered)}${added.length > 0 ? `, with ${names(added)}` : ''}` };
}

/** The same parameters in another order, each character escaped or not at will, unknown and empty optional ones added. */
export function equivalentForm(pairs: FormPairs): fc.Arbitrary<EncodedForm> {
  return formWriting.map((writing) => writeForm(pairs, writing));
}

/**
 * Parameters that neither operation knows, some of which mean something to frameworks: another method, another form of the answer, a file. None is
 * a parameter of an extension of OAuth. They go before the ones that count, of which a parser that stops counting would miss the last.
 */
export const unknownParameters: FormPairs = [
  ['_method', 'GET'],
  ['_HttpMethod', 'DELETE'],
  ['callback', 'show'],
  ['jsonp', 'show'],
  ['format', 'xml'],
  ['_format', 'html'],
  ['output', 'text'],
  ['fields', 'none'],
  ['pretty', '1'],
  ['debug', '1'],
  ['lang', 'de'],
  ['action', 'none'],
  ['page', '2'],
  ['submit', 'Send'],
  ['utf8', '\u2713'],
  ...Array.from({ length: 30 }, (_, index): [string, string] => [`x_unknown_${index}`, 'value']),
];
