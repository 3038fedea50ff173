/** Exchanges as they would have been on the wire, for the tests of what judges them. */

import { Exchange, type HeaderList, type WireRequest } from '../../harness/exchange.ts';

export interface Sent extends Partial<Omit<WireRequest, 'body'>> {
  readonly body?: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: HeaderList;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

/** A POST to /token, unless `sent` says otherwise, that was answered so. */
export function exchangeOf(
  { status = 200, headers = [], body = '', startedAt = 0 }: Answer,
  sent: Sent = {},
): Exchange {
  const { body: requestBody, ...request } = sent;
  return new Exchange(
    {
      operation: 'token',
      method: 'POST',
      url: 'http://127.0.0.1:4010/api/v1/auth/token',
      headers: [],
      malformed: false,
      ...request,
      body: requestBody === undefined ? undefined : Buffer.from(requestBody),
    },
    { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
    startedAt,
    1,
  );
}
