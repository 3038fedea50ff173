/** Serves a forger's keys on the loopback interface while a check runs, for servers that fetch what a token's header names. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether a server at that origin can reach this machine's loopback interface. */
export function isLocal(target: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(target).hostname);
}

/** Runs `use` while `files` (path -> media type and content) can be fetched from `origin`; `asked` fills with the paths that are. */
export async function withHostedFiles<T>(
  files: Readonly<Record<string, { readonly type: string; readonly content: string }>>,
  use: (origin: string, asked: readonly string[]) => Promise<T>,
): Promise<T> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.type ?? 'text/plain',
      connection: 'close',
    });
    response.end(file?.content ?? '');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  try {
    const { port } = server.address() as AddressInfo;
    return await use(`http://127.0.0.1:${port}`, asked);
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}
