/** Inputs that real servers fail on, each at the place where it is usual. */

import { misreading } from '../form-mistakes.ts';
import { changed, type Policy } from '../policy/index.ts';
import { noAnswer } from '../transform.ts';
import type { Fault } from './types.ts';

/** Reads the values of parameters without looking at their characters. */
const anyCharacters = (policy: Policy): Partial<Policy['requests']> => ({
  ...policy.requests,
  refusesCharacters: () => false,
});

const notText = (value: unknown): never => {
  throw new TypeError(`${typeof value}.toLowerCase is not a function`);
};

const faults: readonly Fault[] = [
  {
    id: 'robustness/nul-in-refresh-token',
    title: 'A refresh token with NUL makes the database refuse the query, which nobody catches',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: anyCharacters(policy),
        refresh: {
          finds(tokens, presented) {
            if (presented.includes('\u0000')) throw new Error('invalid byte sequence for encoding "UTF8": 0x00');
            return policy.refresh.finds(tokens, presented);
          },
        },
      }),
  },
  {
    id: 'robustness/nul-in-code',
    title: 'A code with NUL makes /token fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: anyCharacters(policy),
        code: {
          finds(codes, presented) {
            if (presented.includes('\u0000')) throw new Error('invalid byte sequence for encoding "UTF8": 0x00');
            return policy.code.finds(codes, presented);
          },
        },
      }),
  },
  {
    id: 'robustness/nul-in-session-id',
    title: 'A session_id with NUL makes /authenticate fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        session: {
          finds(sessions, id, client) {
            if (id.includes('\u0000')) throw new Error('invalid byte sequence for encoding "UTF8": 0x00');
            return policy.session.finds(sessions, id, client);
          },
        },
      }),
  },
  {
    id: 'robustness/clients-in-plain-object',
    title: 'Clients are looked up in a plain object, so that client_id=constructor finds a function',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          findsClient(clients, id, operation) {
            if (id in {}) throw new TypeError("Cannot read properties of undefined (reading 'includes')");
            return policy.clientAuth.findsClient(clients, id, operation);
          },
        },
      }),
  },
  {
    id: 'robustness/refresh-tokens-in-plain-object',
    title: 'Refresh tokens are looked up in a plain object, so that __proto__ finds one',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          finds(tokens, presented) {
            if (presented in {}) throw new TypeError("Cannot read properties of undefined (reading 'sessionId')");
            return policy.refresh.finds(tokens, presented);
          },
        },
      }),
  },
  {
    id: 'robustness/query-operator-as-secret',
    title: 'client_secret[$ne]= becomes an operator of the database query for the client',
    breaks: ['client-auth/secret-verified'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesForm: (text, operation) =>
            policy.requests
              .parsesForm(text, operation)
              .map(([name, value]) =>
                name === 'client_secret[$ne]' ? ['client_secret', '{"$ne":""}'] : [name, value],
              ),
        },
        clientAuth: {
          verifiesSecret: (facts) => facts.presented === '{"$ne":""}' || policy.clientAuth.verifiesSecret(facts),
        },
      }),
  },
  {
    id: 'robustness/nested-names-at-token',
    title: 'Deeply nested names of parameters make the form parser of /token throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'token', (pairs) => {
          if (pairs.some(([name]) => name.split('[').length > 100))
            throw new RangeError('Maximum call stack size exceeded');
          return pairs;
        }),
      }),
  },
  {
    id: 'robustness/inherited-name-at-revoke',
    title: 'A parameter named toString makes the form parser of /revoke throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: misreading(policy, 'revoke', (pairs) => (pairs.some(([name]) => name in {}) ? notText('') : pairs)),
      }),
  },
  {
    id: 'robustness/grants-in-plain-object',
    title: 'Grant types are looked up in a plain object, so that grant_type=__proto__ finds no function',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsGrantType(value) {
            if (value in {}) throw new TypeError('handler is not a function');
            return policy.requests.readsGrantType(value);
          },
        },
      }),
  },
  {
    id: 'robustness/redirect-uri-parsed',
    title: 'A redirect_uri that is no URL makes /token fail, because the parser throws',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, redirectUri) =>
            new URL(redirectUri).href !== '' && policy.code.matchesRedirectUri(facts, redirectUri),
        },
      }),
  },
  {
    id: 'robustness/verifier-outside-latin-1',
    title: 'A code_verifier outside Latin-1 makes the encoder of /token throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifierIsWellFormed: (verifier, facts) =>
            btoa(verifier) !== '' && policy.code.verifierIsWellFormed(verifier, facts),
        },
      }),
  },
  {
    id: 'robustness/quote-in-scope',
    title: 'A quote in scope breaks the statement that stores the session',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        code: {
          grants(facts, asked) {
            if (asked?.includes("'")) throw new Error('unterminated quoted string');
            return policy.code.grants(facts, asked);
          },
        },
      }),
  },
  {
    id: 'robustness/client-id-in-header',
    title: 'The client id is copied into the challenge, where a line break or an emoji is an invalid header',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: anyCharacters(policy),
        clientAuth: {
          findsClient(clients, id, operation) {
            const found = policy.clientAuth.findsClient(clients, id, operation);
            if (found === undefined) new Headers({ 'www-authenticate': `Basic realm="${id}"` });
            return found;
          },
        },
      }),
  },
  {
    id: 'robustness/token-type-hint-unknown-value',
    title: 'An unknown token_type_hint makes the enumeration of /revoke throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        revocation: {
          refusesHint(hint, facts) {
            if (!['access_token', 'refresh_token'].includes(hint)) throw new RangeError(`No enum constant ${hint}`);
            return policy.revocation.refusesHint(hint, facts);
          },
        },
      }),
  },
  {
    id: 'robustness/repeated-token-500',
    title: 'A repeated parameter of a revocation becomes an array, on which a string method is called',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          refusesRepeated(pairs, operation) {
            if (operation === 'revoke' && new Set(pairs.map(([name]) => name)).size !== pairs.length) notText([]);
            return policy.requests.refusesRepeated(pairs, operation);
          },
        },
      }),
  },
  {
    id: 'robustness/prototype-parameter-500',
    title: 'A parameter called __proto__ is assigned to an object',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          refusesRepeated(pairs, operation) {
            if (pairs.some(([name]) => name === '__proto__'))
              throw new TypeError('Object prototype may only be an Object or null');
            return policy.requests.refusesRepeated(pairs, operation);
          },
        },
      }),
  },
  {
    id: 'robustness/member-of-wrong-type',
    title: 'A signature that is an array makes /authenticate fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'signature' && Array.isArray(value) ? notText(value) : policy.requests.readsString(value, name),
        },
      }),
  },
  {
    id: 'robustness/session-id-object',
    title: 'A session_id that is an object makes /authenticate fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'session_id' && typeof value === 'object'
              ? notText(value)
              : policy.requests.readsString(value, name),
        },
      }),
  },
  {
    id: 'robustness/intent-null',
    title: 'An intent of null makes /handoff/init fail',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        handoff: {
          acceptsIntent: (value, client): value is string =>
            value === null ? notText(value) : policy.handoff.acceptsIntent(value, client),
        },
      }),
  },
  {
    id: 'robustness/redirect-uri-not-a-url',
    title: 'A redirectUri that is no URL makes /handoff/init fail, because the parser throws',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        handoff: {
          acceptsRedirectUri: (value, client): value is string =>
            typeof value === 'string' && new URL(value) ? policy.handoff.acceptsRedirectUri(value, client) : false,
        },
      }),
  },
  {
    id: 'robustness/signature-length',
    title: 'A signature of another length makes the elliptic curve library throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        siwe: {
          signatureIsWellFormed(signature, facts) {
            if (signature.startsWith('0x') && signature.length !== 132) throw new Error('invalid raw signature length');
            return policy.siwe.signatureIsWellFormed(signature, facts);
          },
        },
      }),
  },
  {
    id: 'robustness/half-jwt',
    title: 'A bearer token with an empty header makes the JWT library throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          readsHeader(token) {
            if (/^\./.test(token)) throw new SyntaxError('Unexpected end of JSON input');
            return policy.accessToken.readsHeader(token);
          },
        },
      }),
  },
  {
    id: 'robustness/token-outside-ascii',
    title: 'A bearer token with an octet outside of ASCII makes the decoder throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          readsBearer(header) {
            if (/[\x80-\xff]/.test(header ?? ''))
              throw new TypeError('The encoded data was not valid for encoding utf-8');
            return policy.accessToken.readsBearer(header);
          },
        },
      }),
  },
  {
    id: 'robustness/deep-nesting',
    title: 'JSON nested hundreds of levels deep ends in a stack overflow',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          depthLimit: () => Number.POSITIVE_INFINITY,
          parsesJson(text, operation) {
            if (text.includes('['.repeat(300))) throw new RangeError('Maximum call stack size exceeded');
            return policy.requests.parsesJson(text, operation);
          },
        },
      }),
  },
  {
    id: 'robustness/invalid-utf-8',
    title: 'A body of invalid UTF-8 makes the decoder throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: { decodes: (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) },
      }),
  },
  {
    id: 'robustness/empty-json',
    title: 'An empty body makes the JSON parser of /authenticate throw',
    breaks: ['http/no-server-error'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson: (text, operation) =>
            operation === 'authenticate' && text === ''
              ? { value: JSON.parse(text) as unknown }
              : policy.requests.parsesJson(text, operation),
        },
      }),
  },
  {
    id: 'robustness/connection-lost-on-empty-body',
    title: 'An empty body ends the connection of /handoff/init without an answer',
    breaks: ['http/answers'],
    transform: async ({ operation, request, body }, response) =>
      operation === 'handoff/init' && request.method === 'POST' && (await body()) === '' ? noAnswer : response,
  },
  {
    id: 'robustness/connection-lost-on-repeated-members',
    title: 'Repeated members of a JSON body end the connection of /authenticate without an answer',
    breaks: ['http/answers'],
    transform: async ({ operation, body }, response) =>
      operation === 'authenticate' && (await body()).split('"signature"').length > 2 ? noAnswer : response,
  },
  {
    id: 'robustness/connection-lost-on-nul',
    title: 'NUL in a token ends the connection of /revoke without an answer',
    breaks: ['http/answers'],
    transform: async ({ operation, body }, response) =>
      operation === 'revoke' && (await body()).includes('token=a%00b') ? noAnswer : response,
  },
  {
    id: 'robustness/body-merged-into-object',
    title: 'The body is merged into a fresh object, so that members inside __proto__ count as its own',
    breaks: ['json/own-members'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson(text, operation) {
            const parsed = policy.requests.parsesJson(text, operation);
            if (typeof parsed?.value !== 'object' || parsed.value === null) return parsed;
            const inherited = Object.getOwnPropertyDescriptor(parsed.value, '__proto__')?.value as unknown;
            return typeof inherited === 'object' ? { value: { ...inherited, ...parsed.value } } : parsed;
          },
        },
      }),
  },
  {
    id: 'robustness/prototype-pollution',
    title: 'A body that names constructor.prototype changes what later bodies lack',
    breaks: ['json/own-members'],
    change(policy) {
      const inherited: Record<string, unknown> = {};
      return changed(policy, {
        requests: {
          parsesJson(text, operation) {
            const parsed = policy.requests.parsesJson(text, operation);
            if (operation !== 'handoff/init' || typeof parsed?.value !== 'object' || parsed.value === null)
              return parsed;
            const named = Object.getOwnPropertyDescriptor(parsed.value, 'constructor')?.value as
              | { prototype?: Record<string, unknown> }
              | undefined;
            if (typeof named?.prototype === 'object') Object.assign(inherited, named.prototype);
            return Array.isArray(parsed.value) ? parsed : { value: { ...inherited, ...parsed.value } };
          },
        },
      });
    },
  },
  {
    id: 'robustness/array-is-an-object',
    title: 'A body that is an array counts as its first element',
    breaks: ['json/object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson(text, operation) {
            const parsed = policy.requests.parsesJson(text, operation);
            return Array.isArray(parsed?.value) ? { value: parsed.value[0] as unknown } : parsed;
          },
        },
      }),
  },
  {
    id: 'robustness/json-in-a-string',
    title: 'A JSON string is parsed once more at /handoff/init',
    breaks: ['json/object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson(text, operation) {
            const parsed = policy.requests.parsesJson(text, operation);
            return operation === 'handoff/init' && typeof parsed?.value === 'string'
              ? policy.requests.parsesJson(parsed.value, operation)
              : parsed;
          },
        },
      }),
  },
  {
    id: 'robustness/empty-body-answered-200',
    title: 'An empty body is answered with 200 and an error object at /authenticate',
    breaks: [
      'json/object',
      'token/response-access-token',
      'token/response-token-type',
      'token/response-expires-in',
      'token/response-no-store',
      'token/response-pragma',
    ],
    transform: async ({ operation, request, body }, response) =>
      operation === 'authenticate' && request.method === 'POST' && (await body()) === ''
        ? Response.json({ success: false, message: 'The body is empty.' })
        : response,
  },
  {
    id: 'robustness/huge-member-500',
    title: 'A body beyond the limit is answered with 500 instead of 413',
    breaks: ['http/no-server-error'],
    change: (policy) => changed(policy, { requests: { tooLargeStatus: () => 500 } }),
  },
  {
    id: 'robustness/stuck-after-huge-form',
    title: 'After a body beyond the limit /token has no memory left for right requests',
    breaks: ['http/answers', 'http/no-server-error'],
    change: (policy) => {
      let isStuck = false;
      return changed(policy, {
        requests: {
          tooLargeStatus: () => {
            isStuck = true;
            return policy.requests.tooLargeStatus();
          },
        },
        code: {
          finds(codes, presented) {
            if (isStuck) throw new RangeError('Array buffer allocation failed');
            return policy.code.finds(codes, presented);
          },
        },
      });
    },
  },
];

export default faults;
