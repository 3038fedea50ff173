import { afterEach, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { exitStatus } from '../../harness/judge.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { Report } from '../../specs/report.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';
import { dyingServer, type RoughServer, roughServers } from './rough-servers.ts';

const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
const open: RoughServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function examine(start: () => Promise<RoughServer>): Promise<Report> {
  const server = await start();
  open.push(server);
  return runChecks(suite, referenceConfig(server.url), () => true, 1, 300);
}

/** What every report on such a target must be: a judgement with reasons, never a fault of the suite. */
function expectSane(report: Report): void {
  expect(report.suiteErrors).toEqual([]);
  expect([1, 3]).toContain(exitStatus(report));
  expect(report.verdictReason).not.toBe('');
  for (const check of report.checks)
    if (check.outcome === 'fail' || check.outcome === 'inconclusive') expect(check.message).not.toBe('');
}

describe('the whole suite against a target that answers as no server should', () => {
  it.each(Object.entries(roughServers))('%s', { timeout: 60_000 }, async (_, start) => {
    // That it ends at all is the time limit of the test.
    const before = process.memoryUsage().rss;
    const report = await examine(start);
    expectSane(report);
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 1024 * 1024);
  });
});

describe('the suite against a target that goes away', () => {
  it('stops sending soon after nobody listens any more', { timeout: 30_000 }, async () => {
    const report = await examine(roughServers['nobody listens'] ?? (() => dyingServer(0)));
    expect(report.verdict).toBe('inconclusive');
    expect(report.requests.total ?? 0).toBeLessThan(60);
    expect(report.checks.filter(({ outcome }) => outcome === 'pass')).toEqual([]);
  });
  it.each([1, 40, 200])('names what happened when it ends after %i requests', { timeout: 60_000 }, async (after) => {
    expectSane(await examine(() => dyingServer(after)));
  });
});
