/** How to repeat a failure: the command that runs the check alone, and curl lines of what it sent. */

import type { RecordedExchange } from '../specs/report.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** One curl line; secrets stay the marks that the recorder left (`‹access_token:...›`). */
export function curlOf(exchange: RecordedExchange): string {
  const { request } = exchange;
  const parts = ['curl', '-i', '-X', request.method, quote(request.url)];
  for (const [name, value] of request.headers) parts.push('-H', quote(`${name}: ${value}`));
  if (request.body !== undefined && request.body !== '') parts.push('--data-raw', quote(request.body));
  return parts.join(' ');
}

/** The command, then the exchange that decided. */
export function reproduce(id: string, seed: number, deciding: RecordedExchange | undefined): string {
  return [`auth-conformance --only '${id}' --seed ${seed}`, ...(deciding === undefined ? [] : [curlOf(deciding)])].join(
    '\n',
  );
}
