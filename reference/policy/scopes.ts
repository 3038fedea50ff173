/** Decisions about scopes (RFC 6749 3.3). */

export const knownScopes: readonly string[] = [
  'universal-mcp-read',
  'universal-mcp-read-write',
  'llm-all',
  'agents-all',
  'agents-use',
  'connections',
  'account',
  'openid',
  'profile',
  'email',
];

export const scopes = {
  /** Every available scope (API reference "Get authorization scopes"). */
  available(): readonly string[] {
    return knownScopes;
  },

  /** The body of GET /scopes. */
  body(names: readonly string[]): unknown {
    return [...names];
  },

  /** GET /scopes needs no authentication. */
  needsAuthentication(_authorization: string | undefined): boolean {
    return false;
  },

  /** Unknown scopes are refused (RFC 6749 3.3). */
  acceptsRequested(names: readonly string[], available: readonly string[]): boolean {
    return names.every((name) => available.includes(name));
  },

  /** Granted when the request names none. */
  byDefault(_asked?: string): string {
    return 'account connections';
  },
};
