/** Rules of POST /handoff/init that are enforced for some clients and sessions alone, or compared loosely. */

import { randomBytes } from 'node:crypto';
import type { Client } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import { rewrittenJson } from '../transform.ts';
import type { Fault } from './types.ts';

const isPublic = (client: Client | undefined): boolean => client !== undefined && client.secret === undefined;

/** A value that is also accepted. */
const accepting =
  (decision: 'acceptsIntent' | 'acceptsRedirectUri') =>
  (
    id: string,
    title: string,
    requirement: string,
    also: (value: unknown, client: Client | undefined) => boolean,
  ): Fault => ({
    id: `handoff/${id}`,
    title,
    breaks: [requirement],
    change: (policy) =>
      changed(policy, {
        handoff: {
          [decision]: (value: unknown, client?: Client) =>
            also(value, client) || policy.handoff[decision](value, client),
        },
      }),
  });
const intent = accepting('acceptsIntent');
const redirectUri = accepting('acceptsRedirectUri');

/** Only registered values are accepted, but for a mistake in the comparison. */
const registered = (
  id: string,
  title: string,
  matches: (value: string, own: string, policy: Policy) => boolean,
): Fault => ({
  id: `handoff/registered-${id}`,
  title,
  breaks: ['handoff/redirect-uri-registered'],
  config: { handoff: { codeField: 'code', registeredRedirectUri: true } },
  change: (policy) =>
    changed(policy, {
      handoff: {
        acceptsRedirectUri: (value, client): value is string =>
          policy.handoff.acceptsRedirectUri(value, client) &&
          (client === undefined || client.redirectUris.some((own) => own === value || matches(value, own, policy))),
      },
    }),
});

const host = (value: string): string => new URL(value).host;

const faults: readonly Fault[] = [
  intent(
    'intent-public-unknown',
    'Public clients may name any intent',
    'handoff/intent-known',
    (value, client) => typeof value === 'string' && value !== '' && isPublic(client),
  ),
  intent(
    'intent-public-optional',
    'Public clients may leave the intent out',
    'handoff/intent-required',
    (value, client) => value === undefined && isPublic(client),
  ),
  intent(
    'intent-part',
    'An intent that is a part of a known one is accepted',
    'handoff/intent-known',
    (value) => typeof value === 'string' && value !== '' && 'connections'.includes(value),
  ),
  intent(
    'intent-list',
    'A list is accepted where one of its entries is a known intent',
    'handoff/intent-known',
    (value) => typeof value === 'string' && value.split(/[ ,]/).includes('connections'),
  ),
  intent(
    'intent-object',
    'intent is looked up as a member of the object that was sent',
    'handoff/intent-string',
    (value) => typeof value === 'object' && value !== null && 'connections' in value,
  ),
  redirectUri(
    'redirect-uri-public-optional',
    'Public clients may leave redirectUri out',
    'handoff/redirect-uri-required',
    (value, client) => value === undefined && isPublic(client),
  ),
  redirectUri(
    'redirect-uri-public-empty',
    'Public clients may send an empty redirectUri',
    'handoff/redirect-uri-required',
    (value, client) => value === '' && isPublic(client),
  ),
  redirectUri(
    'redirect-uri-public-script',
    'The scheme of redirectUri is not looked at for public clients',
    'handoff/redirect-uri-no-script',
    (value, client) => typeof value === 'string' && value !== '' && isPublic(client),
  ),
  redirectUri(
    'redirect-uri-public-number',
    'The type of redirectUri is not looked at for public clients',
    'handoff/redirect-uri-string',
    (value, client) => typeof value === 'number' && isPublic(client),
  ),
  redirectUri(
    'redirect-uri-object',
    'redirectUri may be an object',
    'handoff/redirect-uri-string',
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ),
  registered('prefix', 'A redirectUri is compared by its beginning', (value, own) => value.startsWith(own)),
  registered('host', 'Only the host of a redirectUri is compared', (value, own) => host(value) === host(own)),
  registered('path', 'Only the path of a redirectUri is compared', (value, own) =>
    value.endsWith(new URL(own).pathname),
  ),
  registered('host-prefix', 'The host of a redirectUri is compared by its beginning', (value, own) =>
    value.startsWith(new URL(own).origin),
  ),
  registered('anywhere', 'A redirectUri that contains a registered one is accepted', (value, own) =>
    value.includes(own),
  ),
  registered(
    'normalized',
    'A redirectUri is normalised before it is compared',
    (value, own) => new URL(value).href === new URL(own).href,
  ),
  registered(
    'any-case',
    'A redirectUri is compared without regard to case',
    (value, own) => value.toLowerCase() === own.toLowerCase(),
  ),
  registered(
    'without-query',
    'The query of a redirectUri is not compared',
    (value, own) => value.split('?')[0] === own,
  ),
  registered('not-compared', 'Registered values are not looked at', () => true),
  {
    id: 'handoff/code-of-client',
    title: 'A client gets the same code each time',
    breaks: ['handoff/code-fresh'],
    change: (policy) => {
      let latest = '';
      return changed(policy, {
        session: {
          mayHandoff: (client) => {
            latest = client.id;
            return policy.session.mayHandoff(client);
          },
        },
        handoff: {
          mints: () => `Zk3yX0pQ7dVb1sLw9uTr5eHn2mKc8fJa-${Buffer.from(latest).toString('base64url')}`,
        },
      });
    },
  },
  {
    id: 'handoff/role-refused-with-code',
    title: 'The refusal of another role holds the code that was made before the role was looked at',
    breaks: ['handoff/whitelabel-only'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 403
        ? rewrittenJson(response, (body) => ({ ...body, code: randomBytes(32).toString('base64url') }))
        : response,
  },
  {
    id: 'handoff/unauthorized-with-code',
    title: 'A hand-off without a token is answered with 401, and with a code',
    breaks: ['handoff/authorization-required', 'handoff/not-by-client-credentials'],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 401
        ? rewrittenJson(response, (body) => ({ ...body, code: randomBytes(32).toString('base64url') }))
        : response,
  },
  {
    id: 'handoff/bad-request-with-code',
    title: 'A hand-off with a wrong body is answered with 400, and with a code',
    breaks: [
      'handoff/intent-known',
      'handoff/intent-required',
      'handoff/intent-string',
      'handoff/redirect-uri-required',
      'handoff/redirect-uri-string',
      'handoff/redirect-uri-trusted',
      'handoff/redirect-uri-no-script',
      'handoff/redirect-uri-without-fragment',
      'handoff/redirect-uri-absolute',
      'handoff/body-json-object',
    ],
    transform: ({ operation }, response) =>
      operation === 'handoff/init' && response.status === 400
        ? rewrittenJson(response, (body) => ({ ...body, code: randomBytes(32).toString('base64url') }))
        : response,
  },
  {
    id: 'handoff/role-from-secret',
    title: 'Every client that has a secret is taken for a whitelabel client',
    breaks: ['handoff/whitelabel-only'],
    change: (policy) =>
      changed(policy, {
        session: { mayHandoff: (client) => client.secret !== undefined || policy.session.mayHandoff(client) },
      }),
  },
  {
    id: 'handoff/role-first-time',
    title: 'The role is looked at for the first hand-off of a client alone',
    breaks: ['handoff/whitelabel-only'],
    change: (policy) => {
      const asked = new Set<string>();
      return changed(policy, {
        session: {
          mayHandoff: (client) => {
            const again = asked.has(client.id);
            asked.add(client.id);
            return again || policy.session.mayHandoff(client);
          },
        },
      });
    },
  },
];

export default faults;
