/** Servers that answer as no server should: what a suite meets when a target is down, half started, or something else. */

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface RoughServer {
  readonly url: string;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<RoughServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Bytes after the first data of each connection. */
const raw = (act: (socket: Socket) => void) => (): Promise<RoughServer> =>
  listen(createServer((socket) => socket.once('data', () => act(socket))));
const http = (handler: RequestListener) => (): Promise<RoughServer> => listen(createHttpServer(handler));

const json = (status: number, text: string): (() => Promise<RoughServer>) =>
  http((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });

/** Writes a block again and again until the client has had enough. */
function pour(write: (block: string) => void, onClose: (stop: () => void) => void, every: number, block: string): void {
  const timer = setInterval(() => write(block), every);
  onClose(() => clearInterval(timer));
}

export const roughServers: Readonly<Record<string, () => Promise<RoughServer>>> = {
  'nobody listens': async () => {
    const server = await raw(() => undefined)();
    await server.close();
    return { ...server, close: () => Promise.resolve() };
  },
  'accepts and says nothing': raw(() => undefined),
  'resets at once': raw((socket) => socket.resetAndDestroy()),
  'closes at once': raw((socket) => socket.end()),
  'no HTTP': raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
  'HTTP/1.0 without length': raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n[]')),
  'HTTP/0.9': raw((socket) => socket.end('<html></html>')),
  'status 999': raw((socket) => socket.end('HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n')),
  'only 100 Continue': raw((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')),
  'a trickle': raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
    pour(
      (block) => socket.write(block),
      (stop) => socket.on('close', stop),
      20,
      'x',
    );
  }),
  'an endless body': http((request, response) => {
    request.resume();
    pour(
      (block) => response.write(block),
      (stop) => response.on('close', stop),
      1,
      'x'.repeat(100_000),
    );
  }),
  'a trickle of headers': raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    pour(
      (block) => socket.write(block),
      (stop) => socket.on('close', stop),
      20,
      'X-More: 1\r\n',
    );
  }),
  'headers of a megabyte': http((request, response) => {
    request.resume();
    response.writeHead(200, { 'x-big': 'x'.repeat(1_000_000) }).end('{}');
  }),
  'a gzip bomb': (() => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    return http((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    });
  })(),
  'an error page of 100 MB': http((request, response) => {
    request.resume();
    response.writeHead(500, { 'content-type': 'text/html', 'content-length': '100000000' });
    pour(
      (block) => response.write(block),
      (stop) => response.on('close', stop),
      1,
      '<p>'.repeat(30_000),
    );
  }),
  'too short for its length': raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}')),
  'too long for its length': raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}{}')),
  'two lengths': raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x')),
  'broken chunks': raw((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n')),
  'redirects in a circle': http((request, response) => {
    request.resume();
    response.writeHead(307, { location: request.url ?? '/' }).end();
  }),
  'a page for everything': http((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>app</title>');
  }),
  'JSON that is none': json(200, '{"access_token":'),
  'JSON in Latin-1': http((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x7b, 0x22, 0xe9, 0x22]));
  }),
  'JSON nested without end': json(200, `{"scopes":${'['.repeat(500_000)}`),
  'JSON of many members': json(
    400,
    `{${Array.from({ length: 40_000 }, (_, index) => `"code":"value-${index}"`).join(',')}}`,
  ),
  'text of many parameters': http((request, response) => {
    request.resume();
    response.writeHead(400).end(Array.from({ length: 100_000 }, (_, index) => `code=value-${index}`).join('&'));
  }),
  null: json(200, 'null'),
  'an empty object': json(200, '{}'),
  'an empty list': json(200, '[]'),
  'a list of nothing': json(200, '[null,[],{},1,true,""]'),
  'members of wrong types': json(
    200,
    '{"code":{"a":1},"access_token":{"x":[]},"refresh_token":7,"expires_in":"soon","scope":[1],"token_type":null,"session_id":[],"scopes":{"a":1},"keys":"no","error":{"message":{}}}',
  ),
  'tokens that are none': json(
    200,
    '{"code":"a\\r\\nb","access_token":"x\\r\\ny: z","refresh_token":"refresh-\\udfff\\u0000","expires_in":-1,"refresh_expires_in":1e400,"scope":"\\u0000","token_type":"","session_id":"session-\\ud800"}',
  ),
  'JWTs that are none': json(
    200,
    '{"code":"c","access_token":"eyJhbGciOiJSUzI1NiJ9.bnVsbA.x","refresh_token":"r","expires_in":900,"token_type":"Bearer","session_id":"s","scopes":["a"],"keys":[null,{"kty":"RSA"},{"kid":"a"}]}',
  ),
  'other JWTs that are none': json(
    201,
    '{"code":"c","access_token":"bnVsbA.W10.","refresh_token":"bnVsbA.W10.","expires_in":1e308,"refresh_expires_in":1e308,"token_type":"bearer"}',
  ),
  '500 for everything': json(500, '{"statusCode":500,"message":"Internal server error"}'),
  '401 for everything': json(401, ''),
  '204 for everything': http((request, response) => {
    request.resume();
    response.writeHead(204).end();
  }),
  'headers of odd bytes': raw((socket) =>
    socket.end(
      Buffer.from(
        'HTTP/1.1 401 \xe9\r\nX-Odd: \xff\xfe\r\nWWW-Authenticate: ,,="\\\r\nContent-Length: 0\r\n\r\n',
        'latin1',
      ),
    ),
  ),
  'unreadable Retry-After': http((request, response) => {
    request.resume();
    response.writeHead(400, { 'retry-after': 'soon', allow: '', 'www-authenticate': '' }).end();
  }),
};

/** Answers in order by `answer`, and closes for good after some requests. */
export async function dyingServer(after: number): Promise<RoughServer> {
  let left = after;
  const server = createHttpServer((request, response) => {
    request.resume();
    left -= 1;
    if (left < 0) {
      request.socket.destroy();
      server.close();
      server.closeAllConnections();
      return;
    }
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}');
  });
  return listen(server);
}
