/** Codes from the authorize page, in a browser: a person signs in, or the browser by itself. The redirect back is caught and never delivered. */

import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import type { BrowserCodeSource, TargetConfig } from '../config.ts';
import { Inconclusive } from '../outcomes.ts';
import { authorizationUrl, codeIn, leadsBack } from './authorization-request.ts';
import { browserExecutable, browserLibrary, isUnattended } from './browser-executable.ts';
import { firstLine, patience, signIn } from './sign-in-page.ts';

interface Answer {
  readonly url: string;
  readonly body?: string;
}

/** Milliseconds for the browser to start. */
const startPatience = 60_000;

/** The page, without what its query may hold. */
const placeOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : url);

/** Watches where the browser is sent, by redirect, form or script, an app's own scheme included. @returns the answer, as soon as there is one */
async function watch(context: BrowserContext, page: Page, redirectUri: string): Promise<() => Answer | undefined> {
  let answer: Answer | undefined;
  page.on('request', (request) => {
    if (!leadsBack(request.url(), redirectUri)) return;
    const body = request.postData();
    answer ??= { url: request.url(), ...(body === null ? {} : { body }) };
  });
  await keepFromClient(await context.newCDPSession(page), redirectUri);
  return () => answer;
}

/** Answers in place of the client: a live one would use the code itself. */
async function keepFromClient(devtools: CDPSession, redirectUri: string): Promise<void> {
  if (!/^https?:/i.test(redirectUri)) return;
  const page = Buffer.from('<!doctype html><title>Done</title><p>The code was taken; this page may be closed.');
  devtools.on('Fetch.requestPaused', ({ requestId, request }) => {
    const done = leadsBack(request.url, redirectUri)
      ? devtools.send('Fetch.fulfillRequest', {
          requestId,
          responseCode: 200,
          responseHeaders: [{ name: 'content-type', value: 'text/html' }],
          body: page.toString('base64'),
        })
      : devtools.send('Fetch.continueRequest', { requestId });
    done.catch(() => undefined); // the page was closed meanwhile: its answer has been seen
  });
  const escaped = (redirectUri.split(/[?#]/, 1)[0] ?? '').replace(/[*?\\]/g, '\\$&');
  await devtools.send('Fetch.enable', { patterns: [{ urlPattern: `${escaped}*`, requestStage: 'Request' }] });
}

/** One browser for a run, opened for the first code: where the page remembers its user, a person signs in once. */
export class BrowserCodes {
  readonly #config: TargetConfig;
  readonly #source: BrowserCodeSource;
  #opened: Promise<{ readonly browser: Browser; readonly context: BrowserContext }> | undefined;
  /** Codes are asked for one after the other: pages keep what they are about in cookies. */
  #turn: Promise<unknown> = Promise.resolve();
  #succeeded = false;
  #hopeless: unknown;

  constructor(config: TargetConfig, source: BrowserCodeSource) {
    this.#config = config;
    this.#source = source;
  }

  /** @param parameters of the authorization request, without `response_type` and `state` @throws Inconclusive when no code came */
  code(parameters: Readonly<Record<string, string>> & { readonly redirect_uri: string }): Promise<string> {
    const code = this.#turn.then(async () => {
      if (this.#hopeless !== undefined) throw this.#hopeless;
      try {
        const found = await this.#ask(parameters);
        this.#succeeded = true;
        return found;
      } catch (error) {
        if (!this.#succeeded) this.#hopeless = error; // what failed at the first code is not waited for at every other
        throw error;
      }
    });
    this.#turn = code.catch(() => undefined);
    return code;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.browser.close();
  }

  async #ask(parameters: Readonly<Record<string, string>> & { readonly redirect_uri: string }): Promise<string> {
    this.#opened ??= this.#open();
    const { context } = await this.#opened;
    const state = randomBytes(16).toString('base64url');
    const start = authorizationUrl(this.#page(), parameters, state);
    try {
      const page = await context.newPage();
      try {
        const answer = await watch(context, page, parameters.redirect_uri);
        const failed = await page.goto(start, { waitUntil: 'commit', timeout: patience(this.#source) }).then(
          () => undefined,
          (error: unknown) => error,
        );
        // A redirect straight back to an app's own scheme ends the navigation with an error, and is an answer.
        if (failed !== undefined && answer() === undefined) throw failed;
        const waitedFor = await signIn(page, this.#source, () => answer() !== undefined);
        const found = answer();
        if (found === undefined)
          throw new Inconclusive(
            `The authorize page did not lead back to ${parameters.redirect_uri} (it stands at ${placeOf(page.url())}): ${waitedFor}.`,
          );
        return codeIn(found, state);
      } finally {
        // Chromium may forget to close a page that it is told to close while that page is on its way: nothing waits for it.
        page.close().catch(() => undefined);
      }
    } catch (error) {
      if (error instanceof Inconclusive) throw error;
      throw new Inconclusive(`The browser could not open the authorize page ${placeOf(start)}: ${firstLine(error)}.`);
    }
  }

  #page(): string {
    const { target, basePath } = this.#config;
    const own = `${new URL(target).pathname.replace(/\/+$/, '')}${basePath}/authorize`;
    return new URL(this.#source.url ?? own, target).href;
  }

  /** The browser cannot be given a private root: with one, whether it vouches for the certificate is left to the checks of it. */
  #trust(): BrowserContextOptions {
    const { ca, cert, key } = this.#config.tls ?? {};
    return {
      ignoreHTTPSErrors: ca !== undefined,
      ...(cert === undefined || key === undefined
        ? {}
        : {
            clientCertificates: [
              { origin: new URL(this.#page()).origin, cert: Buffer.from(cert), key: Buffer.from(key) },
            ],
          }),
    };
  }

  async #open(): Promise<{ readonly browser: Browser; readonly context: BrowserContext }> {
    const executablePath = browserExecutable(this.#source);
    const library = await browserLibrary();
    try {
      const browser = await library.launch({
        executablePath,
        headless: this.#source.browser?.headless ?? isUnattended(this.#source),
        timeout: startPatience,
        // The command ends the run, and the run its browser.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      });
      return { browser, context: await browser.newContext(this.#trust()) };
    } catch (error) {
      throw new Inconclusive(`The browser ${executablePath} did not start: ${firstLine(error)}.`);
    }
  }
}
