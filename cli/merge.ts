/** `merge`: one report from the reports of several shards. */

import type { TargetConfig } from '../harness/config.ts';
import { exitStatus, type JudgedTarget, judge } from '../harness/judge.ts';
import { writeReports } from '../reports/index.ts';
import { terminalReport } from '../reports/terminal.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import type { CheckResult, Report } from '../specs/report.ts';
import { loadBaseline } from './baseline.ts';
import { UsageError } from './exit.ts';
import { readReport } from './report-folder.ts';
import { worseOf } from './worse.ts';

export interface MergeCommand {
  readonly out: string;
  readonly baseline?: string;
}

/** What all parts must have in common, in words. */
const common: readonly (readonly [string, (report: Report) => unknown])[] = [
  ['target', (report) => report.target],
  ['configuration', (report) => report.configDigest],
  ['catalogue', (report) => report.suite.digest],
  ['version of the suite', (report) => report.suite.version],
  ['seed', (report) => report.seed],
  ['profile', (report) => report.profile],
  ['strictness', (report) => report.strict],
  ['number of shards', (report) => report.shard?.count],
];

/** @throws UsageError for parts that do not belong together, or that are not all of them */
function checkParts(parts: readonly { readonly folder: string; readonly report: Report }[]): void {
  const [first] = parts;
  if (first === undefined)
    throw new UsageError('merge needs the report folders of the shards: merge DIR... --out DIR.');
  for (const { folder, report } of parts) {
    if (report.shard === undefined) throw new UsageError(`${folder} is no part of a sharded run (--shard I/N).`);
    const differing = common.find(([, read]) => read(report) !== read(first.report));
    if (differing !== undefined)
      throw new UsageError(`${folder} and ${first.folder} cannot be merged: their ${differing[0]} differs.`);
  }
  const count = first.report.shard?.count ?? 0;
  const indices = parts.map(({ report }) => report.shard?.index ?? 0);
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !indices.includes(index));
  if (missing.length > 0) throw new UsageError(`Shard ${missing.join(', ')} of ${count} is missing.`);
  const twice = indices.find((index, at) => indices.indexOf(index) !== at);
  if (twice !== undefined) throw new UsageError(`Shard ${twice} of ${count} is there twice.`);
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const count of counts)
    for (const [key, value] of Object.entries(count)) if (key !== 'total') sum[key] = (sum[key] ?? 0) + value;
  return sum;
}

/** One report that says what the parts say together. @throws UsageError */
export function mergedReport(
  parts: readonly { readonly folder: string; readonly report: Report }[],
  baseline?: ReturnType<typeof loadBaseline>,
): Report {
  checkParts(parts);
  const reports = parts.map(({ report }) => report).sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
  const [first] = reports;
  if (first === undefined) throw new UsageError('There is nothing to merge.');
  const catalogue = loadCatalogue();
  if (catalogue.digest !== first.suite.digest)
    throw new UsageError(
      'The reports are of another catalogue than this version ships; merge them with the version that made them.',
    );
  const results = new Map<string, CheckResult>();
  for (const result of reports.flatMap((report) => report.checks)) {
    const known = results.get(result.id);
    results.set(result.id, known === undefined ? result : worseOf(known, result));
  }
  const early = reports.find((report) => report.endedEarly !== undefined)?.endedEarly;
  return judge({
    results: [...results.values()],
    suiteErrors: reports.flatMap((report) => report.suiteErrors),
    catalogue,
    config: speaksOf(first),
    ...(first.configDigest === undefined ? {} : { configDigest: first.configDigest }),
    version: first.suite.version,
    seed: first.seed,
    startedAt: reports.map((report) => report.startedAt).sort()[0] ?? first.startedAt,
    durationMs: Math.max(...reports.map((report) => report.durationMs)),
    waitedMs: Math.max(...reports.map((report) => report.waitedMs)),
    requests: added(reports.map((report) => report.requests)),
    strict: first.strict,
    ...(baseline === undefined ? {} : { baseline }),
    ...(early === undefined ? {} : { endedEarly: early }),
  });
}

/** What the judge asks of a configuration, out of a report. */
function speaksOf(report: Report): JudgedTarget {
  const offered = (key: string): string | false => (report.operations.includes(key) ? key : false);
  return {
    target: report.target,
    profile: report.profile as TargetConfig['profile'],
    operations: {
      authenticate: offered('authenticate'),
      token: offered('token'),
      revoke: offered('revoke'),
      handoffInit: offered('handoffInit'),
      scopes: offered('scopes'),
    },
    clients: Object.fromEntries(report.clients.map((key) => [key, true])),
  };
}

/** @returns the exit status @throws UsageError */
export async function merge(folders: readonly string[], command: MergeCommand): Promise<number> {
  const parts = folders.map((folder) => ({ folder, report: readReport(folder) }));
  const report = mergedReport(parts, command.baseline === undefined ? undefined : loadBaseline(command.baseline));
  await writeReports(report, command.out);
  process.stdout.write(terminalReport(report, { out: command.out }));
  return exitStatus(report);
}
