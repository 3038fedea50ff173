/** Mistakes in reading redirectUri and intent at POST /handoff/init, and in what depends on redirectUri. */

import { randomBytes } from 'node:crypto';
import type { Client } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

type Decision = 'acceptsIntent' | 'acceptsRedirectUri';

/** Whether a value is accepted that is text, given whether the policy accepts it. */
const reading =
  (decision: Decision, decides: (value: string, accepts: (value: string) => boolean) => boolean) =>
  (policy: Policy): Policy =>
    changed(policy, {
      handoff: {
        [decision]: (value: unknown, client?: Client) => {
          const accepts = (other: unknown) => policy.handoff[decision](other, client);
          return typeof value === 'string' ? decides(value, accepts) : accepts(value);
        },
      },
    });

/** Texts that are also accepted, or that are read as another text. */
const looser =
  (topic: 'redirect-uri' | 'intent') =>
  (id: string, title: string, requirement: string, also: (value: string, accepts: (v: string) => boolean) => boolean) =>
    ({
      id: `handoff/${topic}-${id}`,
      title,
      breaks: [requirement],
      change: reading(
        topic === 'intent' ? 'acceptsIntent' : 'acceptsRedirectUri',
        (value, accepts) => accepts(value) || also(value, accepts),
      ),
    }) satisfies Fault;
const redirectUri = looser('redirect-uri');
const intent = looser('intent');

/** redirectUris that are refused. */
const refused = (id: string, title: string, requirement: string, refuses: (value: string) => boolean): Fault => ({
  id: `handoff/redirect-uri-${id}`,
  title,
  breaks: [requirement],
  change: reading('acceptsRedirectUri', (value, accepts) => accepts(value) && !refuses(value)),
});

const isOfApp = (value: unknown): boolean => typeof value === 'string' && /^(?!https?:)[a-z][a-z0-9+.-]*:/i.test(value);
const withoutFragment = (value: string): string => value.replace(/#.*$/, '');

const faults: readonly Fault[] = [
  redirectUri(
    'script-after-space',
    'White space before a javascript: URI hides its scheme',
    'handoff/redirect-uri-no-script',
    (value) => !value.startsWith('javascript:') && value.trimStart().startsWith('javascript:'),
  ),
  redirectUri(
    'script-in-two',
    'A tab in the scheme of a javascript: URI hides it',
    'handoff/redirect-uri-no-script',
    (value) => value.includes('\t') && value.replaceAll('\t', '').startsWith('javascript:'),
  ),
  redirectUri(
    'script-with-slashes',
    'Whatever has two slashes is taken for a URI of an app, a script too',
    'handoff/redirect-uri-no-script',
    (value) => value.startsWith('javascript://'),
  ),
  redirectUri('file', 'A file: URI is accepted as redirectUri', 'handoff/redirect-uri-trusted', (value) =>
    value.startsWith('file:'),
  ),
  redirectUri('of-browser', 'about:, blob: and vbscript: are accepted', 'handoff/redirect-uri-trusted', (value) =>
    /^(about|blob|vbscript):/.test(value),
  ),
  redirectUri('ftp', 'An ftp: URL is accepted as redirectUri', 'handoff/redirect-uri-trusted', (value) =>
    value.startsWith('ftp:'),
  ),
  redirectUri('web-socket', 'A ws: URL is accepted as redirectUri', 'handoff/redirect-uri-trusted', (value) =>
    /^wss?:/.test(value),
  ),
  redirectUri(
    'fragment',
    'A redirectUri may have a fragment',
    'handoff/redirect-uri-without-fragment',
    (value, accepts) => accepts(withoutFragment(value)),
  ),
  redirectUri(
    'fragment-empty',
    'A redirectUri may end with an empty fragment',
    'handoff/redirect-uri-without-fragment',
    (value, accepts) => value.endsWith('#') && accepts(withoutFragment(value)),
  ),
  redirectUri(
    'fragment-of-app',
    "A redirectUri of an app's own scheme may have a fragment",
    'handoff/redirect-uri-without-fragment',
    (value, accepts) => isOfApp(value) && accepts(withoutFragment(value)),
  ),
  refused('query-refused', 'A redirectUri with a query is refused', 'handoff/redirect-uri-https', (value) =>
    /^https:.*\?/.test(value),
  ),
  refused(
    'query-of-app-refused',
    "A redirectUri of an app's own scheme with a query is refused",
    'handoff/redirect-uri-app-scheme',
    (value) => isOfApp(value) && value.includes('?'),
  ),
  refused(
    'one-slash-refused',
    "A redirectUri of an app's own scheme needs two slashes",
    'handoff/redirect-uri-app-scheme',
    (value) => !value.includes('://'),
  ),
  intent('any-line', 'One line of the intent has to be right', 'handoff/intent-known', (value) =>
    /^connections$/m.test(value),
  ),
  intent('before-line-break', 'A line break after the intent is overlooked', 'handoff/intent-known', (value) =>
    /^connections\n?$/.test(value),
  ),
  intent(
    'upper-case',
    'intent is compared in upper case with the right one, unless it has capitals',
    'handoff/intent-known',
    (value) => value.toUpperCase() === 'CONNECTIONS' && value === value.toLowerCase(),
  ),
  intent('up-to-nul', 'intent ends at a NUL', 'handoff/intent-known', (value) => value.startsWith('connections\u0000')),
  intent(
    'normalised',
    'intent is normalised (NFKC) first',
    'handoff/intent-known',
    (value) => value.normalize('NFKC') === 'connections',
  ),
  {
    id: 'handoff/role-of-app-scheme',
    title: "The role is not looked at for a redirectUri of an app's own scheme",
    breaks: ['handoff/whitelabel-only'],
    change: (policy) =>
      changed(policy, {
        session: {
          mayHandoff: (client, wanted) => isOfApp(wanted) || policy.session.mayHandoff(client, wanted),
        },
      }),
  },
  {
    id: 'handoff/role-of-foreign-redirect-uri',
    title: "The role is looked at only for the client's own redirect URI",
    breaks: ['handoff/whitelabel-only'],
    change: (policy) =>
      changed(policy, {
        session: {
          mayHandoff: (client, wanted) =>
            (typeof wanted === 'string' && wanted.startsWith('https:') && !client.redirectUris.includes(wanted)) ||
            policy.session.mayHandoff(client, wanted),
        },
      }),
  },
  {
    id: 'handoff/no-token-for-app-scheme',
    title: "A hand-off to an app's own scheme needs no token",
    breaks: ['handoff/authorization-required'],
    transform: async ({ operation, request, body }, response) =>
      operation === 'handoff/init' &&
      response.status === 401 &&
      !request.headers.has('authorization') &&
      /"redirectUri":"yourapp:/.test(await body())
        ? rewritten(response, { status: 200, body: JSON.stringify({ code: randomBytes(32).toString('base64url') }) })
        : response,
  },
];

export default faults;
