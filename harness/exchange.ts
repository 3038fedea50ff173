/** One request and its response, as they were on the wire (secrets in clear: never stored, see `recorder.ts`). */

import type { OperationKey } from './config.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What an exchange was for: one of the five operations, or a resource beside them. */
export type ExchangeKind = OperationKey | 'probe' | 'jwks' | 'control' | 'other';

export interface WireRequest {
  readonly operation: ExchangeKind;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array | undefined;
  /** The check says that this request breaks `openapi.yaml` on purpose. */
  readonly malformed: boolean;
  /** More than a server must be able to read: deeper than any parser promises (RFC 8259 9). That it fails says nothing; that it stays away does. */
  readonly beyondLimits?: boolean;
  /** Send the body in chunks (RFC 9112 7.1). */
  readonly chunked?: boolean;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

const utf8 = new TextDecoder('utf-8');

/** The value of a JSON text (RFC 8259); undefined when it is none. Most texts that are none show it by how they begin. */
function parsed(text: string): unknown {
  if (!/^\s*(?:["[{]|-?\d|true\b|false\b|null\b)/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

const none: readonly string[] = [];

/** The field lines under their names in lower case: many rules look at each exchange. */
function byName(headers: HeaderList): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const known = lines.get(lower);
    if (known === undefined) lines.set(lower, [value]);
    else known.push(value);
  }
  return lines;
}

/** A completed exchange. Header names are compared without regard to case (RFC 9110 5.1). */
export class Exchange {
  readonly request: WireRequest;
  readonly response: WireResponse;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds from sending to the last byte. */
  readonly durationMs: number;
  #text: string | undefined;
  #json: { readonly value: unknown } | undefined;
  #requestText: string | undefined;
  #requestForm: readonly (readonly [string, string])[] | undefined;
  #requestJson: { readonly value: unknown } | undefined;
  #headers: ReadonlyMap<string, readonly string[]> | undefined;
  #requestHeaders: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(request: WireRequest, response: WireResponse, startedAt: number, durationMs: number) {
    this.request = request;
    this.response = response;
    this.startedAt = startedAt;
    this.durationMs = durationMs;
  }

  get status(): number {
    return this.response.status;
  }

  /** Whether the target granted the request (2xx). */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The response header of that name, several field lines joined by ", " (RFC 9110 5.3); undefined when absent. */
  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** Every field line of that name, in order. */
  headerValues(name: string): readonly string[] {
    this.#headers ??= byName(this.response.headers);
    return this.#headers.get(name.toLowerCase()) ?? none;
  }

  /** The media type without parameters, in lower case; undefined when absent. */
  get mediaType(): string | undefined {
    return this.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  }

  get text(): string {
    this.#text ??= utf8.decode(this.response.body);
    return this.#text;
  }

  /** The parsed body; undefined when it is not JSON (RFC 8259). */
  get json(): unknown {
    this.#json ??= { value: parsed(this.text) };
    return this.#json.value;
  }

  /** The body when it is a JSON object, else undefined. */
  get object(): Readonly<Record<string, unknown>> | undefined {
    return objectOf(this.json);
  }

  /** The `error` member (RFC 6749 5.2) when it is a string. */
  get errorCode(): string | undefined {
    const error = this.object?.error;
    return typeof error === 'string' ? error : undefined;
  }

  /** "400 invalid_grant", for messages. */
  get summary(): string {
    const code = this.errorCode;
    return code === undefined ? String(this.status) : `${this.status} ${code}`;
  }

  /** The request's header of that name. */
  requestHeader(name: string): string | undefined {
    this.#requestHeaders ??= byName(this.request.headers);
    return this.#requestHeaders.get(name.toLowerCase())?.[0];
  }

  /** The request's body as text; empty when there is none. */
  get requestText(): string {
    this.#requestText ??= this.request.body === undefined ? '' : utf8.decode(this.request.body);
    return this.#requestText;
  }

  /** The request's form parameters in order; empty unless its body is a form. */
  get requestForm(): readonly (readonly [string, string])[] {
    this.#requestForm ??= /^application\/x-www-form-urlencoded/i.test(this.requestHeader('content-type') ?? '')
      ? [...new URLSearchParams(this.requestText)]
      : [];
    return this.#requestForm;
  }

  /** The request's JSON body when it is an object; a body that a check made malformed on purpose has no members. */
  get requestObject(): Readonly<Record<string, unknown>> | undefined {
    this.#requestJson ??= { value: parsed(this.requestText) };
    return objectOf(this.#requestJson.value);
  }

  /** The members of the request's JSON body, or the parameters of its form, of which the last of a name counts. */
  get requestMembers(): Readonly<Record<string, unknown>> {
    return this.requestObject ?? Object.fromEntries(this.requestForm);
  }
}
