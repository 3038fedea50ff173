/** Keeps the exchanges of one check, redacted at the moment of recording. */

import type { RecordedExchange } from '../specs/report.ts';
import type { Exchange, HeaderList, WireRequest } from './exchange.ts';
import type { Redactor } from './redaction.ts';

/** Characters of a body that are kept. */
const bodyLimit = 4096;

function cut(text: string): string {
  return text.length <= bodyLimit ? text : `${text.slice(0, bodyLimit)}… (${text.length - bodyLimit} characters more)`;
}

export class Recorder {
  readonly exchanges: RecordedExchange[] = [];
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Records an answered exchange. */
  record(exchange: Exchange): void {
    const learnt = this.#redactor.learn(exchange.request, exchange);
    this.exchanges.push({
      ...this.#request(exchange.request, exchange.startedAt, exchange.durationMs),
      response: {
        status: exchange.status,
        headers: this.#headers(exchange.response.headers),
        body: learnt
          ? cut(this.redact(exchange.text.slice(0, 8 * bodyLimit)))
          : `(${exchange.text.length} characters with more secrets than can be replaced)`,
        bytes: exchange.response.body.byteLength,
      },
    });
  }

  /** Records a request that got no answer. */
  recordUnanswered(request: WireRequest, startedAt: number, durationMs: number, error: string): void {
    this.#redactor.learn(request);
    this.exchanges.push({ ...this.#request(request, startedAt, durationMs), error: this.redact(error) });
  }

  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  #request(request: WireRequest, startedAt: number, durationMs: number): Omit<RecordedExchange, 'response' | 'error'> {
    const body =
      request.body === undefined ? undefined : Buffer.from(request.body.subarray(0, 8 * bodyLimit)).toString('utf8');
    return {
      operation: request.operation,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: Math.round(durationMs * 10) / 10,
      request: {
        method: request.method,
        url: this.redact(request.url),
        headers: this.#headers(request.headers),
        ...(body === undefined ? {} : { body: cut(this.redact(body)) }),
      },
    };
  }

  #headers(headers: HeaderList): (readonly [string, string])[] {
    return headers.map(([name, value]) => [name, this.redact(value)] as const);
  }
}
