/** The code source `browser`: what needs no browser is tested everywhere, the rest where a Chromium is installed. */

import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { authorizationUrl, codeIn, leadsBack } from '../../harness/code-sources/authorization-request.ts';
import { BrowserCodes } from '../../harness/code-sources/browser.ts';
import { browserExecutable, hasScreen } from '../../harness/code-sources/browser-executable.ts';
import type { BrowserCodeSource } from '../../harness/config.ts';
import { type RunningReference, startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';
import { closeServers, identity, listenOn, referenceListener } from '../targets/https-servers.ts';

describe('an authorization request', () => {
  it('adds its parameters to those that the page has, and leaves out an empty scope', () => {
    const url = authorizationUrl('https://id.example/go?tenant=a', { client_id: 'c d', scope: '' }, 's&1');
    expect(url).toBe('https://id.example/go?tenant=a&response_type=code&client_id=c+d&state=s%261');
  });
});

describe('a redirect leads back to the client', () => {
  it.each([
    ['https://app.example/cb?code=1', 'https://app.example/cb', true],
    ['https://app.example/cb?keep=1&code=1', 'https://app.example/cb?keep=1', true],
    ['yourapp://connections?code=1', 'yourapp://connections', true],
    ['https://app.example/cb?code=1', 'https://app.example/cb?keep=1', false],
    ['https://app.example/cbx?code=1', 'https://app.example/cb', false],
    ['https://app.example.evil/cb?code=1', 'https://app.example/cb', false],
    ['http://app.example/cb?code=1', 'https://app.example/cb', false],
    ['no url', 'https://app.example/cb', false],
  ])('%s to %s: %s', (url, redirectUri, expected) => expect(leadsBack(url, redirectUri)).toBe(expected));
});

describe('the answer of the authorize page', () => {
  it('gives its code', () => expect(codeIn({ url: 'https://app.example/cb?code=abc&state=s' }, 's')).toBe('abc'));
  it('gives a code that is posted', () =>
    expect(codeIn({ url: 'https://app.example/cb', body: 'code=abc&state=s' }, 's')).toBe('abc'));
  it.each([
    ['https://app.example/cb?code=abc&state=other', /another `state`/],
    ['https://app.example/cb?code=abc', /another `state`/],
    ['https://app.example/cb?state=s', /without a code/],
    ['https://app.example/cb?error=access_denied&error_description=No.+Really&state=s', /access_denied \(No. Really\)/],
  ])('%s gives none', (url, message) => expect(() => codeIn({ url }, 's')).toThrow(message));
});

describe('the browser', () => {
  it('is the configured one, else that of CHROME_PATH', () => {
    expect(browserExecutable({ browser: { executable: process.execPath } }, { CHROME_PATH: '/no' })).toBe(
      process.execPath,
    );
    expect(browserExecutable({}, { CHROME_PATH: process.execPath })).toBe(process.execPath);
  });
  it('is named in one sentence where it is none', () => {
    expect(() => browserExecutable({ browser: { executable: '/no/such' } }, {})).toThrow(
      'authorizationCode.browser.executable names /no/such, which is no program; give the path of a Chromium or Chrome.',
    );
    expect(() => browserExecutable({}, { CHROME_PATH: '/no/such' })).toThrow(/^CHROME_PATH names/);
    expect(() => browserExecutable({}, { PATH: '/no/such' })).toThrow(/found no Chromium or Chrome/);
  });
});

describe('a window', () => {
  it('needs a screen on Linux', () => {
    expect(hasScreen({}, 'linux')).toBe(false);
    expect(hasScreen({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasScreen({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasScreen({}, 'darwin')).toBe(true);
  });
});

function installed(): boolean {
  try {
    return browserExecutable({}) !== '';
  } catch {
    return false;
  }
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  closeServers();
});

async function reference(redirectUri = 'https://app.example.com/callback'): Promise<RunningReference> {
  const running = await startReference({
    clients: [{ id: 'wl', redirectUris: [redirectUri], role: 'whitelabel-customer' }],
  });
  open.push(running.close);
  return running;
}

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

function ask(url: string, source: Partial<BrowserCodeSource>, redirectUri = 'https://app.example.com/callback') {
  const codes = new BrowserCodes(referenceConfig(url), { source: 'browser', ...source });
  open.push(() => codes.close());
  return () =>
    codes.code({
      client_id: 'wl',
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scope: 'account',
    });
}

async function redeemed(url: string, code: string, redirectUri = 'https://app.example.com/callback'): Promise<number> {
  const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const body = new URLSearchParams({ ...parameters, client_id: 'wl' });
  return (await fetch(`${url}/api/v1/auth/token`, { method: 'POST', body })).status;
}

const postedBack = (redirectUri: string, state: string): string =>
  `<form method="post" action="${redirectUri}"><input type="hidden" name="code" value="the-code">
   <input type="hidden" name="state" value="${state}"></form><script>document.forms[0].submit()</script>`;
const scriptedBack = (redirectUri: string, state: string): string =>
  `<p>Wait</p><script>setTimeout(() => { location.href = "${redirectUri}?code=the-code&state=${state}" }, 50)</script>`;

/** An authorize page of another server. */
async function served(page: (query: URLSearchParams) => string): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(page(new URL(request.url ?? '', 'http://x').searchParams));
  });
  return `http://127.0.0.1:${await listenOn(server)}`;
}

describe.skipIf(!installed())('codes from the page of the reference (where a Chromium is installed)', () => {
  it('are got by a user name, one after the other however they are asked for', async () => {
    const { url } = await reference();
    const code = ask(url, { username: 'alice' });
    const codes = await Promise.all([code(), code()]);
    expect(new Set(codes).size).toBe(2);
    for (const one of codes) expect(await redeemed(url, one)).toBe(200);
  });
  it('are got by steps, of which those are passed over whose element is not there', async () => {
    const { url } = await reference();
    const steps = [
      { click: 'button:has-text("Use another account")' },
      { fill: 'input[name=username]', value: 'alice' },
      { click: 'button[value=allow]' },
    ];
    expect(await redeemed(url, await ask(url, { steps })())).toBe(200);
  });
  it('are got where the client is an app with a scheme of its own', async () => {
    const redirectUri = 'yourapp://connections';
    const { url } = await reference(redirectUri);
    expect(await redeemed(url, await ask(url, { username: 'alice' }, redirectUri)(), redirectUri)).toBe(200);
  });
  it('are kept from the client itself, which would use them', async () => {
    const asked: string[] = [];
    const client = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const redirectUri = `http://127.0.0.1:${await listenOn(client)}/callback`;
    const { url } = await reference(redirectUri);
    expect(await redeemed(url, await ask(url, { username: 'alice' }, redirectUri)(), redirectUri)).toBe(200);
    expect(asked.filter((path) => path.startsWith('/callback'))).toEqual([]);
  });
  it.each([
    ['posted to the client (response_mode=form_post)', 'https://app.example.com/callback', postedBack],
    ['handed to an app by a script', 'yourapp://connections', scriptedBack],
    ['handed to the client by a script', 'https://app.example.com/callback', scriptedBack],
  ])('are seen when %s', async (_how, redirectUri, page) => {
    const url = await served((query) => page(redirectUri, query.get('state') ?? ''));
    expect(await ask(url, { browser: { headless: true } }, redirectUri)()).toBe('the-code');
  });
  it('are got from a page that asks for a certificate of the client', async () => {
    const [own, client] = [identity('localhost'), identity('client')];
    const page = createHttpsServer(
      { ...own, ca: [client.cert], requestCert: true, rejectUnauthorized: true },
      referenceListener(),
    );
    const url = `https://localhost:${await listenOn(page)}`;
    const config = { ...referenceConfig(url), tls: { ca: own.cert, ...client } };
    const codes = new BrowserCodes(config, { source: 'browser', username: 'alice' });
    open.push(() => codes.close());
    const code = await codes.code({
      client_id: 'wl-public',
      redirect_uri: 'https://spa.example.com/callback',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    expect(code).toMatch(/^[\w-]{20,}$/);
  });
  it('are refused where the user is', async () => {
    const { url } = await reference();
    await expect(ask(url, { steps: [{ click: 'button[value=deny]' }] })()).rejects.toThrow(/access_denied/);
  });
  it('are not waited for at every check where the first one could not be had', async () => {
    const { url } = await reference();
    const code = ask(url, { steps: [{ click: '#nowhere' }], browser: { timeout: 1 } });
    const reason = /\/api\/v1\/auth\/authorize\): step 1 of authorizationCode.steps \(click #nowhere\) found nothing/;
    const first: unknown = await code().catch((error: unknown) => error);
    expect(String(first)).toMatch(reason);
    await expect(code()).rejects.toBe(first);
  });
  it('are inconclusive with a reason where the page cannot be opened', async () => {
    await expect(ask('http://127.0.0.1:1', { username: 'alice' })()).rejects.toThrow(
      /could not open the authorize page http:\/\/127.0.0.1:1\/api\/v1\/auth\/authorize: .*ERR_UNSAFE_PORT|REFUSED/,
    );
  });
  it('serve a run', async () => {
    const running = await startReference();
    open.push(running.close);
    const config = {
      ...referenceConfig(running.url),
      authorizationCode: { source: 'browser', username: 'alice' } as const,
    };
    const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
    const report = await runChecks(suite, config, ({ id }) => /^token\/(code-exchange|code-single-use)\//.test(id));
    expect(report.suiteErrors).toEqual([]);
    expect(
      new Set(report.checks.filter(({ id }) => id.startsWith('token/code-')).map(({ outcome }) => outcome)),
    ).toEqual(new Set(['pass']));
    expect(JSON.stringify(report)).not.toContain('state=');
  });
});
