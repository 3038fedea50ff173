/** Loads the requirement catalogue: `specs/requirements/*.yaml`, `specs/attacks.yaml`, `specs/aliases.yaml`. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { specData, specFiles } from './data.ts';
import { packageRoot } from './package-root.ts';
import type { Attack, Operation, Requirement, Source } from './requirement.ts';

export interface Catalogue {
  /** Date of the newest change of meaning, `YYYY-MM-DD`. */
  readonly edition: string;
  /** SHA-256 over the canonical JSON of the rows. */
  readonly digest: string;
  readonly requirements: readonly Requirement[];
  readonly attacks: readonly Attack[];
  /** Old requirement id -> the id that took its place. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** The edition that this version ships. */
export const edition = '2026-11-27';

type RawSource = { readonly document: string; readonly section?: string | number };
type RawRow = Omit<Requirement, 'operation' | 'source' | 'alsoIn'> & {
  operation?: Operation;
  source: RawSource;
  alsoIn?: readonly RawSource[];
};
interface RawFile {
  readonly operation?: Operation;
  readonly requirements: readonly RawRow[];
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** A link to the clause. @throws Error for a document that is not known */
export function sourceUrl(document: string, section: string): string {
  const rfc = /^RFC (\d+)$/.exec(document)?.[1];
  if (rfc !== undefined) {
    const anchor = section === '' ? '' : /^[A-Z]/.test(section) ? `#appendix-${section}` : `#section-${section}`;
    return `https://www.rfc-editor.org/rfc/rfc${rfc}${anchor}`;
  }
  if (document === 'OAuth 2.1')
    return `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1${section === '' ? '' : `#section-${section}`}`;
  const erc = /^ERC-(\d+)$/.exec(document)?.[1];
  if (erc !== undefined) return `https://eips.ethereum.org/EIPS/eip-${erc}${section === '' ? '' : `#${slug(section)}`}`;
  if (document === 'API reference' || document === 'Contract') return `docs/contract.md#${slug(section)}`;
  throw new Error(`The catalogue cites ${document}, which it has no link for.`);
}

function source(raw: RawSource): Source {
  const section = String(raw.section ?? '');
  return { document: raw.document, section, url: sourceUrl(raw.document, section) };
}

let loaded: Catalogue | undefined;

/** The catalogue, read once a process. @throws Error when a row repeats an id or cites an unknown document */
export function loadCatalogue(): Catalogue {
  if (loaded !== undefined) return loaded;
  const requirements = specFiles('requirements').flatMap((name) => {
    const file = specData(name) as RawFile;
    return file.requirements.map((row): Requirement => {
      const operation = row.operation ?? file.operation;
      if (operation === undefined) throw new Error(`${name}: ${row.id} names no operation.`);
      const { alsoIn, ...rest } = row;
      return {
        ...rest,
        operation,
        source: source(row.source),
        ...(alsoIn === undefined ? {} : { alsoIn: alsoIn.map(source) }),
      };
    });
  });
  const seen = new Set<string>();
  for (const { id } of requirements) {
    if (seen.has(id)) throw new Error(`The catalogue has ${id} twice.`);
    seen.add(id);
  }
  const attacks = specData('attacks.yaml') as readonly (Omit<Attack, 'source'> & {
    source?: RawSource;
  })[];
  const aliases = (specData('aliases.yaml') ?? {}) as Record<string, string>;
  const digest = createHash('sha256').update(JSON.stringify(requirements)).digest('hex');
  loaded = {
    edition,
    digest,
    requirements,
    attacks: attacks.map(({ source: from, ...attack }) => ({
      ...attack,
      ...(from === undefined ? {} : { source: source(from) }),
    })),
    aliases,
  };
  return loaded;
}

/** The editions that this version can judge by. */
export const editions: readonly string[] = [edition];

/** The id that a requirement has now. */
export function applicableAlias(id: string): string {
  return loadCatalogue().aliases[id] ?? id;
}

/** Ids of all requirements that any edition has shipped with: they stay, or have an alias. */
export function shippedIds(): readonly string[] {
  const folder = join(packageRoot(), 'specs', 'editions');
  if (!existsSync(folder)) return [];
  const editions = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { ids: string[] },
  );
  return [...new Set(editions.flatMap(({ ids }) => ids))];
}
