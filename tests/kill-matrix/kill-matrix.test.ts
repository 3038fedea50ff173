import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../specs/package-root.ts';

it('every fault is caught by what it breaks, every check is seen to fail, and no lawful variant is accused', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot(), 'dist/tests/kill-matrix/main.js'), '--sample', '30'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  expect(`${stdout}${stderr}`.trimEnd().split('\n').slice(-1).join()).toMatch(
    /every fault caught.*every check seen to fail/,
  );
  expect(status).toBe(0);
}, 1_800_000);
