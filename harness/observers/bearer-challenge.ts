/** What a 401 of the bearer-protected operation must say (RFC 6750 3). */

import { type Challenge, parseChallenges, quotedStrings } from '../challenges.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';

const unauthorized = (exchange: Exchange): boolean =>
  exchange.request.operation === 'handoffInit' && exchange.request.method === 'POST' && exchange.status === 401;

/** The first Bearer challenge, if there is one. */
const bearerOf = (exchange: Exchange): readonly Challenge[] =>
  parseChallenges(exchange.headerValues('www-authenticate'))
    .filter((challenge) => challenge.scheme === 'bearer')
    .slice(0, 1);

const valuesOf = (challenge: Challenge, name: string): readonly string[] =>
  challenge.params.filter(([key]) => key === name).map(([, value]) => value);

/** Query, body or cookie: whether it counts as credentials there is the server's own business. */
const sentElsewhere = (exchange: Exchange): boolean =>
  exchange.request.url.includes('access_token') ||
  exchange.requestObject?.access_token !== undefined ||
  exchange.requestHeader('cookie') !== undefined;

const attributes = ['realm', 'scope', 'error', 'error_description', 'error_uri'] as const;
/** RFC 6750 3: the characters of each value. */
const allowed = {
  error: /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/,
  error_description: /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/,
  error_uri: /^[\x21\x23-\x5b\x5d-\x7e]*$/,
  scope: /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/,
} as const;
/** What a code looks like: those of RFC 6750 3.1 and of extensions (RFC 6749 8.5, RFC 9449, RFC 9470) do; sentences and names of statuses are none. */
const codeForm = /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/;

function formOf(challenge: Challenge): Finding[] {
  const found: Finding[] = [];
  const twice = attributes.find((name) => valuesOf(challenge, name).length > 1);
  if (twice !== undefined) found.push({ message: `A Bearer challenge has the attribute ${twice} twice.` });
  const bad = (['error', 'error_description', 'error_uri', 'scope'] as const).find((name) =>
    valuesOf(challenge, name).some((value) => !allowed[name].test(value)),
  );
  if (bad !== undefined)
    found.push({
      requirement: 'access-token/challenge-characters',
      message: `The ${bad} of a Bearer challenge has characters that are not allowed.`,
    });
  const error = valuesOf(challenge, 'error').find((value) => allowed.error.test(value) && !codeForm.test(value));
  if (error !== undefined)
    found.push({
      requirement: 'access-token/challenge-error-code',
      message: `A Bearer challenge has the error "${error}", which is no error code.`,
    });
  return found;
}

/** A value with white space that is not between quotation marks (RFC 9110 11.2: auth-param): another reader takes its words for schemes. */
const unquoted = /\b(realm|scope|error|error_description|error_uri)\s*=\s*[^\s",][^",]*?\s[^\s",=]+(?![^\s,])/i;

function errorOf(exchange: Exchange, challenge: Challenge): Finding[] {
  const named = (['error', 'error_description'] as const).some((name) => valuesOf(challenge, name).length > 0);
  const authorization = exchange.requestHeader('authorization');
  if (authorization === undefined && !sentElsewhere(exchange))
    return named
      ? [
          {
            requirement: 'access-token/challenge-no-error-without-token',
            message: 'A 401 to a request without any credentials names an error in its challenge.',
          },
        ]
      : [];
  const tokenSent = /^bearer +[A-Za-z0-9\-._~+/]+=*$/i.test(String(authorization));
  return tokenSent && valuesOf(challenge, 'error').length === 0
    ? [{ message: 'A 401 to a bearer token names no error in its challenge.' }]
    : [];
}

/** RFC 6750 3.1: the status that goes with each code. */
const statusOf: ReadonlyMap<string, number> = new Map([
  ['invalid_request', 400],
  ['invalid_token', 401],
  ['insufficient_scope', 403],
]);

/** Other statuses than the three may come from whatever stands before the operation. */
const refusals: readonly number[] = [...statusOf.values()];

/** The registered codes that the challenge names. */
const registered = (exchange: Exchange): readonly string[] =>
  bearerOf(exchange)
    .flatMap((challenge) => valuesOf(challenge, 'error'))
    .filter((code) => statusOf.has(code));

export default defineObservers([
  () => ({
    id: 'observer/bearer-challenge',
    title: 'Every 401 at /handoff/init challenges with the scheme Bearer',
    verifies: ['access-token/challenge', 'access-token/challenge-scheme'],
    applies: unauthorized,
    judge(exchange) {
      const lines = exchange.headerValues('www-authenticate');
      if (lines.length === 0) return [{ message: 'A 401 at /handoff/init has no WWW-Authenticate header.' }];
      if (bearerOf(exchange).length > 0) return [];
      return [
        {
          requirement: 'access-token/challenge-scheme',
          message: `A 401 at /handoff/init says WWW-Authenticate: ${lines.join(', ')}, which has no Bearer challenge.`,
        },
      ];
    },
  }),
  () => ({
    id: 'observer/bearer-challenge-form',
    title: 'Bearer challenges name each attribute once and in allowed characters',
    verifies: [
      'access-token/challenge-attributes-once',
      'access-token/challenge-characters',
      'access-token/challenge-error-code',
    ],
    applies: (exchange) => unauthorized(exchange) && bearerOf(exchange).length > 0,
    judge(exchange) {
      // What a quoted string says of a parameter is none.
      const plain = exchange.headerValues('www-authenticate').join(', ').replace(quotedStrings, '""');
      const name = unquoted.exec(plain)?.[1];
      const found = bearerOf(exchange).flatMap(formOf);
      if (name !== undefined)
        found.push({
          requirement: 'access-token/challenge-characters',
          message: `The ${name} of a challenge has white space and no quotation marks.`,
        });
      return found;
    },
  }),
  () => ({
    id: 'observer/bearer-challenge-error',
    title: 'A challenge names an error exactly when a token was sent',
    verifies: ['access-token/challenge-error', 'access-token/challenge-no-error-without-token'],
    applies: (exchange) => unauthorized(exchange) && bearerOf(exchange).length > 0,
    judge: (exchange) => bearerOf(exchange).flatMap((challenge) => errorOf(exchange, challenge)),
  }),
  () => ({
    id: 'observer/bearer-challenge-status',
    title: 'The error of a Bearer challenge and the status say the same',
    verifies: ['access-token/challenge-error-status'],
    applies: (exchange) =>
      exchange.request.operation === 'handoffInit' &&
      exchange.request.method === 'POST' &&
      refusals.includes(exchange.status) &&
      registered(exchange).length > 0,
    judge: (exchange) =>
      registered(exchange)
        .filter((code) => statusOf.get(code) !== exchange.status)
        .map((code) => ({
          message: `A ${exchange.status} at /handoff/init has the error ${code} in its challenge, which goes with ${statusOf.get(code)}.`,
        })),
  }),
]);
