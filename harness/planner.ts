/** Which checks run, and in which order. */

import type { Check } from './check.ts';
import { type Profile, profiles } from './config.ts';

/** `--only` matched nothing. */
export class NothingSelected extends Error {
  override readonly name = 'NothingSelected';
}

export interface Selection {
  /** Independent of each other: may run side by side. */
  readonly concurrent: readonly Check[];
  /** Move the target's clock: one after the other, after all others. */
  readonly serial: readonly Check[];
}

/** A glob over ids: `*` within a path part, `**` over parts; a plain id also matches everything below it. */
export function globMatcher(glob: string): (id: string) => boolean {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\u0000', '.*');
  const pattern = new RegExp(`^${escaped}(?:/.*)?$`);
  return (id) => pattern.test(id);
}

function inProfile(check: Check, profile: Profile): boolean {
  return profiles.indexOf(check.profile ?? 'full') <= profiles.indexOf(profile);
}

/** @throws NothingSelected when `only` names no check or requirement */
export function planChecks(
  checks: readonly Check[],
  options: { readonly profile: Profile; readonly only?: readonly string[] },
): Selection {
  const only = options.only ?? [];
  const matchers = only.map(globMatcher);
  const chosen = checks.filter((check) =>
    matchers.length === 0
      ? inProfile(check, options.profile)
      : matchers.some((matches) => matches(check.id) || check.verifies.some(matches)),
  );
  if (chosen.length === 0)
    throw new NothingSelected(
      `--only ${only.join(' --only ')} matches no check and no requirement; \`list\` shows both.`,
    );
  return {
    concurrent: chosen.filter((check) => check.consumes !== 'clock'),
    serial: chosen.filter((check) => check.consumes === 'clock'),
  };
}
