/** What two runs must have in common to be one: the configuration, without its secrets. */

import { createHash } from 'node:crypto';
import type { TargetConfig } from './config.ts';

const secretKeys = new Set(['secret', 'token', 'password', 'codes']);

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !(secretKeys.has(key) && typeof member !== 'object'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
}

/** SHA-256 over the canonical JSON of the configuration; the same for the same target and dialect, whatever the secrets. */
export function configDigest(config: TargetConfig): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(config)))
    .digest('hex');
}
