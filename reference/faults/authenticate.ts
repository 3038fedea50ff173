/** Mistakes of POST /authenticate beside the message: roles, members of the body, the response (API reference "Authenticate user"). */

import { changed } from '../policy/index.ts';
import { type ResponseTransformer, rewritten, rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

const expected = { domain: 'app.example.com', uri: 'https://app.example.com', version: '1', chainId: 1 };
const never = '0x0000000000000000000000000000000000000000';

/** Sends whoever forgot the signature on to a page that asks for it. */
const toLogin =
  (status: number): ResponseTransformer =>
  async ({ operation, request, body }, response) =>
    operation === 'authenticate' &&
    request.method === 'POST' &&
    response.status === 400 &&
    (await body()).startsWith('{') &&
    !(await body()).includes('"signature"')
      ? rewritten(response, { status, headers: { location: '/login', 'content-type': undefined }, body: null })
      : response;

const roles: readonly Fault[] = [
  {
    id: 'authenticate/redirected-307',
    title: 'A sign-in without a signature is redirected to a page with 307',
    breaks: ['authenticate/no-307', 'authenticate/signature-required'],
    transform: toLogin(307),
  },
  {
    id: 'authenticate/redirected-302',
    title: 'A sign-in without a signature is redirected to a page with 302',
    breaks: ['authenticate/redirect-303', 'authenticate/signature-required'],
    transform: toLogin(302),
  },
  {
    id: 'authenticate/role-ignored',
    title: 'Clients of every role may sign users in',
    breaks: ['authenticate/role'],
    change: (policy) => changed(policy, { session: { mayAuthenticate: () => true } }),
  },
  {
    id: 'authenticate/role-of-public-clients-only',
    title: 'The role is looked at for public clients only',
    breaks: ['authenticate/role'],
    change: (policy) =>
      changed(policy, {
        session: {
          mayAuthenticate: (facts, continues) =>
            facts.method !== 'none' || policy.session.mayAuthenticate(facts, continues),
        },
      }),
  },
  {
    id: 'authenticate/role-ignored-with-post',
    title: 'The role is not looked at for clients with their secret in the body',
    breaks: ['authenticate/role'],
    change: (policy) =>
      changed(policy, {
        session: {
          mayAuthenticate: (facts, continues) =>
            facts.method === 'client_secret_post' || policy.session.mayAuthenticate(facts, continues),
        },
      }),
  },
  {
    id: 'authenticate/role-ignored-when-continuing',
    title: 'The role is not looked at where a session_id is given',
    breaks: ['session/role-binding'],
    change: (policy) =>
      changed(policy, {
        session: {
          mayAuthenticate: (facts, continues) => continues === true || policy.session.mayAuthenticate(facts, continues),
          continuesForClient: (facts) =>
            facts.client.role === 'third-party' || policy.session.continuesForClient(facts),
        },
      }),
  },
  {
    id: 'authenticate/role-ignored-for-known-wallets',
    title: 'Third-party clients are let in with a wallet that a whitelabel client has signed in',
    breaks: ['authenticate/role'],
    change: (policy) => {
      const known = new Set<string>();
      return changed(policy, {
        session: { mayAuthenticate: () => true },
        siwe: {
          verifiesSignature(text, signature, address, facts) {
            if (!policy.siwe.verifiesSignature(text, signature, address, facts)) return false;
            if (facts?.client.role === 'whitelabel-customer') known.add(address);
            return known.has(address);
          },
        },
      });
    },
  },
  {
    id: 'authenticate/role-refused-as-not-found',
    title: 'Another role is told that there is no such operation',
    breaks: ['authenticate/role'],
    change: (policy) => changed(policy, { session: { roleRefusal: () => ({ status: 404, error: 'not_found' }) } }),
  },
  {
    id: 'authenticate/role-refused-as-bad-request',
    title: 'Another role is told that its request is malformed',
    breaks: ['authenticate/role'],
    change: (policy) =>
      changed(policy, { session: { roleRefusal: () => ({ status: 400, error: 'invalid_request' }) } }),
  },
  {
    id: 'authenticate/role-refused-with-200',
    title: 'Another role is refused in the body of a 200',
    breaks: ['authenticate/role', 'session/role-binding', 'authenticate/session-id', 'token/response-access-token'],
    change: (policy) =>
      changed(policy, { session: { roleRefusal: () => ({ status: 200, error: 'unauthorized_client' }) } }),
  },
];

const bodies: readonly Fault[] = [
  {
    id: 'authenticate/signature-optional',
    title: 'A sign-in without signature is accepted',
    breaks: ['authenticate/signature-required'],
    change: (policy) =>
      changed(policy, {
        siwe: {
          requiresSignature: () => false,
          signatureIsWellFormed: (value, facts) => value === '' || policy.siwe.signatureIsWellFormed(value, facts),
          verifiesSignature: (text, value, address, facts) =>
            value === '' || policy.siwe.verifiesSignature(text, value, address, facts),
        },
      }),
  },
  {
    id: 'authenticate/signature-optional-for-public-clients',
    title: 'A public client may leave the signature out',
    breaks: ['authenticate/signature-required'],
    change: (policy) =>
      changed(policy, {
        siwe: {
          requiresSignature: ({ method }) => method !== 'none',
          signatureIsWellFormed: (value, facts) => value === '' || policy.siwe.signatureIsWellFormed(value, facts),
          verifiesSignature: (text, value, address, facts) =>
            value === '' || policy.siwe.verifiesSignature(text, value, address, facts),
        },
      }),
  },
  {
    id: 'authenticate/message-optional',
    title: 'A missing message counts as an empty one, and whoever signed is signed in',
    breaks: ['authenticate/message-required'],
    change: (policy) => {
      let count = 0;
      return changed(policy, {
        siwe: {
          standsForMissingMessage: () => '',
          parses(text) {
            if (text !== '') return policy.siwe.parses(text);
            count += 1;
            return { ...expected, address: never, nonce: `missing${count}`, issuedAt: new Date().toISOString() };
          },
          verifiesSignature: (text, value, address, facts) =>
            text === '' || policy.siwe.verifiesSignature(text, value, address, facts),
        },
      });
    },
  },
  {
    id: 'authenticate/signature-of-other-type-passes',
    title: 'The signature is verified only where it is a string',
    breaks: ['authenticate/member-types'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'signature' && typeof value !== 'string'
              ? { text: 'not verified' }
              : policy.requests.readsString(value, name),
        },
        siwe: {
          signatureIsWellFormed: (value, facts) =>
            value === 'not verified' || policy.siwe.signatureIsWellFormed(value, facts),
          verifiesSignature: (text, value, address, facts) =>
            value === 'not verified' || policy.siwe.verifiesSignature(text, value, address, facts),
        },
      }),
  },
  {
    id: 'authenticate/body-in-an-array',
    title: 'Of an array the first object counts as the body',
    breaks: ['json/object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson(text) {
            const parsed = policy.requests.parsesJson(text);
            return Array.isArray(parsed?.value) ? { value: parsed.value[0] as unknown } : parsed;
          },
        },
      }),
  },
  {
    id: 'authenticate/body-parsed-twice',
    title: 'A body that is a JSON string is parsed once more',
    breaks: ['json/object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson(text) {
            const parsed = policy.requests.parsesJson(text);
            return typeof parsed?.value === 'string' ? policy.requests.parsesJson(parsed.value) : parsed;
          },
        },
      }),
  },
];

const responses: readonly Fault[] = [
  {
    id: 'authenticate/refused-with-tokens',
    title: 'A sign-in whose signature is wrong is answered with an error and a token pair',
    breaks: [
      'authenticate/refusal-issues-nothing',
      'authenticate/no-chosen-wallet',
      'session/continuation-verified',
      'siwe/chain-id',
      'siwe/domain-binding',
      'siwe/expiration-time',
      'siwe/not-before',
      'siwe/signature-covers-message',
      'siwe/signature-prefix',
      'siwe/signature-verified',
      'siwe/uri-expected',
    ],
    transform: ({ operation }, response) =>
      operation === 'authenticate' && response.status === 401
        ? rewrittenJson(response, (error) => ({
            ...error,
            access_token: 'issued.before.verification',
            token_type: 'Bearer',
          }))
        : response,
  },
  {
    id: 'authenticate/session-id-missing',
    title: 'The response to a sign-in does not name the session',
    breaks: ['authenticate/session-id'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair(facts) {
            const { session_id: _, ...pair } = policy.tokens.pair(facts);
            return pair;
          },
        },
      }),
  },
  {
    id: 'authenticate/session-id-under-another-name',
    title: 'The session id is returned as sessionId',
    breaks: ['authenticate/session-id'],
    transform: ({ operation }, response) =>
      operation === 'authenticate' && response.ok
        ? rewrittenJson(response, ({ session_id: sessionId, ...pair }) => ({ ...pair, sessionId }))
        : response,
  },
  {
    id: 'authenticate/session-as-object',
    title: 'The session is returned as an object instead of its id',
    breaks: ['authenticate/session-id'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair: (facts) => {
            const pair = policy.tokens.pair(facts);
            return 'session_id' in pair ? { ...pair, session_id: { id: pair.session_id } } : pair;
          },
        },
      }),
  },
  {
    id: 'authenticate/session-id-only-for-confidential-clients',
    title: 'Public clients are not told the session id',
    breaks: ['authenticate/session-id'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair(facts) {
            const { session_id: sessionId, ...pair } = policy.tokens.pair(facts);
            return facts.method === 'none' || sessionId === undefined ? pair : { ...pair, session_id: sessionId };
          },
        },
      }),
  },
  {
    id: 'authenticate/no-refresh-token',
    title: 'The response to a sign-in has no refresh token',
    breaks: ['authenticate/refresh-token'],
    change: (policy) =>
      changed(policy, {
        tokens: {
          pair(facts) {
            const { refresh_token: _, ...pair } = policy.tokens.pair(facts);
            return facts.operation === 'authenticate' ? pair : policy.tokens.pair(facts);
          },
        },
      }),
  },
  {
    id: 'authenticate/public-clients-refused',
    title: 'Clients without a secret cannot sign users in',
    breaks: ['authenticate/sign-in'],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          mayGoUnauthenticated: (facts) =>
            facts.operation !== 'authenticate' && policy.clientAuth.mayGoUnauthenticated(facts),
        },
      }),
  },
  {
    id: 'authenticate/body-credentials-refused',
    title: 'Clients with their secret in the body cannot sign users in',
    breaks: ['authenticate/sign-in'],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          allowsMethod: (facts) =>
            !(facts.operation === 'authenticate' && facts.method === 'client_secret_post') &&
            policy.clientAuth.allowsMethod(facts),
        },
      }),
  },
  {
    id: 'authenticate/refresh-token-dead',
    title: 'The refresh token of a sign-in is refused at /token',
    breaks: ['authenticate/tokens-alive'],
    change: (policy) =>
      changed(policy, {
        refresh: { belongsTo: (facts) => facts.record.grant !== 'siwe' && policy.refresh.belongsTo(facts) },
      }),
  },
  {
    id: 'authenticate/access-token-dead',
    title: 'The access token of a sign-in by a public client is refused',
    breaks: ['authenticate/tokens-alive'],
    change: (policy) =>
      changed(policy, {
        accessToken: {
          sessionIsAlive: (session, record, now) =>
            !(record?.grant === 'siwe' && record.method === 'none') &&
            policy.accessToken.sessionIsAlive(session, record, now),
        },
      }),
  },
];

export default [...roles, ...bodies, ...responses];
