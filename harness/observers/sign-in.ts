/** What every granted sign-in says of its session (API reference "Authenticate user"). */

import type { TargetConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';
import { variableBits } from './strength.ts';

const granted = (exchange: Exchange): boolean =>
  exchange.request.operation === 'authenticate' && exchange.request.method === 'POST' && exchange.status === 200;

/** The request names no session: an empty or null id counts as none. */
const namesNoSession = ({ requestMembers }: Exchange): boolean => (requestMembers.session_id ?? '') === '';

const sessionId = (exchange: Exchange): string | undefined => {
  const value = exchange.object?.session_id;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The nonce of the message in a request, however the message travels. */
function nonceOf(exchange: Exchange, { messageField, messageEncoding }: TargetConfig['siwe']): string | undefined {
  const message = exchange.requestMembers[messageField];
  if (typeof message === 'string') {
    const text = messageEncoding === 'base64' ? Buffer.from(message, 'base64').toString('utf8') : message;
    return /^Nonce: (\S+)$/m.exec(text)?.[1];
  }
  const { nonce } = Object(message) as Record<string, unknown>;
  return typeof nonce === 'string' ? nonce : undefined;
}

/** Values below which nothing is said of their strength. */
const enough = 8;
/** Ids of less bits that vary can be counted through; any random id has more. */
const leastBits = 60;
/** The least of a nonce: eight random letters and digits, as ERC-4361 asks for, have 47 bits. */
const leastNonceBits = 40;

export default defineObservers([
  () => ({
    id: 'observer/redirected-sign-in',
    title: 'A sign-in that is redirected is redirected so that its body stays behind',
    verifies: ['authenticate/no-307', 'authenticate/redirect-303'],
    applies: (exchange) => exchange.request.operation === 'authenticate' && exchange.request.method === 'POST',
    judge({ status }) {
      const message = `A sign-in was redirected with ${status}.`;
      if (status === 307) return [{ message }];
      return [301, 302, 308].includes(status) ? [{ requirement: 'authenticate/redirect-303', message }] : [];
    },
  }),
  () => ({
    id: 'observer/refused-sign-in',
    title: 'A refused sign-in issues no token',
    verifies: ['authenticate/refusal-issues-nothing'],
    applies: (exchange) => exchange.request.operation === 'authenticate' && exchange.status >= 400,
    judge(exchange) {
      const issued = (['access_token', 'refresh_token'] as const).find(
        (name) => typeof exchange.object?.[name] === 'string',
      );
      return issued === undefined
        ? []
        : [{ message: `A sign-in that was refused with ${exchange.status} returned ${issued}.` }];
    },
  }),
  () => ({
    id: 'observer/session-id',
    title: 'Every granted sign-in names its session',
    verifies: ['authenticate/session-id'],
    applies: granted,
    judge: (exchange) =>
      sessionId(exchange) === undefined ? [{ message: 'A granted sign-in has no session_id that is a string.' }] : [],
  }),
  () => {
    const seen = new Set<string>();
    const messages = new Set<unknown>();
    return {
      id: 'observer/session-id-new',
      title: 'Every sign-in returns the session_id that it was given, or one of its own',
      verifies: ['session/new-without-id', 'session/id-type', 'session/id-exact'],
      applies: (exchange) => granted(exchange) && sessionId(exchange) !== undefined,
      judge(exchange) {
        const id = String(sessionId(exchange));
        const { session_id: sent, signature } = exchange.requestMembers;
        const known = seen.has(id);
        seen.add(id);
        // The same message again, where it is accepted, may be the same sign-in: a client that repeats a lost request.
        const repeated = messages.has(signature);
        messages.add(signature);
        if (!known || repeated) return [];
        if (namesNoSession(exchange))
          return [{ message: 'A sign-in without session_id returned the session_id of an earlier session.' }];
        if (typeof sent !== 'string')
          return [
            {
              requirement: 'session/id-type',
              message: `A sign-in whose session_id is no string (${JSON.stringify(sent)}) returned the session_id of an earlier session.`,
            },
          ];
        return sent.trim().toLowerCase() === id.toLowerCase()
          ? []
          : [
              {
                requirement: 'session/id-exact',
                message: 'A sign-in with one session_id returned that of another session.',
              },
            ];
      },
    };
  },
  () => {
    const ids = new Set<string>();
    return {
      id: 'observer/session-id-entropy',
      title: 'Session ids SHOULD be beyond counting',
      verifies: ['strength/session-id-entropy'],
      applies(exchange) {
        const id = granted(exchange) && namesNoSession(exchange) ? sessionId(exchange) : undefined;
        if (id !== undefined) ids.add(id);
        return id !== undefined;
      },
      judge: () => [],
      conclude() {
        if (ids.size < enough) return undefined;
        const bits = variableBits([...ids]);
        return bits < leastBits
          ? [
              {
                message: `${ids.size} session ids of this run differ in ${bits.toFixed(0)} bits at most: they can be counted through.`,
              },
            ]
          : [];
      },
    };
  },
  () => {
    const nonces = new Set<string>();
    return {
      id: 'observer/siwe-nonce-entropy',
      title: 'Nonces of the server are beyond counting',
      verifies: ['strength/siwe-nonce-entropy'],
      applies(exchange, { config }) {
        if (config.siwe.nonce.source !== 'http' || !granted(exchange)) return false;
        const nonce = nonceOf(exchange, config.siwe);
        if (nonce !== undefined) nonces.add(nonce);
        return nonce !== undefined;
      },
      judge: () => [],
      conclude() {
        if (nonces.size < enough) return undefined;
        const bits = variableBits([...nonces]);
        return bits < leastNonceBits
          ? [
              {
                message: `${nonces.size} nonces of the server differ in ${bits.toFixed(0)} bits at most: they can be counted through.`,
              },
            ]
          : [];
      },
    };
  },
]);
