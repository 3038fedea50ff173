/** A proxy for tests that leads every host name to this machine: so a target here can have a name that is not this machine's. */

import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import { listenOn } from './https-servers.ts';

export interface RunningProxy {
  readonly url: string;
  /** Request lines, in order. */
  readonly asked: string[];
}

/** Takes requests in absolute form and tunnels. @param refusal status that every request gets instead */
export async function startProxy(refusal?: number): Promise<RunningProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refusal !== undefined) return void response.writeHead(refusal).end();
    const { port, pathname, search } = new URL(request.url ?? '');
    const onward = forward(
      { host: '127.0.0.1', port, path: `${pathname}${search}`, method: request.method, headers: request.rawHeaders },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const onward = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  return { url: `http://127.0.0.1:${await listenOn(server)}`, asked };
}
