import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outerMembers, repeatedMembers } from '../../harness/json-members.ts';

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

test('finds repeated names at any depth, and takes the same name in two objects for none', () => {
  expect(repeatedMembers('{"keys":[{"kid":"a","kid":"b"},{"n":1,"\\u006e":2}]}')).toEqual(['kid', 'n']);
  expect(repeatedMembers('[{"a":1},{"a":2},{"b":{"a":1},"a":"\\"a\\":"}]')).toEqual([]);
  fc.assert(fc.property(fc.jsonValue(), (value) => void expect(repeatedMembers(JSON.stringify(value))).toEqual([])));
});
