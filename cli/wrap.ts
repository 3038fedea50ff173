/** Text for a terminal, broken between words. */

/** @param indent spaces before every line but the first; @param width characters a line */
export function wrap(text: string, indent = 0, width = Math.min(process.stdout.columns ?? 100, 110)): string {
  const [, lead = '', rest = ''] = /^(\s*)([\s\S]*)$/.exec(text) ?? [];
  const lines: string[] = [];
  let line = lead;
  for (const word of rest.split(/(?<=\S) (?=\S)/)) {
    const next = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    if (next.length > width && line.trim() !== '') {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = next;
  }
  return [...lines, line].join('\n');
}
