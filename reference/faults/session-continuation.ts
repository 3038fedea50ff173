/** Mistakes in continuing sessions: what a continuation does to its session, and who gets into one (API reference "session_id"). */

import { verifyMessage } from '../ethers.ts';
import type { Session } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { session } from './session.ts';
import type { Fault } from './types.ts';

const last = (sessions: Iterable<Session>, fits: (one: Session) => boolean): Session | undefined =>
  [...sessions].filter(fits).at(-1);

/** The address, in lower case, that signed a text; undefined where none can be recovered. */
function signerOf(text: string, value: string): string | undefined {
  try {
    return verifyMessage(text, value).toLowerCase();
  } catch {
    return undefined;
  }
}

/** Finds a session by an id for which a comparison holds, of the same client. */
const finding = (matches: (id: string, presented: string) => boolean) =>
  session((own) => ({
    finds: (sessions, id, facts) =>
      own.finds(sessions, id, facts) ??
      (id === ''
        ? undefined
        : last(sessions.values(), (one) => one.clientId === facts?.client.id && matches(one.id, id))),
  }));

/** The verification of a sign-in that continues a session leaves a step out. */
const unverified =
  (step: 'verifiesSignature' | 'domainMatches' | 'hasNotExpired' | 'uriMatches' | 'isValidYet') => (policy: Policy) => {
    const own = policy.siwe[step] as (...facts: unknown[]) => boolean;
    return changed(policy, {
      siwe: { [step]: (...facts: unknown[]) => (facts.at(-1) as { continues: boolean }).continues || own(...facts) },
    });
  };

/** Who gets into a session that has had more than one token pair. */
const onceOlder =
  (decide: (own: Policy['session'], isOlder: (id: string) => boolean) => Partial<Policy['session']>) =>
  (policy: Policy) => {
    const pairs = new Map<string, number>();
    return changed(policy, {
      session: decide(policy.session, (id) => (pairs.get(id) ?? 0) > 1),
      tokens: {
        pair(facts) {
          pairs.set(facts.session.id, (pairs.get(facts.session.id) ?? 0) + 1);
          return policy.tokens.pair(facts);
        },
      },
    });
  };

const continuations: readonly Fault[] = [
  {
    id: 'session/continuation-without-refresh-token',
    title: 'A continuation gives an access token alone',
    breaks: ['authenticate/refresh-token'],
    change: (policy) => {
      const begun = new Set<string>();
      return changed(policy, {
        tokens: {
          issuesRefreshToken(facts) {
            const continues = facts.operation === 'authenticate' && begun.has(facts.session.id);
            begun.add(facts.session.id);
            return !continues && policy.tokens.issuesRefreshToken(facts);
          },
        },
      });
    },
  },
  {
    id: 'session/id-ignored',
    title: 'The session_id is ignored, and every sign-in begins a session',
    breaks: ['session/continued', 'session/history'],
    change: session(() => ({ finds: () => undefined, refusesUnknown: () => false })),
  },
  {
    id: 'session/continued-in-name-only',
    title: 'A continuation begins a new session, and returns the session_id of the old one',
    breaks: ['session/continued-tokens'],
    change: (policy) => {
      const told = new Map<string, string>();
      return changed(policy, {
        session: {
          finds(sessions, id, facts) {
            const found = policy.session.finds(sessions, id, facts);
            if (found === undefined || found.ended.access) return found;
            const copy: Session = { ...found, id: policy.tokens.sessionId(), ended: { access: false, refresh: false } };
            (sessions as Map<string, Session>).set(copy.id, copy);
            told.set(copy.id, id);
            return copy;
          },
        },
        tokens: {
          pair: (facts) => {
            const pair = policy.tokens.pair(facts);
            const id = told.get(facts.session.id);
            return id === undefined || !('session_id' in pair) ? pair : { ...pair, session_id: id };
          },
        },
      });
    },
  },
  {
    id: 'session/continued-once',
    title: 'A session can be continued once only',
    breaks: ['session/continued'],
    change: session((own) => {
      const continued = new Set<string>();
      return {
        continuesAlive: (facts) => !continued.has(facts.session.id) && own.continuesAlive(facts),
        continuing: (facts) => void continued.add(facts.session.id),
      };
    }),
  },
  {
    id: 'session/continued-by-public-clients-refused',
    title: 'Public clients cannot continue their sessions',
    breaks: ['session/continued'],
    change: session((own) => ({
      continuesForClient: (facts) => facts.method !== 'none' && own.continuesForClient(facts),
    })),
  },
  {
    id: 'session/revocation-of-newest-pair',
    title: 'Revoking ends the tokens issued last in a session, and leaves those of before alive',
    breaks: ['session/continued-tokens'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const own = [...facts.store.accessTokens.values()].filter(
              (one) => one.sessionId === facts.found.session.id,
            );
            const refresh = [...facts.store.refreshTokens.values()].filter(
              (one) => one.sessionId === facts.found.session.id && one.uses === 0,
            );
            if (own.length < 2 || own.some(({ grant }) => grant !== 'siwe')) return policy.revocation.ends(facts);
            for (const one of [own.at(-1), refresh.at(-1)]) if (one !== undefined) one.revoked = true;
          },
        },
      }),
  },
  {
    id: 'session/revocation-of-own-pair',
    title: 'Revoking an access token ends the refresh token that was issued with it, and no later one of its session',
    breaks: ['session/continued-tokens'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const { access, session: found } = facts.found;
            const own = [...facts.store.accessTokens.values()].filter((one) => one.sessionId === found.id);
            const refresh = [...facts.store.refreshTokens.values()].filter((one) => one.sessionId === found.id);
            if (access === undefined || own.length < 2 || own.some(({ grant }) => grant !== 'siwe'))
              return policy.revocation.ends(facts);
            access.revoked = true;
            const pair = refresh[own.indexOf(access)];
            if (pair !== undefined) pair.revoked = true;
          },
        },
      }),
  },
  {
    id: 'session/continuation-without-signature',
    title: 'The signature is not verified where a session is continued',
    breaks: ['session/continuation-verified'],
    change: unverified('verifiesSignature'),
  },
  {
    id: 'session/continuation-signer-of-session',
    title:
      'The signer of a continuation is compared with the wallet of the session, and not with the address in the message',
    breaks: ['session/continuation-verified'],
    change: (policy) => {
      const { verifiesSignature, accountKey } = policy.siwe;
      let signer: string | undefined;
      return changed(policy, {
        siwe: {
          verifiesSignature(text, value, address, facts) {
            signer = facts?.continues === true ? signerOf(text, value) : undefined;
            return signer !== undefined || verifiesSignature(text, value, address, facts);
          },
          accountKey: (message) => signer ?? accountKey(message),
        },
      });
    },
  },
  {
    id: 'session/continuation-without-domain',
    title: 'The domain is not compared where a session is continued',
    breaks: ['session/continuation-verified'],
    change: unverified('domainMatches'),
  },
  {
    id: 'session/continuation-without-uri',
    title: 'The URI is not compared where a session is continued',
    breaks: ['session/continuation-verified'],
    change: unverified('uriMatches'),
  },
  {
    id: 'session/continuation-without-expiration',
    title: 'An expired message is accepted where a session is continued',
    breaks: ['session/continuation-verified'],
    change: unverified('hasNotExpired'),
  },
  {
    id: 'session/continuation-without-not-before',
    title: 'A message that is not valid yet is accepted where a session is continued',
    breaks: ['session/continuation-verified'],
    change: unverified('isValidYet'),
  },
];

const takeovers: readonly Fault[] = [
  {
    id: 'session/any-wallet',
    title: 'Any wallet continues the session whose id it knows',
    breaks: ['session/wallet-binding'],
    change: session(() => ({ continuesForWallet: () => true })),
  },
  {
    id: 'session/any-wallet-with-post',
    title: 'Any wallet continues a session of a client with its secret in the body',
    breaks: ['session/wallet-binding'],
    change: session((own) => ({
      continuesForWallet: (facts) => facts.method === 'client_secret_post' || own.continuesForWallet(facts),
    })),
  },
  {
    id: 'session/any-wallet-for-code-sessions',
    title: 'Any wallet continues a session that began with a code',
    breaks: ['session/wallet-binding'],
    change: session((own) => ({
      continuesForWallet: (facts) => facts.session.wallet === undefined || own.continuesForWallet(facts),
    })),
  },
  {
    id: 'session/any-wallet-said-to-be-new',
    title: 'Another wallet gets tokens of the session under another session_id',
    breaks: ['session/wallet-binding', 'session/continued'],
    change: (policy) => {
      const told = new Set<string>();
      return changed(policy, {
        session: { continuesForWallet: () => true },
        tokens: {
          pair(facts) {
            const pair = policy.tokens.pair(facts);
            if (facts.operation !== 'authenticate') return pair;
            const again = told.has(facts.session.id);
            told.add(facts.session.id);
            return again ? { ...pair, session_id: policy.tokens.sessionId() } : pair;
          },
        },
      });
    },
  },
  {
    id: 'session/any-client',
    title: 'Any client continues a session whose id it knows',
    breaks: ['session/client-binding'],
    change: session(() => ({ continuesForClient: () => true })),
  },
  {
    id: 'session/any-client-once-older',
    title: 'Any client continues a session that has been refreshed or continued before',
    breaks: ['session/client-binding', 'session/history'],
    change: onceOlder((own, isOlder) => ({
      continuesForClient: (facts) => isOlder(facts.session.id) || own.continuesForClient(facts),
    })),
  },
  {
    id: 'session/any-wallet-once-older',
    title: 'Any wallet continues a session that has been refreshed or continued before',
    breaks: ['session/wallet-binding', 'session/history'],
    change: onceOlder((own, isOlder) => ({
      continuesForWallet: (facts) => isOlder(facts.session.id) || own.continuesForWallet(facts),
    })),
  },
  {
    id: 'session/any-client-with-secret',
    title: 'Confidential clients continue sessions of public ones',
    breaks: ['session/client-binding'],
    change: session((own) => ({
      continuesForClient: (facts) => facts.method !== 'none' || own.continuesForClient(facts),
    })),
  },
  {
    id: 'session/any-public-client',
    title: 'Public clients continue sessions of confidential ones',
    breaks: ['session/client-binding'],
    change: session((own) => ({
      continuesForClient: (facts) => facts.method === 'none' || own.continuesForClient(facts),
    })),
  },
  {
    id: 'session/chosen-id',
    title: 'A session_id that names no session becomes the id of a new one',
    breaks: ['session/unknown-id'],
    change: session((own) => ({
      finds(sessions, id, facts) {
        const found = own.finds(sessions, id, facts);
        if (found !== undefined || facts === undefined) return found;
        const begun: Session = {
          id,
          clientId: facts.client.id,
          account: id,
          scope: 'account',
          ended: { access: false, refresh: false },
        };
        (sessions as Map<string, Session>).set(id, begun);
        return begun;
      },
      continuesForWallet: (facts) => facts.session.wallet === undefined || own.continuesForWallet(facts),
    })),
  },
  {
    id: 'session/id-by-prefix',
    title: 'The beginning of a session_id is enough to continue the session',
    breaks: ['session/id-exact'],
    change: finding((id, presented) => id.startsWith(presented)),
  },
  {
    id: 'session/id-first-characters',
    title: 'Only the first 8 characters of a session_id are compared',
    breaks: ['session/id-exact'],
    change: finding((id, presented) => id.slice(0, 8) === presented.slice(0, 8)),
  },
  {
    id: 'session/id-by-substring',
    title: 'A session_id that contains that of a session continues it',
    breaks: ['session/id-exact'],
    change: finding((id, presented) => presented.includes(id)),
  },
  {
    id: 'session/id-as-query',
    title: 'A session_id that is an object becomes a query that matches any session of the wallet',
    breaks: ['session/id-type'],
    change: (policy) => {
      let wallet = '';
      return changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'session_id' && typeof value === 'object' && value !== null
              ? { text: 'any session' }
              : policy.requests.readsString(value, name),
        },
        siwe: {
          accountKey(message) {
            wallet = policy.siwe.accountKey(message);
            return wallet;
          },
        },
        session: {
          finds: (sessions, id, facts) =>
            id === 'any session'
              ? last(sessions.values(), (one) => one.wallet === wallet)
              : policy.session.finds(sessions, id, facts),
        },
      });
    },
  },
];

export default [...continuations, ...takeovers];
