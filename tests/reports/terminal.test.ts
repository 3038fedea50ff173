import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../reports/terminal.ts';
import { harmless, terminalStyle, wrap } from '../../reports/terminal-text.ts';
import { hostile, sample } from './sample-report.ts';

const plain = renderTerminal(sample, { colour: false, width: 80 });
const lines = plain.trimEnd().split('\n');

describe('the terminal report', () => {
  it('ends with the verdict', () =>
    expect(lines.at(-1)).toBe('non-conformant: 1 requirement is broken: token/code-single-use.'));

  it('counts requirements by operation', () => {
    const words = (operation: string) => lines.find((line) => line.startsWith(`${operation} `))?.split(/\s+/);
    expect(words('token')).toEqual(['token', '1', '-', '-', '-', '1']);
    expect(words('scopes')).toEqual(['scopes', '-', '1', '-', '-', '-']);
  });

  it('tells a failure with clause, link, exchange, expectation, command and repair', () => {
    for (const part of [
      'FAIL  token/code-single-use  MUST NOT',
      'RFC 6749 section 4.1.2  https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
      'Sent      POST http://127.0.0.1:4010/api/v1/auth/token',
      'Came      200',
      'Expected  The request is refused: 400 with error invalid_grant.',
      "Repeat    auth-conformance --only 'token/code-single-use/none' --seed 7",
      "curl -i -X POST 'http://127.0.0.1:4010/api/v1/auth/token'",
      'Fix: Mark the code as used.',
    ])
      expect(plain).toContain(part);
  });

  it('groups what was not judged by its reason', () => {
    expect(plain).toContain('No clock.\n    2 × token/skips, token/skips-too');
    expect(plain).toContain('No answer.\n    1 × http/inconclusive');
  });

  it('says how long it waited for limits', () => expect(plain).toContain('1 min 5 s of it waiting for'));

  it('says of what it is a part, and why it ended early', () => {
    const part = { ...sample, shard: { index: 2, count: 3 }, endedEarly: 'The run was interrupted.' };
    const text = renderTerminal(part, { colour: false, width: 80 });
    expect(text).toContain('part 2 of 3');
    expect(text).toContain('Ended early: The run was interrupted.');
  });

  it('tells very many failures in short after the first', () => {
    const [broken] = sample.requirements;
    const requirements = Array.from({ length: 40 }, (_, index) => ({ ...broken!, id: `token/broken-${index}` }));
    const text = renderTerminal({ ...sample, requirements }, { colour: false, width: 80 });
    expect(text.match(/^FAIL {2}token\/broken-/gm)).toHaveLength(40);
    expect(text.match(/^ {2}Fix: /gm)).toHaveLength(15);
  });

  it('does not pass on what a target could do to a terminal', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(plain).toContain('\\u{1b}[31m');
  });

  it('is the same text with colours as without', () => {
    const coloured = renderTerminal(sample, { colour: true, width: 80 });
    expect(coloured).not.toBe(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('keeps prose within the width', () => {
    const wide = renderTerminal({ ...sample, verdictReason: 'word '.repeat(60).trim() }, { colour: false, width: 60 });
    expect(wide.split('\n').filter((line) => /word word/.test(line) && line.length > 60)).toEqual([]);
  });

  it('shows errors of the suite as its own', () =>
    expect(
      renderTerminal({ ...sample, suiteErrors: [{ check: 'a/b', message: 'broke' }] }, { colour: false, width: 80 }),
    ).toContain('The suite itself failed; this is no finding about the target.'));
});

describe('colour', () => {
  it.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('on a terminal: %s, with %j: %s', (isTTY, environment, colour) =>
    expect(terminalStyle({ isTTY, columns: 200 }, environment).colour).toBe(colour),
  );
});

describe('width', () => {
  it.each([
    [{ isTTY: true, columns: 200 }, 120],
    [{ isTTY: true, columns: 72 }, 72],
    [{ isTTY: true, columns: 10 }, 40],
    [{}, Number.POSITIVE_INFINITY],
  ])('of %j is %d', (stream, width) => expect(terminalStyle(stream, {}).width).toBe(width));
});

describe('text', () => {
  it('shows control and format characters', () =>
    expect(harmless(`a\tb\r\n${hostile}`)).toBe(
      'a  b\n<script>alert(1)</script> & ]]> \\u{1b}[31m\\u{0}\\u{8}\\u{202e}\\u{d800} "quoted" \'single\'',
    ));
  it('breaks between words and keeps long ones whole', () =>
    expect(wrap(`one two ${'x'.repeat(30)} three`, 22, '  ')).toEqual(['  one two', `  ${'x'.repeat(30)}`, '  three']));
});
