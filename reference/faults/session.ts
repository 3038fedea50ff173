import { endSession, type RefreshRecord, Refusal } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

type Decisions = Policy['session'];
export const session = (decide: (own: Decisions) => Partial<Decisions>) => (policy: Policy) =>
  changed(policy, { session: decide(policy.session) });

const beginnings: readonly Fault[] = [
  {
    id: 'session/one-per-wallet',
    title: 'A wallet that has a session gets that one again, without session_id',
    breaks: ['session/new-without-id'],
    change: session(() => ({ beginsNew: (existing) => existing.filter(({ ended }) => !ended.access).at(-1) })),
  },
  {
    id: 'session/ended-together',
    title: 'Revoking one session ends all sessions of the account',
    breaks: ['session/independent'],
    collateral: true,
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends: (facts) => {
            for (const one of facts.store.sessions.values())
              if (one.wallet !== undefined && one.wallet === facts.found.session.wallet) endSession(one, facts.now);
            return policy.revocation.ends(facts);
          },
        },
      }),
  },
  {
    id: 'session/ended-together-for-refresh',
    title: 'A revocation by a public client ends the refresh tokens of all sessions of the wallet',
    breaks: ['session/independent'],
    collateral: true,
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends: (facts) => {
            for (const one of facts.store.sessions.values())
              if (facts.method === 'none' && one.wallet !== undefined && one.wallet === facts.found.session.wallet)
                one.ended.refresh = true;
            return policy.revocation.ends(facts);
          },
        },
      }),
  },
  {
    id: 'session/one-account-for-all',
    title: 'Every wallet is signed in to the same account',
    breaks: ['session/account-of-address'],
    change: (policy) =>
      changed(policy, {
        tokens: { claims: (claims, facts) => ({ ...policy.tokens.claims(claims, facts), sub: 'account-1' }) },
      }),
  },
  {
    id: 'session/ids-counted',
    title: 'Session ids are counted up',
    breaks: ['strength/session-id-entropy'],
    change: (policy) => {
      let count = 1000;
      return changed(policy, {
        tokens: {
          sessionId: () => {
            count += 1;
            return `session-${count}`;
          },
        },
      });
    },
  },
];

const endings: readonly Fault[] = [
  {
    id: 'session/revoked-continued',
    title: 'A revoked session is continued and alive again',
    breaks: ['session/ended-not-continued'],
    change: session(() => ({
      continuesAlive: () => true,
      continuing: ({ session: one }) => {
        one.ended.access = false;
        one.ended.refresh = false;
      },
    })),
  },
  {
    id: 'session/revoked-continued-with-dead-tokens',
    title: 'A revoked session is continued in name, with tokens that are dead',
    breaks: ['session/ended-not-continued'],
    change: session(() => ({ continuesAlive: () => true })),
  },
  {
    id: 'session/revoked-revived-silently',
    title: 'The attempt to continue a revoked session is refused, and brings its tokens back to life',
    breaks: ['session/ended-not-continued'],
    change: session((own) => ({
      continuesAlive: (facts) => {
        const alive = own.continuesAlive(facts);
        facts.session.ended.access = false;
        return alive;
      },
    })),
  },
  {
    id: 'session/revoked-revived-by-sign-in',
    title: 'A new sign-in brings the revoked sessions of its wallet back to life',
    breaks: ['session/ended-not-continued'],
    change: session((own) => ({
      beginsNew(existing) {
        for (const { ended } of existing) Object.assign(ended, { access: false, refresh: false });
        return own.beginsNew(existing);
      },
    })),
  },
  {
    id: 'session/wallet-locked-by-revocation',
    title: 'A wallet one of whose sessions was revoked is not signed in any more',
    breaks: ['authenticate/sign-in'],
    change: session((own) => ({
      beginsNew(existing) {
        if (existing.some(({ ended }) => ended.access)) throw new Refusal(403, 'access_denied', 'Signed out.');
        return own.beginsNew(existing);
      },
    })),
  },
  {
    id: 'session/continuation-changes-account',
    title: 'The tokens of a continuation are for another account',
    breaks: ['session/continued'],
    change: (policy) => {
      const continued = new Set<string>();
      return changed(policy, {
        session: {
          continuing(facts) {
            policy.session.continuing(facts);
            continued.add(facts.session.id);
          },
        },
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            ...(continued.has(facts.session.id) ? { sub: `${claims.sub}-continued` } : {}),
          }),
        },
      });
    },
  },
  {
    id: 'session/continuation-renews-used-tokens',
    title: 'A continuation makes the used refresh tokens of its session fresh again',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      let tokens: ReadonlyMap<string, RefreshRecord> = new Map();
      return changed(policy, {
        refresh: {
          finds(all, presented) {
            tokens = all;
            return policy.refresh.finds(all, presented);
          },
        },
        session: {
          continuing(facts) {
            policy.session.continuing(facts);
            for (const record of tokens.values()) if (record.sessionId === facts.session.id) record.uses = 0;
          },
        },
      });
    },
  },
  {
    id: 'session/revoked-continued-by-public-clients',
    title: 'Public clients continue sessions that were revoked',
    breaks: ['session/ended-not-continued'],
    change: session((own) => ({ continuesAlive: (facts) => facts.method === 'none' || own.continuesAlive(facts) })),
  },
  {
    id: 'session/other-wallet-ends',
    title: "Another wallet's attempt to continue a session ends it",
    breaks: ['session/refused-attempt-harmless'],
    change: session((own) => ({
      continuesForWallet: (facts) => {
        const fits = own.continuesForWallet(facts);
        if (!fits) endSession(facts.session, 0);
        return fits;
      },
    })),
  },
  {
    id: 'session/other-wallet-ends-refresh',
    title: "Another wallet's attempt to continue a session ends its refresh token",
    breaks: ['session/refused-attempt-harmless'],
    change: session((own) => ({
      continuesForWallet: (facts) => {
        const fits = own.continuesForWallet(facts);
        if (!fits) facts.session.ended.refresh = true;
        return fits;
      },
    })),
  },
  {
    id: 'session/other-client-ends',
    title: "Another client's attempt to continue a session ends it",
    breaks: ['session/refused-attempt-harmless'],
    change: session((own) => ({
      continuesForClient: (facts) => {
        const fits = own.continuesForClient(facts);
        if (!fits) endSession(facts.session, 0);
        return fits;
      },
    })),
  },
];

export default [...beginnings, ...endings];
