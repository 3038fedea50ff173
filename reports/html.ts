/** `report.html`: one file without outside resources, readable on a phone, without scripts, in light and dark. */

import { createHash } from 'node:crypto';
import type { Outcome, Report, RequirementResult } from '../specs/report.ts';
import { html, type Markup, raw } from './html-markup.ts';
import { requirementDetails } from './html-requirement.ts';
import { script, style } from './html-style.ts';
import { byOperation, byReason, countOutcomes, duration, outcomes } from './story.ts';

const labels: Readonly<Record<Outcome, string>> = {
  fail: 'Fail',
  warn: 'Warn',
  inconclusive: 'Inconclusive',
  pass: 'Pass',
  skip: 'Skip',
};
const verdicts = {
  conformant: 'Conformant',
  'non-conformant': 'Not conformant',
  inconclusive: 'Inconclusive',
} as const;

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const anchor = (operation: string): string => `operation-${operation.replaceAll('/', '-')}`;
const operationName = (operation: string): string => (operation === 'any' ? 'every operation' : `/${operation}`);

function facts(report: Report): Markup {
  const { suite, requests } = report;
  const entries: readonly (readonly [string, string])[] = [
    ['Target', report.target],
    ['Operations', report.operations.join(', ')],
    ['Clients', report.clients.length === 0 ? 'none' : report.clients.join(', ')],
    ['Profile', report.strict ? `${report.profile}, strict` : report.profile],
    ['Started', report.startedAt.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC')],
    [
      'Took',
      `${duration(report.durationMs)}${report.waitedMs > 0 ? `, ${duration(report.waitedMs)} of it waiting for rate limits` : ''}`,
    ],
    ...(report.shard === undefined ? [] : [['Part', `${report.shard.index} of ${report.shard.count}`] as const]),
    ...(report.endedEarly === undefined ? [] : [['Ended early', report.endedEarly] as const]),
    ['Requests', String(requests.total ?? 0)],
    ['Seed', String(report.seed)],
    ['Suite', `${suite.name} ${suite.version}, requirements of ${suite.edition}`],
  ];
  return html`<dl class="facts">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function summary(report: Report): Markup {
  const groups = byOperation(report);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Requirements by operation"><table>
<caption>Requirements by operation</caption>
<thead><tr><th scope="col">Operation</th>${outcomes.map((outcome) => html`<th scope="col" class="number">${labels[outcome]}</th>`)}</tr></thead>
<tbody>${groups.map(({ operation, rows }) => {
    const counts = countOutcomes(rows);
    return html`
<tr><th scope="row"><a href="#${anchor(operation)}">${operationName(operation)}</a></th>${outcomes.map((outcome) =>
      counts[outcome] === 0
        ? html`<td class="number none">0</td>`
        : html`<td class="number ${outcome}">${counts[outcome]}</td>`,
    )}</tr>`;
  })}
</tbody></table></div>`;
}

/** Shown by the script alone: without it everything is listed, and there is nothing to filter with. */
function filters(report: Report): Markup {
  const counts = countOutcomes(report.requirements);
  return html`<form id="filters" hidden>
<fieldset><legend>Outcome</legend>${outcomes.map(
    (outcome) =>
      html`<label class="chip ${outcome}"><input type="checkbox" name="outcome" value="${outcome}" checked> ${labels[outcome]} <span class="count">${counts[outcome]}</span></label>`,
  )}</fieldset>
<label>Operation <select name="operation"><option value="">all</option>${byOperation(report).map(
    ({ operation }) => html`<option value="${operation}">${operationName(operation)}</option>`,
  )}</select></label>
<label>Search <input type="search" name="text" placeholder="id, clause or words" autocomplete="off"></label>
<button type="button" data-open="true">Open all</button> <button type="button" data-open="false">Close all</button>
<p id="shown" role="status"></p>
</form>`;
}

function unjudged(report: Report, outcome: 'skip' | 'inconclusive', title: string): Markup {
  const groups = byReason(report.checks, outcome);
  if (groups.length === 0) return raw('');
  return html`<section class="reasons"><h2>${title}</h2><ul>${groups.map(
    ({ reason, checks }) =>
      html`<li><details><summary>${reason} <span class="count">${checks.length}</span></summary><ul>${checks.map(
        (check) => html`<li><code>${check.id}</code></li>`,
      )}</ul></details></li>`,
  )}</ul></section>`;
}

/** Attacks, rather than sentences: what the failures mean. */
function standsOpen({ openAttacks }: Report): Markup {
  if (openAttacks.length === 0) return html``;
  return html`<section class="reasons"><h2>What stands open</h2><ul>${openAttacks.map(
    ({ title, requirements }) =>
      html`<li>${title} <span class="count">${requirements.length}</span>: ${requirements.slice(0, 6).map((id) => html`<code>${id}</code> `)}</li>`,
  )}</ul></section>`;
}

function problems(report: Report): Markup {
  const { suiteErrors, baseline } = report;
  const errors =
    suiteErrors.length === 0
      ? ''
      : html`<section class="problem"><h2>The suite itself failed</h2><p>This is no finding about the target.</p>${suiteErrors.map(
          ({ check, message }) => html`<p><code>${check}</code></p><pre>${message}</pre>`,
        )}</section>`;
  const known =
    baseline === undefined
      ? ''
      : html`<section class="reasons"><h2>Baseline</h2><p>Known failures: ${baseline.known.length === 0 ? 'none' : baseline.known.join(', ')}.${
          baseline.stale.length === 0 ? '' : ` These hold now and must be removed: ${baseline.stale.join(', ')}.`
        }</p></section>`;
  return html`${errors}${known}`;
}

function operationSection(
  operation: string,
  rows: readonly RequirementResult[],
  report: Report,
  told: Set<string>,
): Markup {
  return html`
<section class="operation" id="${anchor(operation)}" data-operation="${operation}">
<h2>${operationName(operation)}</h2>
${rows.map((row) => requirementDetails(row, labels[row.outcome], report, told))}
</section>`;
}

/** The whole document. Everything that comes from the target, the configuration or a check is escaped by the template. */
export function renderHtml(report: Report): string {
  const told = new Set<string>();
  const policy = `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${verdicts[report.verdict]}: ${report.target}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip-link" href="#results">To the results</a>
<header class="verdict ${report.verdict}">
<p class="suite">Auth &amp; OAuth conformance</p>
<h1>${verdicts[report.verdict]}</h1>
<p>${report.verdictReason}</p>
</header>
<main>
${facts(report)}
${summary(report)}
${problems(report)}
${standsOpen(report)}
${filters(report)}
<div id="results" tabindex="-1">${byOperation(report).map(({ operation, rows }) => operationSection(operation, rows, report, told))}
</div>
${unjudged(report, 'inconclusive', 'What could not be judged')}
${unjudged(report, 'skip', 'What does not apply here')}
</main>
<footer><p>Secrets are shown as marks such as <code>‹access_token:1a2b3c4d›</code>; the same value has the same mark. The whole record is in <code>report.json</code>.</p></footer>
<script>${raw(script)}</script>
</body>
</html>
`;
  return page.text;
}
