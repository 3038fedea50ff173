/** The member names of a JSON object as they are written, repetitions and all, which `JSON.parse` does not tell (RFC 8259 4). */

/** @param text a JSON text; @returns the names of its outermost object, in order; none when it is no object */
export function outerMembers(text: string): string[] {
  const names: string[] = [];
  // Strings, brackets and separators are all that decides which strings are names of the outermost object.
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g) ?? [];
  if (tokens[0] !== '{') return names;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.startsWith('"') && tokens[index + 1] === ':') names.push(JSON.parse(token) as string);
  }
  return names;
}

/** @param text a JSON text; @returns the names that some object of it, at any depth, has more than once */
export function repeatedMembers(text: string): string[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g) ?? [];
  const open: Set<string>[] = [];
  const repeated = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token.startsWith('"') && tokens[index + 1] === ':') {
      const name = JSON.parse(token) as string;
      const names = open.at(-1);
      if (names?.has(name) === true) repeated.add(name);
      names?.add(name);
    }
  }
  return [...repeated];
}
