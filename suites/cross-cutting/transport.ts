/** TLS of a target that is served over https (RFC 6749 1.6 and 3.2, RFC 6750 5.3, RFC 8996, RFC 9325). Applies to no http target. */

import { defineChecks } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { answered } from '../../harness/expect.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { type Handshake, handshake } from '../../harness/tls-probe.ts';

/** With whatever current version the target prefers. @throws Inconclusive when there is no connection */
async function current(t: CheckContext): Promise<Handshake> {
  const result = await handshake(t.config.target, {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ...t.config.tls,
  });
  if (result.kind === 'unreachable') t.inconclusive(`No TLS connection to the target: ${result.reason}.`);
  return result;
}

/** Codes that only the token operation itself gives: a server that insists on https answers with a redirect, 403 or invalid_request. */
const ownCodes = ['unsupported_grant_type', 'invalid_client', 'invalid_grant', 'unauthorized_client'];

/** Asks the token operation over plain HTTP, without any credential; undefined: nobody answers there. */
async function plain(t: CheckContext, port: string): Promise<Exchange | undefined> {
  const url = new URL(t.client.url('token'));
  url.protocol = 'http:';
  url.port = port;
  try {
    return await t.client.fetch(url.href, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: 'grant_type=urn%3Aexample%3Anone&client_id=no-such-client',
    });
  } catch (error) {
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

export default defineChecks([
  {
    id: 'transport/certificate',
    title: "The target's certificate is valid for its host",
    verifies: ['transport/certificate'],
    needs: ['https'],
    async run(t) {
      const result = await current(t);
      if (result.kind !== 'connected') return t.inconclusive(`No TLS 1.2 or 1.3 with the target: ${result.reason}.`);
      t.expect.that(
        result.distrust === undefined,
        `The certificate of ${new URL(t.config.target).host} is not valid: ${result.distrust}.`,
        { expected: 'A certificate for the host name that chains to a trusted root.' },
      );
    },
  },
  {
    id: 'transport/current-tls',
    title: 'The target offers TLS 1.2 or 1.3',
    verifies: ['transport/current-tls'],
    needs: ['https'],
    async run(t) {
      const result = await current(t);
      if (result.kind === 'connected') return;
      const older = await handshake(t.config.target, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ...t.config.tls });
      if (older.kind !== 'connected') return t.inconclusive(`No TLS connection to the target: ${result.reason}.`);
      t.expect.fail(`The target refuses TLS 1.2 and 1.3 (${result.reason}), and negotiates ${older.protocol}.`, {
        expected: 'TLS 1.2 or 1.3.',
      });
    },
  },
  {
    id: 'transport/newest-tls',
    title: 'The target offers TLS 1.3',
    verifies: ['transport/newest-tls'],
    needs: ['https'],
    async run(t) {
      const now = await current(t);
      if (now.kind !== 'connected') return t.inconclusive(`No TLS 1.2 or 1.3 with the target: ${now.reason}.`);
      t.expect.that(
        now.protocol === 'TLSv1.3',
        `The target negotiates ${now.protocol} with a client that offers 1.3.`,
        {
          expected: 'TLS 1.3.',
        },
      );
    },
  },
  {
    id: 'transport/old-tls-refused',
    title: 'TLS 1.0 and 1.1 are not negotiated',
    verifies: ['transport/old-tls-refused'],
    needs: ['https'],
    async run(t) {
      const now = await current(t);
      // A refusal says nothing about a target that refuses every version.
      if (now.kind !== 'connected') t.inconclusive(`No TLS 1.2 or 1.3 with the target: ${now.reason}.`);
      for (const version of ['TLSv1.1', 'TLSv1'] as const) {
        const result = await handshake(t.config.target, { minVersion: version, maxVersion: version, ...t.config.tls });
        if (result.kind === 'not offered') t.skip(`The TLS library of this machine cannot offer ${version}.`);
        t.expect.that(result.kind !== 'connected', `The target negotiates ${version}.`, {
          expected: 'The handshake is refused.',
        });
      }
    },
  },
  {
    id: 'transport/no-plain-http',
    title: 'POST /token is not served over plain HTTP',
    verifies: ['transport/tls'],
    needs: ['https', 'operation token'],
    async run(t) {
      const { port } = new URL(t.config.target);
      for (const where of new Set(['80', port === '' ? '443' : port])) {
        const exchange = await plain(t, where);
        if (exchange === undefined) continue;
        t.expect.that(
          !ownCodes.includes(exchange.errorCode ?? ''),
          `${answered(exchange)} over plain HTTP on port ${where}.`,
          { expected: 'No connection, a redirect to https, or a refusal that asks for it.', exchange },
        );
      }
    },
  },
]);
