/** Reads the challenges of WWW-Authenticate (RFC 9110 11.6.1). */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** In order, names in lower case, quoted strings unquoted; a name may come twice. */
  readonly params: readonly (readonly [name: string, value: string])[];
}

/** Each quoted string of a header (RFC 9110 5.6.4). */
export const quotedStrings = /"(?:[^"\\]|\\.)*"/g;

const scheme = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const param = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+))/;
const token68 = /^[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/;

/** The challenges of the header's field lines, as far as they follow the grammar: reading ends at the first octet that does not. */
export function parseChallenges(lines: readonly string[]): readonly Challenge[] {
  const found: { scheme: string; params: [string, string][] }[] = [];
  let rest = lines.join(', ');
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const pair = param.exec(rest);
    const current = found.at(-1);
    if (pair !== null && current !== undefined) {
      const [whole, name = '', quoted, plain = ''] = pair;
      current.params.push([name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')]);
      rest = rest.slice(whole.length);
      continue;
    }
    const name = scheme.exec(rest)?.[0];
    if (name === undefined) return found;
    found.push({ scheme: name.toLowerCase(), params: [] });
    rest = rest.slice(name.length);
    if (!/^\s/.test(rest)) continue;
    rest = rest.trimStart();
    if (!param.test(rest)) rest = rest.replace(token68, '');
  }
}
