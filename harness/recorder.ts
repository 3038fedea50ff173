/** Keeps the exchanges of one check. What leaves a recorder is redacted; what nobody asks for is never made readable. */

import type { RecordedExchange } from '../specs/report.ts';
import type { Exchange, HeaderList, WireRequest } from './exchange.ts';
import type { Redactor } from './redaction.ts';

/** Characters of a body that are kept. */
const bodyLimit = 4096;
/** Bytes of a response that wait to be redacted; larger ones are redacted and cut at once, so that memory stays bounded. */
const waitingLimit = 64 * 1024;

function cut(text: string): string {
  return text.length <= bodyLimit ? text : `${text.slice(0, bodyLimit)}… (${text.length - bodyLimit} characters more)`;
}

/** Header fields with other values in the same order. */
const named = (headers: HeaderList, values: readonly string[]): HeaderList =>
  headers.map(([name], index) => [name, values[index] ?? ''] as const);

/** A request with its answer, or with the reason why there was none. */
interface Unanswered {
  readonly request: WireRequest;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error: string;
}

/** One exchange of a check or of its control, and its redacted form once that was asked for. */
interface Entry {
  readonly owner: Recorder;
  readonly isControl: boolean;
  raw: Exchange | Unanswered | undefined;
  /** Whether all its secrets are known; undefined while they have not been looked for. */
  learnt: boolean | undefined;
  redacted: RecordedExchange | undefined;
}

export class Recorder {
  readonly #entries: Entry[] = [];
  readonly #redactor: Redactor;
  /** The entries before this one have given their secrets to the redactor. */
  #learntTo = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Records an answered exchange. */
  record(exchange: Exchange): void {
    const entry = this.#add(exchange);
    if (exchange.response.body.byteLength > waitingLimit) this.#redactedOf(entry);
  }

  /** Records a request that got no answer. */
  recordUnanswered(request: WireRequest, startedAt: number, durationMs: number, error: string): void {
    this.#add({ request, startedAt, durationMs, error });
  }

  /** Adds what another recorder has: the exchanges of a control. */
  include(other: Recorder): void {
    this.#entries.push(...other.#entries);
  }

  /** How many exchanges there are. */
  get count(): number {
    return this.#entries.length;
  }

  /** All exchanges, in order. */
  get exchanges(): readonly RecordedExchange[] {
    return this.#entries.map((entry) => entry.owner.#redactedOf(entry));
  }

  /** The last ones, in order. */
  last(count: number): readonly RecordedExchange[] {
    return this.#entries.slice(-count).map((entry) => entry.owner.#redactedOf(entry));
  }

  /** The last exchange with the target itself, on which a verdict rests. */
  get deciding(): RecordedExchange | undefined {
    const entry = this.#entries.findLast(({ isControl }) => !isControl);
    return entry === undefined ? undefined : entry.owner.#redactedOf(entry);
  }

  redact(text: string): string {
    if (text === '') return text;
    this.#learn();
    return this.#redactor.redact(text);
  }

  #add(raw: Exchange | Unanswered): Entry {
    const entry: Entry = {
      owner: this,
      isControl: raw.request.operation === 'control',
      raw,
      learnt: undefined,
      redacted: undefined,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** A secret of one exchange may be repeated by another: all are looked at before any is shown. */
  #learn(): void {
    for (; this.#learntTo < this.#entries.length; this.#learntTo += 1) {
      const entry = this.#entries[this.#learntTo];
      if (entry?.owner !== this || entry.raw === undefined) continue;
      entry.learnt = this.#redactor.learn(entry.raw.request, 'response' in entry.raw ? entry.raw : undefined);
    }
  }

  #redactedOf(entry: Entry): RecordedExchange {
    if (entry.redacted !== undefined) return entry.redacted;
    this.#learn();
    const { raw } = entry;
    if (raw === undefined) throw new Error('An exchange was dropped before it was redacted.');
    entry.redacted = 'response' in raw ? this.#answered(raw, entry.learnt === true) : this.#unanswered(raw);
    entry.raw = undefined;
    return entry.redacted;
  }

  #unanswered({ request, startedAt, durationMs, error }: Unanswered): RecordedExchange {
    return { ...this.#request(request, startedAt, durationMs), error: this.redact(error) };
  }

  #answered(exchange: Exchange, learnt: boolean): RecordedExchange {
    const [body = '', ...headers] = this.#redactEach([
      learnt ? exchange.text.slice(0, 8 * bodyLimit) : '',
      ...exchange.response.headers.map(([, value]) => value),
    ]);
    return {
      ...this.#request(exchange.request, exchange.startedAt, exchange.durationMs),
      response: {
        status: exchange.status,
        headers: named(exchange.response.headers, headers),
        body: learnt ? cut(body) : `(${exchange.text.length} characters with more secrets than can be replaced)`,
        bytes: exchange.response.body.byteLength,
      },
    };
  }

  #request(request: WireRequest, startedAt: number, durationMs: number): Omit<RecordedExchange, 'response' | 'error'> {
    const text =
      request.body === undefined ? undefined : Buffer.from(request.body.subarray(0, 8 * bodyLimit)).toString('utf8');
    const [url = '', body = '', ...headers] = this.#redactEach([
      request.url,
      text ?? '',
      ...request.headers.map(([, value]) => value),
    ]);
    return {
      operation: request.operation,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: Math.round(durationMs * 10) / 10,
      request: {
        method: request.method,
        url,
        headers: named(request.headers, headers),
        ...(text === undefined ? {} : { body: cut(body) }),
      },
    };
  }

  #redactEach(texts: readonly string[]): readonly string[] {
    this.#learn();
    return this.#redactor.redactEach(texts);
  }
}
