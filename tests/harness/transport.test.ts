import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { WireRequest } from '../../harness/exchange.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { UndiciTransport } from '../../harness/transport.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A server that writes these bytes after the first data of each connection. */
const raw = (act: (socket: Socket) => void) =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => act(socket));
    }),
  );
const http = (handler: RequestListener) => listen(createHttpServer(handler));

const request = (url: string): WireRequest => ({
  operation: 'scopes',
  method: 'GET',
  url,
  headers: [],
  body: undefined,
  malformed: false,
});

async function send(url: string, timeoutMs = 300) {
  const transport = new UndiciTransport({ timeoutMs, maxBytes: 100_000 });
  open.push(() => transport.close());
  return transport.send(request(url));
}

async function kindOf(url: string): Promise<string> {
  const error: unknown = await send(url).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Unanswered);
  expect((error as Unanswered).message).toMatch(/\.$/);
  return (error as Unanswered).kind;
}

describe('a target that does not answer properly is named', () => {
  it('connection refused', async () => {
    const url = await raw(() => undefined);
    for (const close of open.splice(0)) await close();
    expect(await kindOf(url)).toBe('connect');
  });
  it('unknown host', async () => expect(await kindOf('http://no-such-host.invalid/')).toBe('connect'));
  it('accepts and never answers', async () => expect(await kindOf(await raw(() => undefined))).toBe('timeout'));
  it('hangs inside the body', async () =>
    expect(await kindOf(await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')))).toBe(
      'timeout',
    ));
  it('trickles without end', async () => {
    const url = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await kindOf(url)).toBe('timeout');
  });
  it('resets at once', async () => expect(await kindOf(await raw((socket) => socket.resetAndDestroy()))).toBe('reset'));
  it('resets inside the body', async () => {
    const url = await raw((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc', () => socket.resetAndDestroy()),
    );
    expect(await kindOf(url)).toBe('reset');
  });
  it('sends no HTTP', async () =>
    expect(await kindOf(await raw((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n')))).toBe('protocol'));
  it('sends an endless body', async () => {
    const url = await http((_, response) => {
      const block = 'x'.repeat(50_000);
      const timer = setInterval(() => response.write(block), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await kindOf(url)).toBe('oversize');
  });
  it('sends headers of a megabyte', async () =>
    expect(
      await kindOf(await http((_, response) => response.writeHead(200, { 'x-big': 'x'.repeat(1_000_000) }).end())),
    ).toBe('oversize'));
  it('announces 200 MB and stalls', async () =>
    expect(
      await kindOf(await http((_, response) => response.writeHead(200, { 'content-length': '200000000' }).write('x'))),
    ).toBe('timeout'));
});

describe('a request that cannot be written', () => {
  it('ends as inconclusive each time, and later ones are sent', async () => {
    const url = await http((_, response) => response.end('[]'));
    const transport = new UndiciTransport({ timeoutMs: 1000, connections: 2 });
    open.push(() => transport.close());
    for (let count = 0; count < 5; count += 1) {
      const headers = [['authorization', 'Bearer a\r\nb: c']] as const;
      await expect(transport.send({ ...request(url), headers })).rejects.toThrow(/does not fit into a request/);
    }
    expect((await transport.send(request(url))).json).toEqual([]);
  });
});

describe('a target that answers oddly is read as it is', () => {
  it('does not unpack a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const exchange = await send(
      await http((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
    );
    expect(exchange.response.body.byteLength).toBe(bomb.byteLength);
  });
  it('follows no redirect', async () => {
    const exchange = await send(await http((_, response) => response.writeHead(302, { location: '/elsewhere' }).end()));
    expect(exchange.status).toBe(302);
    expect(exchange.header('Location')).toBe('/elsewhere');
  });
  it('takes HTTP/1.0 and a close without length', async () => {
    const exchange = await send(await raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n[]')));
    expect(exchange.json).toEqual([]);
  });
  it('keeps repeated headers apart', async () => {
    const exchange = await send(
      await http((_, response) => response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end('not json')),
    );
    expect(exchange.headerValues('Set-Cookie')).toEqual(['a=1', 'b=2']);
    expect(exchange.json).toBeUndefined();
  });
});

describe('a kept connection', () => {
  /** Answers the first request of a connection and closes it when a second one comes, without reading it. */
  const forgetful = (connections: { count: number }) =>
    listen(
      createServer((socket) => {
        connections.count += 1;
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]');
          socket.once('data', () => socket.destroy());
        });
      }),
    );

  it('that the target closed while it was idle is replaced by a fresh one', async () => {
    const connections = { count: 0 };
    const url = await forgetful(connections);
    const transport = new UndiciTransport({ timeoutMs: 1000, connections: 1 });
    open.push(() => transport.close());
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await transport.send(request(url))).status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(connections.count).toBeGreaterThan(1);
  });

  it('that the target closes for a request, kept or fresh, is reported', async () => {
    let asked = 0;
    const url = await http((_, response) => {
      asked += 1;
      if (asked === 1) response.end('[]');
      else response.socket?.destroy();
    });
    const transport = new UndiciTransport({ timeoutMs: 1000, connections: 1 });
    open.push(() => transport.close());
    await transport.send(request(url));
    await expect(transport.send(request(url))).rejects.toMatchObject({ kind: 'reset' });
    expect(asked).toBe(3);
  });

  it('is not the one of a long body, which the target may answer without reading it', async () => {
    const url = await http((incoming, response) => {
      if (Number(incoming.headers['content-length'] ?? 0) < 10_000) return void response.end('[]');
      incoming.pause();
      response.writeHead(413, { 'content-length': 2 }).write('{}'); // and reads no further
    });
    const transport = new UndiciTransport({ timeoutMs: 2000, connections: 1 });
    open.push(() => transport.close());
    const long = { ...request(url), method: 'POST', body: new Uint8Array(4_000_000) };
    expect((await transport.send(long)).status).toBe(413);
    expect((await transport.send(request(url))).status).toBe(200);
  });
});
