/** What every token pair must look like (RFC 6749 5.1; contract "Token pair"). */

import type { Exchange } from '../exchange.ts';
import { outerMembers } from '../json-members.ts';
import { defineObservers, type Finding } from '../observers.ts';

const issues = (exchange: Exchange): boolean =>
  (exchange.request.operation === 'token' || exchange.request.operation === 'authenticate') &&
  exchange.request.method === 'POST' &&
  exchange.ok;

const visible = /^[\x20-\x7e]+$/;
const scopeValue = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const where = (exchange: Exchange): string => `A granted ${exchange.request.operation} response`;
const shown = (value: unknown): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? 'a string' : JSON.stringify(value);
const absent = (value: unknown): boolean => value === undefined || value === null;

export default defineObservers([
  () => ({
    id: 'observer/token-response',
    title: 'Every token pair has the documented members in the documented types',
    verifies: [
      'token/response-json',
      'token/response-access-token',
      'token/response-token-type',
      'token/response-expires-in',
      'token/response-refresh-token',
      'token/response-refresh-expires-in',
      'token/response-scope',
      'token/response-distinct-tokens',
      'token/response-members-once',
    ],
    applies: issues,
    judge(exchange) {
      const found: Finding[] = [];
      const say = (requirement: string, message: string): void =>
        void found.push({ requirement, message: `${where(exchange)} ${message}.` });
      if (exchange.status !== 200) say('token/response-json', `has status ${exchange.status} instead of 200`);
      if (exchange.mediaType !== 'application/json')
        say('token/response-json', `has the media type ${exchange.mediaType ?? '(none)'} instead of application/json`);
      const body = exchange.object;
      if (body === undefined) {
        say('token/response-json', 'is not a JSON object');
        return found;
      }
      const names = outerMembers(exchange.text);
      const repeated = names.filter((name, index) => names.indexOf(name) !== index);
      if (repeated.length > 0)
        say('token/response-members-once', `has ${[...new Set(repeated)].join(', ')} more than once`);
      const { access_token, token_type, expires_in, refresh_token, refresh_expires_in, scope } = body;
      if (typeof access_token !== 'string' || !visible.test(access_token))
        say(
          'token/response-access-token',
          `has an access_token that is ${shown(access_token)}, not visible ASCII text`,
        );
      if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer')
        say(
          'token/response-token-type',
          `has the token_type ${JSON.stringify(token_type) ?? 'absent'} instead of Bearer`,
        );
      if (!Number.isInteger(expires_in) || Number(expires_in) <= 0)
        say('token/response-expires-in', `has an expires_in that is ${shown(expires_in)}, not a positive whole number`);
      if (!absent(refresh_token) && (typeof refresh_token !== 'string' || !visible.test(refresh_token)))
        say(
          'token/response-refresh-token',
          `has a refresh_token that is ${shown(refresh_token)}, not visible ASCII text`,
        );
      if (!absent(refresh_expires_in) && (typeof refresh_expires_in !== 'number' || !(refresh_expires_in > 0)))
        say(
          'token/response-refresh-expires-in',
          `has a refresh_expires_in that is ${shown(refresh_expires_in)}, not a positive number`,
        );
      if (!absent(scope) && scope !== '' && (typeof scope !== 'string' || !scopeValue.test(scope)))
        say(
          'token/response-scope',
          `has a scope that is ${shown(scope)} and no list of scope names separated by single spaces`,
        );
      if (typeof access_token === 'string' && access_token === refresh_token)
        say('token/response-distinct-tokens', 'has the same string as access_token and refresh_token');
      return found;
    },
  }),
  () => ({
    id: 'observer/token-response-not-stored',
    title: 'Every token pair tells caches to keep nothing',
    verifies: ['token/response-no-store', 'token/response-pragma'],
    applies: issues,
    judge(exchange) {
      const directives = exchange
        .headerValues('cache-control')
        .flatMap((value) => value.split(','))
        .map((directive) => directive.trim().toLowerCase());
      const found: Finding[] = [];
      if (!directives.includes('no-store'))
        found.push({
          requirement: 'token/response-no-store',
          message: `${where(exchange)} says Cache-Control: ${exchange.header('cache-control') ?? '(none)'} instead of no-store.`,
        });
      if (!exchange.headerValues('pragma').some((value) => /\bno-cache\b/i.test(value)))
        found.push({
          requirement: 'token/response-pragma',
          message: `${where(exchange)} does not say Pragma: no-cache.`,
        });
      return found;
    },
  }),
  () => ({
    id: 'observer/token-lifetime',
    title: 'Access tokens are short-lived',
    verifies: ['token/lifetime-short'],
    applies: (exchange) => issues(exchange) && typeof exchange.object?.expires_in === 'number',
    judge(exchange) {
      const { expires_in } = exchange.object ?? {};
      const lifetime = Number(expires_in);
      return lifetime > 3600
        ? [{ message: `${where(exchange)} says that its access token lives ${lifetime} seconds, more than an hour.` }]
        : [];
    },
  }),
]);
