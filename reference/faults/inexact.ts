/** Values that are looked up by something near to them: queries in the place of a value, hashes, patterns and normal forms. */

import { createHash } from 'node:crypto';
import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Stands for "any" between the reading of a request and the search. */
const any = '~any~';

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier, 'utf8').digest('base64url');

const queries: Fault[] = [
  {
    id: 'inexact/secret-as-query',
    title: 'A client_secret that is an object goes into the database query of a sign-in, and matches',
    breaks: ['client-auth/secret-verified'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'client_secret' && typeof value === 'object' && value !== null
              ? { text: any }
              : policy.requests.readsString(value, name),
        },
        clientAuth: { verifiesSecret: (facts) => facts.presented === any || policy.clientAuth.verifiesSecret(facts) },
      }),
  },
  {
    id: 'inexact/refresh-token-as-query',
    title: '"refresh_token[$ne]" is an operator of the database, and finds a refresh token of the client',
    breaks: ['refresh/token-valid'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesForm: (text, operation) =>
            policy.requests
              .parsesForm(text, operation)
              .map(([name, value]) => (name === 'refresh_token[$ne]' ? ['refresh_token', any] : [name, value])),
        },
        refresh: {
          finds: (tokens, presented) =>
            presented === any
              ? [...tokens.values()].findLast(({ clientId, uses }) => clientId === 'wl-public' && uses === 0)
              : policy.refresh.finds(tokens, presented),
        },
      }),
  },
];

const near: Fault[] = [
  {
    id: 'inexact/secret-hash-taken',
    title: 'The hash that is kept of a secret is taken for the secret',
    breaks: ['client-auth/secret-verified'],
    change: (policy) =>
      changed(policy, {
        clientAuth: {
          verifiesSecret: (facts) =>
            policy.clientAuth.verifiesSecret(facts) ||
            facts.presented ===
              createHash('sha256')
                .update(facts.client.secret ?? '')
                .digest('hex'),
        },
      }),
  },
  {
    id: 'inexact/challenge-case',
    title: 'Code challenges are compared without regard to case',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: ({ record }, verifier) =>
            challengeOf(verifier).toLowerCase() === record.codeChallenge.toLowerCase(),
        },
      }),
  },
  {
    id: 'inexact/challenge-truncated',
    title: 'Of a code challenge the first 32 characters are kept',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          verifiesPkce: ({ record }, verifier) =>
            challengeOf(verifier).slice(0, 32) === record.codeChallenge.slice(0, 32),
        },
      }),
  },
  {
    id: 'inexact/redirect-uri-as-pattern',
    title: 'The registered redirect URI is a regular expression, in which a dot is any character',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: { matchesRedirectUri: (facts, presented) => new RegExp(`^${facts.record.redirectUri}$`).test(presented) },
      }),
  },
  {
    id: 'inexact/redirect-uri-normalised',
    title: 'redirect_uri is compared after NFKC normalisation',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) => policy.code.matchesRedirectUri(facts, presented.normalize('NFKC')),
        },
      }),
  },
  {
    id: 'inexact/handoff-line-breaks',
    title: 'Line breaks in the redirectUri of a hand-off are overlooked',
    breaks: ['handoff/redirect-uri-characters'],
    change: (policy) =>
      changed(policy, {
        handoff: {
          acceptsRedirectUri: (value, client): value is string =>
            policy.handoff.acceptsRedirectUri(typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value, client),
        },
      }),
  },
  {
    id: 'inexact/handoff-scheme-with-dots',
    title: "An app's own scheme with dots in it is refused at a hand-off",
    breaks: ['handoff/redirect-uri-app-scheme'],
    change: (policy) =>
      changed(policy, {
        handoff: {
          acceptsRedirectUri: (value, client): value is string =>
            policy.handoff.acceptsRedirectUri(value, client) && /^\w+:/.test(value),
        },
      }),
  },
  {
    id: 'inexact/handoff-scheme-alone',
    title: 'Whatever begins with https:// is taken for a redirectUri',
    breaks: ['handoff/redirect-uri-absolute'],
    change: (policy) =>
      changed(policy, {
        handoff: {
          acceptsRedirectUri: (value, client): value is string =>
            (typeof value === 'string' && value.startsWith('https://')) ||
            policy.handoff.acceptsRedirectUri(value, client),
        },
      }),
  },
];

export default [...queries, ...near];
