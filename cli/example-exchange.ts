/** What a right and a wrong exchange look like: a check run against the reference, and against the reference with a fault that it catches. */

import type { Check } from '../harness/check.ts';
import type { TargetConfig } from '../harness/config.ts';
import { Run } from '../harness/run.ts';
import { applyFaults, loadFaults } from '../reference/faults/index.ts';
import type { Fault } from '../reference/faults/types.ts';
import { startReference } from '../reference/server.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import type { CheckResult, RecordedExchange } from '../specs/report.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';
import { referenceConfig } from './reference-config.ts';

export interface ExampleExchanges {
  readonly right?: RecordedExchange;
  readonly wrong?: { readonly fault: Fault; readonly exchange: RecordedExchange; readonly message: string };
}

/** Faults that are tried for an example; checks of one requirement that are run for it. */
const most = 4;

/** Runs some checks against a reference of their own. @returns their results, the observers' last */
async function results(checks: readonly Check[], fault?: Fault): Promise<CheckResult[]> {
  const reference = await startReference(fault === undefined ? {} : applyFaults([fault]));
  const dialect = (fault?.config ?? {}) as Partial<TargetConfig>;
  const run = new Run(
    {
      config: { ...referenceConfig(reference.url), ...dialect },
      seed: 1,
      propertyRuns: 5,
      requirements: loadCatalogue().requirements,
    },
    { observers: await loadObservers() },
  );
  try {
    const found: CheckResult[] = [];
    for (const check of checks) found.push(await run.execute(check));
    return [...found, ...run.observerResults()];
  } finally {
    await run.close();
    await reference.close();
  }
}

const ofOperations = ({ exchanges }: CheckResult): RecordedExchange | undefined =>
  exchanges.filter(({ operation, response }) => operation !== 'control' && response !== undefined).at(-1);

/** Examples for one requirement; an observer's come from the happy paths. */
export async function exampleExchanges(requirement: string): Promise<ExampleExchanges> {
  const all = await loadChecks();
  const own = all.filter(({ verifies, disruptive }) => verifies.includes(requirement) && disruptive !== true);
  const checks = (own.length > 0 ? own : all.filter(({ profile }) => profile === 'smoke')).slice(0, most);
  if (checks.length === 0) return {};
  const passed = (await results(checks)).find(
    (result) =>
      result.outcome === 'pass' &&
      (own.length === 0 || result.requirements.includes(requirement)) &&
      ofOperations(result) !== undefined,
  );
  const right = passed === undefined ? undefined : ofOperations(passed);
  const faults = (await loadFaults()).filter(({ breaks }) => breaks.includes(requirement)).slice(0, most);
  for (const fault of faults) {
    const failed = (await results(checks, fault)).find(({ broken }) => broken?.includes(requirement));
    const exchange = failed === undefined ? undefined : ofOperations(failed);
    if (failed !== undefined && exchange !== undefined)
      return { ...(right === undefined ? {} : { right }), wrong: { fault, exchange, message: failed.message } };
  }
  return right === undefined ? {} : { right };
}

const noise = /^(connection|keep-alive|date|content-length|transfer-encoding|accept|user-agent)$/i;

/** Lines of an exchange, secrets as the marks that the recorder left. */
export function exchangeLines({ request, response }: RecordedExchange): string[] {
  const headers = (list: readonly (readonly [string, string])[]): string[] =>
    list.filter(([name]) => !noise.test(name)).map(([name, value]) => `${name}: ${value}`);
  const { pathname, search } = new URL(request.url);
  const sent = [
    `${request.method} ${pathname}${search}`,
    ...headers(request.headers),
    ...(request.body ? ['', request.body.slice(0, 400)] : []),
  ];
  const came =
    response === undefined
      ? []
      : [
          `-> ${response.status}`,
          ...headers(response.headers),
          ...(response.body === '' ? [] : ['', response.body.slice(0, 400)]),
        ];
  return [...sent, ...came];
}
