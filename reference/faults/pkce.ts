/** Mistakes of Proof Key for Code Exchange. */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'pkce/verifier-optional-confidential',
    title: 'The verifier may be left out by confidential clients',
    breaks: ['token/pkce-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresVerifier: (facts) =>
            !(facts.client.secret !== undefined && facts.method !== 'none') && policy.code.requiresVerifier(facts),
        },
      }),
  },
  {
    id: 'pkce/verifier-unchecked-confidential',
    title: 'The verifier is required of confidential clients, and not compared',
    breaks: ['token/pkce-verifier-matches', 'token/pkce-no-plain'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            (facts.client.secret !== undefined && facts.method !== 'none') || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/plain-confidential',
    title: 'The challenge itself passes as the verifier of confidential clients',
    breaks: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            (facts.client.secret !== undefined && facts.method !== 'none' && verifier === facts.record.codeChallenge) ||
            policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/verifier-optional-public',
    title: 'The verifier may be left out by public clients',
    breaks: ['token/pkce-required'],
    change: (policy) =>
      changed(policy, {
        code: { requiresVerifier: (facts) => !(facts.method === 'none') && policy.code.requiresVerifier(facts) },
      }),
  },
  {
    id: 'pkce/verifier-unchecked-public',
    title: 'The verifier is required of public clients, and not compared',
    breaks: ['token/pkce-verifier-matches', 'token/pkce-no-plain'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) => facts.method === 'none' || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/plain-public',
    title: 'The challenge itself passes as the verifier of public clients',
    breaks: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            (facts.method === 'none' && verifier === facts.record.codeChallenge) ||
            policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/verifier-optional-third-party',
    title: 'The verifier may be left out by third-party clients',
    breaks: ['token/pkce-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresVerifier: (facts) => !(facts.client.role === 'third-party') && policy.code.requiresVerifier(facts),
        },
      }),
  },
  {
    id: 'pkce/verifier-unchecked-third-party',
    title: 'The verifier is required of third-party clients, and not compared',
    breaks: ['token/pkce-verifier-matches', 'token/pkce-no-plain'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            facts.client.role === 'third-party' || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/plain-third-party',
    title: 'The challenge itself passes as the verifier of third-party clients',
    breaks: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            (facts.client.role === 'third-party' && verifier === facts.record.codeChallenge) ||
            policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/verifier-optional-post',
    title: 'The verifier may be left out by clients that authenticate with client_secret_post',
    breaks: ['token/pkce-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresVerifier: (facts) => !(facts.method === 'client_secret_post') && policy.code.requiresVerifier(facts),
        },
      }),
  },
  {
    id: 'pkce/verifier-unchecked-post',
    title: 'The verifier is required of clients that authenticate with client_secret_post, and not compared',
    breaks: ['token/pkce-verifier-matches', 'token/pkce-no-plain'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            facts.method === 'client_secret_post' || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/plain-post',
    title: 'The challenge itself passes as the verifier of clients that authenticate with client_secret_post',
    breaks: ['token/pkce-no-plain', 'token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: (facts, verifier) =>
            (facts.method === 'client_secret_post' && verifier === facts.record.codeChallenge) ||
            policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
];

export default faults;
