import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { expectAnswer } from '../../harness/answers.ts';
import { Breaker } from '../../harness/breaker.ts';
import type { Check } from '../../harness/check.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { Run } from '../../harness/run.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import type { CheckResult } from '../../specs/report.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** What the check makes of a server that does `onOdd` with a body of "odd", and answers everything else. */
async function judged(onOdd: RequestListener, mayClose = false): Promise<CheckResult> {
  const server = createServer(async (request, response) => {
    if ((await textOf(request)) === 'odd') onOdd(request, response);
    else response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}');
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const check: Check = {
    id: 'test/odd',
    title: 'An odd body is answered',
    verifies: ['http/answers', 'http/no-server-error'],
    async run(t) {
      await expectAnswer(t, () => t.client.token({ body: 'odd', malformed: true }), { what: 'An odd body', mayClose });
    },
  };
  const config = referenceConfig(`http://127.0.0.1:${port}`);
  const run = new Run({ config, seed: 1, requirements: loadCatalogue().requirements, timeoutMs: 150 });
  const result = await run.execute(check);
  await run.close();
  expect(run.suiteErrors).toEqual([]);
  return result;
}

describe('a request that is bad in some way', () => {
  it('may be answered in any way but with a server error', async () => {
    expect((await judged((_, response) => response.writeHead(418).end())).outcome).toBe('pass');
    const failed = await judged((_, response) => response.writeHead(500).end());
    expect(failed.broken).toEqual(['http/no-server-error']);
  });
  it('is a finding when the server hangs on it and answers others', async () => {
    const result = await judged(() => undefined);
    expect(result.broken).toEqual(['http/answers']);
    expect(result.message).toMatch(/twice/);
  });
  it('is a finding when the connection is dropped each time', async () => {
    expect((await judged((request) => request.socket.destroy())).broken).toEqual(['http/answers']);
  });
  it('is none when the connection is lost once', async () => {
    let lost = false;
    const result = await judged((request, response) => {
      if (lost) response.writeHead(400).end();
      else request.socket.destroy();
      lost = true;
    });
    expect(result.outcome).toBe('pass');
  });
  it('is a finding when the server is gone since', async () => {
    const result = await judged((request) => {
      for (const server of open) server.close();
      request.socket.destroy();
    });
    expect(result.broken).toEqual(['http/answers']);
    expect(result.message).toMatch(/gone/);
  });
  it('may lose its connection where it is very large', async () => {
    expect((await judged((request) => request.socket.destroy(), true)).outcome).toBe('pass');
  });
});

describe('a target that is away', () => {
  const url = 'http://127.0.0.1:1/';
  const refused = new Unanswered('connect', 'no connection.');
  it('is not asked any more after five requests without a connection', () => {
    const breaker = new Breaker(10_000);
    for (let count = 0; count < 5; count += 1) {
      expect(() => breaker.admit(url)).not.toThrow();
      breaker.unanswered(url, refused);
    }
    expect(() => breaker.admit(url)).toThrow(Unanswered);
    expect(() => breaker.admit('http://127.0.0.1:2/')).not.toThrow();
  });
  it('is looked for now and then, and asked again once it answers', () => {
    const breaker = new Breaker(0);
    for (let count = 0; count < 9; count += 1) breaker.unanswered(url, refused);
    expect(() => breaker.admit(url)).not.toThrow();
    breaker.answered(url);
    expect(() => breaker.admit(url)).not.toThrow();
  });
  it('is asked further while it answers between failures', () => {
    const breaker = new Breaker(10_000);
    for (let count = 0; count < 30; count += 1) {
      breaker.unanswered(url, new Unanswered('timeout', 'slow.'));
      if (count % 5 === 4) breaker.answered(url);
    }
    expect(() => breaker.admit(url)).not.toThrow();
  });
});
