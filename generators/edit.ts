/** Edits of one character: what a comparison that is nearly right lets through. */

import fc from 'fast-check';
import { otherLast } from './near-miss.ts';

/** One character is replaced by another, left out, or put in. */
export interface Edit {
  readonly how: 'replaced' | 'left out' | 'put in';
  /** Where, in thousandths of the length. */
  readonly at: number;
  /** Only among the characters that are neither letters nor digits, where there are any. */
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

/** Where an edit goes: anywhere, or to what is no letter or digit, where matching by pattern is loose. */
function placeOf(value: string, { at, onMark }: Edit): number {
  const marks = [...value].flatMap((char, index) => (/[A-Za-z0-9]/.test(char) ? [] : [index]));
  const places = onMark && marks.length > 0 ? marks : [...value].map((_, index) => index);
  return places[Math.floor((at * places.length) / 1000)] ?? 0;
}

/** The value after the edit; it may be the same where a character is replaced by itself. */
export function edited(value: string, change: Edit): string {
  const { how, char } = change;
  const index = placeOf(value, change);
  const rest = how === 'put in' ? index : index + 1;
  const other = index === value.length - 1 && how === 'replaced' ? otherLast(value.slice(-1)) : char;
  return `${value.slice(0, index)}${how === 'left out' ? '' : other}${value.slice(rest)}`;
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
