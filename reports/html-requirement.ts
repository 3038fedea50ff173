/** One requirement in `report.html`: what must hold, by which clause, and what its checks saw. */

import type { CheckResult, RecordedExchange, Report, RequirementResult } from '../specs/report.ts';
import { html, type Markup, raw } from './html-markup.ts';
import { clause, clauseLink, decidingExchange, isKnown, numbered, reproduction } from './story.ts';

/** Exchanges of a check that are shown in full; `report.json` has all. */
const shownExchanges = 12;

function message(title: string, start: string, headers: RecordedExchange['request']['headers'], body: string): Markup {
  const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`), ...(body === '' ? [] : ['', body])];
  return html`<div><h5>${title}</h5><pre tabindex="0">${lines.join('\n')}</pre></div>`;
}

function startLine(exchange: RecordedExchange): string {
  const { request, response } = exchange;
  return `${request.method} ${request.url} → ${response === undefined ? 'no response' : response.status}`;
}

function exchangeDetails(exchange: RecordedExchange, number: number, deciding: boolean): Markup {
  const { request, response, error } = exchange;
  const came =
    response === undefined
      ? html`<div><h5>Came</h5><p>No response: ${error ?? 'the connection was closed.'}</p></div>`
      : message('Came', String(response.status), response.headers, response.body);
  return html`<li><details${raw(deciding ? ' open' : '')}><summary>${number}. <code>${startLine(exchange)}</code>${deciding ? ' (decided)' : ''}</summary>
<div class="exchange">${message('Sent', `${request.method} ${request.url}`, request.headers, request.body ?? '')}${came}</div></details></li>`;
}

function exchangeList(check: CheckResult): Markup {
  const deciding = decidingExchange(check);
  const last = check.exchanges.slice(-shownExchanges);
  const shown = deciding === undefined || last.includes(deciding) ? last : [deciding, ...last.slice(1)];
  const hidden = check.exchanges.length - shown.length;
  if (shown.length === 0) return raw('');
  return html`<h4>Exchanges</h4>${hidden > 0 ? html`<p>${hidden} more are in report.json.</p>` : ''}<ul class="exchanges">${shown.map(
    (exchange) => exchangeDetails(exchange, check.exchanges.indexOf(exchange) + 1, exchange === deciding),
  )}</ul>`;
}

/** The steps that led there, so that a person can take them. */
function historyList(check: CheckResult): Markup {
  const steps = numbered(check);
  if (steps.length === 0) return raw('');
  return html`<h4>History</h4>${steps.map(({ head, curl }) =>
    curl.length === 0
      ? html`<pre tabindex="0">${head}</pre>`
      : html`<p>${head}</p><pre tabindex="0" class="copy">${curl.join('\n')}</pre>`,
  )}`;
}

function repeat(check: CheckResult): Markup {
  const { command, curl } = reproduction(check);
  return html`<h4>Repeat</h4><pre tabindex="0" class="copy">${command}</pre>${
    curl === undefined ? '' : html`<pre tabindex="0" class="copy">${curl}</pre>`
  }`;
}

const anchorOf = (check: CheckResult): string => `check-${check.id.replaceAll(/[^a-zA-Z0-9_-]/g, '-')}`;

/** What is not a pass is told in full, once, and opened where it is the first of its requirement; a pass in a line. */
function checkItem(check: CheckResult, first: boolean, report: Report, told: Set<string>): Markup {
  const head = html`<span class="badge ${check.outcome}">${check.outcome}</span> <code>${check.id}</code>`;
  const title = html`<p>${check.title}${check.runs === undefined ? '' : ` (${check.runs} generated runs)`}</p>`;
  if (check.outcome === 'pass' || check.outcome === 'skip')
    return html`<li>${head}${title}${check.message === '' ? '' : html`<p>${check.message}</p>`}</li>`;
  if (told.has(check.id)) return html`<li>${head} <a href="#${anchorOf(check)}">told above</a></li>`;
  told.add(check.id);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Found', check.message],
    ['Expected', check.expected],
    ['Accepted', check.controls?.join('; ')],
  ];
  const found = rows.map(([name, text]) =>
    text === undefined ? raw('') : html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  );
  return html`<li id="${anchorOf(check)}"><details${raw(first ? ' open' : '')}><summary>${head}${
    isKnown(check, report) ? ' (known: the baseline lists it)' : ''
  }</summary>${title}<dl>${found}</dl>${historyList(check)}${exchangeList(check)}${repeat(check)}</details></li>`;
}

function source(row: RequirementResult): Markup {
  const link = clauseLink(row);
  return link === undefined
    ? html`<p class="clause">${clause(row)} <span class="path">${row.source.url}</span></p>`
    : html`<p class="clause"><a href="${link}" rel="noreferrer">${clause(row)}</a></p>`;
}

/** @param told ids of the checks that were told in full before */
export function requirementDetails(row: RequirementResult, label: string, report: Report, told: Set<string>): Markup {
  const ids = new Set(row.checks);
  const order = ['fail', 'warn', 'inconclusive', 'pass', 'skip'];
  const checks = report.checks
    .filter((check) => ids.has(check.id))
    .toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const open = row.outcome === 'fail' || row.outcome === 'warn';
  const words = `${row.id} ${row.level} ${row.statement} ${clause(row)}`.toLowerCase();
  const explained = open ? '' : (row.reason ?? '');
  return html`
<details class="requirement ${row.outcome}" data-outcome="${row.outcome}" data-words="${words}"${raw(row.outcome === 'fail' ? ' open' : '')}>
<summary><span class="badge ${row.outcome}">${label}</span> <span class="level">${row.level}</span> <code class="id">${row.id}</code><span class="statement">${row.statement}</span></summary>
<div class="body">${source(row)}${explained === '' ? '' : html`<p>${explained}</p>`}${
    row.rationale === undefined ? '' : html`<p><strong>Why:</strong> ${row.rationale}</p>`
  }${row.fix === undefined ? '' : html`<p><strong>Fix:</strong> ${row.fix}</p>`}${
    row.attacks === undefined ? '' : html`<p><strong>Attacks:</strong> ${row.attacks.join(', ')}</p>`
  }${checks.length === 0 ? '' : html`<h3>Checks</h3><ul class="checks">${checks.map((check, index) => checkItem(check, index === 0, report, told))}</ul>`}</div>
</details>`;
}
