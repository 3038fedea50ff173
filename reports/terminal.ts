/** The report for a terminal: a table, each failure as a story, the rest in short, the verdict last. */

import type { CheckResult, Outcome, Report, RequirementResult } from '../specs/report.ts';
import {
  brokenBy,
  byOperation,
  byReason,
  clause,
  countOutcomes,
  decidingExchange,
  duration,
  isKnown,
  numbered,
  outcomes,
  reproduction,
} from './story.ts';
import { columns, harmless, painter, type TerminalStyle, terminalStyle, wrap } from './terminal-text.ts';

type Paint = ReturnType<typeof painter>;

const colours = { fail: 'red', warn: 'yellow', inconclusive: 'magenta', pass: 'green', skip: 'gray' } as const;
const names: Readonly<Record<Outcome, string>> = {
  fail: 'FAIL',
  warn: 'WARN',
  inconclusive: 'INCONCLUSIVE',
  pass: 'PASS',
  skip: 'SKIP',
};

/** Headers of the connection and the moment, which explain no failure. */
const noise = /^(connection|keep-alive|date|content-length|transfer-encoding|etag|vary|x-powered-by|server|accept)$/i;
/** Characters of a body that are shown; the other formats have the rest. */
const shownBody = 800;
/** Broken MUSTs that are told in full; further ones in short, so that the first are still found. */
const fullStories = 15;
/** Ids that are listed before the rest is counted. */
const shownIds = 4;

function list(ids: readonly string[]): string {
  const more = ids.length - shownIds;
  return more > 0 ? `${ids.slice(0, shownIds).join(', ')} and ${more} more` : ids.join(', ');
}

/** How much was generated: what limits and time have left of it. */
function generated(report: Report): string[] {
  const runs = report.checks.map((check) => check.runs).filter((count) => count !== undefined);
  const total = runs.reduce((sum, count) => sum + count, 0);
  return runs.length === 0 ? [] : [`${total} generated inputs of ${runs.length} properties`];
}

function heading(report: Report, style: TerminalStyle, paint: Paint): string[] {
  const { suite, requests } = report;
  const facts = [
    `profile ${report.profile}`,
    `seed ${report.seed}`,
    ...generated(report),
    ...(report.shard === undefined ? [] : [`part ${report.shard.index} of ${report.shard.count}`]),
    `${requests.total ?? 0} requests in ${duration(report.durationMs)}`,
    ...(report.waitedMs > 0 ? [`${duration(report.waitedMs)} of it waiting for rate limits`] : []),
  ];
  return [
    `${paint('bold', `${suite.name} ${suite.version}`)}, requirements of ${suite.edition}`,
    `Target ${harmless(report.target)}`,
    ...wrap(facts.join(', '), style.width),
    ...(report.endedEarly === undefined ? [] : wrap(`Ended early: ${report.endedEarly}`, style.width)),
  ];
}

/** Requirements by operation and outcome. */
function table(report: Report, paint: Paint): string[] {
  const label = 'Requirements';
  const groups = byOperation(report);
  const first = Math.max(label.length, ...groups.map(({ operation }) => operation.length));
  const cell = (text: string, width: number): string => `${' '.repeat(Math.max(0, width - columns(text)))}${text}`;
  const header = [label.padEnd(first), ...outcomes.map((outcome) => cell(outcome, outcome.length + 2))].join('');
  const rows = groups.map(({ operation, rows: found }) => {
    const counts = countOutcomes(found);
    const cells = outcomes.map((outcome) => {
      const count = counts[outcome];
      return cell(count === 0 ? '-' : paint(colours[outcome], String(count)), outcome.length + 2);
    });
    return [operation.padEnd(first), ...cells].join('');
  });
  return [paint('bold', header), ...rows];
}

function headersOf(headers: readonly (readonly [string, string])[]): string[] {
  return headers.filter(([name]) => !noise.test(name)).map(([name, value]) => `${name}: ${value}`);
}

function shown(body: string): string[] {
  if (body === '') return [];
  const text =
    body.length > shownBody ? `${body.slice(0, shownBody)}… (${body.length - shownBody} characters more)` : body;
  return ['', ...text.split('\n')];
}

/** A label in the margin, the text beside it. */
function labelled(label: string, lines: readonly string[], paint: Paint): string[] {
  const margin = 10;
  return lines.map((line, index) => {
    const left = index === 0 ? paint('dim', label.padEnd(margin)) : ' '.repeat(margin);
    return `    ${left}${harmless(line)}`.trimEnd();
  });
}

/** The steps that led there, so that a person can take them: what each does, and its requests. */
function historyStory(check: CheckResult, paint: Paint): string[] {
  const lines = numbered(check).flatMap(({ head, curl }) => [head, ...curl.map((line) => `   ${line}`)]);
  return labelled('History', lines, paint);
}

/** What was sent, what came back, what should have, and how to repeat it. */
function exchangeStory(check: CheckResult, style: TerminalStyle, paint: Paint): string[] {
  const exchange = decidingExchange(check);
  const { command, curl } = reproduction(check);
  const prose = (label: string, text: string): string[] => labelled(label, wrap(text, style.width - 14), paint);
  const lines = [...prose('Found', check.message)];
  if (check.expected !== undefined) lines.push(...prose('Expected', check.expected));
  if (check.controls !== undefined) lines.push(...prose('Accepted', check.controls.join(' ')));
  if (exchange !== undefined) {
    const { request, response } = exchange;
    lines.push(
      ...labelled(
        'Sent',
        [`${request.method} ${request.url}`, ...headersOf(request.headers), ...shown(request.body ?? '')],
        paint,
      ),
      ...labelled(
        'Came',
        response === undefined
          ? [`no response: ${exchange.error ?? 'the connection was closed'}`]
          : [String(response.status), ...headersOf(response.headers), ...shown(response.body)],
        paint,
      ),
    );
  }
  lines.push(...historyStory(check, paint));
  return [...lines, ...labelled('Repeat', [command, ...(curl === undefined ? [] : [curl])], paint)];
}

function title(row: RequirementResult, paint: Paint): string {
  return `${paint(colours[row.outcome], names[row.outcome])}  ${paint('bold', row.id)}  ${row.level}`;
}

/** A broken MUST with one of its checks in full, unless that check was shown for an earlier requirement. */
function failure(
  row: RequirementResult,
  report: Report,
  told: Set<string>,
  style: TerminalStyle,
  paint: Paint,
): string[] {
  const broken = brokenBy(report, row.id);
  const fresh = broken.find((check) => !told.has(check.id)) ?? broken[0];
  const others = broken.filter((check) => check !== fresh).map((check) => check.id);
  const lines = [
    title(row, paint),
    ...wrap(row.statement, style.width, '  '),
    `  ${clause(row)}  ${paint('dim', row.source.url)}`,
  ];
  if (fresh !== undefined) {
    lines.push(
      `  ${paint('dim', 'check')} ${fresh.id}${isKnown(fresh, report) ? ' (known: the baseline lists it)' : ''}`,
    );
    if (told.has(fresh.id)) lines.push('    shown above');
    else lines.push(...exchangeStory(fresh, style, paint));
    told.add(fresh.id);
  }
  if (others.length > 0) lines.push(...wrap(`Also ${list(others)}.`, style.width, '  '));
  if (row.fix !== undefined) lines.push(...wrap(`Fix: ${row.fix}`, style.width, '  '));
  return [...lines, ''];
}

/** A broken SHOULD, or one of very many broken MUSTs, in a few lines. */
function inShort(row: RequirementResult, report: Report, style: TerminalStyle, paint: Paint): string[] {
  const [check] = brokenBy(report, row.id);
  return [
    title(row, paint),
    ...wrap(row.statement, style.width, '  '),
    `  ${clause(row)}  ${paint('dim', row.source.url)}`,
    ...wrap(check?.message ?? row.reason ?? '', style.width, '    '),
    ...(check === undefined ? [] : [`    ${paint('dim', reproduction(check).command)}`]),
    '',
  ];
}

function unjudged(report: Report, outcome: 'skip' | 'inconclusive', style: TerminalStyle, paint: Paint): string[] {
  const groups = byReason(report.checks, outcome);
  if (groups.length === 0) return [];
  const what = outcome === 'skip' ? 'Does not apply here' : 'Could not be judged';
  return [
    paint(colours[outcome], `${names[outcome]}  ${what}`),
    ...groups.flatMap(({ reason, checks }) => [
      ...wrap(reason, style.width, '  '),
      ...wrap(`${checks.length} × ${list(checks.map((check) => check.id))}`, style.width, '    ').map((line) =>
        paint('dim', line),
      ),
    ]),
    '',
  ];
}

function suiteErrors(report: Report, style: TerminalStyle, paint: Paint): string[] {
  if (report.suiteErrors.length === 0) return [];
  return [
    paint('red', 'The suite itself failed; this is no finding about the target. Please report it.'),
    ...report.suiteErrors.flatMap(({ check, message }) => [`  ${check}`, ...wrap(message, style.width, '    ')]),
    '',
  ];
}

/** For standard output, in the style that it can show; `out` is the folder that holds the other formats. */
export function terminalReport(report: Report, options: { readonly out?: string } = {}): string {
  return renderTerminal(report, terminalStyle(process.stdout), options.out);
}

/** Attacks, rather than sentences: what the failures mean. */
function standsOpen(report: Report, style: TerminalStyle, paint: Paint): string[] {
  if (report.openAttacks.length === 0) return [];
  const rows = report.openAttacks.flatMap(({ title, requirements }) =>
    wrap(`${title} (${list(requirements)})`, style.width - 2).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    ),
  );
  return [paint('bold', 'What stands open'), ...rows, ''];
}

/** The whole text, the verdict last. */
export function renderTerminal(report: Report, style: TerminalStyle, out?: string): string {
  const paint = painter(style);
  const told = new Set<string>();
  const rows = byOperation(report).flatMap((group) => group.rows);
  const failed = rows.filter((row) => row.outcome === 'fail');
  const lines = [
    ...heading(report, style, paint),
    '',
    ...table(report, paint),
    '',
    ...unjudged(report, 'skip', style, paint),
    ...unjudged(report, 'inconclusive', style, paint),
    ...rows.filter((row) => row.outcome === 'warn').flatMap((row) => inShort(row, report, style, paint)),
    ...failed.slice(0, fullStories).flatMap((row) => failure(row, report, told, style, paint)),
    ...failed.slice(fullStories).flatMap((row) => inShort(row, report, style, paint)),
    ...suiteErrors(report, style, paint),
    ...standsOpen(report, style, paint),
  ];
  const { summary, verdict } = report;
  const counted = outcomes
    .filter((outcome) => summary[outcome] > 0)
    .map((outcome) => paint(colours[outcome], `${summary[outcome]} ${outcome}`))
    .join(', ');
  const colour = { conformant: 'green', 'non-conformant': 'red', inconclusive: 'magenta' } as const;
  if (out !== undefined) lines.push(`Reports: ${harmless(out)}`);
  lines.push(`Checks: ${counted === '' ? 'none' : counted}`);
  const [first = '', ...more] = wrap(`${verdict}: ${report.verdictReason}`, style.width);
  lines.push(`${paint(colour[verdict], paint('bold', verdict))}${first.slice(verdict.length)}`, ...more);
  return `${lines.join('\n')}\n`;
}
