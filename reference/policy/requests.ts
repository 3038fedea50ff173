/** Decisions about the reading of requests (RFC 6749 3.2, appendix B; RFC 8259; RFC 9110). */

export type Pairs = readonly (readonly [name: string, value: string])[];

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const requests = {
  /** Milliseconds for which an answer waits: none. */
  delay(_operation: string): number {
    return 0;
  },

  /** The methods for which a POST operation is carried out (API reference; RFC 6749 3.2): that one. `request` has the headers. */
  carriesOut(method: string, _operation: string, _request: Request): boolean {
    return method === 'POST';
  },

  /** Bodies in chunks are read like others (RFC 9112 7.1). */
  readsChunked(_operation: string): boolean {
    return true;
  },

  /** The parameters of a form (RFC 6749 appendix B). */
  parsesForm(text: string, _operation: string): Pairs {
    return [...new URLSearchParams(text)];
  },

  /** Bytes of a body that are read. */
  bodyLimit(): number {
    return 64 * 1024;
  },

  /** Levels of JSON nesting that are read. */
  depthLimit(): number {
    return 32;
  },

  /** `application/x-www-form-urlencoded`, in any letter case and with parameters. */
  isForm(mediaType: string | undefined, _operation?: string): boolean {
    return mediaType !== undefined && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(mediaType);
  },

  /** `application/json`, in any letter case and with parameters. */
  isJson(mediaType: string | undefined, _operation?: string): boolean {
    return mediaType !== undefined && /^application\/json\s*(;|$)/i.test(mediaType);
  },

  /** Whether a body of this media type is read as JSON at /token and /revoke (contract, `token.acceptsJson`): by default none is. */
  takesJson(_mediaType: string | undefined, _operation: string): boolean {
    return false;
  },

  /** Whether /authenticate takes a form (contract, `authenticate.mediaType`): by default JSON. */
  signsInByForm(): boolean {
    return false;
  },

  /** No parameter more than once (RFC 6749 3.2). */
  refusesRepeated(pairs: Pairs, _operation?: string): boolean {
    return new Set(pairs.map(([name]) => name)).size !== pairs.length;
  },

  /** A parameter without a value counts as omitted (RFC 6749 3.2). */
  treatsEmptyAsOmitted(_operation?: string): boolean {
    return true;
  },

  /** Parameters of the query do not count (RFC 6749 4.1.3, API reference "Body"). */
  readsQuery(_operation: string, _name: string, _method: string): boolean {
    return false;
  },

  /** Unrecognised parameters are ignored (RFC 6749 3.2). */
  refusesUnknown(_operation: string, _names: readonly string[]): boolean {
    return false;
  },

  /** Control characters in a parameter are refused. */
  refusesCharacters(value: string, _operation?: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    return /[\u0000-\u001f\u007f\ufffd]/.test(value);
  },

  /** `%` begins two hexadecimal digits (RFC 6749 appendix B). */
  refusesPercent(text: string): boolean {
    return /%(?![0-9A-Fa-f]{2})/.test(text);
  },

  /** The text of a body; undefined when it is not UTF-8 (RFC 8259 8.1, RFC 6749 appendix B). */
  decodes(bytes: Uint8Array, _operation?: string): string | undefined {
    try {
      return strictUtf8.decode(bytes);
    } catch {
      return undefined;
    }
  },

  /** Content codings are not supported (RFC 9110 8.4, 15.5.16). */
  refusesContentCoding(coding: string | undefined, _operation?: string): boolean {
    return coding !== undefined && !/^(identity)?$/i.test(coding.trim());
  },

  /** A JSON text as a value; undefined when it is none (RFC 8259). */
  parsesJson(text: string, _operation?: string): { readonly value: unknown } | undefined {
    try {
      return { value: JSON.parse(text) as unknown };
    } catch {
      return undefined;
    }
  },

  /** A member of a JSON body that should be a string: another type is refused. */
  readsString(value: unknown, _name: string): { readonly text: string } | undefined {
    return typeof value === 'string' ? { text: value } : undefined;
  },

  /** The grant types of the contract, exactly. */
  readsGrantType(value: string): string {
    return value;
  },

  /** Which is looked at first, the client or the parameters, where both may be wrong: the client. */
  checksParametersFirst(_operation: string): boolean {
    return false;
  },

  /** Status of a body of another media type; 415 or 400 (RFC 9110 15.5.16, RFC 6749 5.2). */
  wrongMediaTypeStatus(operation: string): number {
    return operation === 'token' || operation === 'revoke' ? 400 : 415;
  },

  /** Status of a body beyond the limit (RFC 9110 15.5.14). */
  tooLargeStatus(): number {
    return 413;
  },
};
