/** Mistakes in redeeming authorization codes (RFC 6749 4.1.2, 4.1.3, 10.5). */

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuthenticatedClient, type CodeRecord, endSession } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

type Who = (facts: AuthenticatedClient) => boolean;

const everyone: Who = () => true;
const isPublic: Who = ({ method }) => method === 'none';
const usesBasic: Who = ({ method }) => method === 'client_secret_basic';
const usesPost: Who = ({ method }) => method === 'client_secret_post';
const isConfidential: Who = ({ client }) => client.secret !== undefined;
const isThirdParty: Who = ({ client }) => client.role === 'third-party';

const withCode = (policy: Policy, code: Partial<Policy['code']>): Policy => changed(policy, { code });

/** A code of another client is accepted from these. */
const unbound = (id: string, whose: string, who: Who): Fault => ({
  id: `token-code/unbound-${id}`,
  title: `A code of another client is accepted from ${whose}`,
  breaks: ['token/code-client-binding'],
  change: (policy) => withCode(policy, { belongsTo: (facts) => who(facts) || policy.code.belongsTo(facts) }),
});

/** A used code is accepted again. */
const replayable = (id: string, whose: string, who: Who): Fault => ({
  id: `token-code/replay-${id}`,
  title: `A used code is accepted again from ${whose}`,
  breaks: ['token/code-single-use'],
  change: (policy) => withCode(policy, { mayBeUsed: (facts) => who(facts) || policy.code.mayBeUsed(facts) }),
});

/** A code is found by something else than its exact value. */
const found = (id: string, title: string, fits: (code: string, presented: string) => boolean): Fault => ({
  id: `token-code/found-${id}`,
  title,
  breaks: ['token/code-valid'],
  change: (policy) =>
    withCode(policy, {
      finds: (codes, presented) =>
        policy.code.finds(codes, presented) ??
        [...codes.values()].reverse().find((record) => !record.used && fits(record.code, presented)),
    }),
});

const lives = (id: string, title: string, seconds: number, breaks: string[], who: Who = everyone): Fault => ({
  id: `token-code/lives-${id}`,
  title,
  breaks,
  change: (policy) =>
    withCode(policy, {
      isFresh: (facts, lifetime) => policy.code.isFresh(facts, who(facts) ? seconds : lifetime),
    }),
});

/** What a replayed code leaves alive of the session that its first use began. */
const replayLeaves = (id: string, title: string, kept: 'access' | 'refresh'): Fault => ({
  id: `token-code/${id}`,
  title,
  breaks: ['token/code-replay-revokes'],
  change: (policy) =>
    changed(policy, {
      session: {
        ends(session, cause, now) {
          if (cause !== 'code replay') policy.session.ends(session, cause, now);
          else session.ended[kept === 'access' ? 'refresh' : 'access'] = true;
        },
      },
    }),
});

const codeChallengeOf = (verifier: string): string => createHash('sha256').update(verifier, 'utf8').digest('base64url');

const newest = (codes: ReadonlyMap<string, CodeRecord>): CodeRecord | undefined =>
  [...codes.values()].reverse().find((record) => !record.used);

const granted = (id: string, whose: string, who: Who): Fault => ({
  id: `token-code/never-granted-${id}`,
  title: `No code of ${whose} can be redeemed`,
  breaks: ['token/code-exchange'],
  change: (policy) => withCode(policy, { belongsTo: (facts) => !who(facts) && policy.code.belongsTo(facts) }),
});

const faults: readonly Fault[] = [
  unbound('for-all', 'every client', everyone),
  unbound('for-public-clients', 'public clients', isPublic),
  unbound('with-basic', 'clients that authenticate with Basic', usesBasic),
  unbound('with-post', 'clients that send their secret in the body', usesPost),
  unbound('for-third-parties', 'third-party clients', isThirdParty),
  {
    id: 'token-code/unbound-same-role',
    title: 'A code is accepted from every client of the same kind as the one that it was issued to',
    breaks: ['token/code-client-binding'],
    change: (policy) => {
      const roles = new Map<string, string>();
      return withCode(policy, {
        belongsTo(facts) {
          roles.set(facts.client.id, facts.client.role);
          return roles.get(facts.record.clientId) === facts.client.role || policy.code.belongsTo(facts);
        },
      });
    },
  },
  {
    id: 'token-code/unbound-own-redirect-uri',
    title:
      'redirect_uri is compared with that of the presenting client instead of that of the code, and nothing else binds the code',
    breaks: ['token/code-client-binding'],
    change: (policy) =>
      withCode(policy, {
        belongsTo: () => true,
        matchesRedirectUri: (facts, presented) => facts.client.redirectUris.includes(presented),
      }),
  },
  replayable('for-all', 'every client', everyone),
  replayable('for-public-clients', 'public clients', isPublic),
  replayable('with-basic', 'clients that authenticate with Basic', usesBasic),
  replayable('with-post', 'clients that send their secret in the body', usesPost),
  replayable('for-third-parties', 'third-party clients', isThirdParty),
  {
    id: 'token-code/replay-within-seconds',
    title: 'A used code is accepted again for five seconds, against doubled requests',
    breaks: ['token/code-single-use'],
    change: (policy) =>
      withCode(policy, {
        mayBeUsed: (facts) => policy.code.mayBeUsed(facts) || facts.now < (facts.record.usedAt ?? 0) + 5,
      }),
  },
  {
    id: 'token-code/replay-third-try',
    title: 'A used code is refused at its second use, which deletes the mark, and accepted at the third',
    breaks: ['token/code-single-use'],
    change: (policy) => {
      const refusedOnce = new Set<string>();
      return withCode(policy, {
        mayBeUsed(facts) {
          if (policy.code.mayBeUsed(facts) || refusedOnce.has(facts.record.code)) return true;
          refusedOnce.add(facts.record.code);
          return false;
        },
      });
    },
  },
  {
    id: 'token-code/replay-after-refresh',
    title: 'A used code is accepted again once its refresh token was rotated',
    breaks: ['token/code-single-use'],
    change: (policy) => {
      const rotated = new Set<string>();
      return changed(policy, {
        refresh: {
          consumes(facts) {
            rotated.add(facts.record.sessionId);
            return policy.refresh.consumes(facts);
          },
        },
        code: { mayBeUsed: (facts) => policy.code.mayBeUsed(facts) || rotated.has(facts.record.sessionId ?? '') },
      });
    },
  },
  {
    id: 'token-code/replay-after-revocation',
    title: 'A used code is accepted again once its session was revoked, as the mark is kept with the session',
    breaks: ['token/code-single-use'],
    change: (policy) => {
      const revoked = new Set<string>();
      return changed(policy, {
        revocation: {
          ends(facts) {
            revoked.add(facts.found.session.id);
            policy.revocation.ends(facts);
          },
        },
        code: { mayBeUsed: (facts) => policy.code.mayBeUsed(facts) || revoked.has(facts.record.sessionId ?? '') },
      });
    },
  },
  {
    id: 'token-code/race',
    title: 'A code is looked up and marked as used in two steps',
    breaks: ['token/code-single-use-race'],
    change: (policy) =>
      withCode(policy, {
        async consumes(facts) {
          await sleep(10);
          await policy.code.consumes(facts);
        },
      }),
  },
  {
    id: 'token-code/race-confidential',
    title: 'A code of a client with a secret is looked up and marked as used in two steps',
    breaks: ['token/code-single-use-race'],
    change: (policy) =>
      withCode(policy, {
        async consumes(facts) {
          if (isConfidential(facts)) await sleep(10);
          await policy.code.consumes(facts);
        },
      }),
  },
  {
    id: 'token-code/replay-revokes-nothing',
    title: 'The tokens of the first use of a code go on when it is replayed',
    breaks: ['token/code-replay-revokes'],
    change: (policy) => withCode(policy, { replayEndsSession: () => false }),
  },
  {
    id: 'token-code/replay-revokes-nothing-for-public-clients',
    title: 'The tokens of the first use of a code go on when a public client replays it',
    breaks: ['token/code-replay-revokes'],
    change: (policy) =>
      withCode(policy, { replayEndsSession: (facts) => !isPublic(facts) && policy.code.replayEndsSession(facts) }),
  },
  replayLeaves('replay-keeps-access', 'The replay of a code ends the refresh token of its first use only', 'access'),
  replayLeaves('replay-keeps-refresh', 'The replay of a code ends the access token of its first use only', 'refresh'),
  found(
    'prefix',
    'The beginning of a code is accepted',
    (code, presented) => presented.length > 8 && code.startsWith(presented),
  ),
  found('wildcard', 'Codes are looked up as patterns', (code, presented) => {
    return presented.endsWith('%') && code.startsWith(presented.slice(0, -1));
  }),
  found('extended', 'What follows a code does not count', (code, presented) => presented.startsWith(code)),
  found(
    'letter-case',
    'Codes are compared without regard to case',
    (code, presented) => code.toLowerCase() === presented.toLowerCase(),
  ),
  found('trimmed', 'White space around a code is removed', (code, presented) => code === presented.trim()),
  found(
    'first-half',
    'Only the first half of a code is compared',
    (code, presented) => code.slice(0, code.length / 2) === presented.slice(0, code.length / 2),
  ),
  found('suffix', 'A code is found by its end', (code, presented) => presented.length > 8 && code.endsWith(presented)),
  found(
    'last-half',
    'Only the last half of a code is compared',
    (code, presented) => code.slice(-20) === presented.slice(-20),
  ),
  found(
    'last-character',
    'The last character of a code does not count',
    (code, presented) => code.slice(0, -1) === presented.slice(0, -1),
  ),
  found(
    'pattern',
    'Codes are looked up as part of a text, as with LIKE',
    (code, presented) => presented.includes(code) || (presented.length > 8 && code.includes(presented)),
  ),
  {
    id: 'token-code/unknown-accepted',
    title: 'An unknown code redeems the newest one',
    breaks: ['token/code-valid'],
    change: (policy) =>
      withCode(policy, {
        finds: (codes, presented) => policy.code.finds(codes, presented) ?? newest(codes),
        verifiesPkce: (facts, verifier) => policy.code.verifiesPkce(facts, verifier),
      }),
  },
  {
    id: 'token-code/missing-accepted',
    title: 'An exchange without a code is served with the one whose verifier it has',
    breaks: ['token/code-required'],
    change: (policy) => {
      const mark = 'of the verifier ';
      return changed(policy, {
        requests: {
          parsesForm(text, operation) {
            const pairs = policy.requests.parsesForm(text, operation);
            const values = new Map(pairs);
            return values.get('grant_type') === 'authorization_code' && (values.get('code') ?? '') === ''
              ? [...pairs.filter(([name]) => name !== 'code'), ['code', `${mark}${values.get('code_verifier')}`]]
              : pairs;
          },
        },
        code: {
          finds: (codes, presented) =>
            presented.startsWith(mark)
              ? [...codes.values()].find(
                  ({ codeChallenge }) => codeChallenge === codeChallengeOf(presented.slice(mark.length)),
                )
              : policy.code.finds(codes, presented),
        },
      });
    },
  },
  lives('forever', 'Codes never expire', Number.POSITIVE_INFINITY, ['token/code-expires']),
  lives('milliseconds', 'The lifetime of codes is taken for seconds where milliseconds were meant', 60_000, [
    'token/code-expires',
  ]),
  lives('a-day', 'Codes live a day', 86_400, ['token/code-expires']),
  lives(
    'forever-for-public-clients',
    'Codes of public clients never expire',
    Number.POSITIVE_INFINITY,
    ['token/code-expires'],
    isPublic,
  ),
  lives(
    'forever-with-basic',
    'Codes never expire for clients that authenticate with Basic',
    Number.POSITIVE_INFINITY,
    ['token/code-expires'],
    usesBasic,
  ),
  lives(
    'forever-for-third-parties',
    'Codes of third-party clients never expire',
    Number.POSITIVE_INFINITY,
    ['token/code-expires'],
    isThirdParty,
  ),
  lives('half-an-hour', 'Codes live half an hour', 1800, ['token/code-lifetime-ten-minutes']),
  {
    id: 'token-code/one-session-a-public-client',
    title: 'All codes of a public client begin one session: revoking a token of it ends what every other code gave',
    breaks: ['token/code-session'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            policy.revocation.ends(facts);
            for (const session of facts.store.sessions.values())
              if (facts.method === 'none' && session.wallet === undefined && session.clientId === facts.client.id)
                endSession(session, facts.now);
          },
        },
      }),
  },
  {
    id: 'token-code/scope-of-exchange-widens',
    title: 'A scope in the exchange replaces the one that was authorized',
    breaks: ['token/code-scope-not-widened'],
    change: (policy) => withCode(policy, { grants: (facts, asked) => asked ?? policy.code.grants(facts, asked) }),
  },
  {
    id: 'token-code/scope-of-exchange-added',
    title: 'A scope in the exchange is added to the one that was authorized, for clients with a secret',
    breaks: ['token/code-scope-not-widened'],
    change: (policy) =>
      withCode(policy, {
        grants: (facts, asked) =>
          isConfidential(facts) && asked !== undefined
            ? [...new Set(`${policy.code.grants(facts, asked)} ${asked}`.split(' '))].join(' ')
            : policy.code.grants(facts, asked),
      }),
  },
  {
    id: 'token-code/refused-with-tokens',
    title: 'The status and error of a refused code_verifier go out over the token pair',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const wrong = new WeakSet<CodeRecord>();
      const sessions = new Set<string>();
      let isWrong = false;
      return changed(policy, {
        code: {
          verifiesPkce(facts, verifier) {
            if (!policy.code.verifiesPkce(facts, verifier)) wrong.add(facts.record);
            return true;
          },
          grants(facts, asked) {
            isWrong = wrong.has(facts.record);
            return policy.code.grants(facts, asked);
          },
        },
        tokens: {
          sessionId() {
            const id = policy.tokens.sessionId();
            if (isWrong) sessions.add(id); // asked for right after `grants`
            isWrong = false;
            return id;
          },
          pair: (facts) => ({
            ...policy.tokens.pair(facts),
            ...(sessions.has(facts.session.id) ? { error: 'invalid_grant' } : {}),
          }),
        },
      });
    },
    transform: async ({ operation }, response) =>
      operation === 'token' && response.ok && (await response.clone().text()).includes('"error":"invalid_grant"')
        ? rewritten(response, { status: 400 })
        : response,
  },
  granted('for-third-parties', 'third-party clients', isThirdParty),
  granted('for-public-clients', 'public clients', isPublic),
  granted('with-post', 'clients that send their secret in the body', usesPost),
];

export default faults;
