/** The typed client: one method an operation, and every variation of the wire that a check may want. */

import { version } from '../specs/version.ts';
import { basicCredentials, type ClientCase } from './client-cases.ts';
import type { OperationKey, TargetConfig } from './config.ts';
import type { Exchange, ExchangeKind, HeaderList, WireRequest } from './exchange.ts';
import { SuiteError } from './outcomes.ts';
import { urlOf } from './urls.ts';

/** Parameters in order; an array value repeats the parameter; undefined leaves it out. */
export type Params =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly (readonly [string, string])[];

/** What every operation's method takes beside its parameters. Everything set here overrides what would be sent. */
export interface Variation {
  /** The client that authenticates, in its own way; absent: no client authentication is added. */
  readonly as?: ClientCase;
  /** Replaces parts of the credentials of `as`. */
  readonly credentials?: { readonly id?: string; readonly secret?: string };
  /** Headers added or replaced (by name, without regard to case); undefined removes; an array sends several field lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Appended to the URL as it is, without the `?`. */
  readonly query?: string;
  readonly method?: string;
  /** Replaces the whole body, as it is. */
  readonly body?: string | Uint8Array;
  readonly mediaType?: string;
  /** The body is sent in chunks, without a Content-Length (RFC 9112 7.1). */
  readonly chunked?: boolean;
  /** The request breaks `openapi.yaml` on purpose. */
  readonly malformed?: boolean;
  /** More than a server must be able to read (RFC 8259 9): a 5xx to it is no finding. */
  readonly beyondLimits?: boolean;
}

export interface FormRequest extends Variation {
  readonly params?: Params;
}

export interface JsonRequest extends Variation {
  /** Members of the JSON body; undefined leaves one out. */
  readonly json?: Readonly<Record<string, unknown>>;
}

export interface BearerRequest extends JsonRequest {
  /** Sent as `Authorization: Bearer ...`. */
  readonly accessToken?: string;
}

/** Sends, paces, records and lets the observers judge. */
export type Send = (request: WireRequest) => Promise<Exchange>;

function pairs(params: Params | undefined): [string, string][] {
  if (params === undefined) return [];
  if (Array.isArray(params)) return params.map(([name, value]) => [name, value]);
  return Object.entries(params as Readonly<Record<string, string | readonly string[] | undefined>>).flatMap(
    ([name, value]) =>
      value === undefined
        ? []
        : (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
}

/** A member of a JSON body as a form has it: what is no text as JSON. */
const formValue = (value: unknown): string | undefined =>
  typeof value === 'string' || value === undefined ? value : JSON.stringify(value);

function withHeaders(defaults: readonly (readonly [string, string])[], changes: Variation['headers']): HeaderList {
  const changed = new Map(Object.entries(changes ?? {}).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const kept = defaults.filter(([name]) => !changed.has(name.toLowerCase()));
  const added = [...changed.values()].flatMap(({ name, value }) =>
    value === undefined ? [] : (typeof value === 'string' ? [value] : value).map((one) => [name, one] as const),
  );
  return [...kept, ...added];
}

export interface ClientParts {
  /** Says what breaks `openapi.yaml` in a request. */
  readonly validate?: ((request: WireRequest) => readonly string[]) | undefined;
  /** Takes a place under the limits for a request that will follow at once. */
  readonly reserve?: (operation: ExchangeKind) => Promise<void>;
}

/** RFC 9110 10.1.5: the operator of the target sees who asks. */
const userAgent = `auth-conformance/${version()}`;

export class ApiClient {
  readonly #config: TargetConfig;
  readonly #send: Send;
  readonly #validate: ((request: WireRequest) => readonly string[]) | undefined;
  readonly #reserve: ((operation: ExchangeKind) => Promise<void>) | undefined;

  constructor(config: TargetConfig, send: Send, parts: ClientParts = {}) {
    this.#config = config;
    this.#send = send;
    this.#validate = parts.validate;
    this.#reserve = parts.reserve;
  }

  /** Waits until the limits let a request to the operation through: before something is made that grows old. */
  async reserve(operation: ExchangeKind): Promise<void> {
    await this.#reserve?.(operation);
  }

  /** The URL of an operation. @throws SuiteError when the target does not offer it (a check must name it in `needs`). */
  url(operation: OperationKey): string {
    const path = this.#config.operations[operation];
    if (path === false)
      throw new SuiteError(`A check called ${operation}, which the configuration says is not offered.`);
    return urlOf(path, this.#config.target).href;
  }

  /** `POST /token` (RFC 6749 3.2). */
  token(request: FormRequest): Promise<Exchange> {
    return this.#form('token', request);
  }

  /** `POST /revoke` (RFC 7009 2.1). */
  revoke(request: FormRequest): Promise<Exchange> {
    return this.#form('revoke', request);
  }

  /** `POST /authenticate` (API reference). */
  authenticate(request: JsonRequest): Promise<Exchange> {
    const { as: client, credentials } = request;
    const id = credentials?.id ?? client?.client.id;
    const secret = credentials?.secret ?? client?.client.secret;
    const own: Record<string, unknown> = {};
    const headers: [string, string][] = [];
    if (client !== undefined && id !== undefined) {
      if (client.method === 'client_secret_basic') headers.push(['authorization', basicCredentials(id, secret ?? '')]);
      else own.client_id = id;
      if (client.method === 'client_secret_post') own.client_secret = secret ?? '';
    }
    return this.#json(
      'authenticate',
      { ...request, json: { ...request.json, ...own } },
      headers,
      this.#config.authenticate.mediaType,
    );
  }

  /** `POST /handoff/init` (API reference; RFC 6750 2.1). */
  handoffInit(request: BearerRequest): Promise<Exchange> {
    const headers: [string, string][] = [];
    if (request.accessToken !== undefined) headers.push(['authorization', `Bearer ${request.accessToken}`]);
    return this.#json('handoffInit', request, headers, 'application/json');
  }

  /** `GET /scopes` (API reference). */
  scopes(request: Variation = {}): Promise<Exchange> {
    return this.#raw(
      'scopes',
      this.url('scopes'),
      request.method ?? 'GET',
      [['accept', 'application/json']],
      undefined,
      request,
    );
  }

  /** Any other resource of the target, such as its JWKS; `url` may be relative to the target. */
  fetch(url: string, request: Variation & { readonly kind?: ExchangeKind } = {}): Promise<Exchange> {
    const absolute = urlOf(url, this.#config.target).href;
    return this.#raw(request.kind ?? 'other', absolute, request.method ?? 'GET', [], undefined, request);
  }

  #form(operation: 'token' | 'revoke', request: FormRequest): Promise<Exchange> {
    const { as: client, credentials } = request;
    const own: [string, string][] = [];
    const headers: [string, string][] = [
      ['content-type', request.mediaType ?? 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ];
    const id = credentials?.id ?? client?.client.id;
    const secret = credentials?.secret ?? client?.client.secret;
    if (client !== undefined && id !== undefined) {
      if (client.method === 'client_secret_basic') headers.push(['authorization', basicCredentials(id, secret ?? '')]);
      else own.push(['client_id', id]);
      if (client.method === 'client_secret_post') own.push(['client_secret', secret ?? '']);
    }
    const body = new URLSearchParams([...pairs(request.params), ...own]).toString();
    return this.#raw(operation, this.url(operation), request.method ?? 'POST', headers, body, request);
  }

  #json(
    operation: 'authenticate' | 'handoffInit',
    request: JsonRequest,
    extra: readonly (readonly [string, string])[],
    mediaType: string,
  ): Promise<Exchange> {
    const headers: (readonly [string, string])[] = [
      ['content-type', request.mediaType ?? mediaType],
      ['accept', 'application/json'],
      ...extra,
    ];
    const form = /^application\/x-www-form-urlencoded/i.test(request.mediaType ?? mediaType);
    const members = request.json ?? {};
    const body = form
      ? new URLSearchParams(
          pairs(Object.fromEntries(Object.entries(members).map(([name, value]) => [name, formValue(value)]))),
        ).toString()
      : JSON.stringify(members);
    return this.#raw(operation, this.url(operation), request.method ?? 'POST', headers, body, request);
  }

  #raw(
    operation: ExchangeKind,
    url: string,
    method: string,
    headers: readonly (readonly [string, string])[],
    body: string | undefined,
    variation: Variation,
  ): Promise<Exchange> {
    const content = variation.body ?? body;
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const bodyless = method === 'GET' || method === 'HEAD';
    const wire: WireRequest = {
      operation,
      method,
      url: variation.query === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${variation.query}`,
      headers: withHeaders([...headers, ['user-agent', userAgent]], variation.headers),
      body: bodyless && variation.body === undefined ? undefined : bytes,
      malformed: variation.malformed ?? false,
      ...(variation.chunked === undefined ? {} : { chunked: variation.chunked }),
      ...(variation.beyondLimits === undefined ? {} : { beyondLimits: variation.beyondLimits }),
    };
    if (!wire.malformed) {
      const violations = this.#validate?.(wire) ?? [];
      if (violations.length > 0)
        throw new SuiteError(
          `The suite's own request to ${operation} breaks openapi.yaml, and its check does not declare it malformed: ${violations.join('; ')}`,
        );
    }
    return this.#send(wire);
  }
}
