/** Mistakes in POST /revoke by which too much dies: other sessions, other clients' tokens, what only resembles a token (RFC 7009 2.1, 5). */

import type { Store } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { endAccess, endAll, ending, revocation } from './revoke.ts';
import type { Fault } from './types.ts';

const find = (right: Policy['revocation'], matches: (known: string, presented: string) => boolean) => ({
  finds: (store: Store, token: string, hint: string | undefined) => {
    const known = [...store.refreshTokens.keys(), ...store.accessTokens.keys()].find((one) => matches(one, token));
    return known === undefined ? undefined : right.finds(store, known, hint);
  },
});
const claimsOf = (token: string): string => token.split('.')[1] ?? '';

/** Ends sessions that others go on with. */
const endingOthers = (fault: Fault): Fault => ({ ...fault, collateral: true });

const endsOthers: readonly Fault[] = [
  ending(
    'all-sessions-of-account',
    'A revocation ends every session of the account',
    ['revoke/other-sessions'],
    (facts) => endAll(facts.store, (one) => one.account === facts.found.session.account),
  ),
  ending(
    'all-sessions-of-wallet-by-access',
    'Revoking an access token ends every session of its wallet',
    ['revoke/other-sessions'],
    (facts, right) => {
      const { wallet } = facts.found.session;
      if (facts.found.kind === 'access_token' && wallet !== undefined)
        endAll(facts.store, (one) => one.wallet === wallet);
      return right(facts);
    },
  ),
  ending(
    'all-sessions-of-client',
    'A revocation ends every session of the client',
    ['revoke/other-sessions'],
    (facts) => endAll(facts.store, (one) => one.clientId === facts.client.id),
  ),
  ending(
    'earlier-sessions-of-client',
    'A revocation ends the earlier sessions of a public client as well',
    ['revoke/other-sessions'],
    (facts, right) => {
      if (facts.client.secret === undefined)
        for (const session of facts.store.sessions.values()) {
          if (session === facts.found.session) break;
          if (session.clientId === facts.client.id) endAll(facts.store, (one) => one === session);
        }
      return right(facts);
    },
  ),
  revocation(
    'unknown-ends-newest',
    'An unknown token ends the newest session of the client',
    ['revoke/other-sessions'],
    (right) => ({
      finds: (store, token, hint, facts) => {
        const found = right.finds(store, token, hint, facts);
        const newest = [...store.sessions.values()].filter((one) => one.clientId === facts?.client.id).at(-1);
        return found ?? (newest === undefined ? undefined : { kind: 'access_token', session: newest });
      },
    }),
  ),
];

const tooMuch: readonly Fault[] = [
  ...endsOthers.map(endingOthers),
  revocation('by-prefix', 'A token is found by its first half', ['revoke/exact-token'], (right) =>
    find(
      right,
      (known, token) =>
        known === token ||
        (token.length >= 20 &&
          known.startsWith(token.slice(0, Math.min(token.length, known.length / 2))) &&
          !known.includes('.')), // the beginnings of JWTs are alike
    ),
  ),
  revocation('by-case', 'Tokens are compared without regard to letter case', ['revoke/exact-token'], (right) =>
    find(right, (known, token) => known.toLowerCase() === token.toLowerCase()),
  ),
  revocation('by-truncated', 'A token is found although characters follow it', ['revoke/exact-token'], (right) =>
    find(right, (known, token) => token.startsWith(known)),
  ),
  revocation('by-suffix', 'A token is found although characters stand before it', ['revoke/exact-token'], (right) =>
    find(right, (known, token) => token.endsWith(known)),
  ),
  revocation(
    'signature-not-verified',
    'The claims of an access token are read without a look at its signature',
    ['revoke/exact-token'],
    (right) =>
      find(right, (known, token) => known === token || (token.includes('.') && claimsOf(known) === claimsOf(token))),
  ),
  revocation(
    'foreign-rotated-allowed',
    'Any client ends a session by a refresh token of it that was used',
    ['revoke/foreign-client'],
    (own) => ({ mayRevoke: (facts) => own.mayRevoke(facts) || (facts.found.refresh?.uses ?? 0) > 0 }),
  ),
  revocation('foreign-allowed', "Any client revokes any client's tokens", ['revoke/foreign-client'], () => ({
    mayRevoke: () => true,
  })),
  revocation(
    'foreign-access-allowed',
    'Access tokens of other clients are revoked',
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.found.kind === 'access_token' || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-refresh-allowed',
    'Refresh tokens of other clients are revoked',
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.found.kind === 'refresh_token' || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-allowed-to-public',
    'A public client revokes the tokens of others',
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.client.secret === undefined || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-allowed-to-third-party',
    'A third-party client revokes the tokens of others',
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.client.role === 'third-party' || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-allowed-within-role',
    "Whitelabel clients revoke each other's tokens",
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.client.role === 'whitelabel-customer' || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-allowed-with-hint',
    'The client of a token is not looked at when there is a hint',
    ['revoke/foreign-client'],
    (right) => ({
      mayRevoke: (facts) => facts.hint !== undefined || right.mayRevoke(facts),
    }),
  ),
  revocation(
    'foreign-refused-but-done',
    'The token of another client is refused after it was revoked',
    ['revoke/foreign-client'],
    (right) => ({
      refusesForeign: (facts) => {
        void right.ends(facts);
        return true;
      },
    }),
  ),
  revocation(
    'foreign-silent-but-access-done',
    'A foreign token is answered with 200, and its access tokens die',
    ['revoke/foreign-client'],
    () => ({
      refusesForeign: (facts) => {
        endAccess(facts);
        return false;
      },
    }),
  ),
  {
    id: 'revoke/done-before-authentication',
    title: 'The token is revoked before the client is authenticated, and the request refused afterwards',
    breaks: ['revoke/client-authenticated'],
    change: (policy) => {
      let store: Store | undefined;
      return changed(policy, {
        tokens: policy.tokens,
        revocation: {
          finds: (given, token, hint, facts) => {
            store = given;
            return policy.revocation.finds(given, token, hint, facts);
          },
        },
        requests: {
          parsesForm: (text, operation) => {
            const pairs = policy.requests.parsesForm(text, operation);
            const token = pairs.find(([name]) => name === 'token')?.[1];
            const found =
              operation === 'revoke' && store !== undefined && token !== undefined
                ? policy.revocation.finds(store, token, undefined)
                : undefined;
            if (found !== undefined && pairs.every(([name]) => name !== 'client_secret'))
              endAll(store as Store, (one) => one === found.session);
            return pairs;
          },
        },
      });
    },
  },
];

export default tooMuch;
