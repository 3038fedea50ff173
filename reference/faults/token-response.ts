/** Mistakes in the form of the token pair (RFC 6749 5.1). */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'token-response/expires-in-string',
    title: 'expires_in is written as a string',
    breaks: ['token/response-expires-in'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), expires_in: String(facts.expiresIn) }) },
      }),
  },
  {
    id: 'token-response/token-type-missing',
    title: 'token_type is left out after a refresh',
    breaks: ['token/response-token-type'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.grant === 'refresh_token'
              ? { ...policy.tokens.pair(facts), token_type: undefined }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/refresh-token-empty',
    title: 'Third-party clients get an empty refresh token',
    breaks: ['token/response-refresh-token'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.client.role === 'third-party'
              ? { ...policy.tokens.pair(facts), refresh_token: '' }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/scope-array',
    title: 'scope is an array',
    breaks: ['token/response-scope'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), scope: facts.scope.split(' ') }) },
      }),
  },
  {
    id: 'token-response/scope-double-space',
    title: 'The names of a scope are separated by two spaces',
    breaks: ['token/response-scope'],
    change: (policy) =>
      changed(policy, {
        tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), scope: facts.scope.replaceAll(' ', '  ') }) },
      }),
  },
  {
    id: 'token-response/expires-in-fraction',
    title: 'expires_in is a fraction for public clients',
    breaks: ['token/response-expires-in'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) =>
            facts.method === 'none'
              ? { ...policy.tokens.pair(facts), expires_in: facts.expiresIn - 0.25 }
              : policy.tokens.pair(facts),
        },
      }),
  },
  {
    id: 'token-response/refresh-expires-in-string',
    title: 'refresh_expires_in is written as a duration',
    breaks: ['token/response-refresh-expires-in'],
    change: (policy) =>
      changed(policy, { tokens: { pair: (facts) => ({ ...policy.tokens.pair(facts), refresh_expires_in: '7d' }) } }),
  },
];

export default faults;
