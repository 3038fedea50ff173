/** Mistakes in reading the form of a token request (RFC 6749 3.2, appendix B; RFC 9110 8.3.1). */

import { misreading } from '../form-mistakes.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Pairs } from '../policy/requests.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

const mediaType = 'application/x-www-form-urlencoded';

/** The form of /token is read otherwise. */
const read = (policy: Policy, reading: (pairs: Pairs, text: string) => Pairs): Policy =>
  changed(policy, { requests: misreading(policy, 'token', reading) });

const counts = (pairs: Pairs): Map<string, number> => {
  const found = new Map<string, number>();
  for (const [name] of pairs) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
};

/** Repetitions for which `lenient` holds are not refused; the last value counts. */
const repeated = (id: string, title: string, lenient: (pairs: Pairs) => boolean): Fault => ({
  id: `token-form/repeated-${id}`,
  title,
  breaks: ['form/repeated-parameter'],
  change: (policy) =>
    changed(policy, {
      requests: {
        refusesRepeated: (pairs, operation) =>
          !(operation === 'token' && lenient(pairs)) && policy.requests.refusesRepeated(pairs, operation),
      },
    }),
});

/** Only these parameters are repeated. */
const onlyOf =
  (...names: string[]) =>
  (pairs: Pairs): boolean =>
    [...counts(pairs)].every(([name, count]) => count === 1 || names.includes(name));

/** The first of equal names counts. */
const firstOfEach = (pairs: Pairs): Pairs =>
  pairs.filter(([name], index) => pairs.findIndex(([other]) => other === name) === index);

const refusesUnknown = (id: string, title: string, isRefused: (names: readonly string[]) => boolean): Fault => ({
  id: `token-form/unknown-${id}`,
  title,
  breaks: ['form/unknown-parameter'],
  change: (policy) =>
    changed(policy, {
      requests: {
        refusesUnknown: (operation, names) =>
          (operation === 'token' && isRefused(names)) || policy.requests.refusesUnknown(operation, names),
      },
    }),
});

const known = new Set([
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'client_id',
  'client_secret',
]);

const isForm = (id: string, title: string, accepts: (value: string) => boolean): Fault => ({
  id: `token-form/media-type-${id}`,
  title,
  breaks: ['form/media-type-parameters'],
  change: (policy) =>
    changed(policy, {
      requests: {
        isForm: (value, operation) =>
          operation === 'token' ? value !== undefined && accepts(value) : policy.requests.isForm(value, operation),
      },
    }),
});

const faults: readonly Fault[] = [
  repeated('last-wins', 'Of a repeated parameter the last value counts', () => true),
  repeated('code-last-wins', 'Of a repeated code the last one counts', onlyOf('code')),
  repeated('redirect-uri-last-wins', 'Of a repeated redirect_uri the last one counts', onlyOf('redirect_uri')),
  repeated('verifier-last-wins', 'Of a repeated code_verifier the last one counts', onlyOf('code_verifier')),
  repeated('grant-type-last-wins', 'Of a repeated grant_type the last one counts', onlyOf('grant_type')),
  repeated('client-id-last-wins', 'Of a repeated client_id the last one counts', onlyOf('client_id')),
  repeated('secret-last-wins', 'Of a repeated client_secret the last one counts', onlyOf('client_secret')),
  repeated('refresh-token-last-wins', 'Of a repeated refresh_token the last one counts', onlyOf('refresh_token')),
  repeated('scope-last-wins', 'Of a repeated scope the last one counts', onlyOf('scope')),
  repeated(
    'same-value',
    'A parameter may be repeated with the same value',
    (pairs) => new Set(pairs.map(([name, value]) => `${name}=${value}`)).size === counts(pairs).size,
  ),
  {
    id: 'token-form/repeated-first-wins',
    title: 'Of a repeated parameter the first value counts',
    breaks: ['form/repeated-parameter'],
    change: (policy) => read(policy, firstOfEach),
  },
  refusesUnknown('refused', 'A token request with a parameter that the server does not know is refused', (names) =>
    names.some((name) => !known.has(name)),
  ),
  refusesUnknown('prompt-refused', 'A token request with prompt or audience is refused', (names) =>
    names.some((name) => name === 'prompt' || name === 'audience'),
  ),
  refusesUnknown(
    'refused-with-secret',
    'A token request with an unknown parameter is refused when it carries a client_secret',
    (names) => names.includes('client_secret') && names.some((name) => !known.has(name)),
  ),
  {
    id: 'token-form/method-overridden',
    title: 'A parameter called _method decides on the method of a token request',
    breaks: ['form/unknown-parameter'],
    transform: async ({ operation, body }, response) =>
      operation === 'token' && new URLSearchParams(await body()).has('_method')
        ? rewritten(response, { status: 405, headers: { allow: 'POST' }, body: '{"error":"invalid_request"}' })
        : response,
  },
  {
    id: 'token-form/answers-as-jsonp',
    title: 'A parameter called callback makes a script of a token response',
    breaks: ['form/unknown-parameter', 'token/response-json'],
    transform: async ({ operation, body }, response) =>
      operation === 'token' && response.ok && new URLSearchParams(await body()).has('callback')
        ? rewritten(response, {
            headers: { 'content-type': 'text/javascript' },
            body: `show(${await response.text()})`,
          })
        : response,
  },
  {
    id: 'token-form/first-twenty',
    title: 'Of a token request the first twenty parameters are read',
    breaks: ['form/unknown-parameter'],
    change: (policy) => read(policy, (pairs) => pairs.slice(0, 20)),
  },
  {
    id: 'token-form/empty-secret-of-public-client',
    title: 'An empty client_secret of a public client is a wrong one',
    breaks: ['form/empty-parameter'],
    change: (policy) =>
      read(policy, (pairs) =>
        pairs.map(([name, value]) => [name, name === 'client_secret' && value === '' ? '-' : value]),
      ),
  },
  {
    id: 'token-form/empty-secret-beside-basic',
    title: 'An empty client_secret in the body beside Basic credentials counts as a second method',
    breaks: ['form/empty-parameter'],
    change: (policy) => {
      const empty = ' ';
      return changed(
        read(policy, (pairs) =>
          pairs.map(([name, value]) => [name, name === 'client_secret' && value === '' ? empty : value]),
        ),
        {
          clientAuth: {
            refusesTwoMethods: (presented, operation) => policy.clientAuth.refusesTwoMethods(presented, operation),
            acceptsSecretOfPublicClient: ({ presented }) => presented === empty,
          },
        },
      );
    },
  },
  {
    id: 'token-form/empty-scope-refused',
    title: 'An empty scope in a token request is refused',
    breaks: ['form/empty-parameter'],
    change: (policy) =>
      read(policy, (pairs) => pairs.map(([name, value]) => [name === 'scope' && value === '' ? 'code' : name, value])),
  },
  {
    id: 'token-form/empty-kept-at-refresh',
    title: 'An empty parameter of a refresh counts as a value',
    breaks: ['form/empty-parameter'],
    change: (policy) =>
      read(policy, (pairs) =>
        pairs.map(([name, value]) => [
          name,
          value === '' && name === 'scope' && pairs.some(([other]) => other === 'refresh_token') ? '-' : value,
        ]),
      ),
  },
  {
    id: 'token-form/escapes-of-capitals-only',
    title: 'Escapes with lower-case hexadecimal digits are not decoded',
    breaks: ['form/equivalent-encodings'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesForm: (text, operation) =>
            policy.requests.parsesForm(
              operation === 'token' ? text.replace(/%(?=[0-9a-f]?[a-f]|[a-f])/g, '%25') : text,
              operation,
            ),
        },
      }),
  },
  {
    id: 'token-form/names-not-decoded',
    title: 'The form of a token request is decoded, but not its names',
    breaks: ['form/equivalent-encodings'],
    change: (policy) =>
      read(policy, (pairs, text) => {
        const names = text.split('&').map((pair) => pair.split('=')[0] ?? '');
        return pairs.map(([, value], index) => [names[index] ?? '', value]);
      }),
  },
  {
    id: 'token-form/grant-type-first',
    title: 'grant_type must be the first parameter',
    breaks: ['form/equivalent-encodings'],
    change: (policy) =>
      read(policy, (pairs) =>
        pairs.some(([name]) => name === 'client_id') && pairs.at(-1)?.[0] === 'grant_type' ? pairs.slice(0, -1) : pairs,
      ),
  },
  isForm('exact', 'The media type of a token request is compared letter for letter', (value) => value === mediaType),
  isForm(
    'without-parameters',
    'A form with a charset is refused at /token',
    (value) => value.toLowerCase() === mediaType,
  ),
  isForm('lower-case', 'The media type of a token request must be in lower case', (value) =>
    value.startsWith(mediaType),
  ),
  {
    id: 'token-form/nul-removed',
    title: 'Control characters are removed from the parameters of a token request',
    breaks: ['form/malformed'],
    change: (policy) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what the mistake removes
      read(policy, (pairs) => pairs.map(([name, value]) => [name, value.replace(/[\u0000-\u001f]/g, '')])),
  },
  {
    id: 'token-form/brackets',
    title: 'code[] counts as code, as in the query strings of PHP',
    breaks: ['form/malformed'],
    change: (policy) => read(policy, (pairs) => pairs.map(([name, value]) => [name.replace(/\[\]$/, ''), value])),
  },
  {
    id: 'token-form/broken-utf-8-removed',
    title: 'What is no UTF-8 is removed from the parameters of a token request',
    breaks: ['form/malformed'],
    change: (policy) => read(policy, (pairs) => pairs.map(([name, value]) => [name, value.replaceAll('\ufffd', '')])),
  },
  {
    id: 'token-form/json-in-a-form',
    title: 'JSON that is labelled as a form is read as JSON at /token',
    breaks: ['form/malformed'],
    change: (policy) =>
      read(policy, (pairs, text) => {
        try {
          return Object.entries(JSON.parse(text) as Record<string, string>);
        } catch {
          return pairs;
        }
      }),
  },
  {
    id: 'token-form/empty-answered-200',
    title: 'An empty token request is answered with 200',
    // An empty object is no token pair either.
    breaks: ['form/malformed', 'token/response-access-token', 'token/response-token-type', 'token/response-expires-in'],
    transform: async ({ operation, body }, response) =>
      operation === 'token' && response.status >= 400 && (await body()) === ''
        ? Response.json({}, { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } })
        : response,
  },
];

export default faults;
