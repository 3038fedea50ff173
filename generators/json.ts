/** JSON bodies that are wrong in type, shape or size (RFC 8259): a server answers them with 4xx. */

import fc from 'fast-check';

/** A value of another JSON type than string. */
export const notAString: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('a', 'toString', 'constructor', '$ne', 'length'),
    fc.oneof(fc.string({ maxLength: 8 }), fc.integer()),
    { maxKeys: 2 },
  ),
);

/** The same, and a right string inside another type: lists and objects that some readers unwrap. Takes the right string. */
export const otherThanString: fc.Arbitrary<(right: string) => unknown> = fc.oneof(
  { weight: 3, arbitrary: notAString.map((value) => () => value) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<(right: string) => unknown>(
      (right) => [right],
      (right) => [[right]],
      (right) => [right, right],
      (right) => [right, ''],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('value', '0', 'hex', 'data', '$eq').map((key) => (right: string) => ({ [key]: right })),
  },
);

/** Texts that are no JSON object. */
export const notAnObject: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    '[]',
    '"text"',
    '42',
    'true',
    '{',
    '{"a":',
    '{"a":1,}',
    "{'a':1}",
    '\u0000',
    '<xml/>',
    '{"a":1}{"b":2}',
    'NaN',
  ),
  fc.json({ maxDepth: 1 }).filter((text) => !text.trimStart().startsWith('{')),
);

/** Nested arrays of some depth, as text. */
export const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Members that confuse code which copies them onto objects. */
export const prototypeMembers: readonly string[] = [
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":1,"hasOwnProperty":1}',
];
