/** Decisions about the form of errors (RFC 6749 5.2; contract "Errors"). */

export type ErrorOperation = 'token' | 'revoke' | 'authenticate' | 'handoff/init' | 'scopes' | 'other';

export const errors = {
  /** The body of a refusal. */
  body(_operation: ErrorOperation, code: string, description: string, _status: number): Record<string, unknown> {
    return { error: code, error_description: description };
  },

  /** The `error` code that goes out. */
  code(_operation: ErrorOperation, code: string): string {
    return code;
  },

  status(_operation: ErrorOperation, _code: string, status: number): number {
    return status;
  },

  headers(_operation: ErrorOperation): Record<string, string> {
    return { 'cache-control': 'no-store', pragma: 'no-cache' };
  },

  /** The body of a 429 (contract, public facts). */
  rateLimited(): Record<string, unknown> {
    return { error: 'Too Many Requests', message: 'Rate limit exceeded, try again later.', statusCode: 429 };
  },

  /** Status of an unsupported method (RFC 9110 15.5.6). */
  wrongMethodStatus(): number {
    return 405;
  },
};
