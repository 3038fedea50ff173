/** Decisions of rate limiting (contract, public facts; RFC 6585 4). */

export const limits = {
  /** Requests a window for an operation, or `total` for all together; undefined: no limit. */
  published(key: string): number | undefined {
    return { authenticate: 10, token: 10, revoke: 10, total: 100 }[key];
  },

  /** Seconds of a window. */
  window(): number {
    return 60;
  },

  /** Status of a request over the limit. */
  status(): number {
    return 429;
  },

  /** `Retry-After` in whole seconds (RFC 9110 10.2.3); undefined sends none. */
  retryAfter(seconds: number): string | undefined {
    return String(Math.max(1, Math.ceil(seconds)));
  },
};
