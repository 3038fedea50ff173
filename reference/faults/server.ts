/** Mistakes of the wire that no decision of the policy makes: a proxy, a framework default, an error page. */

import { rewritten, rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'server/token-response-cacheable',
    title: 'A proxy in front replaces Cache-Control of the token response by its own',
    breaks: ['token/response-no-store'],
    transform: ({ operation }, response) =>
      operation === 'token' && response.ok
        ? rewritten(response, { headers: { 'cache-control': 'private, max-age=60' } })
        : response,
  },
  {
    id: 'server/token-response-html',
    title: 'Token responses carry the media type text/html, which the framework takes by default',
    breaks: ['token/response-json'],
    transform: ({ operation }, response) =>
      operation === 'token' && response.ok
        ? rewritten(response, { headers: { 'content-type': 'text/html; charset=utf-8' } })
        : response,
  },
  {
    id: 'server/405-without-allow',
    title: 'An unsupported method is refused with 405 without saying which methods there are',
    breaks: ['http/allow-with-405'],
    transform: (_exchange, response) =>
      response.status === 405 ? rewritten(response, { headers: { allow: undefined } }) : response,
  },
  {
    id: 'server/401-without-challenge',
    title: 'Failed client authentication is answered with 401 without WWW-Authenticate',
    breaks: ['http/challenge-on-401', 'client-auth/basic-401', 'http/challenge-without-authorization'],
    transform: ({ operation }, response) =>
      response.status === 401 && operation !== 'handoff/init'
        ? rewritten(response, { headers: { 'www-authenticate': undefined } })
        : response,
  },
  {
    id: 'server/error-echoes-request',
    title: 'Errors repeat the body of the request, secrets included',
    breaks: ['errors/no-secret-echo'],
    transform: async ({ operation, body }, response) => {
      if (response.status < 400 || operation !== 'token') return response;
      const sent = Object.fromEntries(new URLSearchParams(await body()));
      return rewrittenJson(response, (error) => ({ ...error, request: sent }));
    },
  },
];

export default faults;
