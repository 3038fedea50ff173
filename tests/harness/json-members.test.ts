import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outerMembers } from '../../harness/json-members.ts';

test('names every member of the outermost object, repeated ones as often as they are written', () => {
  expect(outerMembers('{"a":1,"b":{"a":2,"c":[{"a":3}]},"a":"x\\"y: {"}')).toEqual(['a', 'b', 'a']);
  expect(outerMembers('{"\\u0061":1,"a":2}')).toEqual(['a', 'a']);
});

test('finds none in what is no object', () => {
  for (const text of ['', '[]', '[{"a":1}]', '"{"', 'null', '1']) expect(outerMembers(text)).toEqual([]);
});

test('agrees with JSON.parse where nothing is repeated', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect([...outerMembers(text)].sort()).toEqual(Object.keys(JSON.parse(text) as object).sort());
    }),
  );
});
