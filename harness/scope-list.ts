/** Reads the answer of GET /scopes in each of its lawful shapes (contract, "The five operations"). */

const nameKeys = ['name', 'scope', 'id'] as const;

/** The name of one entry: a string, or an object's `name`, `scope` or `id`; undefined when it has none. */
function nameOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  return nameKeys.map((key) => (entry as Record<string, unknown>)[key]).find((value) => typeof value === 'string') as
    | string
    | undefined;
}

/** The names; undefined when the shape is none of the three, or an entry has no name. */
export function readScopeList(json: unknown): readonly string[] | undefined {
  const list =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>).scopes : json;
  if (!Array.isArray(list)) return undefined;
  const names = list.map(nameOf);
  return names.every((name) => name !== undefined) ? (names as string[]) : undefined;
}

/** RFC 6749 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
export const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
