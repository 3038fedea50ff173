/** How to repeat a failure: the command that runs the check alone, and curl lines of what it sent. */

import type { HistoryStep, RecordedExchange } from '../specs/report.ts';
import type { StoryStep } from './story.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** One curl line; secrets stay the marks that the recorder left (`‹access_token:...›`). */
export function curlOf(exchange: RecordedExchange): string {
  const { request } = exchange;
  const parts = ['curl', '-i', '-X', request.method, quote(request.url)];
  for (const [name, value] of request.headers) parts.push('-H', quote(`${name}: ${value}`));
  if (request.body !== undefined && request.body !== '') parts.push('--data-raw', quote(request.body));
  return parts.join(' ');
}

/** The command, then the exchange that decided. @param path of a generated counterexample: then it alone is run again */
export function reproduce(id: string, seed: number, deciding: RecordedExchange | undefined, path?: string): string {
  const command = `auth-conformance --only '${id}' --seed ${seed}${path === undefined ? '' : ` --path ${path}`}`;
  return [command, ...(deciding === undefined ? [] : [curlOf(deciding)])].join('\n');
}

/** The exchanges of a failure's story; all where none was told. */
export function storyExchanges(
  exchanges: readonly RecordedExchange[],
  steps: readonly StoryStep[] | undefined,
): readonly RecordedExchange[] {
  const [first, last] = [steps?.[0], steps?.at(-1)];
  return first === undefined || last === undefined ? exchanges : exchanges.slice(first.from, last.to);
}

/** The last exchange with the target itself, on which a verdict rests. */
export function decidingOf(exchanges: readonly RecordedExchange[]): RecordedExchange | undefined {
  return exchanges.findLast(({ operation }) => operation !== 'control');
}

/** The steps of a failure in words and as curl lines, in their order. */
export function historyOf(steps: readonly StoryStep[], exchanges: readonly RecordedExchange[]): HistoryStep[] {
  return steps.map(({ words, from, to }) => ({ words, curl: exchanges.slice(from, to).map(curlOf) }));
}
