/** Lawful ways of signing in and continuing sessions that differ from the reference's own. */

import { randomBytes } from 'node:crypto';
import { SiweMessage } from 'siwe';
import { endSession } from '../model.ts';
import { changed } from '../policy/index.ts';
import { serverNonces, siweSettings } from '../siwe-settings.ts';
import type { Variant } from './types.ts';

const siweConfig = { ...siweSettings, nonce: { source: 'client' } } as const;

const variants: readonly Variant[] = [
  {
    id: 'sign-in/verifies-what-the-library-writes',
    title: 'The signature is verified over the message as a library writes it anew, without an empty list of resources',
    breaks: [],
    undoes: ['siwe/nonce-with-punctuation'], // which the library does not write
    change: (policy) =>
      changed(policy, {
        siwe: {
          parses: (text) => (text.endsWith('\nResources:') ? undefined : policy.siwe.parses(text)),
          signedText: (text) => new SiweMessage(text).prepareMessage(),
        },
      }),
  },
  {
    id: 'sign-in/ids-of-base64url',
    title: 'Session ids are base64url, and end in an underscore',
    breaks: [],
    change: (policy) =>
      changed(policy, { tokens: { sessionId: () => `${randomBytes(17).toString('base64url').slice(0, -1)}_` } }),
  },
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
    undoes: ['company/access-token-prolonged'],
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
    id: 'sign-in/continuation-keeps-refresh-token',
    title:
      'A continuation answers with the refresh token that the session has, and does not say again how long it lives',
    breaks: [],
    change: (policy) => {
      const latest = new Map<string, unknown>();
      return changed(policy, {
        tokens: {
          pair(facts) {
            const pair = policy.tokens.pair(facts);
            const kept = facts.operation === 'authenticate' ? latest.get(facts.session.id) : undefined;
            if (kept !== undefined) {
              const { refresh_expires_in: _, ...rest } = pair;
              return { ...rest, refresh_token: kept };
            }
            latest.set(facts.session.id, pair.refresh_token);
            return pair;
          },
        },
      });
    },
  },
  {
    id: 'sign-in/continued-without-refresh-token-by-public-clients',
    title: 'A public client gets a refresh token when its session begins, and none when it goes on',
    breaks: [],
    change: (policy) => {
      const begun = new Set<string>();
      return changed(policy, {
        tokens: {
          issuesRefreshToken(facts) {
            const continues = facts.operation === 'authenticate' && begun.has(facts.session.id);
            begun.add(facts.session.id);
            return !(continues && facts.method === 'none') && policy.tokens.issuesRefreshToken(facts);
          },
        },
      });
    },
  },
  {
    id: 'sign-in/one-session-a-wallet',
    undoes: ['session/one-per-wallet'],
    title: 'A sign-in without session_id ends the earlier sessions of its wallet',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        session: {
          beginsNew(existing) {
            for (const session of existing) endSession(session, 0);
            return policy.session.beginsNew(existing);
          },
        },
      }),
  },
  {
    id: 'sign-in/nonce-used-by-refusals',
    title: 'The nonce of a message is used up by the first attempt with it, whatever comes of that',
    breaks: [],
    masks: ['siwe/nonce-replay', 'siwe/nonce-replay-race'],
    undoes: ['siwe/server-nonce-race'],
    change: (policy) => {
      const used = new Set<string>();
      return changed(policy, {
        siwe: {
          parses: (text) => {
            const message = policy.siwe.parses(text);
            if (message === undefined) return undefined;
            const key = `${message.nonce} ${message.address.toLowerCase()}`;
            if (used.has(key)) return undefined;
            used.add(key);
            return message;
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
          issuedAtIsSane: (message, now, facts) =>
            policy.siwe.issuedAtIsSane(message, now, facts) &&
            !(Math.abs(Date.parse(message.issuedAt ?? '') / 1000 - now) > 300),
        },
      }),
  },
  {
    id: 'sign-in/lenient-about-forms',
    title:
      'Domains in any case, line breaks of other systems and compact signatures are accepted, and used messages again',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        siwe: {
          parses: (text) => policy.siwe.parses(text.replaceAll('\r\n', '\n').replace(/\n+$/, '')),
          domainMatches: (message, expected, facts) =>
            policy.siwe.domainMatches({ ...message, domain: message.domain.toLowerCase() }, expected, facts),
          signatureIsWellFormed: (signature, facts) =>
            policy.siwe.signatureIsWellFormed(signature, facts) ||
            /^(?:0x)?(?:[0-9a-f]{128}|[0-9a-f]{130})$/i.test(signature),
          verifiesSignature: (text, signature, address, facts) =>
            policy.siwe.verifiesSignature(text, signature.replace(/^(?:0x)?/, '0x'), address, facts),
          isFirstUse: () => true,
        },
      }),
  },
  {
    id: 'sign-in/refused-with-403',
    undoes: ['authenticate/refused-with-tokens'],
    masks: ['errors/text'],
    title: 'Every refused sign-in is answered with 403 and an object of message and statusCode',
    breaks: [],
    change: (policy) =>
      changed(policy, {
        siwe: { refusal: () => ({ status: 403, error: 'forbidden' }) },
        session: {
          continuationRefusal: () => ({ status: 404, error: 'not_found' }),
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
    undoes: [
      'siwe/uri-optional',
      'siwe/nonce-unchecked',
      'siwe/lines-after-the-last',
      'siwe/version-ignored',
      'siwe/blank-line-before-uri-optional',
      'siwe/issued-at-unread',
      'siwe/resources-without-marks',
    ],
    title: 'The message travels as an object of its fields',
    breaks: [],
    config: { siwe: { ...siweConfig, messageEncoding: 'object' } },
    change: (policy) =>
      changed(policy, {
        siwe: {
          readsMessage(value) {
            if (typeof value !== 'object' || value === null) return undefined;
            try {
              return new SiweMessage(value as Partial<SiweMessage>).prepareMessage();
            } catch {
              return 'no message'; // fields that make none: refused as a message of wrong grammar is
            }
          },
        },
      }),
  },
  {
    id: 'sign-in/by-form',
    undoes: ['inexact/secret-as-query', 'json-form/searched-at-authenticate'], // a form has no objects
    masks: ['http/no-server-error', 'http/answers'], // a form has no members of wrong types
    title: 'A sign-in is a form',
    breaks: [],
    config: { authenticate: { mediaType: 'application/x-www-form-urlencoded' } },
    change: (policy) =>
      changed(policy, {
        requests: {
          signsInByForm: () => true,
          // A signed message has lines.
          refusesCharacters: (value, operation) =>
            operation !== 'authenticate' && policy.requests.refusesCharacters(value, operation),
        },
      }),
  },
  {
    id: 'sign-in/server-nonces',
    title: 'Nonces come from the server, and each serves once',
    masks: ['siwe/nonce-form'], // another nonce is none that the server gave
    breaks: [],
    config: serverNonces,
    change: (policy) => changed(policy, { siwe: { requiresIssuedNonce: () => true } }),
  },
];

export default variants;
