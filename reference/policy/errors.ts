/** Decisions about the form of errors (RFC 6749 5.2; contract "Errors"). */

export const errorOperations = ['token', 'revoke', 'authenticate', 'handoff/init', 'scopes', 'other'] as const;

/** Where an error happens; `other`: on a path that is none of the five operations. */
export type ErrorOperation = (typeof errorOperations)[number];

export const errors = {
  /** The body of a refusal. */
  body(_operation: ErrorOperation, code: string, description: string, _status: number): Record<string, unknown> {
    return { error: code, error_description: description };
  },

  /** The `error` code that goes out. */
  code(_operation: ErrorOperation, code: string): string {
    return code;
  },

  /** The status that goes out. */
  status(_operation: ErrorOperation, _code: string, status: number): number {
    return status;
  },

  /** Errors are not kept by caches either (RFC 6749 5.2). */
  headers(_operation: ErrorOperation): Record<string, string> {
    return { 'cache-control': 'no-store', pragma: 'no-cache' };
  },

  /** The body of a 429 (contract, public facts). */
  rateLimited(): Record<string, unknown> {
    return { error: 'Too Many Requests', message: 'Rate limit exceeded, try again later.', statusCode: 429 };
  },

  /** Status of an unsupported method (RFC 9110 15.5.6). */
  wrongMethodStatus(_operation?: ErrorOperation): number {
    return 405;
  },

  /** The methods of a 405 (RFC 9110 10.2.1). */
  allow(methods: string, _operation?: ErrorOperation): string | undefined {
    return methods;
  },

  /** What a failure of the server itself says of its cause: nothing. */
  describesFailure(_error: unknown): string {
    return 'The server failed.';
  },
};
