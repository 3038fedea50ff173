/** A refresh that names no scope is for the scope that was granted first: no more, and no less without a word (RFC 6749 6). */

import { parseJwt } from '../../generators/jwt.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const words = (text: string): string[] => text.split(' ').filter((name) => name !== '');

const issues = (exchange: Exchange): boolean =>
  (exchange.request.operation === 'token' || exchange.request.operation === 'authenticate') &&
  exchange.request.method === 'POST' &&
  exchange.ok;

/** Names that are for the first grant alone, or for other tokens than the access token (OpenID Connect Core 3.1.2.1, 11). */
const ofFirstGrant = new Set(['openid', 'offline_access']);

interface First {
  readonly granted: ReadonlySet<string>;
  /** The `scope` claim of its access token, where that is a JWT with one. */
  readonly claimed: readonly string[] | undefined;
}

function claimedScope(exchange: Exchange): readonly string[] | undefined {
  const { access_token: token } = exchange.object ?? {};
  const claimed = typeof token === 'string' ? parseJwt(token)?.claims.scope : undefined;
  return typeof claimed === 'string' ? words(claimed) : undefined;
}

/** The scope that the response names, or else the `scope` claim of its token (RFC 9068 2.2.3); undefined where neither is there. */
function saidScope(exchange: Exchange): readonly string[] | undefined {
  const { scope } = exchange.object ?? {};
  return typeof scope === 'string' ? words(scope) : claimedScope(exchange);
}

/** What a refresh for all that was granted does not give and does not say: its token claims less than the first one did (RFC 6749 3.3, 5.1). */
function missingOf(exchange: Exchange, { claimed = [] }: First): string[] {
  const { scope } = exchange.object ?? {};
  const told = typeof scope === 'string' ? words(scope) : undefined;
  const claims = claimedScope(exchange);
  const silent = claimed.filter((name) => claims?.includes(name) === false && told?.includes(name) !== false);
  return silent.filter((name) => !ofFirstGrant.has(name));
}

export default defineObservers([
  () => {
    /** The scope names that a refresh has asked for, and that its response and its token tell. */
    const read = (exchange: Exchange) => {
      const form = new Map(exchange.requestForm);
      const { scope: told, access_token: token } = exchange.object ?? {};
      const claimed = typeof token === 'string' ? parseJwt(token)?.claims.scope : undefined;
      const asked = form.get('grant_type') === 'refresh_token' ? words(form.get('scope') ?? '') : [];
      return typeof told === 'string' && typeof claimed === 'string' && asked.length > 0
        ? { asked, told: words(told), claimed: words(claimed) }
        : undefined;
    };
    return {
      id: 'observer/refresh-scope-told',
      title: 'A refresh for less whose token has less does not tell of more',
      verifies: ['token/response-scope-when-different'],
      applies: (exchange) => issues(exchange) && read(exchange) !== undefined,
      judge(exchange) {
        const { asked, told, claimed } = read(exchange) ?? { asked: [], told: [], claimed: [] };
        // A token may lack names such as openid that were granted; one that has just what was asked for was narrowed.
        const narrowed = asked.every((name) => claimed.includes(name)) && claimed.every((name) => asked.includes(name));
        const beyond = narrowed ? told.filter((name) => !asked.includes(name)) : [];
        return beyond.length === 0
          ? []
          : [
              {
                message: `A refresh for ${asked.join(' ')} gave a token for that alone, and its response tells of ${beyond.join(' ')} as well.`,
              },
            ];
      },
    };
  },
  () => {
    /** Refresh token -> what its session was granted first. */
    const granted = new Map<string, First>();
    const original = (exchange: Exchange): First | undefined => {
      const form = new Map(exchange.requestForm);
      const used = form.get('grant_type') === 'refresh_token' ? form.get('refresh_token') : undefined;
      return used === undefined ? undefined : granted.get(used);
    };
    return {
      id: 'observer/refresh-scope',
      title:
        'A refresh that names no scope gives nothing beyond what was granted first, and nothing less without a word',
      verifies: ['refresh/scope-omitted'],
      applies(exchange) {
        if (!issues(exchange)) return false;
        const before = original(exchange);
        const { refresh_token: next, scope } = exchange.object ?? {};
        const form = new Map(exchange.requestForm);
        // Only a response that names its scope tells all of it: names such as openid need not be in a token.
        const begins = form.get('grant_type') !== 'refresh_token' && typeof scope === 'string';
        const first =
          before ?? (begins ? { granted: new Set(words(scope)), claimed: claimedScope(exchange) } : undefined);
        if (typeof next === 'string' && first !== undefined) granted.set(next, first);
        return before !== undefined && saidScope(exchange) !== undefined && (form.get('scope') ?? '') === '';
      },
      judge(exchange) {
        const before = original(exchange);
        if (before === undefined) return [];
        const beyond = (saidScope(exchange) ?? []).filter((name) => !before.granted.has(name));
        if (beyond.length > 0)
          return [
            {
              message: `A refresh that names no scope gave ${[...new Set(beyond)].join(', ')} beyond what was granted first.`,
            },
          ];
        const missing = missingOf(exchange, before);
        return missing.length === 0
          ? []
          : [
              {
                message: `A refresh that names no scope did not give ${missing.join(', ')}, which was granted first, and did not say so.`,
              },
            ];
      },
    };
  },
]);
