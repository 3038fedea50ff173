/** A refresh that names no scope is for the scope that was granted first: no more, and no less without a word (RFC 6749 6). */

import { parseJwt } from '../../generators/jwt.ts';
import type { TargetConfig } from '../config.ts';
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

/** The scope that the response names. */
function toldScope(exchange: Exchange): readonly string[] | undefined {
  const scope = exchange.object?.scope;
  return typeof scope === 'string' ? words(scope) : undefined;
}

/** The scope that its access token claims (RFC 9068 2.2.3). */
function claimedScope(exchange: Exchange): readonly string[] | undefined {
  const token = exchange.object?.access_token;
  const claimed = typeof token === 'string' ? parseJwt(token)?.claims.scope : undefined;
  return typeof claimed === 'string' ? words(claimed) : undefined;
}

/**
 * What a session may have been granted when it began; undefined where nothing tells. Only a response that names its scope tells all of it: names such
 * as openid need not be in a token, so that to what that of a code claims comes what codes are asked for (RFC 6749 5.1).
 */
function grantedFirst(exchange: Exchange, { scope }: TargetConfig): readonly string[] | undefined {
  const claimed = exchange.request.operation === 'token' ? claimedScope(exchange) : undefined;
  return toldScope(exchange) ?? (claimed === undefined ? undefined : [...claimed, ...words(scope), ...ofFirstGrant]);
}

/** The parameters of a refresh; none where a request is none. */
function refreshForm(exchange: Exchange): ReadonlyMap<string, string> {
  const form = new Map(exchange.requestForm);
  return form.get('grant_type') === 'refresh_token' ? form : new Map();
}

/** What a refresh for all that was granted does not give and does not say: its token claims less than the first one did (RFC 6749 3.3, 5.1). */
function missingOf(exchange: Exchange, { claimed = [] }: First): string[] {
  const told = toldScope(exchange);
  const claims = claimedScope(exchange);
  const silent = claimed.filter((name) => claims?.includes(name) === false && told?.includes(name) !== false);
  return silent.filter((name) => !ofFirstGrant.has(name));
}

export default defineObservers([
  () => {
    /** The scope names that a refresh has asked for, and that its response and its token tell; nothing where one of the three is not there. */
    const read = (exchange: Exchange) => {
      const asked = words(refreshForm(exchange).get('scope') ?? '');
      const [told, claimed] = [toldScope(exchange), claimedScope(exchange)];
      return told !== undefined && claimed !== undefined && asked.length > 0 ? [{ asked, told, claimed }] : [];
    };
    return {
      id: 'observer/refresh-scope-told',
      title: 'A refresh for less whose token has less does not tell of more',
      verifies: ['token/response-scope-when-different'],
      applies: (exchange) => issues(exchange) && read(exchange).length > 0,
      judge: (exchange) =>
        read(exchange).flatMap(({ asked, told, claimed }) => {
          // A token may lack names such as openid that were granted; one that has just what was asked for was narrowed.
          const narrowed =
            asked.every((name) => claimed.includes(name)) && claimed.every((name) => asked.includes(name));
          const beyond = told.filter((name) => !asked.includes(name));
          return narrowed && beyond.length > 0
            ? [
                {
                  message: `A refresh for ${asked.join(' ')} gave a token for that alone, and its response tells of ${beyond.join(' ')} as well.`,
                },
              ]
            : [];
        }),
    };
  },
  () => {
    /** Refresh token -> what its session was granted first. */
    const granted = new Map<string | undefined, First>();
    const original = (exchange: Exchange): First | undefined => granted.get(refreshForm(exchange).get('refresh_token'));
    /** What the session of a refresh that names no scope was granted first, and what its response says, or else its token; nothing where one is not known. */
    const read = (exchange: Exchange) => {
      const [first, said] = [original(exchange), toldScope(exchange) ?? claimedScope(exchange)];
      const isForAll = (refreshForm(exchange).get('scope') ?? '') === '';
      return first !== undefined && said !== undefined && isForAll ? [{ first, said }] : [];
    };
    return {
      id: 'observer/refresh-scope',
      title:
        'A refresh that names no scope gives nothing beyond what was granted first, and nothing less without a word',
      verifies: ['refresh/scope-omitted'],
      applies(exchange, { config }) {
        if (!issues(exchange)) return false;
        const next = exchange.object?.refresh_token;
        const begun = refreshForm(exchange).size === 0 ? grantedFirst(exchange, config) : undefined;
        const first =
          original(exchange) ??
          (begun === undefined ? undefined : { granted: new Set(begun), claimed: claimedScope(exchange) });
        if (typeof next === 'string' && first !== undefined) granted.set(next, first);
        return read(exchange).length > 0;
      },
      judge: (exchange) =>
        read(exchange).flatMap(({ first, said }) => {
          const beyond = new Set(said.filter((name) => !first.granted.has(name)));
          if (beyond.size > 0)
            return [
              {
                message: `A refresh that names no scope gave ${[...beyond].join(', ')} beyond what was granted first.`,
              },
            ];
          const missing = missingOf(exchange, first);
          return missing.length > 0
            ? [
                {
                  message: `A refresh that names no scope did not give ${missing.join(', ')}, which was granted first, and did not say so.`,
                },
              ]
            : [];
        }),
    };
  },
]);
