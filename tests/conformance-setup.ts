/** Gives the vitest project `conformance` its target: the configuration that AUTH_CONFORMANCE_CONFIG names or that lies here, else the reference. */

import { randomInt, randomUUID } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { chooseTarget } from '../cli/target.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const file = process.env.AUTH_CONFORMANCE_CONFIG;
  const { config, reference } = await chooseTarget(file === undefined ? {} : { config: file });
  project.provide('run', { config, seed: randomInt(2 ** 31), only: [], judged: [], channel: randomUUID() });
  return async () => {
    await reference?.close();
  };
}
