/** JSON that is promised at /token and /revoke, and not read (contract, `token.acceptsJson`); and JSON that is read by its spelling (RFC 8259 9). */

import { changed, type Policy } from '../policy/index.ts';
import type { ResponseTransformer } from '../transform.ts';
import type { Fault } from './types.ts';

const promised = { token: { acceptsJson: true } };

/** Reads JSON at these operations. */
const reading =
  (...operations: readonly string[]) =>
  (policy: Policy) =>
    changed(policy, {
      requests: {
        takesJson: (mediaType, operation) => operations.includes(operation) && policy.requests.isJson(mediaType),
      },
    });

/** Refuses bodies in which a search for the text of a member would not find it. */
const searching =
  (operation: string, member: string): ResponseTransformer =>
  async (exchange, response) =>
    exchange.operation === operation && response.ok && !(await exchange.body()).includes(`"${member}":"`)
      ? Response.json({ error: 'invalid_request', error_description: `${member} is missing.` }, { status: 400 })
      : response;

const faults: readonly Fault[] = [
  {
    id: 'json-form/searched-at-handoff',
    title: 'The body of a hand-off is searched for its members by their usual spelling',
    breaks: ['json/equivalent-spellings'],
    transform: searching('handoff/init', 'intent'),
  },
  {
    id: 'json-form/searched-at-authenticate',
    title: 'The body of a sign-in is searched for its members by their usual spelling',
    breaks: ['json/equivalent-spellings'],
    transform: searching('authenticate', 'signature'),
  },
  {
    id: 'json-form/refused',
    title: 'JSON is promised at /token and /revoke, and refused at both',
    breaks: ['token/json-accepted', 'revoke/json-accepted'],
    config: promised,
  },
  {
    id: 'json-form/token-only',
    title: 'JSON is promised at /token and /revoke, and read at /token only',
    breaks: ['revoke/json-accepted'],
    config: promised,
    change: reading('token'),
  },
  {
    id: 'json-form/exchange-only',
    title: 'A refresh in JSON is refused, while an exchange is granted',
    breaks: ['token/json-accepted'],
    config: promised,
    change: (policy) => {
      const both = reading('token', 'revoke')(policy);
      return changed(both, {
        requests: {
          parsesJson: (text, operation) =>
            operation === 'token' && text.includes('"refresh_token"')
              ? undefined
              : policy.requests.parsesJson(text, operation),
        },
      });
    },
  },
  {
    id: 'json-form/revocation-answered',
    title: 'A revocation in JSON is answered with 200 and its token not read',
    breaks: ['revoke/json-accepted'],
    config: promised,
    change: (policy) => {
      const both = reading('token', 'revoke')(policy);
      return changed(both, {
        revocation: {
          finds: (store, token, hint, facts) =>
            token.startsWith('json:') ? undefined : policy.revocation.finds(store, token, hint, facts),
        },
        requests: {
          parsesJson: (text, operation) => {
            const parsed = policy.requests.parsesJson(text, operation);
            if (operation !== 'revoke' || parsed === undefined) return parsed;
            return { value: { ...(parsed.value as object), token: 'json:unread' } };
          },
        },
      });
    },
  },
];

export default faults;
