/** Mistakes in the redirect URI of an exchange (RFC 6749 4.1.3, 10.6; RFC 9700 4.1.3). */

import { keepingEmpty } from '../form-mistakes.ts';
import type { AuthenticatedClient } from '../model.ts';
import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

type Who = (facts: AuthenticatedClient) => boolean;

const everyone: Who = () => true;

/** The parameter may be left out. */
const optional = (id: string, whose: string, who: Who): Fault => ({
  id: `redirect-uri/optional-${id}`,
  title: `redirect_uri may be left out by ${whose}`,
  breaks: ['token/redirect-uri-required'],
  change: (policy) =>
    changed(policy, {
      code: { requiresRedirectUri: (facts) => !who(facts) && policy.code.requiresRedirectUri(facts) },
    }),
});

/** Another comparison takes it for the one of the code. */
const looser = (
  id: string,
  title: string,
  matches: (stored: string, presented: string) => boolean,
  who: Who = everyone,
): Fault => ({
  id: `redirect-uri/${id}`,
  title,
  breaks: ['token/redirect-uri-matches'],
  change: (policy) =>
    changed(policy, {
      code: {
        matchesRedirectUri: (facts, presented) =>
          policy.code.matchesRedirectUri(facts, presented) ||
          (who(facts) && matches(facts.record.redirectUri, presented)),
      },
    }),
});

/** Compares what `read` makes of two URIs; what is no URI differs. */
const alike =
  (read: (url: URL) => string) =>
  (stored: string, presented: string): boolean =>
    URL.canParse(presented) && read(new URL(presented)) === read(new URL(stored));

const anything = (): boolean => true;

const faults: readonly Fault[] = [
  optional('for-all', 'every client', everyone),
  optional('for-public-clients', 'public clients', ({ method }) => method === 'none'),
  optional('with-basic', 'clients that authenticate with Basic', ({ method }) => method === 'client_secret_basic'),
  optional('with-post', 'clients that send their secret in the body', ({ method }) => method === 'client_secret_post'),
  optional('for-third-parties', 'third-party clients', ({ client }) => client.role === 'third-party'),
  looser('uncompared', 'redirect_uri is required and not compared', anything),
  looser(
    'uncompared-for-public-clients',
    'redirect_uri of public clients is not compared',
    anything,
    ({ method }) => method === 'none',
  ),
  looser(
    'uncompared-with-basic',
    'redirect_uri is not compared for clients that authenticate with Basic',
    anything,
    ({ method }) => method === 'client_secret_basic',
  ),
  looser(
    'uncompared-for-third-parties',
    'redirect_uri of third-party clients is not compared',
    anything,
    ({ client }) => client.role === 'third-party',
  ),
  looser('extension', 'A redirect_uri that begins with the one of the code is accepted', (stored, presented) =>
    presented.startsWith(stored),
  ),
  looser(
    'prefix',
    'A redirect_uri that is a beginning of the one of the code is accepted',
    (stored, presented) => presented !== '' && stored.startsWith(presented),
  ),
  looser(
    'letter-case',
    'redirect_uri is compared without regard to case',
    (stored, presented) => presented.toLowerCase() === stored.toLowerCase(),
  ),
  looser('trimmed', 'White space around redirect_uri is removed', (stored, presented) => presented.trim() === stored),
  looser(
    'trailing-slash',
    'A slash at the end of redirect_uri does not count',
    (stored, presented) => presented.replace(/\/$/, '') === stored.replace(/\/$/, ''),
  ),
  looser(
    'query-ignored',
    'The query of redirect_uri does not count',
    alike(({ origin, pathname, username }) => `${username}@${origin}${pathname}`),
  ),
  looser('user-information-ignored', 'User information in redirect_uri does not count', (stored, presented) => {
    const plain = presented.replace(/^(https?:\/\/)[^/@]*@/, '$1');
    return plain === stored;
  }),
  looser(
    'fragment-ignored',
    'The fragment of redirect_uri does not count',
    (stored, presented) => presented.replace(/#.*$/, '') === stored,
  ),
  looser(
    'origin-only',
    'Only the origin of redirect_uri is compared',
    alike(({ origin }) => origin),
  ),
  looser(
    'host-only',
    'Only the host of redirect_uri is compared',
    alike(({ hostname }) => hostname),
  ),
  looser(
    'path-only',
    'Only the path of redirect_uri is compared',
    alike(({ pathname }) => pathname),
  ),
  looser(
    'port-ignored',
    'The port of redirect_uri does not count',
    alike(({ protocol, hostname, pathname }) => `${protocol}//${hostname}${pathname}`),
  ),
  looser(
    'scheme-ignored',
    'http and https are taken for the same in redirect_uri',
    (stored, presented) => presented.replace(/^http:/, 'https:') === stored.replace(/^http:/, 'https:'),
  ),
  looser(
    'subdomain',
    'A redirect_uri on a subdomain is accepted',
    alike(({ hostname, pathname }) => `${hostname.split('.').slice(-2).join('.')}${pathname}`),
  ),
  looser(
    'normalised',
    'Redirect URIs are normalised before they are compared',
    alike(({ href }) => href),
  ),
  looser('decoded', 'Redirect URIs are percent-decoded before they are compared', (stored, presented) => {
    try {
      return decodeURIComponent(presented) === decodeURIComponent(stored);
    } catch {
      return false;
    }
  }),
  {
    id: 'redirect-uri/any-registered',
    title: 'redirect_uri of an exchange must be that of any client, not that of the code',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) => {
      const known = new Set<string>();
      return changed(policy, {
        code: {
          finds(codes, presented) {
            for (const { redirectUri } of codes.values()) known.add(redirectUri);
            return policy.code.finds(codes, presented);
          },
          matchesRedirectUri: (_facts, presented) => known.has(presented),
        },
      });
    },
  },
  {
    id: 'redirect-uri/forgotten-after-refusal',
    title: 'A wrong redirect_uri is refused once, and not compared at the next attempt with the same code',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) => {
      const failed = new Set<string>();
      return changed(policy, {
        code: {
          matchesRedirectUri(facts, presented) {
            if (failed.has(facts.record.code) || policy.code.matchesRedirectUri(facts, presented)) return true;
            failed.add(facts.record.code);
            return false;
          },
        },
      });
    },
  },
  {
    id: 'redirect-uri/empty-accepted',
    title: 'An empty redirect_uri is there, is falsy, and is not compared',
    breaks: ['token/redirect-uri-required'],
    change: (policy) =>
      changed(policy, {
        requests: keepingEmpty(policy, 'redirect_uri'),
        code: {
          matchesRedirectUri: (facts, presented) =>
            presented === '' || policy.code.matchesRedirectUri(facts, presented),
        },
      }),
  },
];

export default faults;
