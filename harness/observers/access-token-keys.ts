/** Every access token of a run against the key sets that were read before and after it was issued (RFC 7515 5.2, 4.1.4; RFC 7517 4.5). */

import { type ParsedJwt, parseJwt } from '../../generators/jwt.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';
import { type Jwk, namesKey, rsaKey, verifyingKeys } from '../verifying-keys.ts';

/** Tokens between two readings of the key set that are kept: each costs a signature. */
const kept = 1000;

/** A token, and when its request began and its response was there, in milliseconds since the epoch. */
interface Issued {
  readonly jwt: ParsedJwt;
  readonly from: number;
  readonly to: number;
}

/** A key set as it was read, since when it has been the same. */
interface KeySet {
  readonly text: string;
  readonly keys: readonly Jwk[];
  readonly since: number;
}

const endOf = ({ startedAt, durationMs }: Exchange): number => startedAt + durationMs;

/** The access token of a granted response, where it is a JWT that says RS256 and is signed. */
function issued(exchange: Exchange): Issued | undefined {
  const { operation, method } = exchange.request;
  const token = exchange.object?.access_token;
  const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
  const jwt = issues && typeof token === 'string' ? parseJwt(token) : undefined;
  if (jwt === undefined || jwt.header.alg !== 'RS256' || jwt.signature.byteLength === 0) return undefined;
  return { jwt, from: exchange.startedAt, to: endOf(exchange) };
}

/** The key set of a response; undefined where it holds no key that RS256 could be verified with, which the checks of the set report. */
function readKeys(exchange: Exchange): KeySet | undefined {
  const { keys } = exchange.object ?? {};
  if (exchange.request.operation !== 'jwks' || !exchange.ok || !Array.isArray(keys)) return undefined;
  const all = keys.filter((key): key is Jwk => key instanceof Object && !Array.isArray(key));
  const text = all
    .map((key) => JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort()
    .join();
  return all.some((key) => rsaKey(key) !== undefined) ? { text, keys: all, since: endOf(exchange) } : undefined;
}

export default defineObservers([
  () => {
    let set: KeySet | undefined;
    let pending: Issued[] = [];
    /** Of what was issued while the set stayed the same. */
    let judged: readonly ParsedJwt[] = [];
    return {
      id: 'observer/access-token-keys',
      title: 'Every access token that is issued while the key set stays the same is verified by the key that it names',
      verifies: ['access-token/jwt-verifies', 'jwks/kid-names-key'],
      applies(exchange, { config }) {
        if (config.accessToken.format !== 'jwt') return false;
        const token = issued(exchange);
        if (token !== undefined && pending.length < kept) pending.push(token);
        const now = readKeys(exchange);
        if (now === undefined) return false;
        const { text, since } = set ?? now;
        // Keys rotate: what was issued before the set was read, or while it changed, may have been signed by a key that is gone.
        const isSame = text === now.text;
        const fitting = isSame ? pending.filter(({ from }) => from >= since) : [];
        judged = fitting.filter(({ to }) => to <= exchange.startedAt).map(({ jwt }) => jwt);
        pending = fitting.filter(({ to }) => to > exchange.startedAt);
        set = isSame ? { ...now, since } : now;
        return judged.length > 0;
      },
      judge() {
        const found: Finding[] = [];
        const say = (requirement: string, wrong: readonly ParsedJwt[], what: string): void => {
          if (wrong.length === 0) return;
          const message = `${wrong.length} of ${judged.length} access tokens that were issued while the key set stayed the same ${what}.`;
          found.push({ requirement, message });
        };
        const keys = set?.keys ?? [];
        const verified = judged.map((jwt) => ({ jwt, by: verifyingKeys(jwt, keys) }));
        const unverified = verified.filter(({ by }) => by.length === 0);
        const misnamed = verified.filter(({ jwt, by }) => by.length > 0 && !namesKey(jwt, by));
        const tokens = (those: typeof verified): ParsedJwt[] => those.map(({ jwt }) => jwt);
        say('access-token/jwt-verifies', tokens(unverified), 'are verified by none of its keys');
        say('jwks/kid-names-key', tokens(misnamed), 'have another kid than the key that verifies them');
        return found;
      },
    };
  },
]);
