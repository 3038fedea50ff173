/** Mistakes of the refresh grant (RFC 6749 6, RFC 9700 4.14; contract, public facts). */

import type { AuthenticatedClient, RefreshRecord } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { RefreshFacts } from '../policy/refresh.ts';
import type { Fault } from './types.ts';

type Decisions = Policy['refresh'];
const refresh = (decide: (own: Decisions) => Partial<Decisions>) => (policy: Policy) =>
  changed(policy, { refresh: decide(policy.refresh) });

/** The clients that a mistake is often limited to. */
const clients: readonly { readonly id: string; readonly words: string; fits(facts: AuthenticatedClient): boolean }[] = [
  { id: 'all', words: 'every client', fits: () => true },
  { id: 'public', words: 'public clients', fits: ({ method }) => method === 'none' },
  { id: 'basic', words: 'clients that use Basic', fits: ({ method }) => method === 'client_secret_basic' },
  { id: 'post', words: 'clients that use post', fits: ({ method }) => method === 'client_secret_post' },
  { id: 'third-party', words: 'third-party clients', fits: ({ client }) => client.role === 'third-party' },
];

const limited = clients.flatMap(({ id, words, fits }): Fault[] => [
  {
    id: `refresh/not-rotated-${id}`,
    title: `The refresh token stays the same for ${words}`,
    breaks: ['refresh/rotated', 'refresh/single-use', 'refresh/single-use-race', 'session/history'],
    change: refresh((own) => ({ rotates: (facts) => !fits(facts) && own.rotates(facts) })),
  },
  {
    id: `refresh/reusable-${id}`,
    title: `Used refresh tokens of ${words} go on working`,
    breaks: ['refresh/single-use', 'refresh/single-use-race', 'session/history'],
    change: refresh((own) => ({ mayBeUsed: (facts) => fits(facts) || own.mayBeUsed(facts) })),
  },
  {
    id: `refresh/foreign-${id}`,
    title: `${words} may use the refresh tokens of other clients`,
    breaks: ['refresh/client-binding', 'session/history'],
    change: refresh((own) => ({ belongsTo: (facts) => fits(facts) || own.belongsTo(facts) })),
  },
  {
    id: `refresh/scope-widened-${id}`,
    title: `${words} get every scope that they ask for at a refresh`,
    breaks: ['refresh/scope-not-widened'],
    change: refresh((own) => ({
      grants: (granted, asked, facts) =>
        asked !== undefined && facts !== undefined && fits(facts) ? asked : own.grants(granted, asked, facts),
    })),
  },
  {
    id: `refresh/scope-narrowed-for-good-${id}`,
    title: `A narrower refresh narrows the refresh tokens of ${words} for good`,
    breaks: ['refresh/scope-kept'],
    change: (policy) => {
      // `keepsScope` is not told the client: `issuesRefreshToken`, asked just before it in the same turn, is.
      let applies = false;
      return changed(policy, {
        tokens: {
          issuesRefreshToken(facts) {
            applies = fits(facts);
            return policy.tokens.issuesRefreshToken(facts);
          },
        },
        refresh: {
          keepsScope: (granted, asked) => (applies ? asked : policy.refresh.keepsScope(granted, asked)),
        },
      });
    },
  },
  {
    id: `refresh/never-expires-${id}`,
    title: `Refresh tokens of ${words} never expire`,
    breaks: ['refresh/expired-refused'],
    change: refresh((own) => ({ isFresh: (facts, lifetime) => fits(facts) || own.isFresh(facts, lifetime) })),
  },
]);

const find = (matches: (token: string, presented: string) => boolean) =>
  refresh((own) => ({
    finds: (tokens, presented) =>
      own.finds(tokens, presented) ??
      (presented.length < 8 ? undefined : [...tokens.values()].find(({ token }) => matches(token, presented))),
  }));

const inexact: readonly Fault[] = (
  [
    ['prefix', 'The start of a refresh token is enough', (token, presented) => token.startsWith(presented)],
    ['suffix', 'The end of a refresh token is enough', (token, presented) => token.endsWith(presented)],
    ['longer', 'What follows a refresh token is ignored', (token, presented) => presented.startsWith(token)],
    ['letter-case', 'Letter case is ignored', (token, presented) => token.toLowerCase() === presented.toLowerCase()],
    ['trimmed', 'White space around a refresh token is ignored', (token, presented) => token === presented.trim()],
    [
      'first-half',
      'Only the first 16 characters count',
      (token, presented) => token.slice(0, 16) === presented.slice(0, 16),
    ],
  ] as readonly [string, string, (token: string, presented: string) => boolean][]
).map(([id, title, matches]) => ({
  id: `refresh/inexact-${id}`,
  title,
  breaks: ['refresh/token-valid'],
  change: find(matches),
}));

const pattern: Fault = {
  id: 'refresh/found-by-pattern',
  title: 'Refresh tokens are looked up as patterns',
  breaks: ['refresh/token-valid'],
  change: refresh((own) => ({
    finds: (tokens, presented) =>
      presented.endsWith('%')
        ? [...tokens.values()].find(({ token }) => token.startsWith(presented.slice(0, -1)))
        : own.finds(tokens, presented),
  })),
};

const alikeScopes: readonly Fault[] = (
  [
    [
      'any-case',
      'Letter case in scopes is ignored',
      (had, name) => had.toLowerCase().split(' ').includes(name.toLowerCase()),
    ],
    ['by-part', 'A part of the granted scope passes for it', (had, name) => had.includes(name)],
  ] as readonly [string, string, (had: string, name: string) => boolean][]
).map(([id, title, has]) => ({
  id: `refresh/scope-${id}`,
  title,
  breaks: ['refresh/scope-not-widened'],
  change: refresh((own) => ({
    grants: (granted, asked, facts) =>
      own.grants(granted, asked, facts) ??
      (asked?.split(' ').every((name) => has(granted, name)) === true ? asked : undefined),
  })),
}));

const within = (facts: RefreshFacts, seconds: number): boolean =>
  facts.record.usedAt !== undefined && facts.now - facts.record.usedAt < seconds;

const successors = (records: Iterable<RefreshRecord>, of: RefreshRecord): RefreshRecord[] =>
  [...records].filter((one) => one.sessionId === of.sessionId && one.generation > of.generation);

/** Refresh tokens as they are looked up: the decisions beside `finds` see one record only. */
const withTokens = (decide: (own: Decisions, tokens: () => Iterable<RefreshRecord>) => Partial<Decisions>) =>
  refresh((own) => {
    let seen: ReadonlyMap<string, RefreshRecord> = new Map();
    const finds: Decisions['finds'] = (tokens, presented) => {
      seen = tokens;
      return own.finds(tokens, presented);
    };
    return { finds, ...decide(own, () => seen.values()) };
  });

const replays = ['refresh/single-use', 'refresh/single-use-race', 'session/history'];

const soonForgotten: readonly Fault[] = (
  [
    ['an-hour', 'an hour', 3600],
    ['a-day', 'a day', 86_400],
  ] as const
).map(([id, words, seconds]) => ({
  id: `refresh/use-forgotten-after-${id}`,
  title: `Used refresh tokens are remembered for ${words}, and good again after it`,
  breaks: ['refresh/single-use'],
  change: refresh((own) => ({
    mayBeUsed: (facts) =>
      (facts.record.usedAt !== undefined && facts.now > facts.record.usedAt + seconds) || own.mayBeUsed(facts),
  })),
}));

const subtle: readonly Fault[] = [
  {
    id: 'refresh/dies-with-the-first',
    title: 'All refresh tokens of a session die with the first one, whatever refresh_expires_in says',
    breaks: ['refresh/usable-until-expiry'],
    change: withTokens((own, tokens) => ({
      isFresh: (facts, lifetime) => {
        const first = [...tokens()].find(({ sessionId }) => sessionId === facts.record.sessionId);
        return own.isFresh({ ...facts, record: first ?? facts.record }, lifetime);
      },
    })),
  },
  {
    id: 'refresh/narrowing-keeps-token',
    title: 'A refresh for a part of the scope does not use the refresh token up',
    breaks: ['refresh/single-use'],
    change: (policy) => {
      // `consumes` is not told what was asked for: `grants`, asked before it in the same turn, is.
      let isPart = false;
      return changed(policy, {
        refresh: {
          grants(granted, asked, facts) {
            isPart = asked !== undefined && asked !== granted;
            return policy.refresh.grants(granted, asked, facts);
          },
          consumes: (facts) => (isPart ? undefined : policy.refresh.consumes(facts)),
        },
      });
    },
  },
  {
    id: 'refresh/grace-of-ten-seconds',
    title: 'A used refresh token is accepted for ten seconds more',
    breaks: replays,
    change: refresh((own) => ({ mayBeUsed: (facts) => within(facts, 10) || own.mayBeUsed(facts) })),
  },
  {
    id: 'refresh/used-twice',
    title: 'A refresh token may be used twice',
    breaks: replays,
    change: refresh(() => ({ mayBeUsed: (facts) => facts.record.uses < 2 })),
  },
  {
    id: 'refresh/third-use',
    title: 'A replayed refresh token is refused once and accepted afterwards',
    breaks: replays,
    change: refresh((own) => {
      const refused = new Set<string>();
      return {
        replayEndsSession: () => false,
        mayBeUsed(facts) {
          if (own.mayBeUsed(facts) || refused.has(facts.record.token)) return true;
          refused.add(facts.record.token);
          return false;
        },
      };
    }),
  },
  {
    id: 'refresh/old-until-new-is-used',
    title: 'The old refresh token works until the new one was used',
    breaks: replays,
    change: withTokens((own, tokens) => ({
      mayBeUsed: (facts) => own.mayBeUsed(facts) || successors(tokens(), facts.record).every(({ uses }) => uses === 0),
    })),
  },
  {
    // Only checks that go back over several generations see it.
    id: 'refresh/grandparent-revived',
    title: 'Only the last used refresh token is remembered: the one before works again',
    breaks: ['refresh/single-use', 'session/history'],
    change: withTokens((own, tokens) => ({
      mayBeUsed: (facts) => own.mayBeUsed(facts) || successors(tokens(), facts.record).length >= 2,
    })),
  },
  {
    // Only checks that go back over several generations see it.
    id: 'refresh/third-generation-revived',
    title: 'Refresh tokens are forgotten as used after three rotations',
    breaks: ['refresh/single-use', 'session/history'],
    change: withTokens((own, tokens) => ({
      mayBeUsed: (facts) => own.mayBeUsed(facts) || successors(tokens(), facts.record).length >= 3,
    })),
  },
  {
    id: 'refresh/first-generation-only',
    title: 'Single use is enforced for the first refresh token of a session only',
    breaks: ['refresh/single-use', 'session/history'],
    change: refresh((own) => ({ mayBeUsed: (facts) => facts.record.generation > 0 || own.mayBeUsed(facts) })),
  },
  {
    id: 'refresh/reusable-after-sign-in',
    title: 'Refresh tokens of /authenticate may be used again',
    breaks: ['refresh/single-use', 'session/history'],
    change: refresh((own) => ({ mayBeUsed: (facts) => facts.record.grant === 'siwe' || own.mayBeUsed(facts) })),
  },
  {
    id: 'refresh/sign-in-not-refreshed',
    title: 'Sessions by /authenticate cannot be refreshed',
    breaks: ['refresh/granted', 'session/history'],
    change: refresh((own) => ({ belongsTo: (facts) => facts.record.grant !== 'siwe' && own.belongsTo(facts) })),
  },
  {
    id: 'refresh/three-generations-at-most',
    title: 'The fourth refresh of a session is refused',
    breaks: ['refresh/granted'],
    change: refresh((own) => ({ belongsTo: (facts) => facts.record.generation < 3 && own.belongsTo(facts) })),
  },
  {
    id: 'refresh/foreign-at-second-attempt',
    title: 'Another client is refused at its first attempt only',
    breaks: ['refresh/client-binding'],
    change: refresh((own) => {
      const tried = new Set<string>();
      return {
        belongsTo(facts) {
          if (own.belongsTo(facts) || tried.has(facts.record.token)) return true;
          tried.add(facts.record.token);
          return false;
        },
      };
    }),
  },
  {
    id: 'refresh/lifetime-in-milliseconds',
    title: 'Refresh tokens die after a thousandth of refresh_expires_in',
    breaks: ['refresh/usable-until-expiry'],
    change: refresh((own) => ({ isFresh: (facts, lifetime) => own.isFresh(facts, lifetime / 1000) })),
  },
  {
    id: 'refresh/lifetime-doubled',
    title: 'Refresh tokens live twice as long as refresh_expires_in says',
    breaks: ['refresh/expired-refused'],
    change: refresh((own) => ({ isFresh: (facts, lifetime) => own.isFresh(facts, lifetime * 2) })),
  },
  {
    id: 'refresh/rotated-never-expires',
    title: 'Rotated refresh tokens never expire',
    breaks: ['refresh/expired-refused'],
    change: refresh((own) => ({
      isFresh: (facts, lifetime) => facts.record.generation > 0 || own.isFresh(facts, lifetime),
    })),
  },
  {
    id: 'refresh/ends-with-access-token',
    title: 'A refresh is refused once the access token has expired',
    breaks: ['refresh/usable-until-expiry'],
    change: refresh((own) => ({ isFresh: (facts, _lifetime) => own.isFresh(facts, 900) })),
  },
  {
    id: 'refresh/scope-reset',
    title: 'A refresh that names no scope gives all that the client may have',
    breaks: ['refresh/scope-omitted'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          grants: (granted, asked, facts) =>
            asked === undefined ? 'account connections profile' : policy.refresh.grants(granted, asked, facts),
        },
      }),
  },
  {
    id: 'refresh/narrower-scope-refused',
    title: 'A refresh must ask for the whole scope',
    breaks: ['refresh/scope-narrowed'],
    change: refresh(() => ({
      grants: (granted, asked) => (asked === undefined || asked === granted ? granted : undefined),
    })),
  },
  {
    id: 'refresh/scope-compared-as-text',
    title: 'A refresh must name a part of the scope in the order in which it was granted',
    breaks: ['refresh/scope-order'],
    change: refresh((own) => ({
      grants: (granted, asked, facts) =>
        asked === undefined || granted.includes(asked) ? own.grants(granted, asked, facts) : undefined,
    })),
  },
  {
    id: 'refresh/scope-omitted-narrows',
    title: 'A refresh that names no scope gives a token with the first of its scopes, and does not say so',
    breaks: ['refresh/scope-omitted'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims(claims, facts) {
            const own = policy.tokens.claims(claims, facts);
            const narrows = facts.grant === 'refresh_token' && facts.askedScope === undefined;
            return narrows ? { ...own, scope: facts.scope.split(' ')[0] } : own;
          },
        },
      }),
  },
  {
    id: 'refresh/scope-last-compared',
    title: 'Of the scopes that a refresh asks for the last one is compared',
    breaks: ['refresh/scope-not-widened'],
    change: refresh((own) => ({
      grants: (granted, asked, facts) =>
        own.grants(granted, asked?.split(' ').at(-1), facts) === undefined ? undefined : (asked ?? granted),
    })),
  },
  {
    id: 'refresh/scope-ends-compared',
    title: 'Of the scopes that a refresh asks for the first and the last one are compared',
    breaks: ['refresh/scope-not-widened'],
    change: refresh((own) => ({
      grants: (granted, asked, facts) =>
        [asked?.split(' ').at(0), asked?.split(' ').at(-1)].some(
          (name) => own.grants(granted, name, facts) === undefined,
        )
          ? undefined
          : (asked ?? granted),
    })),
  },
  {
    id: 'refresh/subject-of-client',
    title: 'The access token of a refresh names the client as its subject',
    breaks: ['refresh/same-subject'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          claims: (claims, facts) => {
            const own = policy.tokens.claims(claims, facts);
            return facts.grant === 'refresh_token' ? { ...own, sub: facts.client.id } : own;
          },
        },
      }),
  },
  {
    id: 'refresh/without-token',
    title: 'A refresh that names no refresh token goes on with the one that was issued last',
    breaks: ['refresh/token-required'],
    change: (policy) => {
      let named = true;
      return changed(policy, {
        refresh: {
          requiresToken: () => false,
          finds: (tokens, presented) => {
            named = presented !== '';
            if (named) return policy.refresh.finds(tokens, presented);
            return [...tokens.values()].reverse().find(({ uses, revoked }) => uses === 0 && !revoked);
          },
          belongsTo: (facts) => !named || policy.refresh.belongsTo(facts),
        },
      });
    },
  },
  {
    id: 'refresh/unknown-is-latest',
    title: 'A refresh token that is not found goes on with the one that was issued last',
    breaks: ['refresh/token-valid'],
    change: (policy) => {
      let found = true;
      return changed(policy, {
        refresh: {
          finds: (tokens, presented) => {
            const exact = policy.refresh.finds(tokens, presented);
            found = exact !== undefined;
            return exact ?? [...tokens.values()].reverse().find(({ uses, revoked }) => uses === 0 && !revoked);
          },
          belongsTo: (facts) => !found || policy.refresh.belongsTo(facts),
        },
      });
    },
  },
  {
    id: 'refresh/access-token-taken',
    title: 'An access token serves as the refresh token of its session',
    breaks: ['refresh/not-another-credential'],
    change: refresh((own) => ({
      finds: (tokens, presented) => {
        const found = own.finds(tokens, presented);
        const [, payload, signature] = presented.split('.');
        if (found !== undefined || payload === undefined || signature === undefined) return found;
        const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sid?: string };
        return [...tokens.values()].find(({ sessionId, uses }) => sessionId === sid && uses === 0);
      },
    })),
  },
  {
    id: 'refresh/scope-as-invalid-grant',
    title: 'A refresh for too much scope is refused with invalid_grant',
    breaks: ['errors/invalid-scope'],
    change: (policy) =>
      changed(policy, {
        errors: {
          code: (operation, code) => (code === 'invalid_scope' ? 'invalid_grant' : policy.errors.code(operation, code)),
        },
      }),
  },
  {
    id: 'refresh/unknown-token-401',
    title: 'A refused refresh token is answered with 401',
    breaks: ['errors/invalid-grant', 'http/challenge-on-401'],
    change: refresh(() => ({ refusal: () => ({ status: 401, error: 'invalid_grant' }) })),
  },
];

export default [
  ...limited,
  ...inexact,
  pattern,
  ...alikeScopes,
  ...soonForgotten,
  ...subtle,
] satisfies readonly Fault[];
