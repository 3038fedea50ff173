/** Mistakes of POST /handoff/init: who may use it, what its body may hold, and the code that it gives. */

import { createHash } from 'node:crypto';
import { endSession } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewritten, rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

type Handoff = Partial<Policy['handoff']>;

const handoff = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (policy: Policy) => Handoff,
  reference?: string,
): Fault => ({
  id: `handoff/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { handoff: change(policy) }),
  ...(reference === undefined ? {} : { reference }),
});

/** An intent that is also accepted. */
const intent = (id: string, title: string, requirement: string, also: (value: unknown) => boolean): Fault =>
  handoff(`intent-${id}`, title, [requirement], ({ handoff: { acceptsIntent } }) => ({
    acceptsIntent: (value, client): value is string => also(value) || acceptsIntent(value, client),
  }));

/** A redirectUri that is also accepted. */
const redirectUri = (id: string, title: string, requirement: string, also: (value: unknown) => boolean): Fault =>
  handoff(`redirect-uri-${id}`, title, [requirement], ({ handoff: { acceptsRedirectUri } }) => ({
    acceptsRedirectUri: (value, client): value is string => also(value) || acceptsRedirectUri(value, client),
  }));

const text = (test: (value: string) => boolean) => (value: unknown) => typeof value === 'string' && test(value);

const faults: readonly Fault[] = [
  handoff('code-constant', 'Every hand-off gives the same code', ['handoff/code-fresh'], () => ({
    mints: () => 'Zk3yX0pQ7dVb1sLw9uTr5eHn2mKc8fJa',
  })),
  handoff('code-of-session', 'The code is a hash of the session id', ['handoff/code-short-lived'], () => ({
    mints: ({ id }) => createHash('sha256').update(id).digest('base64url'),
  })),
  handoff(
    'code-until-used',
    'A session is given the same code until that is used',
    ['handoff/code-short-lived'],
    (policy) => {
      const open = new Map<string, string>();
      return {
        mints: async (session, now) => {
          const code = open.get(session.id) ?? (await policy.handoff.mints(session, now));
          open.set(session.id, code);
          return code;
        },
      };
    },
  ),
  handoff('code-every-second', 'The code is made of the time in seconds', ['handoff/code-fresh'], () => ({
    mints: () => `handoff-${Math.floor(Date.now() / 1000)}`,
  })),
  {
    id: 'handoff/code-is-access-token',
    title: 'The code is the access token itself',
    breaks: ['handoff/code-fresh'],
    transform: ({ operation, request }, response) =>
      operation === 'handoff/init' && response.ok
        ? rewrittenJson(response, (body) => ({ ...body, code: request.headers.get('authorization')?.slice(7) }))
        : response,
  },
  handoff('code-empty', 'The code is an empty string', ['handoff/code-present'], () => ({
    body: () => ({ code: '', expires_in: 30 }),
  })),
  handoff('code-absent', 'The answer has no code', ['handoff/code-present'], () => ({
    body: () => ({ success: true }),
  })),
  handoff('code-object', 'The code is an object', ['handoff/code-present'], () => ({
    body: (code) => ({ code: { value: code } }),
  })),
  handoff('code-renamed', 'The code is named handoffCode', ['handoff/code-present'], () => ({
    body: (code) => ({ handoffCode: code }),
  })),
  {
    id: 'handoff/status-201',
    title: 'A hand-off is answered with 201, which the framework takes for POST by default',
    breaks: ['handoff/status-200', 'handoff/redirect-uri-https'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.ok ? rewritten(response, { status: 201 }) : response,
  },
  {
    id: 'handoff/missing-token-403',
    title: 'A hand-off without a token is refused with 403',
    breaks: ['access-token/missing-token-status'],
    transform: ({ operation, request }, response) =>
      operation === 'handoff/init' && response.status === 401 && !request.headers.has('authorization')
        ? rewritten(response, { status: 403 })
        : response,
  },
  {
    id: 'handoff/code-as-text',
    title: 'The code is sent as a JSON string instead of an object',
    breaks: ['handoff/json-response'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.ok
        ? rewritten(response, { body: '"Zk3yX0pQ7dVb1sLw9uTr5eHn"' })
        : response,
  },
  handoff(
    'ends-session',
    'A hand-off ends the session',
    [
      'handoff/session-unaffected',
      'handoff/status-200',
      'handoff/redirect-uri-https',
      'access-token/accepted',
      'access-token/scheme-case-insensitive',
      'refresh/granted',
      'refresh/new-token-works',
      'revoke/exact-token',
      'session/history',
      'session/refused-attempt-harmless',
    ],
    () => ({
      touchesSession: (session) => endSession(session, 0),
    }),
  ),
  handoff('ends-refresh-tokens', 'A hand-off ends the refresh tokens', ['handoff/session-unaffected'], () => ({
    touchesSession: (session) => {
      session.ended.refresh = true;
    },
  })),
  {
    id: 'handoff/role-not-checked',
    title: 'The role is checked at /authenticate and not here',
    breaks: ['handoff/whitelabel-only'],
    change: (policy) => changed(policy, { session: { mayHandoff: () => true } }),
  },
  handoff('role-refused-400', 'A wrong role is answered with 400', ['handoff/role-refusal-status'], () => ({
    roleRefusal: () => ({ status: 400, error: 'invalid_request' }),
  })),
  handoff('role-refused-404', 'A wrong role is answered with 404', ['handoff/role-refusal-status'], () => ({
    roleRefusal: () => ({ status: 404, error: 'not_found' }),
  })),
  redirectUri('optional', 'redirectUri may be left out', 'handoff/redirect-uri-required', (v) => v === undefined),
  redirectUri('empty', 'An empty redirectUri is accepted', 'handoff/redirect-uri-required', (v) => v === ''),
  redirectUri('null', 'redirectUri may be null', 'handoff/redirect-uri-required', (v) => v === null),
  redirectUri('array', 'redirectUri may be an array', 'handoff/redirect-uri-string', (v) => Array.isArray(v)),
  redirectUri('number', 'redirectUri may be a number', 'handoff/redirect-uri-string', (v) => typeof v === 'number'),
  redirectUri(
    'script',
    'A javascript: URI is accepted as redirectUri',
    'handoff/redirect-uri-no-script',
    text((v) => v.startsWith('javascript:')),
  ),
  redirectUri(
    'script-case',
    'Dangerous schemes are compared in lower case only',
    'handoff/redirect-uri-no-script',
    text((v) => v.startsWith('JavaScript:')),
  ),
  redirectUri(
    'data',
    'A data: URI is accepted as redirectUri',
    'handoff/redirect-uri-no-script',
    text((v) => v.startsWith('data:')),
  ),
  redirectUri(
    'any-text',
    'Any text is accepted as redirectUri',
    'handoff/redirect-uri-absolute',
    text((v) => v !== ''),
  ),
  redirectUri(
    'relative',
    'A relative redirectUri is accepted',
    'handoff/redirect-uri-absolute',
    text((v) => v.startsWith('/')),
  ),
  handoff(
    'redirect-uri-https-only',
    'Only https URLs are accepted as redirectUri',
    ['handoff/redirect-uri-app-scheme'],
    ({ handoff: { acceptsRedirectUri } }) => ({
      acceptsRedirectUri: (value, client): value is string =>
        acceptsRedirectUri(value, client) && value.startsWith('https:'),
    }),
  ),
  handoff(
    'redirect-uri-app-only',
    "Only an app's own scheme is accepted as redirectUri",
    ['handoff/redirect-uri-https', 'handoff/status-200'],
    ({ handoff: { acceptsRedirectUri } }) => ({
      acceptsRedirectUri: (value, client): value is string =>
        acceptsRedirectUri(value, client) && !value.startsWith('https:'),
    }),
  ),
  intent('optional', 'intent may be left out', 'handoff/intent-required', (v) => v === undefined),
  intent('empty', 'An empty intent is accepted', 'handoff/intent-required', (v) => v === ''),
  intent('null', 'intent may be null', 'handoff/intent-required', (v) => v === null),
  intent(
    'ignored',
    'intent is any string',
    'handoff/intent-known',
    text((v) => v !== ''),
  ),
  intent(
    'any-case',
    'intent is compared without regard to case',
    'handoff/intent-known',
    text((v) => v.toLowerCase() === 'connections'),
  ),
  intent(
    'trimmed',
    'intent is trimmed first',
    'handoff/intent-known',
    text((v) => v.trim() === 'connections'),
  ),
  intent(
    'prefix',
    'intent is compared by prefix',
    'handoff/intent-known',
    text((v) => v.startsWith('connections')),
  ),
  intent(
    'inherited',
    'intent is looked up in an object with a prototype',
    'handoff/intent-known',
    text((v) => v in {}),
  ),
  intent(
    'coerced',
    'intent is turned into a string first',
    'handoff/intent-string',
    (v) => Array.isArray(v) && String(v) === 'connections',
  ),
  intent('boolean', 'intent may be true', 'handoff/intent-string', (v) => v === true),
  {
    id: 'handoff/array-body',
    title: 'A body that is an array is read by its first entry',
    breaks: ['handoff/body-json-object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson: (body, operation) => {
            const parsed = policy.requests.parsesJson(body, operation);
            return operation === 'handoff/init' && Array.isArray(parsed?.value) ? { value: parsed.value[0] } : parsed;
          },
        },
      }),
  },
  {
    id: 'handoff/empty-body-defaults',
    title: 'An empty body is filled with defaults',
    breaks: ['handoff/body-json-object'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesJson: (body, operation) =>
            operation === 'handoff/init' && body === ''
              ? { value: { redirectUri: 'https://app.example.com/callback', intent: 'connections' } }
              : policy.requests.parsesJson(body, operation),
        },
      }),
  },
];

export default faults;
