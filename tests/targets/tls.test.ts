import { generateKeyPairSync } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { selfSignedCertificate } from '../../generators/certificate.ts';
import { createReference } from '../../reference/app.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { Report } from '../../specs/report.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';

const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };

interface Identity {
  readonly key: string;
  readonly cert: string;
}

function identity(commonName: string): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = selfSignedCertificate(privateKey, publicKey, commonName);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

const open: { server: Server; sockets: Set<Socket> }[] = [];
let own: Identity;
let foreign: Identity;
beforeAll(() => {
  own = identity('localhost');
  foreign = identity('other.example');
});
afterAll(() => {
  for (const { server, sockets } of open) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

const reference = (): RequestListener => {
  const { fetch } = createReference();
  return getRequestListener((request) => fetch(request), { overrideGlobalObjects: false });
};

const https = (options: ServerOptions) => listen(createHttpsServer(options, reference()));

/** One port for both: the first byte of a TLS record is 0x16. */
async function bothOnOnePort(options: ServerOptions): Promise<string> {
  const secure = new URL(await https(options)).port;
  const plain = new URL(await listen(createHttpServer(reference()))).port;
  return listen(
    createNetServer((socket) => {
      socket.once('data', (first) => {
        const inner = connect(Number(first[0] === 0x16 ? secure : plain), '127.0.0.1');
        inner.write(first);
        socket.pipe(inner).pipe(socket);
        for (const end of [socket, inner]) end.on('error', () => undefined);
      });
    }),
  );
}

async function examine(url: string, ca: string, ids: RegExp): Promise<Report> {
  return runChecks(suite, { ...referenceConfig(url), tls: { ca } }, ({ id }) => ids.test(id), 1, 5000);
}
const outcomes = (report: Report): Record<string, string> =>
  Object.fromEntries(
    report.checks.filter(({ id }) => id.startsWith('transport/')).map(({ id, outcome }) => [id.slice(10), outcome]),
  );

const transport = /^transport\//;
const right = {
  certificate: 'pass',
  'current-tls': 'pass',
  'newest-tls': 'pass',
  'old-tls-refused': 'pass',
  'no-plain-http': 'pass',
};

describe('a target that is served over https', () => {
  it('passes with TLS 1.2 and later and a certificate for its name', async () => {
    const url = await https(own);
    const report = await examine(url, own.cert, /^(transport|scopes|token)\//);
    expect(report.suiteErrors).toEqual([]);
    expect(report.verdict).toBe('conformant');
    expect(outcomes(report)).toEqual(right);
  });
  it('passes with TLS 1.3 alone', async () => {
    const url = await https({ ...own, minVersion: 'TLSv1.3' });
    expect(outcomes(await examine(url, own.cert, transport))).toEqual(right);
  });
  it('is warned where it has TLS 1.2 alone', async () => {
    const url = await https({ ...own, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    const report = await examine(url, own.cert, transport);
    expect(outcomes(report)).toEqual({ ...right, 'newest-tls': 'warn' });
    expect(report.verdict).toBe('conformant');
  });
  it('fails where it still negotiates TLS 1.0 and 1.1', async () => {
    const url = await https({ ...own, minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
    const report = await examine(url, own.cert, transport);
    expect(outcomes(report)).toEqual({ ...right, 'old-tls-refused': 'fail' });
    expect(report.verdict).toBe('non-conformant');
  });
  it('fails where it offers nothing newer than TLS 1.1', async () => {
    const url = await https({ ...own, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    expect(outcomes(await examine(url, own.cert, transport))['current-tls']).toBe('fail');
  });
  it('fails with a certificate that nobody vouches for', async () => {
    const report = await examine(await https(own), foreign.cert, transport);
    expect(outcomes(report)).toMatchObject({ certificate: 'fail', 'current-tls': 'pass' });
  });
  it('fails with a certificate for another host', async () => {
    const report = await examine(await https(foreign), foreign.cert, transport);
    expect(outcomes(report)).toMatchObject({ certificate: 'fail', 'current-tls': 'pass' });
  });
  it('fails where its port serves plain HTTP too', async () => {
    const report = await examine(await bothOnOnePort(own), own.cert, transport);
    expect(outcomes(report)).toEqual({ ...right, 'no-plain-http': 'fail' });
  });
  it('is inconclusive where nothing speaks TLS', async () => {
    const url = (await listen(createHttpServer(reference()))).replace('http:', 'https:');
    const report = await examine(url, own.cert, /^transport\/(cert|current|old)/);
    expect(report.verdict).toBe('inconclusive');
    expect(report.suiteErrors).toEqual([]);
  });
});

describe('a target that is served over http', () => {
  it('is asked nothing about TLS', async () => {
    const report = await examine('http://127.0.0.1:1', own.cert, transport);
    expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(['skip']));
  });
});
