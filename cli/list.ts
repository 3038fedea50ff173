/** `list` and `explain`: the catalogue, and one row or check of it in full. */

import { nearest } from '../harness/nearest.ts';
import { applicableAlias, loadCatalogue } from '../specs/catalogue.ts';
import type { Source } from '../specs/requirement.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';
import { type CoverageRow, coverage } from './coverage.ts';
import { type ExampleExchanges, exampleExchanges, exchangeLines } from './example-exchange.ts';
import { UsageError } from './exit.ts';
import { wrap } from './wrap.ts';

const consequences = {
  fail: 'a broken one fails the run',
  warn: 'a broken one warns',
  info: 'a broken one only informs',
};

export interface ListCommand {
  readonly json?: boolean;
  readonly coverage?: boolean;
}

export async function list(command: ListCommand): Promise<number> {
  const rows = await coverage();
  const text =
    command.coverage === true ? coverageText(rows, command.json === true) : listText(rows, command.json === true);
  process.stdout.write(text);
  return 0;
}

function listText(rows: readonly CoverageRow[], json: boolean): string {
  const { edition, digest } = loadCatalogue();
  if (json) {
    const requirements = rows.map(({ requirement, checks }) => ({
      id: requirement.id,
      operation: requirement.operation,
      level: requirement.level,
      statement: requirement.statement,
      source: requirement.source,
      ...(requirement.untested === undefined ? {} : { untested: requirement.untested }),
      checks,
    }));
    return `${JSON.stringify({ edition, digest, requirements }, null, 2)}\n`;
  }
  const width = Math.max(...rows.map(({ requirement }) => requirement.id.length));
  const lines = rows.map(({ requirement, checks }) => {
    const { id, level, statement, untested } = requirement;
    const judged = untested === undefined ? `${checks.length} check${checks.length === 1 ? '' : 's'}` : 'untested';
    return `${id.padEnd(width)}  ${level.padEnd(10)}  ${judged.padEnd(9)}  ${statement}`;
  });
  const tested = rows.filter(({ requirement }) => requirement.untested === undefined).length;
  return `${lines.join('\n')}\n\n${rows.length} requirements, edition ${edition}: ${tested} tested, ${rows.length - tested} untested with a reason (\`explain ID\` tells more).\n`;
}

function coverageText(rows: readonly CoverageRow[], json: boolean): string {
  if (json) {
    const shown = rows.map(({ requirement, checks, faults, broken }) => ({
      id: requirement.id,
      level: requirement.level,
      checks,
      faults,
      outcomeWhenBroken: broken,
      ...(requirement.untested === undefined ? {} : { untested: requirement.untested }),
    }));
    return `${JSON.stringify(shown, null, 2)}\n`;
  }
  const parts = rows.map(({ requirement, checks, faults, broken }) => {
    const head = `${requirement.id} (${requirement.level}: ${consequences[broken]})`;
    if (requirement.untested !== undefined) return `${head}\n  untested: ${requirement.untested}`;
    return `${head}\n  checks: ${checks.join(', ') || 'none'}\n  faults: ${faults.join(', ') || 'none'}`;
  });
  return `${parts.join('\n')}\n`;
}

const cited = ({ document, section, url }: Source): string =>
  `${document}${section === '' ? '' : ` ${section}`} <${url}>`;

/** @throws UsageError for an id that neither a requirement nor a check has */
export async function explain(id: string): Promise<number> {
  const rows = await coverage();
  const known = applicableAlias(id);
  const row = rows.find(({ requirement }) => requirement.id === known);
  const judges = [...(await loadChecks()), ...(await loadObservers()).map((make) => make())];
  const check = judges.find((one) => one.id === id);
  if (row === undefined && check === undefined) {
    const like = nearest(id, [...rows.map(({ requirement }) => requirement.id), ...judges.map((one) => one.id)]);
    throw new UsageError(
      `No requirement or check is called "${id}"${like === undefined ? '' : `; did you mean "${like}"?`} \`list\` shows all.`,
    );
  }
  if (row !== undefined) {
    process.stdout.write(requirementText(row, judges));
    process.stdout.write(exampleText(row.checks.length === 0 ? {} : await exampleExchanges(row.requirement.id)));
  }
  if (check !== undefined && row === undefined) process.stdout.write(checkText(check, rows));
  return 0;
}

type Judge =
  | Awaited<ReturnType<typeof loadChecks>>[number]
  | ReturnType<Awaited<ReturnType<typeof loadObservers>>[number]>;

function controlsOf(check: Judge): readonly string[] {
  if (!('control' in check) || check.control === undefined) return [];
  return ('run' in check.control ? [check.control] : check.control).map(({ title }) => title);
}

function requirementText({ requirement, checks, faults, broken }: CoverageRow, judges: readonly Judge[]): string {
  const {
    id,
    operation,
    level,
    statement,
    source,
    alsoIn = [],
    appliesWhen,
    rationale,
    fix,
    attacks = [],
    untested,
  } = requirement;
  const titles = loadCatalogue().attacks.filter((attack) => attacks.includes(attack.id));
  const own = judges.filter((judge) => checks.includes(judge.id));
  const lines = [
    id,
    '',
    wrap(`${level} (${consequences[broken]}), ${operation === 'any' ? 'every operation' : operation}: ${statement}`),
    '',
    ...[source, ...alsoIn].map((one) => `  clause    ${cited(one)}`),
    ...(appliesWhen === undefined ? [] : [`  applies   ${appliesWhen}`]),
    wrap(`  why       ${rationale}`, 12),
    ...titles.map(
      (attack) =>
        `  attack    ${attack.title}${attack.source === undefined ? '' : ` (${attack.source.document} ${attack.source.section})`}`,
    ),
    wrap(`  to fix    ${fix}`, 12),
    '',
    untested === undefined ? 'How it is checked:' : wrap(`Not tested: ${untested}`),
    ...own.flatMap((judge) => [
      `  ${judge.id}`,
      wrap(`      right: ${judge.title}.`, 6),
      ...controlsOf(judge).map((title) => `      control: ${title}`),
    ]),
    ...(faults.length === 0 ? [] : ['', `Wrong, for instance (\`serve --fault ID\` shows it): ${faults.join(', ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function exampleText({ right, wrong }: ExampleExchanges): string {
  const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n');
  const parts = [
    ...(right === undefined ? [] : [`\nA right exchange:\n${indented(exchangeLines(right))}\n`]),
    ...(wrong === undefined
      ? []
      : [
          `\nA wrong exchange (${wrong.fault.id}: ${wrong.fault.title}):\n${indented(exchangeLines(wrong.exchange))}\n  ${wrong.message}\n`,
        ]),
  ];
  return parts.join('');
}

function checkText(check: Judge, rows: readonly CoverageRow[]): string {
  const verified = rows.filter(({ requirement }) => check.verifies.includes(requirement.id));
  const needs = 'needs' in check ? (check.needs ?? []) : [];
  const lines = [
    check.id,
    '',
    wrap(check.title),
    '',
    ...verified.map(
      ({ requirement }) =>
        `  verifies  ${requirement.id} (${requirement.level}, ${requirement.source.document} ${requirement.source.section})`,
    ),
    ...(needs.length === 0 ? [] : [`  needs     ${needs.join(', ')}`]),
    ...controlsOf(check).map((title) => `  control   ${title}`),
    ...('profile' in check || 'run' in check
      ? [`  profile   ${'profile' in check && check.profile !== undefined ? check.profile : 'full'}`]
      : ['  profile   every one: it looks at whatever is sent']),
  ];
  return `${lines.join('\n')}\n`;
}
