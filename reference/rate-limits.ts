/** The limits of the real service (contract, public facts): 10 a minute on three operations, 100 in all. */

import type { Reference } from './context.ts';
import type { ErrorOperation } from './policy/errors.ts';

/** Requests a minute. */
export interface RateLimits {
  readonly authenticate?: number;
  readonly token?: number;
  readonly revoke?: number;
  readonly total?: number;
}

const windowMs = 60_000;

/** @returns the 429 for a request beyond a limit, else undefined. Limits are of real time: a moved clock does not lift them. */
export function limiter(limits: RateLimits, reference: Reference): (operation: ErrorOperation) => Response | undefined {
  const published: Readonly<Record<string, number>> = { authenticate: 10, token: 10, revoke: 10, total: 100, ...limits };
  const sent = new Map<string, number[]>();
  return (operation) => {
    const now = Date.now();
    const keys = [operation, 'total'].filter((key) => published[key] !== undefined);
    for (const key of keys) {
      const recent = (sent.get(key) ?? []).filter((at) => at > now - windowMs);
      sent.set(key, recent);
      const limit = published[key] ?? Number.POSITIVE_INFINITY;
      if (recent.length < limit) continue;
      const wait = Math.max(1, Math.ceil(((recent[recent.length - limit] ?? now) + windowMs - now) / 1000));
      return Response.json(reference.policy.errors.rateLimited(), { status: 429, headers: { 'retry-after': String(wait) } });
    }
    for (const key of keys) sent.get(key)?.push(now);
    return undefined;
  };
}
