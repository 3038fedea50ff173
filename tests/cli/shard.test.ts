import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { startReference } from '../../reference/server.ts';
import type { Report } from '../../specs/report.ts';
import { emptyFolder, run } from './program.ts';

const reportIn = (folder: string): Report => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;

it('the merged report of two shards says what the unsharded one says', async () => {
  const reference = await startReference();
  try {
    const cwd = emptyFolder();
    const { operations: _, basePath: __, ...config } = referenceConfig(reference.url);
    writeFileSync(join(cwd, 'target.json'), JSON.stringify(config));
    const judge = (...more: string[]) =>
      run(
        [
          '--config',
          'target.json',
          '--seed',
          '11',
          '--runs',
          '4',
          '--only',
          'token',
          '--only',
          'handoff',
          '--only',
          'observer',
          ...more,
        ],
        { cwd },
      );
    expect((await judge('--out', 'whole')).status).toBe(0);
    expect((await judge('--out', 'one', '--shard', '1/2')).status).toBe(0);
    expect((await judge('--out', 'two', '--shard', '2/2')).status).toBe(0);
    const merged = await run(['merge', 'one', 'two', '--out', 'merged'], { cwd });
    expect(merged.stderr).toBe('');
    expect(merged.status).toBe(0);
    const [whole, both] = [reportIn(join(cwd, 'whole')), reportIn(join(cwd, 'merged'))];
    const told = (report: Report) =>
      report.checks.map(({ id, outcome, runs }) => `${id} ${outcome} ${runs ?? ''}`).sort();
    expect(told(both)).toEqual(told(whole));
    expect(both.requirements.map(({ id, outcome }) => [id, outcome])).toEqual(
      whole.requirements.map(({ id, outcome }) => [id, outcome]),
    );
    expect(both.verdict).toBe(whole.verdict);

    const half = await run(['merge', 'one', '--out', 'merged'], { cwd });
    expect(half.stderr).toMatch(/Shard 2 of 2 is missing/);
    const twice = await run(['merge', 'one', 'one', 'two', '--out', 'merged'], { cwd });
    expect(twice.stderr).toMatch(/Shard 1 of 2 is there twice/);
    const unsharded = await run(['merge', 'whole', '--out', 'merged'], { cwd });
    expect(unsharded.stderr).toMatch(/whole is no part of a sharded run/);
    expect((await judge('--out', 'other', '--shard', '2/2', '--profile', 'smoke')).status).toBe(0);
    const mixed = await run(['merge', 'one', 'other', '--out', 'merged'], { cwd });
    expect(mixed.stderr).toMatch(/cannot be merged: their (configuration|profile) differs/);
    expect(mixed.status).toBe(2);
  } finally {
    await reference.close();
  }
}, 240_000);
