import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey } from '../../reference/server.ts';
import { renderHtml } from '../../reports/html.ts';
import { reportFormats, writeReports } from '../../reports/index.ts';
import { renderJson } from '../../reports/json.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { Report } from '../../specs/report.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runAgainstReference } from '../kill-matrix/job.ts';
import { sample } from './sample-report.ts';

/** The schema with nothing left open, so that it also describes every member that is written. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && copy.type === 'object' ? { additionalProperties: false, ...copy } : copy;
}

const schema = JSON.parse(readFileSync(new URL('../../specs/schemas/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(closed(schema) as object);
const errors = (report: unknown): unknown => (validate(report) ? [] : validate.errors);

describe('report.json', () => {
  it('satisfies its schema with one of everything', () => {
    expect(errors(JSON.parse(renderJson(sample)))).toEqual([]);
    expect(
      errors({
        ...sample,
        baseline: { known: ['a'], stale: [] },
        suiteErrors: [{ check: 'a', message: 'b' }],
        configDigest: 'd',
        shard: { index: 1, count: 2 },
        endedEarly: 'stopped',
      }),
    ).toEqual([]);
  });

  it.each([
    ['a verdict of another name', { ...sample, verdict: 'ok' }],
    ['no summary', { ...sample, summary: undefined }],
    ['another schemaVersion', { ...sample, schemaVersion: 2 }],
    ['a member that is not described', { ...sample, extra: 1 }],
  ])('does not satisfy it with %s', (_, report) => expect(errors(report)).not.toEqual([]));
});

describe('a report of a real run', () => {
  let report: Report;
  beforeAll(async () => {
    const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
    const select = (check: { id: string }) => /^token\/(code-single-use|code-exchange|pkce)/.test(check.id);
    report = await runAgainstReference(suite, { signingKey: await generateSigningKey() }, {}, select);
  });

  it('satisfies the schema', () => expect(errors(JSON.parse(renderJson(report)))).toEqual([]));

  it('shows no secret of the configuration and no token in any format', () => {
    const secrets = [
      /wl-secret|tp-secret/,
      /eyJ[\w-]{20,}/,
      new RegExp(Buffer.from('wl-confidential:wl-secret').toString('base64')),
    ];
    for (const text of [
      renderJson(report),
      renderJunit(report),
      renderHtml(report),
      renderTerminal(report, { colour: false, width: 80 }),
    ])
      for (const secret of secrets) expect(text).not.toMatch(secret);
  });
});

describe('the files of a report', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are report.json, junit.xml and report.html, in a folder made for them', async () => {
    const out = join(folder, 'a', 'b');
    expect(await writeReports(sample, out)).toEqual(
      ['report.json', 'junit.xml', 'report.html'].map((name) => join(out, name)),
    );
    expect(readdirSync(out).toSorted()).toEqual(['junit.xml', 'report.html', 'report.json']);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(sample)));
  });

  it('replace earlier ones and leave no temporary file', async () => {
    const out = join(folder, 'again');
    await writeReports(sample, out, reportFormats);
    await writeReports({ ...sample, seed: 8 }, out, ['json']);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).seed).toBe(8);
    expect(readdirSync(out)).toHaveLength(reportFormats.length);
  });

  it('are not left half-written where the folder cannot be made', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    await expect(writeReports(sample, file)).rejects.toThrow();
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});
