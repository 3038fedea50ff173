import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { specFiles } from '../../specs/data.ts';
import { packageRoot } from '../../specs/package-root.ts';

it('the build puts down what the YAML of specs/ says, every file of it', () => {
  const built = JSON.parse(readFileSync(join(packageRoot(), 'dist', 'specs', 'data.json'), 'utf8'));
  const paths = [...specFiles('requirements'), 'openapi.yaml', 'attacks.yaml', 'aliases.yaml'];
  expect(Object.keys(built).sort()).toEqual([...paths].sort());
  for (const path of paths)
    expect(built[path], path).toEqual(parse(readFileSync(join(packageRoot(), 'specs', path), 'utf8')));
});
