/** Sends one request over undici and reads the whole answer, bounded in time and size. No redirect is followed; nothing is retried but what an idle connection swallowed. */

import { Readable } from 'node:stream';
import { Agent, type Dispatcher, errors } from 'undici';
import { Exchange, type WireRequest, type WireResponse } from './exchange.ts';
import { Inconclusive, Unanswered } from './outcomes.ts';
import { namesProxy, usesProxy } from './proxy.ts';
import { proxyAgent } from './proxy-agent.ts';
import { urlOf } from './urls.ts';

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

/** Field lines as they came, in order; a proxy's are an object, of which undici has made lists already. */
function headerPairs(raw: Dispatcher.DispatchController['rawHeaders']): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  if (Array.isArray(raw))
    for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([String(raw[index]), String(raw[index + 1])]);
  else
    for (const [name, value] of Object.entries(raw ?? {}))
      for (const line of [value ?? []].flat()) pairs.push([name, line]);
  return pairs;
}

/** The whole answer to one request, handed over when its last byte is there. Interim answers (1xx) are passed over. */
class Answer implements Dispatcher.DispatchHandler {
  readonly whole: Promise<WireResponse>;
  readonly #chunks: Buffer[] = [];
  #resolve: (response: WireResponse) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: Error | undefined;
  #status = 0;
  #headers: WireResponse['headers'] = [];

  constructor() {
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Ends the exchange for this reason, also where it still waits for a connection. */
  abort(reason: Error): void {
    this.#aborted = reason;
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted !== undefined) controller.abort(this.#aborted);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headerPairs(controller.rawHeaders);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#resolve({ status: this.#status, headers: this.#headers, body: new Uint8Array(Buffer.concat(this.#chunks)) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
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

/** Without the place in the TLS library and its own numbers. */
const tlsReason = (text: string): string =>
  /:SSL routines:[^:]*:([^:]+):/.exec(text)?.[1] ?? text.replace(/\s+/g, ' ').replace(/\.$/, '').trim();

/**
 * Names what went wrong in a sentence, without repeating anything of the request but its origin.
 * @param answeredBefore whether this origin has answered any request of this run
 */
export function unanswered(error: unknown, url: string, timeoutMs: number, answeredBefore = true): Unanswered {
  const { host } = new URL(url);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const name = cause instanceof Error ? cause.name : '';
  const text = cause instanceof Error ? cause.message : String(cause);
  // By TLS 1.3 a client learns that its certificate is missing only when it reads the first answer (RFC 8446 4.4.2.4).
  const hint =
    url.startsWith('https:') && !answeredBefore
      ? '; where it asks for a certificate of the client (mutual TLS), see tls.cert and tls.key'
      : '';
  const way = usesProxy(url) ? ' through the proxy' : '';
  const refused = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/.exec(text);
  if (refused !== null)
    return new Unanswered(
      'connect',
      `${host} could not be reached: the proxy answered ${refused[1] ?? refused[2]}; see HTTP_PROXY, HTTPS_PROXY and NO_PROXY.`,
    );
  if (connectCodes.has(code)) {
    const why = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its host name is unknown' : `no connection (${code})`;
    return new Unanswered('connect', `${host} could not be reached${way}: ${why}.`);
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
    return new Unanswered('tls', `The TLS connection to ${host} failed (${tlsReason(text)})${hint}.`);
  return new Unanswered('reset', `${host} closed the connection before it had answered (${code || text})${hint}.`);
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

/** Field lines of one name together, in the order in which they were first named. A flat list would lose all but the last of them at a proxy. */
function asHeaders(headers: WireRequest['headers']): Record<string, string | string[]> {
  const lines = new Map<string, string[]>();
  for (const [name, value] of headers) lines.set(name, [...(lines.get(name) ?? []), value]);
  return Object.fromEntries(
    [...lines].map(([name, [first = '', ...more]]) => [name, more.length === 0 ? first : [first, ...more]]),
  );
}

/** Without a known length the body travels in chunks; a few of them, so that a reader of only the first is found out. */
function* chunksOf(body: Uint8Array): Generator<Uint8Array> {
  const size = Math.max(1, Math.ceil(body.byteLength / 3));
  for (let at = 0; at < body.byteLength; at += size) yield body.subarray(at, at + size);
}

/** RFC 9110 5.5: what no field value holds. A client that tried would end in an error of its own. */
const unfitForHeader = /[^\t\x20-\x7e\x80-\xff]/;

const optionsOf = (wire: WireRequest, { origin, pathname, search }: Readonly<URL>): Dispatcher.DispatchOptions => ({
  origin,
  path: pathname + search,
  method: wire.method as Dispatcher.HttpMethod,
  headers: asHeaders(wire.headers),
  body: wire.chunked === true && wire.body !== undefined ? Readable.from(chunksOf(wire.body)) : (wire.body ?? null),
});

/** Bytes of a body beyond which a target may answer before it has read all of it, and leave the rest in the connection (RFC 9112 9.5). */
const readAtOnce = 16 * 1024;
const isLong = ({ body }: WireRequest): boolean => (body?.byteLength ?? 0) > readAtOnce;

const trustOf = ({ ca, cert, key }: TransportOptions) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});

/** Where requests go: those of one way share connections. */
interface Way {
  readonly kept: Dispatcher;
  /** Opens a connection for each request. */
  readonly fresh: Dispatcher;
}

export class UndiciTransport implements Transport {
  readonly #direct: Way;
  /** Through the proxies of the environment, made when it is needed. */
  readonly #throughProxy: () => Way;
  #proxied: Way | undefined;
  /** The environment is looked at once: that is slow, and it does not change. */
  readonly #mayUseProxy = namesProxy();
  readonly #options: TransportOptions;
  /** Origins that have answered. */
  readonly #answered = new Set<string>();

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
    const way = (agent: (settings: Agent.Options) => Dispatcher): Way => ({
      kept: dispatcher ?? agent({ ...settings, pipelining: 1 }),
      fresh: dispatcher ?? agent({ ...settings, pipelining: 0 }),
    });
    this.#direct = way((own) => new Agent(own));
    this.#throughProxy = () => {
      this.#proxied ??= way(proxyAgent);
      return this.#proxied;
    };
  }

  /** @throws Unanswered when no complete answer came. @throws Inconclusive when a value does not fit into a request */
  async send(wire: WireRequest): Promise<Exchange> {
    const startedAt = Date.now();
    const start = performance.now();
    const unfit = wire.headers.find(([, value]) => unfitForHeader.test(value));
    if (unfit !== undefined)
      throw new Inconclusive(`A value that the target gave does not fit into a request: it is no ${unfit[0]} header.`);
    const url = urlOf(wire.url);
    let current: Answer | undefined;
    const late = setTimeout(() => current?.abort(new DOMException('timeout', 'TimeoutError')), this.#options.timeoutMs);
    const sent = (dispatcher: Dispatcher): Promise<WireResponse> => {
      current = new Answer();
      dispatcher.dispatch(optionsOf(wire, url), current);
      return current.whole;
    };
    const way = this.#mayUseProxy && usesProxy(wire.url) ? this.#throughProxy() : this.#direct;
    try {
      const response = await sent(isLong(wire) ? way.fresh : way.kept).catch((error: unknown) => {
        if (!closedWhileIdle(error)) throw error;
        return sent(way.fresh);
      });
      this.#answered.add(url.origin);
      return new Exchange(wire, response, startedAt, performance.now() - start);
    } catch (error) {
      throw unanswered(error, wire.url, this.#options.timeoutMs, this.#answered.has(url.origin));
    } finally {
      clearTimeout(late);
    }
  }

  async close(): Promise<void> {
    const ways = [this.#direct, this.#proxied].filter((way) => way !== undefined);
    await Promise.all(ways.flatMap(({ kept, fresh }) => [kept.destroy(), fresh.destroy()]));
  }
}
