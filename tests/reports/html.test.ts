import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../reports/html.ts';
import { escapeHtml } from '../../reports/html-markup.ts';
import { sample } from './sample-report.ts';

const page = renderHtml(sample);
const script = /<script>([\s\S]*?)<\/script>/.exec(page)![1]!;
const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;

describe('the HTML report', () => {
  it('starts with the verdict', () => {
    expect(page.indexOf('<h1>Not conformant</h1>')).toBeGreaterThan(0);
    expect(page.indexOf('<h1>')).toBeLessThan(page.indexOf('<table>'));
    expect(page).toContain('<title>Not conformant: http://127.0.0.1:4010</title>');
  });

  it('tells a failure with clause, link, exchange, expectation, command and repair', () => {
    for (const part of [
      '<code class="id">token/code-single-use</code>',
      '<a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2" rel="noreferrer">RFC 6749 section 4.1.2</a>',
      'code=‹code:0123abcd›',
      'The request is refused: 400 with error invalid_grant.',
      'auth-conformance --only &#39;token/code-single-use/none&#39; --seed 7',
      'Mark the code as used.',
    ])
      expect(page).toContain(part);
  });

  it('says of what it is a part, and why it ended early', () => {
    const part = renderHtml({ ...sample, shard: { index: 2, count: 3 }, endedEarly: 'The run was interrupted.' });
    expect(part).toContain('<dt>Part</dt><dd>2 of 3</dd>');
    expect(part).toContain('<dt>Ended early</dt><dd>The run was interrupted.</dd>');
  });

  it('opens what failed and closes the rest', () => {
    const open = [...page.matchAll(/<details class="requirement (\w+)"[^>]*?( open)?>/g)].map(([, outcome, state]) => [
      outcome,
      state !== undefined,
    ]);
    expect(open).toEqual([
      ['fail', true],
      ['skip', false],
      ['warn', false],
      ['inconclusive', false],
    ]);
  });

  it('escapes everything that comes from the target', () => {
    expect(page).not.toContain('<script>alert');
    expect(page.match(/<script>/g)).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\ud800](?![\udc00-\udfff])/);
    expect(escapeHtml('<a href="x" id=\'y\'>&</a>')).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;');
  });

  it('links only to http clauses, never to what a path or script names', () => {
    expect(page).toContain('<span class="path">docs/contract.md#errors</span>');
    expect(
      [...page.matchAll(/href="([^"]*)"/g)].map(([, link]) => link).filter((link) => !/^(https?:|#)/.test(link!)),
    ).toEqual([]);
  });

  it('loads nothing from anywhere', () => {
    expect(page).not.toMatch(/\b(src|srcset|action|data|poster)=|<link|@import|url\(/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
    );
  });

  it('is complete without its script: nothing but the filter waits for it', () => {
    expect([...page.matchAll(/<(\w+)[^>]*\shidden[\s>]/g)].map(([, name]) => name)).toEqual(['form']);
    expect(() => new Function(script)).not.toThrow();
  });

  it('has each id once and each link inside a target', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, link] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(link);
  });

  it('balances its elements', () => {
    const stack: string[] = [];
    for (const [, closing, name] of page
      .replace(script, '')
      .replace(style, '')
      .matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (/^(meta|input|br)$/.test(name!)) continue;
      if (closing === '') stack.push(name!);
      else expect(stack.pop()).toBe(name);
    }
    expect(stack).toEqual([]);
  });
});
