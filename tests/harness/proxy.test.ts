/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, against a proxy that leads every name to this machine. */

import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WireRequest } from '../../harness/exchange.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { proxyProblem, usesProxy } from '../../harness/proxy.ts';
import { UndiciTransport } from '../../harness/transport.ts';
import { closeServers, identity, listenOn } from '../targets/https-servers.ts';
import { startProxy } from '../targets/proxy-server.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of open.splice(0)) await close();
  closeServers();
});

/** What a target has been asked, header lines as they came. */
interface Target {
  readonly port: number;
  readonly asked: IncomingMessage[];
}

async function target(): Promise<Target> {
  const asked: IncomingMessage[] = [];
  const port = await listenOn(
    createServer((request, response) => {
      asked.push(request);
      response.setHeader('content-type', 'application/json');
      if (request.url === '/endless') {
        const timer = setInterval(() => response.write('x'.repeat(50_000)), 1);
        response.on('close', () => clearInterval(timer));
      } else response.end('[]');
    }),
  );
  return { port, asked };
}

const request = (url: string, headers: WireRequest['headers'] = []): WireRequest => ({
  operation: 'scopes',
  method: 'GET',
  url,
  headers,
  body: undefined,
  malformed: false,
});

function transport(options: Partial<ConstructorParameters<typeof UndiciTransport>[0]> = {}): UndiciTransport {
  const made = new UndiciTransport({ timeoutMs: 3000, ...options });
  open.push(() => made.close());
  return made;
}

/** Only these variables. */
function environment(variables: Readonly<Record<string, string>>): void {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy'])
    for (const one of [name, name.toUpperCase()]) vi.stubEnv(one, variables[one] ?? '');
}

describe('a target behind a proxy', () => {
  it('over http is asked for in absolute form, every header line kept', async () => {
    const [{ port, asked }, { url, asked: through }] = [await target(), await startProxy()];
    environment({ HTTP_PROXY: url });
    const lines = [
      ['authorization', 'Bearer a'],
      ['authorization', 'Bearer b'],
      ['x-once', 'c'],
    ] as const;
    const exchange = await transport().send(request(`http://target.example:${port}/scopes`, lines));
    expect(exchange.json).toEqual([]);
    expect(through).toEqual([`GET http://target.example:${port}/scopes`]);
    expect(asked[0]?.headers.host).toBe(`target.example:${port}`);
    expect(asked[0]?.rawHeaders.join('|')).toContain('authorization|Bearer a|authorization|Bearer b|x-once|c');
  });
  it('over https is tunnelled to, with the private root and the certificate of the client', async () => {
    const [own, client] = [identity('target.example'), identity('client')];
    const secure = createHttpsServer(
      { ...own, ca: [client.cert], requestCert: true, rejectUnauthorized: true },
      (_, response) => response.setHeader('content-type', 'application/json').end('["account"]'),
    );
    const port = await listenOn(secure);
    const { url, asked: through } = await startProxy();
    environment({ https_proxy: url });
    const exchange = await transport({ ca: own.cert, ...client }).send(
      request(`https://target.example:${port}/scopes`),
    );
    expect(exchange.json).toEqual(['account']);
    expect(through).toEqual([`CONNECT target.example:${port}`]);
  });
  it('is read no further than one that is asked directly', async () => {
    const [{ port }, { url }] = [await target(), await startProxy()];
    environment({ HTTP_PROXY: url });
    const sent = transport({ maxBytes: 100_000 }).send(request(`http://target.example:${port}/endless`));
    await expect(sent).rejects.toMatchObject({ kind: 'oversize' });
  });
  it.each([
    ['407 over http', 'http', 407],
    ['403 over https', 'https', 403],
  ])('is named with the answer of a proxy that refuses: %s', async (_, scheme, status) => {
    const { url } = await startProxy(status);
    environment({ HTTP_PROXY: url });
    const error: unknown = await transport()
      .send(request(`${scheme}://target.example:9/scopes`))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unanswered);
    expect(String(error)).toMatch(
      `target.example:9 could not be reached: the proxy answered ${status}; see HTTP_PROXY`,
    );
  });
  it('is named with a proxy that is not there', async () => {
    environment({ HTTP_PROXY: 'http://127.0.0.1:1' });
    const sent = transport().send(request('http://target.example:9/scopes'));
    await expect(sent).rejects.toThrow('target.example:9 could not be reached through the proxy: no connection');
  });
});

describe('no proxy is asked', () => {
  it.each(['127.0.0.1', 'localhost'])('for this machine: %s', async (host) => {
    const [{ port, asked }, { url, asked: through }] = [await target(), await startProxy()];
    environment({ HTTP_PROXY: url, HTTPS_PROXY: url });
    await transport().send(request(`http://${host}:${port}/scopes`));
    expect([asked.length, through.length]).toEqual([1, 0]);
  });
  it.each(['target.invalid', '*', 'other.example, .invalid'])('for what NO_PROXY names: %s', async (noProxy) => {
    const { url, asked: through } = await startProxy();
    environment({ HTTP_PROXY: url, NO_PROXY: noProxy });
    await expect(transport().send(request('http://target.invalid/scopes'))).rejects.toThrow(/host name is unknown/);
    expect(through).toEqual([]);
  });
});

describe('the variables', () => {
  it('count in either letter case', () => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'])
      expect(usesProxy('https://target.example', { [name]: 'http://proxy.example' })).toBe(true);
    expect(usesProxy('https://target.example', { HTTP_PROXY: '' })).toBe(false);
    expect(usesProxy('http://[::1]:4010', { HTTP_PROXY: 'http://proxy.example' })).toBe(false);
  });
  it('are named where they hold no URL', () => {
    expect(proxyProblem({ HTTP_PROXY: 'proxy.example:3128' })).toBe(
      'HTTP_PROXY must be a URL such as http://proxy.example.com:3128; correct it, or unset it.',
    );
    expect(proxyProblem({ https_proxy: 'http://proxy.example:3128' })).toBeUndefined();
  });
});
