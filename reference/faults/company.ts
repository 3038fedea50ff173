/** Mistakes that show where a wallet has several sessions, or several requests at a time. */

import { endSession, type Session } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A policy that knows the sessions for which tokens were issued. */
function knowing(change: (policy: Policy, sessions: ReadonlySet<Session>) => Parameters<typeof changed>[1]) {
  return (policy: Policy): Policy => {
    const sessions = new Set<Session>();
    const own = change(policy, sessions);
    return changed(policy, {
      ...own,
      tokens: {
        ...own.tokens,
        pair(facts) {
          sessions.add(facts.session);
          return policy.tokens.pair(facts);
        },
      },
    });
  };
}

/** The other sessions of a session's wallet. */
const siblings = (sessions: ReadonlySet<Session>, session: Session): Session[] =>
  [...sessions].filter((one) => one !== session && one.wallet !== undefined && one.wallet === session.wallet);

const sideBySide: readonly Fault[] = [
  {
    id: 'company/joined-across-clients',
    title: 'A sign-in without session_id joins the session that the wallet has with another client',
    breaks: ['session/new-without-id'],
    change: (policy) =>
      changed(policy, {
        session: {
          beginsNew: (existing, client) =>
            existing.find((one) => one.clientId !== client?.id && !one.ended.access) ??
            policy.session.beginsNew(existing, client),
        },
      }),
  },
  {
    id: 'company/known-wallet-continues-others',
    title: 'A wallet that has a session of its own continues those of other wallets',
    breaks: ['session/wallet-binding'],
    change: knowing((policy, sessions) => ({
      session: {
        continuesForWallet: (facts) =>
          policy.session.continuesForWallet(facts) || [...sessions].some((one) => one.wallet === facts.wallet),
      },
    })),
  },
  {
    id: 'company/id-by-like',
    title: 'The session is looked up with LIKE among those of the client',
    breaks: ['session/id-exact'],
    change: knowing((policy, sessions) => ({
      session: {
        finds(all, id, facts) {
          const pattern = id
            .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
            .replaceAll('%', '.*')
            .replaceAll('_', '.');
          const matches = (one: Session): boolean => new RegExp(`^${pattern}$`).test(one.id);
          return (
            policy.session.finds(all, id, facts) ??
            [...sessions].findLast((one) => one.clientId === facts?.client.id && matches(one))
          );
        },
      },
    })),
  },
  {
    id: 'company/continuation-revives-sibling',
    title: 'Continuing a session marks all sessions of its wallet as alive',
    breaks: ['session/ended-not-continued'],
    change: knowing((policy, sessions) => ({
      session: {
        continuing(facts) {
          for (const one of siblings(sessions, facts.session)) one.ended.access = false;
          policy.session.continuing(facts);
        },
      },
    })),
  },
  {
    id: 'company/refresh-ends-siblings',
    title: 'Refreshing one session of a wallet ends the others',
    breaks: ['session/independent'],
    collateral: true,
    change: knowing((policy, sessions) => ({
      refresh: {
        consumes(facts) {
          if (facts.session !== undefined)
            for (const one of siblings(sessions, facts.session)) endSession(one, facts.now);
          return policy.refresh.consumes(facts);
        },
      },
    })),
  },
  {
    id: 'company/access-token-prolonged',
    title: 'Continuing a session gives its earlier access tokens another quarter of an hour',
    breaks: ['access-token/expired-refused'],
    change: (policy) => {
      const continued = new Set<string>();
      return changed(policy, {
        session: {
          continuing(facts) {
            continued.add(facts.session.id);
            policy.session.continuing(facts);
          },
        },
        accessToken: {
          isFresh: (claims, now) =>
            policy.accessToken.isFresh(claims, now) || (continued.has(claims.sid) && now < claims.exp + 900),
        },
      });
    },
  },
];

const byId: readonly Fault[] = [
  {
    id: 'company/revoked-by-client-of-wallet',
    title: 'A client revokes the tokens of another one with which the same wallet has signed in',
    breaks: ['revoke/foreign-client'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          mayRevoke(facts) {
            const { wallet } = facts.found.session;
            const shares = [...facts.store.sessions.values()].some(
              (one) => wallet !== undefined && one.wallet === wallet && one.clientId === facts.client.id,
            );
            return shares || policy.revocation.mayRevoke(facts);
          },
        },
      }),
  },
  {
    id: 'company/session-id-refreshes',
    title: 'A session_id does for the refresh token of the session',
    breaks: ['refresh/not-another-credential'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          finds: (tokens, presented) =>
            policy.refresh.finds(tokens, presented) ??
            [...tokens.values()].find((one) => one.sessionId === presented && one.uses === 0),
        },
      }),
  },
  {
    id: 'company/session-id-revoked-by-anyone',
    title: 'Any client ends any session by its session_id',
    breaks: ['revoke/foreign-client'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          finds(store, token, hint, facts) {
            const session = store.sessions.get(token);
            return (
              policy.revocation.finds(store, token, hint, facts) ??
              (session === undefined ? undefined : { kind: 'access_token', session })
            );
          },
          mayRevoke: (facts) =>
            policy.revocation.mayRevoke(facts) ||
            (facts.found.access === undefined && facts.found.refresh === undefined),
        },
      }),
  },
];

/** Of two sign-ins of a wallet at a time the second ends in an error of the server. */
const collides =
  (continuing: boolean) =>
  (policy: Policy): Policy => {
    const busy = new Set<string>();
    return changed(policy, {
      siwe: {
        async consumes(seen, key, until, facts) {
          const wallet = key.split(' ')[1] ?? '';
          if (facts.continues === continuing) {
            if (busy.has(wallet)) throw new Error('duplicate key value violates unique constraint');
            busy.add(wallet);
            await pause(15);
            busy.delete(wallet);
          }
          await policy.siwe.consumes(seen, key, until, facts);
        },
      },
    });
  };

const atOnce: readonly Fault[] = [
  {
    id: 'company/first-sign-ins-collide',
    title: 'When a wallet signs in twice at a time one of the two ends in 500',
    breaks: ['http/no-server-error'],
    change: collides(false),
  },
  {
    id: 'company/continuations-collide',
    title: 'When a session is continued twice at a time one of the two ends in 500',
    breaks: ['http/no-server-error'],
    change: collides(true),
  },
  {
    id: 'company/continuation-revives',
    title: 'A continuation writes back the session as it was before a revocation beside it',
    breaks: ['session/continued-tokens'],
    change: (policy) => {
      let read: Session | undefined;
      return changed(policy, {
        session: {
          continuing(facts) {
            policy.session.continuing(facts);
            read = facts.session;
          },
        },
        siwe: {
          async consumes(seen, key, until, facts) {
            const session = read;
            read = undefined;
            await policy.siwe.consumes(seen, key, until, facts);
            if (session === undefined) return;
            await pause(15);
            session.ended.access = false;
            session.ended.refresh = false;
          },
        },
      });
    },
  },
  {
    id: 'company/continuation-not-remembered',
    title: 'The nonce of a message that continues a session is not remembered',
    breaks: ['siwe/nonce-replay'],
    change: (policy) =>
      changed(policy, {
        siwe: {
          consumes: (seen, key, until, facts) =>
            facts.continues ? undefined : policy.siwe.consumes(seen, key, until, facts),
        },
      }),
  },
];

export default [...sideBySide, ...byId, ...atOnce];
