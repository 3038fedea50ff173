/** Servers over TLS for tests, with certificates made on the spot. */

import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { selfSignedCertificate } from '../../generators/certificate.ts';
import { createReference } from '../../reference/app.ts';

/** As PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A fresh key with a certificate that it has signed itself. */
export function identity(commonName: string): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = selfSignedCertificate(privateKey, publicKey, commonName);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

const open: { server: Server; sockets: Set<Socket> }[] = [];

/** Ends every server that was started here, open connections included. */
export function closeServers(): void {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** Listens on a free port of this machine. @returns the port */
export async function listenOn(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A fresh reference. */
export function referenceListener(): RequestListener {
  const { fetch } = createReference();
  return getRequestListener((request) => fetch(request), { overrideGlobalObjects: false });
}
