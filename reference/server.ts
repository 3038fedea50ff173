/** Serves the reference over HTTP. */

import { type IncomingMessage, type OutgoingHttpHeaders, type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createReference, type ReferenceOptions, type RunnableReference } from './app.ts';
import { noAnswer } from './transform.ts';

export { generateSigningKey } from './signing-key.ts';

export interface ServerOptions extends ReferenceOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly hostname?: string;
  /** Nothing else runs in this thread, so that hono's lighter `Request` and `Response` may take the place of the global ones; default false. */
  readonly ownsThread?: boolean;
  /** How header names are written, e.g. `(name) => name.toUpperCase()`; default: in lower case. */
  readonly headerName?: (name: string) => string;
  /** Which spellings of a request's header names are recognised, e.g. `(name) => name !== name.toUpperCase()`; default: all (RFC 9110 5.1). */
  readonly readsHeader?: (name: string) => boolean;
}

export interface RunningReference {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly reference: RunnableReference;
  /** Ends at once, open connections included. */
  close(): Promise<void>;
}

/** The reference and a server of it that does not listen yet. */
export function referenceServer(options: Omit<ServerOptions, 'port' | 'hostname'> = {}): {
  readonly server: Server;
  readonly reference: RunnableReference;
} {
  const reference = createReference(options);
  const { headerName, readsHeader } = options;
  const server = createAdaptorServer({
    fetch: async (request, { incoming }) => {
      if (readsHeader !== undefined)
        for (const name of incoming.rawHeaders.filter((_, index) => index % 2 === 0))
          if (!readsHeader(name)) request.headers.delete(name);
      const response = await reference.fetch(request);
      if (response === noAnswer) incoming.socket.destroy();
      return response === noAnswer ? new Response() : response;
    },
    overrideGlobalObjects: options.ownsThread === true,
    ...(headerName === undefined ? {} : { serverOptions: { ServerResponse: responseWith(headerName) } }),
  }) as Server;
  return { server, reference };
}

/** @throws Error (EADDRINUSE, EACCES) when the port cannot be had */
export async function startReference(options: ServerOptions = {}): Promise<RunningReference> {
  const { server, reference } = referenceServer(options);
  const hostname = options.hostname ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, hostname, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`,
    port,
    reference,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Responses whose header names are written in another way. */
function responseWith(headerName: (name: string) => string): typeof ServerResponse {
  return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    // The only one of the overloads that the adaptor uses.
    override writeHead(status: number, headers?: unknown): this {
      const named = Object.entries((headers ?? {}) as OutgoingHttpHeaders).map(([name, value]) => [
        headerName(name),
        value,
      ]);
      return super.writeHead(status, Object.fromEntries(named) as OutgoingHttpHeaders);
    }
  };
}
