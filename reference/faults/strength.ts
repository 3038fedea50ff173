/** Codes and tokens that can be guessed (RFC 6749 10.10). */

import { randomBytes, randomInt } from 'node:crypto';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Each call of `make` gives the values of one server. */
const codes = (id: string, title: string, make: () => () => string): Fault => ({
  id: `strength/code-${id}`,
  title,
  breaks: ['strength/code-entropy'],
  change: (policy) => changed(policy, { code: { mints: make() } }),
});

const refreshTokens = (id: string, title: string, make: () => () => string): Fault => ({
  id: `strength/refresh-token-${id}`,
  title,
  breaks: ['strength/refresh-token-entropy'],
  change: (policy) => changed(policy, { refresh: { mints: make() } }),
});

const accessTokens = (id: string, title: string, make: () => () => string): Fault => ({
  id: `strength/access-token-${id}`,
  title,
  breaks: ['strength/access-token-entropy'],
  config: { accessToken: { format: 'opaque' } },
  change: (policy: Policy) => {
    const mint = make();
    return changed(policy, {
      tokens: { mintsAccessToken: async () => mint() },
      accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
    });
  },
});

/** 1, 2, 3, ... */
function numbers(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

const hex = (bytes: number) => () => randomBytes(bytes).toString('hex');

/** Consecutive numbers of some width after a constant beginning. */
const counter =
  (width: number, prefix = '') =>
  (): (() => string) => {
    const next = numbers();
    return () => `${prefix}${String(next()).padStart(width, '0')}`;
  };

const faults: readonly Fault[] = [
  {
    id: 'strength/least-bits',
    title: 'Codes and refresh tokens have 128 random bits',
    breaks: ['strength/suggested-entropy'],
    change: (policy) => changed(policy, { code: { mints: hex(16) }, refresh: { mints: hex(16) } }),
  },
  codes('counter', 'Codes are consecutive numbers', counter(32)),
  codes('six-digits', 'Codes are six digits longer than the last one', () => {
    const next = numbers();
    return () => `${next()}${String(randomInt(1_000_000)).padStart(6, '0')}`;
  }),
  codes('64-bits', 'Codes have 64 random bits', () => hex(8)),
  codes('ten-letters', 'Codes have ten letters', () => () => randomBytes(8).toString('base64url').slice(0, 10)),
  codes('constant-start', 'Only the last eight characters of a code are random', () => {
    const start = randomBytes(24).toString('base64url');
    return () => `${start}${randomBytes(6).toString('base64url')}`;
  }),
  codes('time', 'Codes are the time in microseconds', () => {
    let last = 0;
    return () => {
      last = Math.max(last + 1, Date.now() * 1000);
      return `code-${last}`;
    };
  }),
  refreshTokens('counter', 'Refresh tokens are consecutive numbers', counter(40, 'rt_')),
  refreshTokens('64-bits', 'Refresh tokens have 64 random bits', () => hex(8)),
  refreshTokens('80-bits', 'Refresh tokens have 80 random bits', () => hex(10)),
  refreshTokens('constant-start', 'Only the last eight characters of a refresh token are random', () => {
    const start = randomBytes(48).toString('base64url');
    return () => `${start}${randomBytes(6).toString('base64url')}`;
  }),
  refreshTokens('time', 'Refresh tokens are made of the time and a number', () => {
    const next = numbers();
    return () => Buffer.from(`refresh:${Date.now()}:${next()}`).toString('base64url');
  }),
  accessTokens('counter', 'Opaque access tokens are consecutive numbers', counter(40)),
  accessTokens('64-bits', 'Opaque access tokens have 64 random bits', () => hex(8)),
  {
    id: 'strength/handoff-code-six-digits',
    title: 'Hand-off codes are a number and six digits',
    breaks: ['strength/handoff-code-entropy'],
    change: (policy) => {
      const next = numbers();
      return changed(policy, {
        handoff: { mints: () => `${next()}${String(randomInt(1_000_000)).padStart(6, '0')}` },
      });
    },
  },
  {
    id: 'strength/handoff-code-counter',
    title: 'Hand-off codes are consecutive numbers',
    breaks: ['strength/handoff-code-entropy'],
    change: (policy) => changed(policy, { handoff: { mints: counter(32)() } }),
  },
];

export default faults;
