/** Gaps between a look at the state and the change of it (RFC 9700 4.14.2). Only requests at once show them: no single history does. */

import { changed, type Policy } from '../policy/index.ts';
import type { RefreshFacts } from '../policy/refresh.ts';
import type { RevocationFacts } from '../policy/revocation.ts';
import type { Fault } from './types.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

type Consumes = (own: Policy['refresh'], facts: RefreshFacts) => Promise<void>;
const consuming = (consumes: Consumes) => (policy: Policy) =>
  changed(policy, { refresh: { consumes: (facts: RefreshFacts) => consumes(policy.refresh, facts) } });

/** A gap for some refreshes. */
const gap = (milliseconds: number, fits: (facts: RefreshFacts) => boolean = () => true) =>
  consuming(async (own, facts) => {
    if (fits(facts)) await pause(milliseconds);
    await own.consumes(facts);
  });

const doubled = ['refresh/single-use-race'];

/** The refresh writes back the session that it read before the revocation. */
const revives = (kind: 'access' | 'refresh' | 'both') =>
  consuming(async (own, facts) => {
    await own.consumes(facts);
    await pause(15);
    if (facts.session === undefined) return;
    if (kind !== 'refresh') facts.session.ended.access = false;
    if (kind !== 'access') facts.session.ended.refresh = false;
  });

/** Milliseconds that a request stays open for another one to meet it, on a busy machine too. */
const patience = 300;

/** Lets one request wait until another about the same session has come, so that a race does not hang on the machine's speed. */
function meetings() {
  const waiting = new Map<string, () => void>();
  return {
    /** @returns whether the other came within the patience */
    async waitsFor(sessionId: string): Promise<boolean> {
      let came = false;
      await Promise.race([
        pause(patience),
        new Promise<void>((resolve) => {
          waiting.set(sessionId, () => {
            came = true;
            resolve();
          });
        }),
      ]);
      waiting.delete(sessionId);
      return came;
    },
    /** @returns whether one was waiting */
    happens(sessionId: string): boolean {
      const meet = waiting.get(sessionId);
      meet?.();
      return meet !== undefined;
    },
  };
}

const faults: readonly Fault[] = [
  {
    id: 'races/refresh-gap-2ms',
    title: 'Two milliseconds lie between the look at a refresh token and its use',
    breaks: doubled,
    change: gap(2),
  },
  {
    id: 'races/refresh-gap-of-a-turn',
    title: 'The look at a refresh token and its use are two turns of the event loop',
    breaks: doubled,
    change: consuming(async (own, facts) => {
      await new Promise((resolve) => setImmediate(resolve));
      await own.consumes(facts);
    }),
  },
  {
    id: 'races/refresh-gap-20ms',
    title: 'Twenty milliseconds lie between the look at a refresh token and its use',
    breaks: doubled,
    change: gap(20),
  },
  {
    id: 'races/refresh-gap-public',
    title: 'Refresh tokens of public clients are marked late',
    breaks: doubled,
    change: gap(5, ({ method }) => method === 'none'),
  },
  {
    id: 'races/refresh-gap-post',
    title: 'Refresh tokens of clients that use post are marked late',
    breaks: doubled,
    change: gap(5, ({ method }) => method === 'client_secret_post'),
  },
  {
    id: 'races/refresh-gap-basic',
    title: 'Refresh tokens of clients that use Basic are marked late',
    breaks: doubled,
    change: gap(5, ({ method }) => method === 'client_secret_basic'),
  },
  {
    id: 'races/refresh-gap-third-party',
    title: 'Refresh tokens of third-party clients are marked late',
    breaks: doubled,
    change: gap(5, ({ client }) => client.role === 'third-party'),
  },
  {
    id: 'races/revocation-lost',
    title: 'A refresh writes back the session as it was before a revocation',
    breaks: ['refresh/revoked-race'],
    change: revives('both'),
  },
  {
    id: 'races/revocation-lost-for-access',
    title: 'A refresh makes the access tokens of a session alive again that was revoked meanwhile',
    breaks: ['refresh/revoked-race'],
    change: revives('access'),
  },
  {
    id: 'races/revocation-lost-for-refresh',
    title: 'A refresh makes the refresh tokens of a session alive again that was revoked meanwhile',
    breaks: ['refresh/revoked-race'],
    change: revives('refresh'),
  },
  {
    id: 'races/revocation-lost-for-good',
    title:
      'A refresh writes back a session that was revoked meanwhile, and a second revocation finds it revoked already',
    breaks: ['refresh/revoked-race'],
    change: (policy) => {
      const revoked = meetings();
      return changed(policy, {
        refresh: {
          async consumes(facts) {
            await policy.refresh.consumes(facts);
            if (!(await revoked.waitsFor(facts.record.sessionId)) || facts.session === undefined) return;
            facts.session.ended.access = false;
            facts.session.ended.refresh = false;
          },
        },
        revocation: {
          async ends(facts) {
            if (facts.found.session.endedAt === undefined) await policy.revocation.ends(facts);
            revoked.happens(facts.found.session.id);
          },
        },
      });
    },
  },
  {
    id: 'races/revocation-locked',
    title: 'While a session is being revoked another revocation of it is refused with 409',
    breaks: ['revoke/again'],
    change: (policy) => {
      const locked = new Set<string>();
      const isLocked = ({ found }: RevocationFacts): boolean => locked.has(found.session.id);
      return changed(policy, {
        revocation: {
          mayRevoke: (facts) => !isLocked(facts) && policy.revocation.mayRevoke(facts),
          foreignRefusal: (facts) =>
            isLocked(facts) ? { status: 409, error: 'invalid_request' } : policy.revocation.foreignRefusal(facts),
          async ends(facts) {
            locked.add(facts.found.session.id);
            await pause(20);
            await policy.revocation.ends(facts);
            locked.delete(facts.found.session.id);
          },
        },
      });
    },
  },
  {
    id: 'races/winner-outlives-session',
    title: 'Refresh tokens of a session for which refreshes have raced outlive its revocation',
    breaks: ['refresh/revoked-race'],
    change: (policy) => {
      const replayed = meetings();
      const raced = new Set<string>();
      return changed(policy, {
        refresh: {
          async consumes(facts) {
            await policy.refresh.consumes(facts);
            await replayed.waitsFor(facts.record.sessionId);
          },
          replayEndsSession(facts) {
            if (replayed.happens(facts.record.sessionId)) raced.add(facts.record.sessionId);
            return !raced.has(facts.record.sessionId) && policy.refresh.replayEndsSession(facts);
          },
          sessionIsAlive: (facts) => raced.has(facts.record.sessionId) || policy.refresh.sessionIsAlive(facts),
        },
      });
    },
  },
  {
    id: 'races/handoff-code-of-another',
    title: 'The hand-off code is kept in a variable that all requests share while it is stored',
    breaks: ['handoff/code-fresh'],
    change: (policy) => {
      let latest = '';
      return changed(policy, {
        handoff: {
          async mints(session, now) {
            latest = await policy.handoff.mints(session, now);
            await pause(20);
            return latest;
          },
        },
      });
    },
  },
];

export default faults.map((fault): Fault => ({ ...fault, generatedOnly: true }));
