/**
 * JUnit XML, as CI systems read it: a test suite an operation, a test case a check.
 *
 * | outcome | element | why |
 * |---|---|---|
 * | `fail`, and `warn` under `--strict` | `<failure>` | it fails the run |
 * | `warn` | none; property `outcome` and `<system-out>` | a broken SHOULD does not fail the run |
 * | `inconclusive` | `<error>` | the run exits with 3, so a green build would be a lie |
 * | `skip`, and what the baseline lists | `<skipped message>` | lawfully not judged, or known |
 *
 * Errors of the suite itself and stale baseline entries are test cases of suites of their own.
 */

import type { CheckResult, RecordedExchange, Report, RequirementResult } from '../specs/report.ts';
import { clause, decidingExchange, failsRun, isKnown } from './story.ts';

/** Everything that XML 1.0 allows (section 2.2) stays; the rest becomes U+FFFD. */
function legal(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}

function escapeText(text: string): string {
  return legal(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, content?: string | readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const open = `<${name}${list.join('')}`;
  if (content === undefined || content.length === 0) return `${open}/>`;
  return typeof content === 'string'
    ? `${open}>${escapeText(content)}</${name}>`
    : `${open}>\n${content.join('\n')}\n</${name}>`;
}

function messageOf(side: string, start: string, headers: RecordedExchange['request']['headers'], body: string): string {
  const lines = [`${side} ${start}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return (body === '' ? lines : [...lines, '', body]).join('\n');
}

/** The failure as a story: what must hold, what came, what should have, the exchange, and how to repeat it. */
function story(check: CheckResult, rows: readonly RequirementResult[]): string {
  const exchange = decidingExchange(check);
  const { request, response, error } = exchange ?? {};
  return [
    ...rows.map((row) => `${row.id} (${row.level}, ${clause(row)}): ${row.statement}\n${row.source.url}`),
    check.message,
    ...(check.expected === undefined ? [] : [`Expected: ${check.expected}`]),
    ...(request === undefined
      ? []
      : [messageOf('Sent:', `${request.method} ${request.url}`, request.headers, request.body ?? '')]),
    ...(response === undefined ? [] : [messageOf('Came:', String(response.status), response.headers, response.body)]),
    ...(error === undefined ? [] : [`Came: no response. ${error}`]),
    `Repeat:\n${check.reproduce}`,
  ].join('\n\n');
}

type Kind = 'passed' | 'warned' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly kind: Kind;
  readonly seconds: number;
  readonly xml: string;
}

function kindOf(check: CheckResult, report: Report): Kind {
  if (failsRun(check, report)) return 'failure';
  if (isKnown(check, report) || check.outcome === 'skip') return 'skipped';
  if (check.outcome === 'inconclusive') return 'error';
  return check.outcome === 'warn' ? 'warned' : 'passed';
}

function verdictElement(check: CheckResult, kind: Kind, report: Report): string[] {
  const rows = report.requirements.filter((row) => check.broken?.includes(row.id));
  const levels = [...new Set(rows.map((row) => row.level))].join(', ');
  const { message } = check;
  switch (kind) {
    case 'failure':
      return [element('failure', { message, type: levels }, story(check, rows))];
    case 'error':
      return [element('error', { message, type: 'inconclusive' }, message)];
    case 'skipped':
      return [element('skipped', { message: check.outcome === 'skip' ? message : `Known (baseline): ${message}` })];
    case 'warned':
      return [element('system-out', {}, `Warning (${levels})\n\n${story(check, rows)}`)];
    case 'passed':
      return [];
  }
}

function testCase(check: CheckResult, report: Report, suite: string): Case {
  const kind = kindOf(check, report);
  const seconds = check.durationMs / 1000;
  const properties = [
    ...check.requirements.map((id) => element('property', { name: 'requirement', value: id })),
    element('property', { name: 'outcome', value: check.outcome }),
  ];
  const attributes = { name: check.id, classname: `auth-conformance.${suite}`, time: seconds.toFixed(3) };
  const content = [element('properties', {}, properties), ...verdictElement(check, kind, report)];
  return { kind, seconds, xml: element('testcase', attributes, content) };
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** The first part of a check's id names its suite: `token`, `observer`, ... */
function suitesOfChecks(report: Report): Suite[] {
  const groups = new Map<string, CheckResult[]>();
  for (const check of report.checks) {
    const name = check.id.split('/')[0] ?? check.id;
    groups.set(name, [...(groups.get(name) ?? []), check]);
  }
  return [...groups].map(([name, checks]) => ({ name, cases: checks.map((check) => testCase(check, report, name)) }));
}

/** Problems beside the checks: they fail the run, so they are test cases as well. */
function suitesOfProblems(report: Report): Suite[] {
  const problem = (suite: string, name: string, kind: Kind, xml: string): Case => ({
    kind,
    seconds: 0,
    xml: element('testcase', { name, classname: `auth-conformance.${suite}`, time: '0.000' }, [xml]),
  });
  const message = 'The baseline lists it as a known failure, and it holds now: remove the entry.';
  const stale = (report.baseline?.stale ?? []).map((id) =>
    problem('baseline', id, 'failure', element('failure', { message, type: 'stale' })),
  );
  const own = report.suiteErrors.map((error) =>
    problem(
      'suite',
      error.check,
      'error',
      element('error', { message: 'The suite itself failed.', type: 'suite' }, error.message),
    ),
  );
  return [
    { name: 'baseline', cases: stale },
    { name: 'suite', cases: own },
  ].filter(({ cases }) => cases.length > 0);
}

function counts(cases: readonly Case[]): Attributes {
  const of = (kind: Kind): number => cases.filter((one) => one.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function testSuite({ name, cases }: Suite, report: Report): string {
  const time = cases.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const facts = { verdict: report.verdict, target: report.target, profile: report.profile, seed: report.seed };
  const properties = Object.entries(facts).map(([key, value]) => element('property', { name: key, value }));
  return element('testsuite', { name, timestamp: report.startedAt, ...counts(cases), time }, [
    element('properties', {}, properties),
    ...cases.map((one) => one.xml),
  ]);
}

/** The whole document. */
export function renderJunit(report: Report): string {
  const suites = [...suitesOfChecks(report), ...suitesOfProblems(report)];
  const attributes = {
    name: `${report.suite.name} ${report.suite.version}`,
    ...counts(suites.flatMap(({ cases }) => cases)),
    time: (report.durationMs / 1000).toFixed(3),
  };
  const document = element(
    'testsuites',
    attributes,
    suites.map((suite) => testSuite(suite, report)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document}\n`;
}
