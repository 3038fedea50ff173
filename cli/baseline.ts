/** Known failures: a YAML list of requirement or check ids, each with the reason why it is known. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { BaselineEntry } from '../harness/judge.ts';
import { messageOf, UsageError } from './exit.ts';

/** @throws UsageError that names the entry which is wrong */
export function loadBaseline(file: string): readonly BaselineEntry[] {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const [line = ''] = messageOf(error).split('\n');
    throw new UsageError(`The baseline ${file} cannot be read: ${line}`);
  }
  if (!Array.isArray(value))
    throw new UsageError(
      `The baseline ${file} must be a list of entries such as "- { id: token/code-single-use, reason: ... }".`,
    );
  return value.map((entry: unknown, index) => {
    const { id, reason } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof reason !== 'string' || reason.trim() === '')
      throw new UsageError(`The baseline ${file}: entry ${index + 1} needs an "id" and a "reason".`);
    return { id, reason };
  });
}
