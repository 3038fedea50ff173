/** Lawful ways of signing in and continuing sessions that differ from the reference's own. */

import { verifyMessage } from 'ethers';
import { changed } from '../policy/index.ts';
import type { Variant } from './types.ts';

const siweConfig = {
  domain: 'app.example.com',
  uri: 'https://app.example.com',
  chainId: 1,
  messageField: 'message',
  messageEncoding: 'text',
  nonce: { source: 'client' },
} as const;

const variants: readonly Variant[] = [
  {
    id: 'sign-in/misfit-begins-new-session',
    title: 'A session_id that does not fit begins a new session instead of a refusal',
    breaks: [],
    change: (policy) => changed(policy, { session: { refusesUnknown: () => false, refusesMisfit: () => false } }),
  },
  {
    id: 'sign-in/continuation-ends-earlier-tokens',
    title: 'A continuation ends the access tokens issued before',
    breaks: [],
    change: (policy) => {
      // The sessions that were continued, and from which on; an access token of before is dead.
      const since = new Map<string, number>();
      return changed(policy, {
        session: { continuing: ({ session }) => void since.set(session.id, (since.get(session.id) ?? 0) + 1) },
        tokens: {
          claims: (claims, facts) => ({
            ...policy.tokens.claims(claims, facts),
            generation: since.get(facts.session.id) ?? 0,
          }),
        },
        accessToken: {
          sessionIsAlive(session, record, now) {
            const payload = record?.token.split('.')[1] ?? '';
            const { generation } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as {
              generation?: number;
            };
            const current = session === undefined ? 0 : (since.get(session.id) ?? 0);
            return (generation ?? 0) >= current && policy.accessToken.sessionIsAlive(session, record, now);
          },
        },
      });
    },
  },
  {
    id: 'sign-in/strict-about-age',
    title: 'A message that was issued more than five minutes ago, or ahead of time, is refused',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        siwe: {
          issuedAtIsSane: (message, now) => Math.abs(Date.parse(message.issuedAt ?? '') / 1000 - now) <= 300,
          uriMatches: (message, expected) => message.uri === expected.uri,
        },
      }),
  },
  {
    id: 'sign-in/lenient-about-forms',
    title:
      'Lower-case addresses, domains in any case and messages with a final line break are accepted, and used ones again',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        siwe: {
          parses: (text) => policy.siwe.parses(text.replaceAll('\r\n', '\n').replace(/\n+$/, '')),
          domainMatches: (message, expected) => message.domain.toLowerCase() === expected.domain.toLowerCase(),
          signatureIsWellFormed: (signature) => /^(?:0x)?[0-9a-f]+$/i.test(signature),
          verifiesSignature(text, signature, address) {
            try {
              return verifyMessage(text, signature.replace(/^(?:0x)?/, '0x')).toLowerCase() === address.toLowerCase();
            } catch {
              return false;
            }
          },
          isFirstUse: () => true,
        },
      }),
  },
  {
    id: 'sign-in/refused-with-403',
    title: 'Every refused sign-in is answered with 403 and an object of message and statusCode',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        siwe: { refusal: () => ({ status: 403, error: 'forbidden' }) },
        session: {
          continuationRefusal: () => ({ status: 404, error: 'not_found' }),
          roleRefusal: () => ({ status: 403, error: 'forbidden' }),
        },
        errors: {
          body: (operation, code, description, status) =>
            operation === 'authenticate'
              ? { message: [description], error: 'Forbidden', statusCode: status }
              : policy.errors.body(operation, code, description, status),
        },
      }),
  },
  {
    id: 'sign-in/server-nonces',
    title: 'Nonces come from the server, and an attempt uses its nonce up even when it is refused',
    breaks: [],
    config: { siwe: { ...siweConfig, nonce: { source: 'http', url: '/__control/nonce', field: 'nonce' } } },
    change: (policy) =>
      changed(policy, {
        siwe: {
          requiresIssuedNonce: () => true,
          knowsNonce: (nonces, nonce) => (nonces as Set<string>).delete(nonce),
        },
      }),
  },
  {
    id: 'sign-in/message-in-base64',
    title: 'The message travels in base64, as payload',
    breaks: [],
    config: { siwe: { ...siweConfig, messageField: 'payload', messageEncoding: 'base64' } },
    change: (policy) =>
      changed(policy, {
        siwe: {
          messageField: () => 'payload',
          readsMessage: (value) =>
            typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined,
        },
      }),
  },
  {
    id: 'sign-in/message-as-object',
    title: 'The message travels as an object of its fields',
    breaks: [],
    config: { siwe: { ...siweConfig, messageEncoding: 'object' } },
    change: (policy) =>
      changed(policy, {
        siwe: {
          readsMessage: (value) =>
            typeof value === 'object' && value !== null && !Array.isArray(value) ? textOf(value) : undefined,
        },
      }),
  },
];

/** The text of a message that came as an object of its fields. */
function textOf(value: object): string {
  const fields = value as Readonly<Record<string, unknown>>;
  const line = (label: string, key: string): string =>
    fields[key] === undefined ? '' : `\n${label}: ${String(fields[key])}`;
  const scheme = fields.scheme === undefined ? '' : `${String(fields.scheme)}://`;
  const statement = fields.statement === undefined ? '' : `${String(fields.statement)}\n`;
  const resources = Array.isArray(fields.resources)
    ? `\nResources:${fields.resources.map((one) => `\n- ${String(one)}`).join('')}`
    : '';
  return `${scheme}${String(fields.domain)} wants you to sign in with your Ethereum account:\n${String(fields.address)}\n\n${statement}${line('URI', 'uri')}${line('Version', 'version')}${line('Chain ID', 'chainId')}${line('Nonce', 'nonce')}${line('Issued At', 'issuedAt')}${line('Expiration Time', 'expirationTime')}${line('Not Before', 'notBefore')}${line('Request ID', 'requestId')}${resources}`;
}

export default variants;
