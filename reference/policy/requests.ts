/** Decisions about the reading of requests (RFC 6749 3.2, appendix B; RFC 8259; RFC 9110). */

export type Pairs = readonly (readonly [name: string, value: string])[];

export const requests = {
  /** Bytes of a body that are read. */
  bodyLimit(): number {
    return 64 * 1024;
  },

  /** Levels of JSON nesting that are read. */
  depthLimit(): number {
    return 32;
  },

  /** `application/x-www-form-urlencoded`, in any letter case and with parameters. */
  isForm(mediaType: string | undefined): boolean {
    return mediaType !== undefined && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(mediaType);
  },

  isJson(mediaType: string | undefined): boolean {
    return mediaType !== undefined && /^application\/json\s*(;|$)/i.test(mediaType);
  },

  /** No parameter more than once (RFC 6749 3.2). */
  refusesRepeated(pairs: Pairs): boolean {
    return new Set(pairs.map(([name]) => name)).size !== pairs.length;
  },

  /** A parameter without a value counts as omitted (RFC 6749 3.2). */
  treatsEmptyAsOmitted(): boolean {
    return true;
  },

  /** Parameters of the query do not count at /token and /revoke. */
  readsQuery(_operation: string): boolean {
    return false;
  },

  /** Unrecognised parameters are ignored (RFC 6749 3.2). */
  refusesUnknown(_operation: string, _names: readonly string[]): boolean {
    return false;
  },

  /** Control characters in a parameter are refused. */
  refusesCharacters(value: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    return /[\u0000-\u001f\u007f\ufffd]/.test(value);
  },

  /** The grant types of the contract, exactly. */
  readsGrantType(value: string): string {
    return value;
  },
};
