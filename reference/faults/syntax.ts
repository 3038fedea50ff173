/** Values and answers that are written in a way that their grammar does not have. */

import { randomBytes } from 'node:crypto';
import { changed } from '../policy/index.ts';
import { serverNonces } from '../siwe-settings.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'token-code/not-ascii',
    title: 'Codes have letters beyond ASCII',
    breaks: ['token/code-characters'],
    change: (policy) => changed(policy, { code: { mints: () => `é${randomBytes(32).toString('base64url')}` } }),
  },
  {
    id: 'access-token/with-a-bar',
    title: 'Access tokens are a number, a bar and a random value',
    breaks: ['access-token/b64token'],
    config: { accessToken: { format: 'opaque' } },
    change: (policy) => {
      let count = 0;
      return changed(policy, {
        tokens: {
          mintsAccessToken: async () => {
            count += 1;
            return `${count}|${randomBytes(30).toString('base64url')}`;
          },
        },
        accessToken: {
          readsBearer: (header) => /^bearer +(\S+)$/i.exec(header ?? '')?.[1],
          findsOpaque: (token, store) => store.accessTokens.get(token)?.claims,
        },
      });
    },
  },
  {
    id: 'client-auth/unknown-client-by-basic-400',
    title: 'An unknown client that uses Basic is answered with 400',
    breaks: ['client-auth/basic-401'],
    transform: ({ operation, request }, response) => {
      const [, encoded = ''] = /^basic +(.*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
      const [id = ''] = Buffer.from(encoded, 'base64').toString().split(':');
      return (operation === 'token' || operation === 'revoke') && id.startsWith('no-such-client')
        ? rewritten(response, { status: 400, headers: { 'www-authenticate': undefined } })
        : response;
    },
  },
  {
    id: 'client-auth/basic-without-realm',
    title: 'The challenge says Basic and nothing else',
    breaks: ['client-auth/basic-realm'],
    change: (policy) => changed(policy, { clientAuth: { challenge: () => 'Basic' } }),
  },
  {
    id: 'client-auth/realm-unquoted',
    title: 'The realm of the challenge has no quotation marks',
    breaks: ['http/realm-quoted'],
    change: (policy) => changed(policy, { clientAuth: { challenge: () => 'Basic realm=auth, charset="UTF-8"' } }),
  },
  {
    id: 'client-auth/realm-twice',
    title: 'The challenge names two realms',
    breaks: ['http/challenge-parameters-once'],
    change: (policy) =>
      changed(policy, { clientAuth: { challenge: () => 'Basic realm="auth", realm="oauth2/client"' } }),
  },
  {
    id: 'client-auth/challenge-without-comma',
    title: 'The parameters of the challenge are separated by blanks',
    breaks: ['http/challenge-parameters-separated'],
    change: (policy) => changed(policy, { clientAuth: { challenge: () => 'Basic realm="auth" charset="UTF-8"' } }),
  },
  {
    id: 'client-auth/basic-charset-latin',
    title: 'The challenge asks for ISO-8859-1',
    breaks: ['client-auth/basic-charset'],
    change: (policy) =>
      changed(policy, { clientAuth: { challenge: () => 'Basic realm="auth", charset="ISO-8859-1"' } }),
  },
  {
    id: 'http/wrong-method-400',
    title: 'Other methods are answered with 400',
    breaks: ['http/method-status'],
    change: (policy) => changed(policy, { errors: { wrongMethodStatus: () => 400 } }),
  },
  {
    id: 'http/options-without-allow',
    title: 'OPTIONS is answered with 204 and no methods',
    breaks: ['http/options-allow'],
    transform: ({ request }, response) =>
      request.method === 'OPTIONS' ? new Response(null, { status: 204 }) : response,
  },
  {
    id: 'http/member-twice-at-handoff',
    title: 'The answer to a hand-off has a member twice',
    breaks: ['http/json-names-unique'],
    transform: async ({ operation }, response) =>
      operation === 'handoff/init' && response.ok
        ? rewritten(response, { body: (await response.text()).replace(/^\{/, '{"expires_in":30,"expires_in":60,') })
        : response,
  },
  {
    id: 'http/member-twice-in-list',
    title: 'The objects in the list of scopes have their name twice',
    breaks: ['http/json-names-unique'],
    transform: async ({ operation, request }, response) => {
      if (operation !== 'scopes' || request.method !== 'GET' || !response.ok) return response;
      const names = (await response.json()) as string[];
      const objects = names.map((name) => `{"name":"","name":${JSON.stringify(name)}}`);
      return rewritten(response, { body: `[${objects.join(',')}]` });
    },
  },
  {
    id: 'http/markup-in-page',
    title: 'An unknown client is answered with a page that repeats its id',
    breaks: ['http/input-sanitized'],
    transform: async ({ operation, body }, response) => {
      const id = operation === 'token' && !response.ok ? new URLSearchParams(await body()).get('client_id') : null;
      return id?.includes('<') === true
        ? rewritten(response, { headers: { 'content-type': 'text/html' }, body: `<p>Unknown client: ${id}</p>` })
        : response;
    },
  },
  {
    id: 'http/markup-in-page-at-handoff',
    title: 'A hand-off with an unknown intent is answered with a page that repeats it',
    breaks: ['http/input-sanitized'],
    transform: async ({ operation, body }, response) => {
      if (operation !== 'handoff/init' || response.ok) return response;
      const [, intent] = /"intent":"([^"]*<[^"]*)"/.exec(await body()) ?? [];
      return intent === undefined
        ? response
        : rewritten(response, { headers: { 'content-type': 'text/html' }, body: `<p>No such intent: ${intent}</p>` });
    },
  },
  {
    id: 'http/header-from-value',
    title: 'The token that a revocation names is written into a header with its line breaks',
    breaks: ['http/input-sanitized'],
    transform: async ({ operation, body }, response) => {
      if (operation !== 'revoke') return response;
      const [, name, value] =
        /[\r\n]+([\w-]+): *(\w+)$/.exec(new URLSearchParams(await body()).get('token') ?? '') ?? [];
      return name === undefined ? response : rewritten(response, { headers: { [name]: value } });
    },
  },
  {
    id: 'siwe/server-nonce-counted',
    title: 'Nonces of the server are consecutive numbers',
    breaks: ['strength/siwe-nonce-entropy'],
    config: serverNonces,
    change: (policy) => {
      let count = 10_000_000;
      const mintsNonce = (): string => {
        count += 1;
        return String(count);
      };
      return changed(policy, { siwe: { requiresIssuedNonce: () => true, mintsNonce } });
    },
  },
];

export default faults;
