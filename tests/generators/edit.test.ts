import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edit, edited, unlike } from '../../generators/edit.ts';

const text = 'eyJhbGciOiJSUzI1NiJ9.cGF5bG9hZA.c2lnbmF0dXJl';
const edits = fc.sample(edit, { seed: 1, numRuns: 2000 });
const distance = (change: (typeof edits)[number]): number => edited(text, change).length - text.length;

describe('an edit of one character', () => {
  it('keeps the length, or changes it by one', () => {
    for (const change of edits) expect(distance(change)).toBe({ replaced: 0, 'left out': -1, 'put in': 1 }[change.how]);
  });

  it('never leaves the value as it was', () => {
    for (const value of ['A', '-0', 'zz', text, 'https://app.example.com/callback?a=_'])
      for (const change of edits) expect(edited(value, change), JSON.stringify(change)).not.toBe(value);
  });

  it('goes to the same place of random texts of one length, however it is told to look for marks', () => {
    const place = (value: string, change: (typeof edits)[number]): number =>
      [...value].findIndex((char, index) => edited(value, change)[index] !== char);
    for (const change of edits.filter(({ how }) => how === 'replaced'))
      expect(place('B-7_rXfJ-q', change)).toBe(place('c_Qm9-0s4T', change));
  });

  it('leaves all that stands before and after it', () => {
    for (const change of edits) {
      const value = edited(text, change);
      let before = 0;
      while (before < text.length && value[before] === text[before]) before += 1;
      const after = text.length - before - (change.how === 'put in' ? 0 : 1);
      expect(value.endsWith(after <= 0 ? '' : text.slice(-after)), `${change.how} at ${before}`).toBe(true);
    }
  });

  it('reaches every place, the marks between the parts as well, and keeps the alphabet', () => {
    const places = new Set(
      edits
        .filter(({ how }) => how === 'left out')
        .map((change) => [...text].findIndex((char, index) => edited(text, change)[index] !== char)),
    );
    expect(places.size).toBeGreaterThan(text.length * 0.8);
    expect(places).toContain(text.indexOf('.'));
    for (const change of edits) expect(edited(text, change)).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  it('changes the last character so that no padding bit alone differs', () => {
    const last = edits.filter(({ how, at, onMark }) => how === 'replaced' && !onMark && at >= 998);
    expect(last.length).toBeGreaterThan(0);
    for (const change of last) expect(edited(text, change).at(-1)).toBe('b'); // "l" is 100101, "b" 011011
  });

  it('is, where it is to be unlike, never the same but for letter case and hyphens, and never empty', () => {
    const bare = (value: string): string => value.toLowerCase().replace(/[-_]/g, '');
    for (const value of ['a', 'Q', '7', '-', '1b4e28ba-2fa1-11d2-883f-0016d3cca427', text])
      for (const change of edits) {
        const next = unlike(value, change);
        expect(next, value).not.toBe('');
        expect(bare(next), `${value} ${JSON.stringify(change)}`).not.toBe(bare(value));
      }
  });
});
