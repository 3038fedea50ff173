import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../reports/junit.ts';
import type { Report } from '../../specs/report.ts';
import { hostile, sample } from './sample-report.ts';

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
function decode(text: string): string {
  return text.replace(/&(#\d+|\w+);/g, (_, name: string) => {
    const value = name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : entities[name];
    if (value === undefined) throw new Error(`unknown entity ${name}`);
    return value;
  });
}

/** Parses the XML that JUnit needs, and refuses everything that is not well-formed. */
function parseXml(xml: string): Node {
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(xml)) throw new Error('a character XML forbids');
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const token = /<\?xml [^?]*\?>|<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let match = token.exec(xml); match !== null; match = token.exec(xml)) {
    end = token.lastIndex;
    const [, closing, name, attributes, empty, text] = match;
    const top = stack.at(-1)!;
    if (text !== undefined) {
      if (/&(?!(#\d+|\w+);)/.test(text) || text.includes(']]>')) throw new Error(`bad text ${text}`);
      top.text += decode(text);
    } else if (closing === '/') {
      if (stack.pop()!.name !== name) throw new Error(`unbalanced ${name}`);
    } else if (name !== undefined) {
      const pairs = [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, decode(value!)]);
      const node: Node = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      top.children.push(node);
      if (empty !== '/') stack.push(node);
    }
  }
  if (end !== xml.length || stack.length !== 1) throw new Error(`not well-formed at ${xml.slice(end, end + 60)}`);
  return root.children[0]!;
}

function cases(report: Report): Map<string, Node> {
  const document = parseXml(renderJunit(report));
  const found = document.children.flatMap((suite) => suite.children.filter((child) => child.name === 'testcase'));
  return new Map(found.map((node) => [node.attributes.name!, node]));
}
const verdict = (node: Node | undefined): Node | undefined =>
  node?.children.find((child) => child.name !== 'properties');

describe('the JUnit report', () => {
  it('counts what a CI system shows', () =>
    expect(parseXml(renderJunit(sample)).attributes).toEqual({
      name: 'auth-conformance 0.1.0',
      tests: '6',
      failures: '1',
      errors: '1',
      skipped: '2',
      time: '66.500',
    }));

  it('tells a broken MUST as a failure with its clause, exchange and command', () => {
    const failure = verdict(cases(sample).get('token/code-single-use/none'))!;
    expect(failure.name).toBe('failure');
    expect(failure.attributes.type).toBe('MUST NOT');
    for (const part of [
      'RFC 6749 section 4.1.2',
      'Expected: The request is refused',
      'Sent: POST http',
      'Came: 200',
      'curl -i',
    ])
      expect(failure.text).toContain(part);
  });

  it('tells a broken SHOULD without failing, unless the run is strict', () => {
    expect(verdict(cases(sample).get('scopes/warns'))!.name).toBe('system-out');
    expect(verdict(cases({ ...sample, strict: true }).get('scopes/warns'))!.name).toBe('failure');
  });

  it('tells what could not be judged as an error, and what does not apply as skipped, with the reasons', () => {
    expect(verdict(cases(sample).get('http/inconclusive'))).toMatchObject({
      name: 'error',
      attributes: { message: 'No answer.' },
    });
    expect(verdict(cases(sample).get('token/skips'))).toMatchObject({
      name: 'skipped',
      attributes: { message: 'No clock.' },
    });
    expect(verdict(cases(sample).get('token/passes'))).toBeUndefined();
  });

  it('fails nothing that the baseline lists, and fails stale entries', () => {
    const found = cases({ ...sample, baseline: { known: ['token/code-single-use', 'old'], stale: ['old'] } });
    expect(verdict(found.get('token/code-single-use/none'))!.name).toBe('skipped');
    expect(verdict(found.get('old'))!.name).toBe('failure');
  });

  it('shows errors of the suite', () => {
    const found = cases({ ...sample, suiteErrors: [{ check: 'a/b', message: hostile }] });
    expect(verdict(found.get('a/b'))!.name).toBe('error');
  });

  it('carries hostile text without its forbidden characters', () => {
    const { message } = verdict(cases(sample).get('token/code-single-use/none'))!.attributes;
    expect(message).toBe('<script>alert(1)</script> & ]]> \ufffd[31m\ufffd\ufffd\u202e\ufffd "quoted" \'single\'');
  });
});
