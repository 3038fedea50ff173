/** Serves the reference on a port of the loopback interface. */

import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createReference, type ReferenceOptions } from './app.ts';

export { generateSigningKey } from './app.ts';

export interface RunningReference {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @throws Error (EADDRINUSE, EACCES) when the port cannot be had */
export async function startReference(options: ReferenceOptions = {}): Promise<RunningReference> {
  const app = createReference(options);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
