/** Mistakes of the authorization code grant: reuse, binding, lifetime, look-up. */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'token-code/code-reusable-confidential',
    title: 'A code may be used again by confidential clients',
    breaks: ['token/code-single-use', 'token/code-replay-revokes'],
    change: (policy) =>
      changed(policy, {
        code: {
          mayBeUsed: (facts) =>
            (facts.client.secret !== undefined && facts.method !== 'none') || policy.code.mayBeUsed(facts),
        },
      }),
  },
  {
    id: 'token-code/foreign-code-confidential',
    title: 'The client of a code is not compared for confidential clients',
    breaks: ['token/code-client-binding'],
    change: (policy) =>
      changed(policy, {
        code: {
          belongsTo: (facts) =>
            (facts.client.secret !== undefined && facts.method !== 'none') || policy.code.belongsTo(facts),
        },
      }),
  },
  {
    id: 'token-code/never-expires-confidential',
    title: 'Codes of confidential clients never expire',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) =>
      changed(policy, {
        code: {
          isFresh: (facts, lifetime) =>
            (facts.client.secret !== undefined && facts.method !== 'none') || policy.code.isFresh(facts, lifetime),
        },
      }),
  },
  {
    id: 'token-code/code-reusable-public',
    title: 'A code may be used again by public clients',
    breaks: ['token/code-single-use', 'token/code-replay-revokes'],
    change: (policy) =>
      changed(policy, { code: { mayBeUsed: (facts) => facts.method === 'none' || policy.code.mayBeUsed(facts) } }),
  },
  {
    id: 'token-code/foreign-code-public',
    title: 'The client of a code is not compared for public clients',
    breaks: ['token/code-client-binding'],
    change: (policy) =>
      changed(policy, { code: { belongsTo: (facts) => facts.method === 'none' || policy.code.belongsTo(facts) } }),
  },
  {
    id: 'token-code/never-expires-public',
    title: 'Codes of public clients never expire',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) =>
      changed(policy, {
        code: { isFresh: (facts, lifetime) => facts.method === 'none' || policy.code.isFresh(facts, lifetime) },
      }),
  },
  {
    id: 'token-code/code-reusable-third-party',
    title: 'A code may be used again by third-party clients',
    breaks: ['token/code-single-use', 'token/code-replay-revokes'],
    change: (policy) =>
      changed(policy, {
        code: { mayBeUsed: (facts) => facts.client.role === 'third-party' || policy.code.mayBeUsed(facts) },
      }),
  },
  {
    id: 'token-code/foreign-code-third-party',
    title: 'The client of a code is not compared for third-party clients',
    breaks: ['token/code-client-binding'],
    change: (policy) =>
      changed(policy, {
        code: { belongsTo: (facts) => facts.client.role === 'third-party' || policy.code.belongsTo(facts) },
      }),
  },
  {
    id: 'token-code/never-expires-third-party',
    title: 'Codes of third-party clients never expire',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) =>
      changed(policy, {
        code: {
          isFresh: (facts, lifetime) => facts.client.role === 'third-party' || policy.code.isFresh(facts, lifetime),
        },
      }),
  },
  {
    id: 'token-code/code-reusable-post',
    title: 'A code may be used again by clients that authenticate with client_secret_post',
    breaks: ['token/code-single-use', 'token/code-replay-revokes'],
    change: (policy) =>
      changed(policy, {
        code: { mayBeUsed: (facts) => facts.method === 'client_secret_post' || policy.code.mayBeUsed(facts) },
      }),
  },
  {
    id: 'token-code/foreign-code-post',
    title: 'The client of a code is not compared for clients that authenticate with client_secret_post',
    breaks: ['token/code-client-binding'],
    change: (policy) =>
      changed(policy, {
        code: { belongsTo: (facts) => facts.method === 'client_secret_post' || policy.code.belongsTo(facts) },
      }),
  },
  {
    id: 'token-code/never-expires-post',
    title: 'Codes of clients that authenticate with client_secret_post never expire',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) =>
      changed(policy, {
        code: {
          isFresh: (facts, lifetime) => facts.method === 'client_secret_post' || policy.code.isFresh(facts, lifetime),
        },
      }),
  },
  {
    id: 'token-code/lifetime-an-hour-and-a-quarter',
    title: 'Codes live 75 minutes',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) => changed(policy, { code: { lifetime: () => 4500 } }),
  },
  {
    id: 'token-code/lifetime-in-minutes',
    title: 'The ten minutes of a code are counted as 600 minutes',
    breaks: ['token/code-expires', 'token/code-lifetime-ten-minutes'],
    change: (policy) => changed(policy, { code: { lifetime: () => 36000 } }),
  },
  {
    id: 'token-code/lifetime-half-an-hour',
    title: 'Codes live half an hour',
    breaks: ['token/code-lifetime-ten-minutes'],
    change: (policy) => changed(policy, { code: { lifetime: () => 1800 } }),
  },
  {
    id: 'token-code/replay-leaves-session',
    title: 'A replayed code is refused, and the tokens of its first use go on working',
    breaks: ['token/code-replay-revokes'],
    change: (policy) => changed(policy, { code: { replayEndsSession: () => false } }),
  },
  {
    id: 'token-code/code-trimmed',
    title: 'White space around a code is cut off',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, { code: { finds: (codes, presented) => policy.code.finds(codes, presented.trim()) } }),
  },
  {
    id: 'token-code/code-any-case',
    title: 'Codes are compared without regard to letter case',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, {
        code: {
          finds: (codes, presented) => [...codes].find(([code]) => code.toLowerCase() === presented.toLowerCase())?.[1],
        },
      }),
  },
  {
    id: 'token-code/code-prefix',
    title: 'A code is found by its beginning',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, {
        code: { finds: (codes, presented) => [...codes].find(([code]) => code.startsWith(presented))?.[1] },
      }),
  },
  {
    id: 'token-code/code-longer',
    title: 'What follows a code is ignored',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, {
        code: { finds: (codes, presented) => [...codes].find(([code]) => presented.startsWith(code))?.[1] },
      }),
  },
  {
    id: 'token-code/code-suffix',
    title: 'A code is found by its end',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, {
        code: { finds: (codes, presented) => [...codes].find(([code]) => code.endsWith(presented))?.[1] },
      }),
  },
  {
    id: 'token-code/slow-consume',
    title: 'Between the look at a code and its mark there is a gap',
    breaks: ['token/code-single-use-race'],
    change: (policy) =>
      changed(policy, {
        code: {
          consumes: async (facts) => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            await policy.code.consumes(facts);
          },
        },
      }),
  },
];

export default faults;
