/** Names, types and spellings of the members of an access token that is a JWT (RFC 7519 4, 5.1; RFC 7515 4). */

import { type ParsedJwt, parseJwt } from '../../generators/jwt.ts';
import type { Exchange } from '../exchange.ts';
import { repeatedMembers } from '../json-members.ts';
import { defineObservers, type Finding } from '../observers.ts';

const where = (exchange: Exchange): string => `The access token of a granted ${exchange.request.operation} response`;

/** The access token that a response issues, where it is a JWT. */
function issued(exchange: Exchange): readonly ParsedJwt[] {
  const { operation, method } = exchange.request;
  const token = exchange.object?.access_token;
  const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
  const jwt = issues && typeof token === 'string' ? parseJwt(token) : undefined;
  return jwt === undefined ? [] : [jwt];
}

const textOf = (part: string): string => Buffer.from(part, 'base64url').toString('utf8');

/** RFC 7519 2, StringOrURI: what has a colon is a URI, which begins with a scheme and has neither white space nor delimiters of text. */
const isStringOrUri = (value: unknown): boolean =>
  typeof value === 'string' && (!value.includes(':') || /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]*$/.test(value));

const isAudience = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(isStringOrUri) : isStringOrUri(value);

const isString = (value: unknown): boolean => typeof value === 'string';

const claimTypes = [
  ['iss', isStringOrUri, 'a string, and a URI where it has a colon'],
  ['sub', isStringOrUri, 'a string, and a URI where it has a colon'],
  ['aud', isAudience, 'a string or an array of strings, each a URI where it has a colon'],
  ['jti', isString, 'a string'],
] as const;

/** Header parameters that RFC 7515 defines for signed tokens, which `crit` does not list (RFC 7515 4.1.11). */
const defined = new Set('alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit'.split(' '));

/** What is wrong with the list of extensions that must be understood. */
function wrongWithCritical(header: Readonly<Record<string, unknown>>): string | undefined {
  const { crit } = header;
  if (crit === undefined) return undefined;
  if (!Array.isArray(crit) || crit.length === 0) return 'is no list of names, or an empty one';
  if (!crit.every(isString) || new Set(crit).size !== crit.length) return 'holds what is no name, or a name twice';
  const names = crit as readonly string[];
  const known = names.find((name) => defined.has(name));
  if (known !== undefined) return `lists ${known}, which is no extension`;
  const absent = names.find((name) => !Object.hasOwn(header, name));
  return absent === undefined ? undefined : `lists ${absent}, which the header does not have`;
}

function membersOf(exchange: Exchange, jwt: ParsedJwt): Finding[] {
  const found: Finding[] = [];
  const say = (requirement: string, message: string): void =>
    void found.push({ requirement, message: `${where(exchange)} ${message}.` });
  for (const [name, isRight, words] of claimTypes)
    if (jwt.claims[name] !== undefined && !isRight(jwt.claims[name]))
      say('access-token/jwt-member-types', `has a claim ${name} that is not ${words}`);
  for (const name of ['kid', 'typ', 'cty'])
    if (jwt.header[name] !== undefined && !isString(jwt.header[name]))
      say('access-token/jwt-member-types', `has a header parameter ${name} that is no string`);
  const [header, payload] = jwt.parts;
  const repeated = [header, payload].flatMap((part) => repeatedMembers(textOf(part)));
  if (repeated.length > 0) say('access-token/jwt-names-unique', `has ${repeated.join(', ')} more than once`);
  const critical = wrongWithCritical(jwt.header);
  if (critical !== undefined) say('access-token/jwt-critical-form', `has a header parameter crit that ${critical}`);
  const { typ, cty } = jwt.header;
  if (typeof typ === 'string' && typ.toLowerCase() === 'jwt' && typ !== 'JWT')
    say('access-token/jwt-type-spelling', `has the typ ${typ} instead of JWT`);
  if (typeof typ === 'string' && /^application\/[^/]+$/i.test(typ))
    say('access-token/jwt-type-short', `has the typ ${typ}, with its prefix`);
  // The payload is a claims set, or this would not have been read as a JWT: nothing is nested.
  if (cty !== undefined) say('access-token/jwt-no-content-type', 'has a cty, although it nests no other JWT');
  return found;
}

export default defineObservers([
  () => ({
    id: 'observer/access-token-jwt-members',
    title: 'Members of access tokens that are JWTs have the types and spellings that are registered',
    verifies: [
      'access-token/jwt-member-types',
      'access-token/jwt-names-unique',
      'access-token/jwt-critical-form',
      'access-token/jwt-type-spelling',
      'access-token/jwt-type-short',
      'access-token/jwt-no-content-type',
    ],
    applies: (exchange, { config }) => config.accessToken.format === 'jwt' && issued(exchange).length > 0,
    judge: (exchange) => issued(exchange).flatMap((jwt) => membersOf(exchange, jwt)),
  }),
]);
