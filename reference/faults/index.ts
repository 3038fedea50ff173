/** All faults: whatever the files of this folder export by default. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReferenceOptions } from '../app.ts';
import { defaultPolicy } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Default exports of the modules in a folder, by name; `index` and `types` are not among them. */
export async function loadFolder<T>(folder: URL): Promise<T[]> {
  const names = readdirSync(fileURLToPath(folder))
    .filter((name) => /\.(ts|js)$/.test(name) && !/^(index|types)\.|\.d\.ts$/.test(name))
    .sort();
  const modules = await Promise.all(names.map((name) => import(/* @vite-ignore */ new URL(name, folder).href) as Promise<{ default: readonly T[] }>));
  return modules.flatMap((module) => module.default);
}

/** @throws Error when two faults share an id */
export async function loadFaults(): Promise<readonly Fault[]> {
  const faults = await loadFolder<Fault>(new URL('./', import.meta.url));
  const seen = new Set<string>();
  for (const { id } of faults) {
    if (seen.has(id)) throw new Error(`Two faults have the id ${id}.`);
    seen.add(id);
  }
  return faults;
}

/** What `createReference` takes to behave with these faults or variants, applied in order. */
export function applyFaults(faults: readonly Fault[]): Pick<ReferenceOptions, 'policy' | 'transform'> {
  return {
    policy: faults.reduce((policy, fault) => fault.change?.(policy) ?? policy, defaultPolicy),
    transform: faults.map((fault) => fault.transform).filter((transform) => transform !== undefined),
  };
}
