/** Traceability: which check judges which requirement, which fault proves it, as data, text and the generated page of the docs. */

import { loadFaults } from '../reference/faults/index.ts';
import { loadCatalogue, shippedIds } from '../specs/catalogue.ts';
import { consequence, operations, type Requirement, type Source } from '../specs/requirement.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';

export interface CoverageRow {
  readonly requirement: Requirement;
  readonly checks: readonly string[];
  readonly faults: readonly string[];
  /** What a run says when it is broken. */
  readonly broken: 'fail' | 'warn' | 'info';
}

export async function coverage(): Promise<CoverageRow[]> {
  const [checks, observers, faults] = await Promise.all([loadChecks(), loadObservers(), loadFaults()]);
  const judges = [...checks, ...observers.map((make) => make())];
  return loadCatalogue().requirements.map((requirement) => ({
    requirement,
    checks: judges.filter(({ verifies }) => verifies.includes(requirement.id)).map(({ id }) => id),
    faults: faults.filter(({ breaks }) => breaks.includes(requirement.id)).map(({ id }) => id),
    broken: consequence(requirement.level),
  }));
}

/** What must agree with each other. */
export interface Traced {
  readonly requirements: readonly Pick<Requirement, 'id' | 'level' | 'untested' | 'attacks'>[];
  /** Checks and observers. */
  readonly judges: readonly { readonly id: string; readonly title: string; readonly verifies: readonly string[] }[];
  readonly faults: readonly { readonly id: string; readonly breaks: readonly string[] }[];
  readonly attacks: readonly { readonly id: string }[];
  /** Ids that an edition has shipped with. */
  readonly shipped: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
}

/** Catalogue, checks, faults and editions as they are. */
export async function traced(): Promise<Traced> {
  const [checks, observers, faults] = await Promise.all([loadChecks(), loadObservers(), loadFaults()]);
  const { requirements, attacks, aliases } = loadCatalogue();
  return {
    requirements,
    judges: [...checks, ...observers.map((make) => make())],
    faults,
    attacks,
    shipped: shippedIds(),
    aliases,
  };
}

/** Where catalogue, checks, faults and editions disagree; each a sentence. */
export function disagreements({ requirements, judges, faults, attacks, shipped, aliases }: Traced): string[] {
  const known = new Map(requirements.map((row) => [row.id, row]));
  const isAttack = new Set(attacks.map(({ id }) => id));
  return [
    ...requirements.flatMap(({ id, untested }) => {
      const own = judges.find(({ verifies }) => verifies.includes(id));
      if (own === undefined && untested === undefined)
        return [`${id} has neither a check nor a reason in \`untested\`.`];
      if (own !== undefined && untested !== undefined) return [`${id} is called untested and has the check ${own.id}.`];
      return [];
    }),
    ...requirements.flatMap(({ id, attacks: named = [] }) =>
      named.filter((attack) => !isAttack.has(attack)).map((attack) => `${id} names the unknown attack ${attack}.`),
    ),
    ...judges.flatMap(({ id, verifies }) =>
      verifies
        .filter((one) => !known.has(one))
        .map((one) => `${id} verifies ${one}, which the catalogue does not have.`),
    ),
    ...faults.flatMap(({ id, breaks }) =>
      breaks
        .filter((one) => !known.has(one))
        .map((one) => `The fault ${id} breaks ${one}, which the catalogue does not have.`),
    ),
    ...judges.flatMap(({ id, title, verifies }) =>
      keywordMismatch(
        id,
        title,
        verifies.map((one) => known.get(one)?.level),
      ),
    ),
    ...shipped.flatMap((id) => {
      const now = aliases[id] ?? id;
      return known.has(now) ? [] : [`${id} has shipped and is gone; name what took its place in specs/aliases.yaml.`];
    }),
  ];
}

function keywordMismatch(id: string, title: string, levels: readonly (string | undefined)[]): string[] {
  const keyword = /\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b/.exec(title)?.[1];
  return keyword === undefined || levels.includes(keyword)
    ? []
    : [`The title of ${id} says ${keyword}, its requirement ${levels.join(', ')}.`];
}

const link = (source: Source): string => {
  const text = `${source.document}${source.section === '' ? '' : `, ${source.section}`}`;
  return `[${text}](${source.url.replace(/^docs\//, '')})`;
};

const headings: Readonly<Record<string, string>> = {
  authenticate: 'POST /authenticate',
  token: 'POST /token',
  revoke: 'POST /revoke',
  'handoff/init': 'POST /handoff/init',
  scopes: 'GET /scopes',
  any: 'Every operation',
};

/** The generated page `docs/requirements.md`. */
export function requirementsMarkdown(rows: readonly CoverageRow[]): string {
  const { edition, digest } = loadCatalogue();
  const tested = rows.filter(({ checks }) => checks.length > 0);
  const sections = [...operations, 'any' as const].map((operation) => {
    const own = rows.filter(({ requirement }) => requirement.operation === operation);
    return `## ${headings[operation]}\n\n${own.map(entry).join('\n')}`;
  });
  return `<!-- Generated by \`npm run docs\`. -->
# Requirements

Edition ${edition}, digest \`${digest.slice(0, 16)}\`. ${rows.length} requirements: ${tested.length} tested, ${rows.length - tested.length} untested with a reason.
A broken MUST fails a run, a broken SHOULD warns, MAY informs.

${sections.join('\n\n')}
`;
}

function entry({ requirement, checks, faults }: CoverageRow): string {
  const { id, level, statement, source, alsoIn = [], appliesWhen, rationale, fix, untested } = requirement;
  const lines = [
    `### \`${id}\``,
    '',
    `**${level}.** ${statement}`,
    '',
    `- Source: ${[source, ...alsoIn].map(link).join('; ')}`,
    ...(appliesWhen === undefined ? [] : [`- Applies: ${appliesWhen}`]),
    `- Why: ${rationale}`,
    `- To fix: ${fix}`,
    untested === undefined
      ? `- Checks: ${checks.map((check) => `\`${check}\``).join(', ')}`
      : `- Untested: ${untested}`,
    ...(faults.length === 0 ? [] : [`- Proved by the faults: ${faults.map((fault) => `\`${fault}\``).join(', ')}`]),
    '',
  ];
  return lines.join('\n');
}
