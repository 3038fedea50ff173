/** Texts that break servers which do not expect them, one for each known way, the most telling first. */

export interface OddText {
  readonly value: string;
  /** What is odd, in words. */
  readonly what: string;
}

export const oddTexts: readonly OddText[] = [
  { value: 'a\u0000b', what: 'a NUL' }, // PostgreSQL text cannot hold it
  { value: '__proto__', what: 'the name of an inherited property' },
  { value: 'x\r\nx-injected: 1', what: 'a line break' }, // refused where it reaches a header
  { value: '\u{1f511}\u0416\u00e9', what: 'characters outside Latin-1' }, // likewise
  { value: "' OR '1'='1' -- <script>alert(1)</script>", what: 'a quote and markup' },
  { value: 'constructor', what: 'the name of another inherited property' },
  { value: 'A'.repeat(5000), what: 'five thousand characters' },
];

/** The same in JSON: a lone surrogate is a JSON string (RFC 8259 8.2), but no Unicode text. */
export const loneSurrogate = '"\\ud800"';
