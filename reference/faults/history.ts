/** Mistakes that show only after a certain history: no single request, and no short scenario, is answered wrongly (contract "Sessions and liveness"). */

import type { AccessRecord, RefreshRecord, Session, Store } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { RevocationFacts } from '../policy/revocation.ts';
import type { Fault } from './types.ts';

const breaks = ['session/history'];

const refreshesOf = (store: Store, session: Session): RefreshRecord[] =>
  [...store.refreshTokens.values()].filter((one) => one.sessionId === session.id);
const accessOf = (store: Store, session: Session): AccessRecord[] =>
  [...store.accessTokens.values()].filter((one) => one.sessionId === session.id);

/** Replaces how a revocation ends a session; `own` ends it rightly. */
const ending =
  (ends: (facts: RevocationFacts, own: () => void | Promise<void>) => void | Promise<void>) => (policy: Policy) =>
    changed(policy, { revocation: { ends: (facts) => ends(facts, () => policy.revocation.ends(facts)) } });

/** Sessions of which something is remembered, by id. */
const remembered = () => new Set<string>();

const refreshing: readonly Fault[] = [
  {
    id: 'history/used-again-after-continuation',
    title: 'A continuation forgets which refresh tokens of its session were used',
    breaks: [...breaks, 'refresh/single-use'],
    change: (policy) => {
      const forgotten = remembered();
      return changed(policy, {
        session: { continuing: ({ session }) => void forgotten.add(session.id) },
        refresh: { mayBeUsed: (facts) => forgotten.has(facts.record.sessionId) || policy.refresh.mayBeUsed(facts) },
      });
    },
  },
  {
    id: 'history/used-again-after-hand-off',
    title: 'A hand-off after a refresh writes the session back as it was, and the used refresh token is good again',
    breaks: [...breaks, 'refresh/single-use'],
    change: (policy) => {
      const forgotten = remembered();
      return changed(policy, {
        handoff: { touchesSession: (session) => void forgotten.add(session.id) },
        refresh: {
          mayBeUsed: (facts) => {
            const back = forgotten.delete(facts.record.sessionId);
            return back || policy.refresh.mayBeUsed(facts);
          },
        },
      });
    },
  },
  {
    id: 'history/handed-off-for-another-client',
    title: 'The refreshed tokens of a session that was handed off are taken from any client',
    breaks,
    change: (policy) => {
      const handedOff = remembered();
      return changed(policy, {
        handoff: { touchesSession: (session) => void handedOff.add(session.id) },
        refresh: {
          belongsTo: (facts) =>
            (facts.record.generation > 0 && handedOff.has(facts.record.sessionId)) || policy.refresh.belongsTo(facts),
        },
      });
    },
  },
  {
    id: 'history/replay-ends-the-latest',
    title: 'The replay of a refresh token ends the latest session of its wallet instead of its own',
    breaks,
    change: (policy) => {
      const latest = new Map<string, Session>();
      return changed(policy, {
        tokens: {
          claims(claims, facts) {
            if (facts.grant === 'siwe') latest.set(facts.session.wallet ?? '', facts.session);
            return policy.tokens.claims(claims, facts);
          },
        },
        session: {
          ends: (session, cause, now) => policy.session.ends(latest.get(session.wallet ?? '') ?? session, cause, now),
        },
      });
    },
  },
  {
    id: 'history/widened-after-narrowing',
    title: 'After a refresh for less scope the next one is granted whatever it asks for',
    breaks: [...breaks, 'refresh/scope-not-widened'],
    change: (policy) => {
      const narrowed = remembered();
      return changed(policy, {
        refresh: {
          grants(granted, asked, facts) {
            const id = facts?.record.sessionId ?? '';
            if (asked !== undefined && narrowed.has(id)) return asked;
            const scope = policy.refresh.grants(granted, asked, facts);
            if (scope !== undefined && scope !== granted) narrowed.add(id);
            return scope;
          },
        },
      });
    },
  },
  {
    id: 'history/detached-by-second-refresh',
    title: 'The second refresh of a session that was continued issues tokens that no revocation reaches',
    breaks,
    change: (policy) => {
      const continued = remembered();
      const counts = new Map<string, number>();
      const detached = new Set<string>();
      return changed(policy, {
        session: { continuing: ({ session }) => void continued.add(session.id) },
        tokens: {
          claims(claims, facts) {
            const own = policy.tokens.claims(claims, facts);
            if (facts.grant !== 'refresh_token') return own;
            const count = (counts.get(facts.session.id) ?? 0) + 1;
            counts.set(facts.session.id, count);
            if (count > 1 && continued.has(facts.session.id)) detached.add(String(own.jti));
            return own;
          },
        },
        accessToken: {
          sessionIsAlive: (session, record, now) =>
            (record !== undefined && detached.has(record.jti)) ||
            policy.accessToken.sessionIsAlive(session, record, now),
        },
      });
    },
  },
];

const codes: readonly Fault[] = [
  {
    id: 'history/code-again-after-replay',
    title: 'The code of a session is good again once one of its refresh tokens was replayed',
    breaks,
    change: (policy) => {
      const replayed = remembered();
      return changed(policy, {
        refresh: {
          replayEndsSession(facts) {
            replayed.add(facts.record.sessionId);
            return policy.refresh.replayEndsSession(facts);
          },
        },
        code: { mayBeUsed: (facts) => replayed.has(facts.record.sessionId ?? '') || policy.code.mayBeUsed(facts) },
      });
    },
  },
  {
    id: 'history/code-again-after-second-refresh',
    title: 'The mark of a used code is lost with the second refresh of its session',
    breaks,
    change: (policy) => {
      const refreshed = remembered();
      return changed(policy, {
        refresh: {
          consumes(facts) {
            if (facts.record.generation > 0) refreshed.add(facts.record.sessionId);
            return policy.refresh.consumes(facts);
          },
        },
        code: { mayBeUsed: (facts) => refreshed.has(facts.record.sessionId ?? '') || policy.code.mayBeUsed(facts) },
      });
    },
  },
];

const revoking: readonly Fault[] = [
  {
    id: 'history/hint-of-refreshed',
    title: 'After a refresh a token is looked for only among those of its hint',
    breaks,
    change: (policy) =>
      changed(policy, {
        revocation: {
          finds(store, token, hint, facts) {
            const found = policy.revocation.finds(store, token, hint, facts);
            const refreshed = found !== undefined && refreshesOf(store, found.session).length > 1;
            return refreshed && hint !== undefined && hint !== found.kind ? undefined : found;
          },
        },
      }),
  },
  {
    id: 'history/foreign-revocation-of-refreshed',
    title: 'The token of a refreshed session is revoked whoever asks',
    breaks: [...breaks, 'revoke/foreign-client'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          mayRevoke: (facts) =>
            refreshesOf(facts.store, facts.found.session).length > 1 || policy.revocation.mayRevoke(facts),
        },
      }),
  },
  {
    id: 'history/continued-pair-survives',
    title: 'The access token of a session that was continued and then refreshed revokes itself and no other token',
    breaks,
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const { access, session } = facts.found;
            const grants = new Set(accessOf(facts.store, session).map(({ grant }) => grant));
            const continued = accessOf(facts.store, session).filter(({ grant }) => grant === 'siwe').length > 1;
            if (access === undefined || !continued || !grants.has('refresh_token'))
              return policy.revocation.ends(facts);
            access.revoked = true;
          },
        },
      }),
  },
  {
    id: 'history/revoked-session-of-two',
    title:
      'Revoking a session of a wallet that has another one leaves its access tokens alive until they are refreshed',
    breaks,
    change: ending((facts, own) => {
      const { session } = facts.found;
      const other = [...facts.store.sessions.values()].some(
        (one) =>
          one !== session &&
          one.wallet !== undefined &&
          one.wallet === session.wallet &&
          one.clientId !== session.clientId,
      );
      if (!other) return own();
      session.ended.refresh = true;
    }),
  },
];

const continuing: readonly Fault[] = [
  {
    id: 'history/continuation-refused-after-narrowing',
    title: 'A session that was refreshed for less scope cannot be continued',
    breaks,
    change: (policy) => {
      const narrowed = remembered();
      return changed(policy, {
        refresh: {
          grants(granted, asked, facts) {
            const scope = policy.refresh.grants(granted, asked, facts);
            if (scope !== undefined && scope !== granted) narrowed.add(facts?.record.sessionId ?? '');
            return scope;
          },
        },
        session: {
          continuesAlive: (facts) => !narrowed.has(facts.session.id) && policy.session.continuesAlive(facts),
        },
      });
    },
  },
  {
    id: 'history/refresh-refused-after-second-continuation',
    title: 'A session that was continued twice is not refreshed any more',
    breaks,
    change: (policy) => {
      const counts = new Map<string, number>();
      return changed(policy, {
        session: { continuing: ({ session }) => void counts.set(session.id, (counts.get(session.id) ?? 0) + 1) },
        refresh: {
          sessionIsAlive: (facts) =>
            (counts.get(facts.record.sessionId) ?? 0) < 2 && policy.refresh.sessionIsAlive(facts),
        },
      });
    },
  },
];

/** Seconds of a day. */
const day = 86_400;

const overTime: readonly Fault[] = [
  {
    id: 'history/refresh-keeps-first-end',
    title: 'A refresh token that a refresh gave ends when the first one of its session would have',
    breaks: [...breaks, 'refresh/usable-until-expiry'],
    change: (policy) => {
      const first = new Map<string, number>();
      return changed(policy, {
        refresh: {
          isFresh(facts, lifetime) {
            const { record } = facts;
            if (record.generation === 0) first.set(record.sessionId, record.issuedAt);
            const issuedAt = first.get(record.sessionId) ?? record.issuedAt;
            return policy.refresh.isFresh({ ...facts, record: { ...record, issuedAt } }, lifetime);
          },
        },
      });
    },
  },
  {
    id: 'history/revocation-forgotten-after-a-day',
    title: 'Revoked refresh tokens are remembered for a day, and good again after it',
    breaks: [...breaks, 'revoke/lasting'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          sessionIsAlive(facts) {
            const { session } = facts;
            if (session?.endedAt !== undefined && facts.now > session.endedAt + day) return true;
            return policy.refresh.sessionIsAlive(facts);
          },
        },
      }),
  },
  {
    id: 'history/continuation-keeps-first-end',
    title: 'The access token of a continuation is refused as soon as the first one of its session would be',
    breaks: [...breaks, 'access-token/usable-until-expiry'],
    change: (policy) => {
      const ends = new Map<string, number>();
      return changed(policy, {
        tokens: {
          claims(claims, facts) {
            const { sid, exp } = claims;
            ends.set(sid, ends.get(sid) ?? exp);
            return policy.tokens.claims(claims, facts);
          },
        },
        accessToken: {
          sessionIsAlive(session, record, now) {
            const end = record?.grant === 'siwe' ? ends.get(record.sessionId) : undefined;
            return (end === undefined || (now ?? 0) < end) && policy.accessToken.sessionIsAlive(session, record, now);
          },
        },
      });
    },
  },
  {
    id: 'history/idle-refresh-token-dies',
    title: 'A refresh token that a refresh gave dies when it was not used for a day, though it was given for a week',
    breaks: [...breaks, 'refresh/usable-until-expiry'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          isFresh: (facts, lifetime) =>
            (facts.record.generation === 0 || facts.now < facts.record.issuedAt + day) &&
            policy.refresh.isFresh(facts, lifetime),
        },
      }),
  },
];

const all: readonly Fault[] = [...refreshing, ...codes, ...revoking, ...continuing, ...overTime];

/** A scenario sees these as well, be it with a clock. */
const seenByScenario = new Set([
  'history/refresh-keeps-first-end',
  'history/idle-refresh-token-dies',
  'history/used-again-after-continuation',
  'history/used-again-after-hand-off',
  'history/foreign-revocation-of-refreshed',
]);

export default all.map((fault): Fault => (seenByScenario.has(fault.id) ? fault : { ...fault, generatedOnly: true }));
