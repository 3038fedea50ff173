/** Limits as the real service has them (contract, public facts), on the reference's own clock. */

import type { Reference } from './context.ts';
import { jsonResponse } from './json-response.ts';
import type { ErrorOperation } from './policy/errors.ts';

/** Requests a minute, instead of the published ones. */
export interface RateLimits {
  readonly authenticate?: number;
  readonly token?: number;
  readonly revoke?: number;
  readonly total?: number;
}

/** @returns the answer to a request beyond a limit, else undefined: then the request counts */
export function limiter(limits: RateLimits, reference: Reference): (operation: ErrorOperation) => Response | undefined {
  const { policy } = reference;
  const published = (key: string): number | undefined =>
    Object.hasOwn(limits, key) ? limits[key as keyof RateLimits] : policy.limits.published(key);
  const sent = new Map<string, number[]>();

  /** Seconds until a request under this key is free; 0 now. */
  const wait = (key: string, now: number): number => {
    const limit = published(key) ?? Number.POSITIVE_INFINITY;
    const recent = (sent.get(key) ?? []).filter((at) => at > now - policy.limits.window());
    sent.set(key, recent);
    return recent.length < limit ? 0 : (recent[recent.length - limit] ?? now) + policy.limits.window() - now;
  };

  return (operation) => {
    const now = reference.now();
    const keys = [operation, 'total'];
    const seconds = Math.max(...keys.map((key) => wait(key, now)));
    if (seconds === 0) {
      for (const key of keys) sent.get(key)?.push(now);
      return undefined;
    }
    const retryAfter = policy.limits.retryAfter(seconds);
    return jsonResponse(policy.errors.rateLimited(), {
      status: policy.limits.status(),
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    });
  };
}
