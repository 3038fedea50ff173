/** Text for a terminal: escapes that a target might send made harmless, wrapping, colour only where it is wanted. */

import { stripVTControlCharacters, styleText } from 'node:util';

export interface TerminalStyle {
  readonly colour: boolean;
  /** Columns at which prose is wrapped. */
  readonly width: number;
}

/**
 * What a stream can show: on a terminal its width within reason, and colour unless `NO_COLOR` forbids it (no-color.org); elsewhere neither
 * colours nor line breaks inside sentences, so that logs can be searched.
 */
export function terminalStyle(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TerminalStyle {
  const refused = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return {
    colour: stream.isTTY === true && !refused,
    width: stream.isTTY === true ? Math.min(Math.max(stream.columns ?? 80, 40), 120) : Number.POSITIVE_INFINITY,
  };
}

/**
 * Control and format characters (Unicode Cc, Cf: cursor movements, bidi overrides, zero width) as visible escapes: what a target answers must not move the
 * cursor, rewrite lines or hide itself. Line feeds stay; tabs become two spaces.
 */
export function harmless(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', '  ')
    .replace(
      /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

/** Wraps prose between words; longer words (URLs, tokens) stay whole, to be copied. Each line gets the indent. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const room = Math.max(20, width - indent.length);
  return harmless(text)
    .split('\n')
    .flatMap((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(' ')) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (longer.length <= room || line === '') line = longer;
        else {
          lines.push(line);
          line = word;
        }
      }
      return [...lines, line];
    })
    .map((line) => `${indent}${line}`.trimEnd());
}

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it. */
export function painter(style: TerminalStyle): (format: Format, text: string) => string {
  return (format, text) => (style.colour ? styleText(format, text, { validateStream: false }) : text);
}

/** Columns that a text takes, colours left out. */
export function columns(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
