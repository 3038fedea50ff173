/** Sends one request over undici and reads the whole answer, bounded in time and size. No redirect is followed; nothing is retried but what an idle connection swallowed. */

import { Readable } from 'node:stream';
import { Agent, type Dispatcher, EnvHttpProxyAgent, errors, request } from 'undici';
import { Exchange, type WireRequest } from './exchange.ts';
import { Inconclusive, Unanswered } from './outcomes.ts';

export interface TransportOptions {
  /** Milliseconds for a complete answer. */
  readonly timeoutMs: number;
  /** Bytes of a response body that are read at most. */
  readonly maxBytes?: number;
  /** PEM of roots to trust instead of Node's. */
  readonly ca?: string;
  /** PEM of the client's certificate and private key (mutual TLS). */
  readonly cert?: string;
  readonly key?: string;
  /** Connections to one origin at most. */
  readonly connections?: number;
}

export interface Transport {
  send(request: WireRequest): Promise<Exchange>;
  close(): Promise<void>;
}

const defaultMaxBytes = 2 * 1024 * 1024;

function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}

const connectCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_ABORTED',
  'ABORT_ERR',
  'ETIMEDOUT',
]);

/** Names what went wrong in a sentence, without repeating anything of the request but its origin. */
export function unanswered(error: unknown, url: string, timeoutMs: number): Unanswered {
  const { host } = new URL(url);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const name = cause instanceof Error ? cause.name : '';
  const text = cause instanceof Error ? cause.message : String(cause);
  if (connectCodes.has(code)) {
    const why = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its host name is unknown' : `no connection (${code})`;
    return new Unanswered('connect', `${host} could not be reached: ${why}.`);
  }
  if (timeoutCodes.has(code) || name === 'TimeoutError' || name === 'AbortError')
    return new Unanswered('timeout', `${host} gave no complete answer within ${timeoutMs} ms.`);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
    return new Unanswered('oversize', `${host} sent more than the suite reads (${text}).`);
  if (
    code.startsWith('HPE_') ||
    error instanceof errors.HTTPParserError ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
  )
    return new Unanswered('protocol', `${host} did not answer in valid HTTP (${text}).`);
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)|_CERT/.test(code) || /certificate|TLS|SSL/i.test(text))
    return new Unanswered('tls', `The TLS connection to ${host} failed (${text}).`);
  return new Unanswered('reset', `${host} closed the connection before it had answered (${code || text}).`);
}

/**
 * Whether a kept connection may have been closed while it was idle, as a server may at any time (RFC 9112 9.5): then the request was not
 * refused but never read. A connection that had not answered anything yet is another matter, and so is an answer that breaks off.
 */
function closedWhileIdle(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof errors.SocketError) return (cause.socket?.bytesRead ?? 0) > 0;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Headers that undici sets itself and refuses to take. */
function asHeaders(headers: WireRequest['headers']): string[] {
  return headers.flat();
}

/** Without a known length the body travels in chunks; a few of them, so that a reader of only the first is found out. */
function* chunksOf(body: Uint8Array): Generator<Uint8Array> {
  const size = Math.max(1, Math.ceil(body.byteLength / 3));
  for (let at = 0; at < body.byteLength; at += size) yield body.subarray(at, at + size);
}

/** RFC 9110 5.5: what no field value holds. A client that tried would end in an error of its own. */
const unfitForHeader = /[^\t\x20-\x7e\x80-\xff]/;

const trustOf = ({ ca, cert, key }: TransportOptions) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either letter case; a target on this machine is never asked through a proxy. */
export function usesProxy(environment: NodeJS.ProcessEnv = process.env): boolean {
  return ['http_proxy', 'https_proxy'].some(
    (name) => (environment[name] ?? environment[name.toUpperCase()] ?? '') !== '',
  );
}

function agent(settings: Agent.Options): Dispatcher {
  if (!usesProxy()) return new Agent(settings);
  const given = process.env.no_proxy ?? process.env.NO_PROXY;
  const noProxy = [...(given === undefined ? [] : [given]), 'localhost', '127.0.0.1', '::1'].join(',');
  return new EnvHttpProxyAgent({ ...settings, noProxy });
}

export class UndiciTransport implements Transport {
  readonly #dispatcher: Dispatcher;
  /** Opens a connection for each request. */
  readonly #fresh: Dispatcher;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions, dispatcher?: Dispatcher) {
    this.#options = options;
    const settings: Agent.Options = {
      connections: options.connections ?? 32,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      maxHeaderSize: 64 * 1024,
      maxResponseSize: options.maxBytes ?? defaultMaxBytes,
      connect: { timeout: options.timeoutMs, ...trustOf(options) },
    };
    this.#dispatcher = dispatcher ?? agent({ ...settings, pipelining: 1 });
    this.#fresh = dispatcher ?? agent({ ...settings, pipelining: 0 });
  }

  /** @throws Unanswered when no complete answer came. @throws Inconclusive when a value does not fit into a request */
  async send(wire: WireRequest): Promise<Exchange> {
    const startedAt = Date.now();
    const start = performance.now();
    const unfit = wire.headers.find(([, value]) => unfitForHeader.test(value));
    if (unfit !== undefined)
      throw new Inconclusive(`A value that the target gave does not fit into a request: it is no ${unfit[0]} header.`);
    const deadline = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Undici looks at an aborted signal only once a request has left its queue.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const reason = new DOMException('timeout', 'TimeoutError');
        deadline.abort(reason);
        reject(reason);
      }, this.#options.timeoutMs);
    });
    try {
      const { answer, body } = await Promise.race([this.#whole(wire, deadline.signal), late]);
      const headers = headerPairs(answer.headers as unknown as string[]);
      return new Exchange(wire, { status: answer.statusCode, headers, body }, startedAt, performance.now() - start);
    } catch (error) {
      throw unanswered(error, wire.url, this.#options.timeoutMs);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatcher.destroy(), this.#fresh.destroy()]);
  }

  async #whole(wire: WireRequest, signal: AbortSignal): Promise<{ answer: Dispatcher.ResponseData; body: Uint8Array }> {
    const answer = await this.#begin(wire, signal);
    return { answer, body: new Uint8Array(await answer.body.arrayBuffer()) };
  }

  async #begin(wire: WireRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const options = (): Omit<Dispatcher.RequestOptions, 'path' | 'origin'> => ({
      method: wire.method as Dispatcher.HttpMethod,
      headers: asHeaders(wire.headers),
      body: wire.chunked === true && wire.body !== undefined ? Readable.from(chunksOf(wire.body)) : (wire.body ?? null),
      responseHeaders: 'raw',
      signal,
    });
    try {
      return await request(wire.url, { ...options(), dispatcher: this.#dispatcher });
    } catch (error) {
      if (!closedWhileIdle(error)) throw error;
      return await request(wire.url, { ...options(), dispatcher: this.#fresh });
    }
  }
}
