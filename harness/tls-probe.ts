/** TLS handshakes with a target, one version at a time (RFC 8446, RFC 8996, RFC 9325). */

import { isIP } from 'node:net';
import { connect, type SecureVersion } from 'node:tls';

export type Handshake =
  | {
      readonly kind: 'connected';
      /** As negotiated: `TLSv1.2`. */
      readonly protocol: string;
      /** Why the certificate is not valid for the host; undefined when it is. */
      readonly distrust: string | undefined;
    }
  /** The other side would not have it: an alert, or the connection closed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** This machine's TLS library cannot offer that version at all. */
  | { readonly kind: 'not offered'; readonly reason: string }
  /** Nothing listens, or nothing was answered in time. */
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface HandshakeOptions {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** PEM of roots to trust instead of Node's. */
  readonly ca?: string | undefined;
  /** PEM of the client's certificate and private key (mutual TLS). */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Default 5 s. */
  readonly timeoutMs?: number;
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const notOffered = /NO_PROTOCOLS_AVAILABLE|NO_CIPHERS_AVAILABLE|NO_CIPHER_MATCH/;
const old = new Set<SecureVersion>(['TLSv1', 'TLSv1.1']);

/** One handshake with the origin of an https URL, and nothing after it. Never throws. */
export function handshake(url: string, options: HandshakeOptions): Promise<Handshake> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const end = (result: Handshake): void => {
      socket.destroy();
      resolve(result);
    };
    const failed = (error: Error & { readonly code?: string }): void => {
      const code = error.code ?? error.message;
      if (notOffered.test(code)) end({ kind: 'not offered', reason: code });
      else end({ kind: unreachable.has(code) ? 'unreachable' : 'refused', reason: code });
    };
    const socket = connect({
      host,
      port: port === '' ? 443 : Number(port),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      minVersion: options.minVersion,
      maxVersion: options.maxVersion,
      // Old versions need ciphers and hashes that the library's default level forbids.
      ...(old.has(options.maxVersion) ? { ciphers: 'ALL:@SECLEVEL=0' } : {}),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.cert === undefined ? {} : { cert: options.cert }),
      ...(options.key === undefined ? {} : { key: options.key }),
      rejectUnauthorized: false,
      timeout: options.timeoutMs ?? 5000,
    });
    socket.once('secureConnect', () => {
      const error = socket.authorizationError as Error | string | undefined | null;
      const distrust = socket.authorized ? undefined : error instanceof Error ? error.message : String(error);
      end({ kind: 'connected', protocol: socket.getProtocol() ?? '', distrust });
    });
    socket.once('timeout', () => end({ kind: 'unreachable', reason: 'no answer in time' }));
    socket.once('error', failed);
    socket.once('close', () => end({ kind: 'refused', reason: 'the connection was closed' }));
  });
}
