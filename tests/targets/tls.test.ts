import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { connect, createServer as createNetServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { configFrom } from '../../harness/load-config.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { Report } from '../../specs/report.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';
import { closeServers, type Identity, identity, listenOn, referenceListener } from './https-servers.ts';

const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };

let own: Identity;
let foreign: Identity;
beforeAll(() => {
  own = identity('localhost');
  foreign = identity('other.example');
});
afterAll(closeServers);

const listen = async (server: Server): Promise<string> => `https://localhost:${await listenOn(server)}`;

const https = (options: ServerOptions) => listen(createHttpsServer(options, referenceListener()));

/** One port for both: the first byte of a TLS record is 0x16. */
async function bothOnOnePort(options: ServerOptions): Promise<string> {
  const secure = new URL(await https(options)).port;
  const plain = new URL(await listen(createHttpServer(referenceListener()))).port;
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

async function examine(url: string, ca: string, ids: RegExp, shown: Partial<Identity> = {}): Promise<Report> {
  return runChecks(suite, { ...referenceConfig(url), tls: { ca, ...shown } }, ({ id }) => ids.test(id), 1, 5000);
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
    const url = (await listen(createHttpServer(referenceListener()))).replace('http:', 'https:');
    const report = await examine(url, own.cert, /^transport\/(cert|current|old)/);
    expect(report.verdict).toBe('inconclusive');
    expect(report.suiteErrors).toEqual([]);
  });
});

describe('a target that asks for a certificate of the client (mutual TLS)', () => {
  let client: Identity;
  beforeAll(() => {
    client = identity('client');
  });
  const mutual = (more: ServerOptions = {}) =>
    https({ ...own, ca: [client.cert], requestCert: true, rejectUnauthorized: true, ...more });
  const some = /^(transport|scopes|token\/code-exchange)/;

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('passes by %s when the configuration has one', async (version) => {
    const url = await mutual({ minVersion: version, maxVersion: version });
    const report = await examine(url, own.cert, some, client);
    expect(report.suiteErrors).toEqual([]);
    expect(report.verdict).toBe('conformant');
    expect(outcomes(report)).toEqual({ ...right, 'newest-tls': version === 'TLSv1.3' ? 'pass' : 'warn' });
  });
  it('fails where it still negotiates TLS 1.0 with that certificate', async () => {
    const url = await mutual({ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
    const report = await examine(url, own.cert, transport, client);
    expect(outcomes(report)).toEqual({ ...right, 'old-tls-refused': 'fail' });
  });
  it.each([
    ['none', 'TLSv1.2'],
    ['none', 'TLSv1.3'],
    ['another', 'TLSv1.2'],
    ['another', 'TLSv1.3'],
  ] as const)(
    'is inconclusive when the configuration has %s, by %s, and nothing is accused',
    async (which, version) => {
      const url = await mutual({ minVersion: version, maxVersion: version });
      const report = await examine(url, own.cert, some, which === 'none' ? {} : foreign);
      expect(report.suiteErrors).toEqual([]);
      expect(report.checks.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([]);
      const list = report.checks.find(({ id }) => id === 'scopes/list');
      expect(list?.outcome).toBe('inconclusive');
      expect(list?.message).toMatch(/certificate of the client.*tls\.cert and tls\.key/);
    },
  );
});

describe('certificates of the configuration that cannot be used are named in one sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  it.each<[string, (files: Record<'cert' | 'key' | 'otherKey' | 'noPem', string>) => object, string]>([
    ['a certificate without its key', ({ cert }) => ({ cert }), 'tls.cert needs tls.key beside it.'],
    ['a key without its certificate', ({ key }) => ({ key }), 'tls.key needs tls.cert beside it.'],
    [
      'the key of another',
      ({ cert, otherKey }) => ({ cert, key: otherKey }),
      'tls.cert and tls.key are no pair in PEM (',
    ],
    [
      'a certificate that is none',
      ({ noPem, key }) => ({ cert: noPem, key }),
      'tls.cert and tls.key are no pair in PEM (',
    ],
    ['a root that is none', ({ noPem }) => ({ ca: noPem }), 'tls.ca holds no certificate in PEM ('],
    ['a file that is not there', () => ({ ca: '/no/such.pem' }), 'tls.ca names /no/such.pem, which cannot be read'],
  ])('%s', (_, tls, sentence) => {
    const files = {
      cert: file('cert.pem', own.cert),
      key: file('key.pem', own.key),
      otherKey: file('other.pem', foreign.key),
      noPem: file('none.pem', 'nothing'),
    };
    expect(() => configFrom({ target: 'https://localhost', tls: tls(files) }, 'test')).toThrow(sentence);
    const right = { ca: files.cert, cert: files.cert, key: files.key };
    expect(configFrom({ target: 'https://localhost', tls: right }, 'test').config.tls?.key).toBe(own.key);
  });
});

describe('a target that is served over http', () => {
  it('is asked nothing about TLS', async () => {
    const report = await examine('http://127.0.0.1:1', own.cert, transport);
    expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(['skip']));
  });
});
