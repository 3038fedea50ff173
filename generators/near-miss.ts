/** Values that a sloppy comparison takes for the right one: prefix, suffix, letter case, white space, truncation, look-alikes. */

import { createHash } from 'node:crypto';

export interface NearMiss {
  /** Completes "the value ...". */
  readonly what: string;
  readonly value: string;
}

const swapCase = (text: string): string =>
  [...text].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join('');

/** Another character of the same kind, so that the value keeps its alphabet. */
export function other(char: string): string {
  if (/[0-9]/.test(char)) return char === '7' ? '3' : '7';
  if (/[a-z]/.test(char)) return char === 'q' ? 'k' : 'q';
  if (/[A-Z]/.test(char)) return char === 'Q' ? 'K' : 'Q';
  return char === '-' ? '_' : '-';
}

/**
 * Another character for the end of a value: as a digit of base64 it differs in its highest bit. Lower bits of a last digit may be padding, and whoever
 * decodes before comparing lawfully takes two such texts for one value (RFC 4648 3.5).
 */
export function otherLast(char: string): string {
  if (/[0-9]/.test(char)) return 'a';
  if (/[a-f]/.test(char)) return '7';
  if (/[A-Z]/.test(char)) return 'q';
  return 'b';
}

const replaceAt = (text: string, index: number): string =>
  text.slice(0, index) + other(text[index] ?? '') + text.slice(index + 1);

/** Near misses of a value that is compared octet by octet; each differs from it. */
export function nearMisses(value: string): NearMiss[] {
  const middle = Math.floor(value.length / 2);
  const candidates: NearMiss[] = [
    { what: 'without its last character', value: value.slice(0, -1) },
    { what: 'without its first character', value: value.slice(1) },
    { what: 'cut to its first half', value: value.slice(0, middle) },
    { what: 'with one character more at its end', value: `${value}A` },
    { what: 'with one character more at its start', value: `A${value}` },
    { what: 'with its last character changed', value: value.slice(0, -1) + otherLast(value.slice(-1)) },
    { what: 'with its first character changed', value: replaceAt(value, 0) },
    { what: 'with a character in its middle changed', value: replaceAt(value, middle) },
    { what: 'in the other letter case', value: swapCase(value) },
    { what: 'with white space after it', value: `${value} ` },
    { what: 'with white space before it', value: ` ${value}` },
    { what: 'with a line break after it', value: `${value}\n` },
    { what: 'twice', value: `${value}${value}` },
  ];
  return candidates.filter((candidate) => candidate.value !== value && candidate.value !== '');
}

/** Near misses of a secret: besides the usual ones what C strings and Unicode normalisation take for it. A secret is printable ASCII (RFC 6749 A.2). */
export function secretNearMisses(secret: string): NearMiss[] {
  const wide = secret.replace(/[A-Za-z0-9]/, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
  const more: NearMiss[] = [
    { what: 'with a NUL and a character after it', value: `${secret}\0A` },
    { what: 'with its first letter or digit in full width', value: wide },
    { what: 'in the form of its SHA-256', value: createHash('sha256').update(secret).digest('hex') },
  ];
  return [...nearMisses(secret), ...more.filter(({ value }) => value !== secret)];
}
