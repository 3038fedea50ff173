/** Edits of one character: what a comparison that is nearly right lets through. */

import fc from 'fast-check';
import { other, otherLast } from './near-miss.ts';

/** One character is replaced by another, left out, or put in. */
export interface Edit {
  readonly how: 'replaced' | 'left out' | 'put in';
  /** Where, in thousandths of the length. */
  readonly at: number;
  /** Only among the characters that are none of base64url, where there are any: in random text those would stand elsewhere at every repetition. */
  readonly onMark: boolean;
  readonly char: string;
}

/** Edits within the alphabet of base64url, so that no recipient may take the value for malformed. */
export const edit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom('replaced', 'replaced', 'left out', 'put in'),
  at: fc.noBias(fc.integer({ min: 0, max: 999 })),
  onMark: fc.boolean(),
  char: fc.constantFrom(...'ABYZabyz0189-_'),
});

/** Where an edit goes: anywhere, or to the marks between the parts of a value, where matching by pattern is loose. */
function placeOf(value: string, { at, onMark }: Edit): number {
  const marks = [...value].flatMap((char, index) => (/[\w-]/.test(char) ? [] : [index]));
  const places = onMark && marks.length > 0 ? marks : [...value].map((_, index) => index);
  return places[Math.floor((at * places.length) / 1000)] ?? 0;
}

/** What stands in for a character: the one of the edit, unless that is the same, or the last, whose lower bits may be padding. */
function standIn(value: string, index: number, { char }: Edit): string {
  const current = value.charAt(index);
  if (index === value.length - 1) return otherLast(current);
  return char === current ? other(current) : char;
}

/** The value after the edit: never the same. */
export function edited(value: string, change: Edit): string {
  const index = placeOf(value, change);
  const put = { replaced: standIn(value, index, change), 'left out': '', 'put in': change.char }[change.how];
  return `${value.slice(0, index)}${put}${value.slice(change.how === 'put in' ? index : index + 1)}`;
}

/** What no two tokens differ in to whoever looks UUIDs up: letter case and hyphens. */
const bare = (token: string): string => token.toLowerCase().replace(/[-_]/g, '');

/** The value after the edit, never one that a lookup of UUIDs takes for the same. */
export function unlike(value: string, change: Edit): string {
  const next = edited(value, change);
  if (bare(next) !== bare(value) && next !== '') return next;
  const index = placeOf(value, change);
  return `${value.slice(0, index)}${value[index] === '7' ? 'k' : '7'}${value.slice(index + 1)}`;
}
