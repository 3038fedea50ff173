/** Mistakes in the comparison of redirect URIs at the token endpoint. */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'redirect-uri/optional-confidential',
    title: 'The redirect URI may be left out by confidential clients',
    breaks: ['token/redirect-uri-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresRedirectUri: (facts) =>
            !(facts.client.secret !== undefined && facts.method !== 'none') && policy.code.requiresRedirectUri(facts),
        },
      }),
  },
  {
    id: 'redirect-uri/unchecked-confidential',
    title: 'The redirect URI is required of confidential clients, and not compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            (facts.client.secret !== undefined && facts.method !== 'none') ||
            policy.code.matchesRedirectUri(facts, presented),
        },
      }),
  },
  {
    id: 'redirect-uri/optional-public',
    title: 'The redirect URI may be left out by public clients',
    breaks: ['token/redirect-uri-required'],
    change: (policy) =>
      changed(policy, {
        code: { requiresRedirectUri: (facts) => !(facts.method === 'none') && policy.code.requiresRedirectUri(facts) },
      }),
  },
  {
    id: 'redirect-uri/unchecked-public',
    title: 'The redirect URI is required of public clients, and not compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            facts.method === 'none' || policy.code.matchesRedirectUri(facts, presented),
        },
      }),
  },
  {
    id: 'redirect-uri/optional-third-party',
    title: 'The redirect URI may be left out by third-party clients',
    breaks: ['token/redirect-uri-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresRedirectUri: (facts) =>
            !(facts.client.role === 'third-party') && policy.code.requiresRedirectUri(facts),
        },
      }),
  },
  {
    id: 'redirect-uri/unchecked-third-party',
    title: 'The redirect URI is required of third-party clients, and not compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            facts.client.role === 'third-party' || policy.code.matchesRedirectUri(facts, presented),
        },
      }),
  },
  {
    id: 'redirect-uri/optional-post',
    title: 'The redirect URI may be left out by clients that authenticate with client_secret_post',
    breaks: ['token/redirect-uri-required'],
    change: (policy) =>
      changed(policy, {
        code: {
          requiresRedirectUri: (facts) =>
            !(facts.method === 'client_secret_post') && policy.code.requiresRedirectUri(facts),
        },
      }),
  },
  {
    id: 'redirect-uri/unchecked-post',
    title: 'The redirect URI is required of clients that authenticate with client_secret_post, and not compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            facts.method === 'client_secret_post' || policy.code.matchesRedirectUri(facts, presented),
        },
      }),
  },
  {
    id: 'redirect-uri/trimmed',
    title: 'Spaces around a redirect URI are cut off',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: { matchesRedirectUri: (facts, presented) => presented.trim() === facts.record.redirectUri },
      }),
  },
  {
    id: 'redirect-uri/prefix',
    title: 'A redirect URI that begins with the right one passes',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: { matchesRedirectUri: (facts, presented) => presented.startsWith(facts.record.redirectUri) },
      }),
  },
  {
    id: 'redirect-uri/any-case',
    title: 'Redirect URIs are compared without regard to letter case',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) => presented.toLowerCase() === facts.record.redirectUri.toLowerCase(),
        },
      }),
  },
  {
    id: 'redirect-uri/normalised',
    title: 'Redirect URIs are normalised before they are compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            URL.canParse(presented) && new URL(presented).href === new URL(facts.record.redirectUri).href,
        },
      }),
  },
  {
    id: 'redirect-uri/host-only',
    title: 'Only the hosts of redirect URIs are compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            URL.canParse(presented) && new URL(presented).host === new URL(facts.record.redirectUri).host,
        },
      }),
  },
  {
    id: 'redirect-uri/query-ignored',
    title: 'The query of a redirect URI is ignored',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: { matchesRedirectUri: (facts, presented) => presented.split('?')[0] === facts.record.redirectUri },
      }),
  },
  {
    id: 'redirect-uri/scheme-ignored',
    title: 'The scheme of a redirect URI is ignored',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            presented.replace(/^https?:/i, '') === facts.record.redirectUri.replace(/^https?:/i, ''),
        },
      }),
  },
  {
    id: 'redirect-uri/slash',
    title: 'A slash at the end of a redirect URI is ignored',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            presented.replace(/\/$/, '') === facts.record.redirectUri.replace(/\/$/, ''),
        },
      }),
  },
];

export default faults;
