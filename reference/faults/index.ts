/** All faults: whatever the files of this folder export by default. */

import { loadFolder, pick } from '../load-folder.ts';
import { defaultPolicy } from '../policy/index.ts';
import { publicCases } from '../public-cases.ts';
import type { ServerOptions } from '../server.ts';
import type { Variant } from '../variants/types.ts';
import type { Fault } from './types.ts';

/** With the public case of each that has one. @throws Error when two faults share an id */
export async function loadFaults(): Promise<readonly Fault[]> {
  const faults = await loadFolder<Fault>(new URL('./', import.meta.url));
  return faults.map((fault) => {
    const reference = publicCases[fault.id];
    return reference === undefined ? fault : { ...fault, reference };
  });
}

/** @throws Error that names the first unknown id */
export async function findFaults(ids: readonly string[]): Promise<readonly Fault[]> {
  return pick(await loadFaults(), ids, 'fault');
}

/** What `createReference` and `startReference` take to behave with these faults and variants, applied in order. */
export function applyFaults(faults: readonly (Fault | Variant)[]): ServerOptions {
  const serve = faults.map((fault) => fault.serve);
  return {
    ...(Object.assign({}, ...serve) as ServerOptions),
    policy: faults.reduce((policy, fault) => fault.change?.(policy) ?? policy, defaultPolicy),
    transform: faults.map((fault) => fault.transform).filter((transform) => transform !== undefined),
  };
}
