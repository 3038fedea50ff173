/** The reference implementation: the executable reading of the contract, in memory. */

import { type Context, Hono } from 'hono';
import { exampleClients, withSecrets } from './clients.ts';
import type { Reference, SigningKey } from './context.ts';
import { jsonResponse } from './json-response.ts';
import { type Client, Refusal, Store } from './model.ts';
import { type ErrorOperation, errorOperations } from './policy/errors.ts';
import { defaultPolicy, type Policy } from './policy/index.ts';
import type { Expected } from './policy/siwe.ts';
import { limiter, type RateLimits } from './rate-limits.ts';
import { refusalResponse } from './refusal-response.ts';
import { account } from './routes/account.ts';
import { authenticate } from './routes/authenticate.ts';
import { authorizeRoutes } from './routes/authorize.ts';
import { controlRoutes } from './routes/control.ts';
import { handoffInit } from './routes/handoff.ts';
import { revoke } from './routes/revoke.ts';
import { scopes } from './routes/scopes.ts';
import { token } from './routes/token.ts';
import { sharedSigningKey } from './signing-key.ts';
import { type ResponseTransformer, transformed } from './transform.ts';

export { exampleClients } from './clients.ts';
export { generateSigningKey } from './signing-key.ts';
export type { ExchangeFacts, ResponseTransformer } from './transform.ts';

export interface ReferenceOptions {
  /** Default: the right one. */
  readonly policy?: Policy;
  /** Applied in order to every response. */
  readonly transform?: readonly ResponseTransformer[];
  /** Default: those of the contract's example configuration. */
  readonly clients?: readonly Client[];
  /** Other secrets for clients, by client id. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What a SIWE message must say; default: the contract's example. */
  readonly expected?: Expected;
  /** True: the limits of the real service (contract, public facts); default: none. */
  readonly rateLimits?: boolean | RateLimits;
  /** Serve the control routes; default true. */
  readonly control?: boolean;
  /** What the control routes ask for as a bearer token; default: nothing. */
  readonly controlToken?: string;
  /** Default: one key for all references of the process. */
  readonly signingKey?: SigningKey;
  readonly issuer?: string;
  /** Seconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
}

export interface RunnableReference extends Reference {
  readonly app: Hono;
  /** Answers a request in process, as the server does. */
  fetch(request: Request): Promise<Response>;
  /** The same from a path or URL. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export const basePath = '/api/v1/auth';
/** A protected resource beside the five operations, for access tokens of every role. */
export const accountPath = '/api/v1/account';

function operationOf(path: string): ErrorOperation {
  return errorOperations.find((operation) => path === `${basePath}/${operation}`) ?? 'other';
}

/** Returns at once: the signing key is waited for where it is needed first. @throws Error for secrets of unknown clients */
export function createReference(options: ReferenceOptions = {}): RunnableReference {
  const reference = createContext(options);
  const limit = options.rateLimits
    ? limiter(options.rateLimits === true ? {} : options.rateLimits, reference)
    : undefined;
  const app = createRoutes(reference, options);
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const operation = operationOf(pathname);
    const delay = reference.policy.requests.delay(operation);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    return transformed(
      request,
      operation,
      (it) => (pathname.startsWith(`${basePath}/`) ? limit?.(operation) : undefined) ?? app.fetch(it),
      options.transform ?? [],
    );
  };
  return {
    ...reference,
    app,
    fetch: answer,
    request: (path, init) => answer(new Request(new URL(path, 'http://127.0.0.1'), init)),
  };
}

function createContext(options: ReferenceOptions): Reference {
  const clients = withSecrets(options.clients ?? exampleClients, options.secrets ?? {});
  const issuer = options.issuer ?? 'https://auth.example.com';
  const clock = options.now ?? (() => Date.now() / 1000);
  const key = options.signingKey === undefined ? sharedSigningKey() : Promise.resolve(options.signingKey);
  let shift = 0;
  return {
    policy: options.policy ?? defaultPolicy,
    store: new Store(),
    clients: new Map(clients.map((client) => [client.id, client])),
    expected: options.expected ?? { domain: 'app.example.com', uri: 'https://app.example.com', chainId: 1 },
    issuer,
    audience: `${issuer}${basePath}`,
    key: () => key,
    now: () => clock() + shift,
    advance: (seconds) => {
      shift += seconds;
    },
  };
}

function createRoutes(reference: Reference, { control, controlToken }: ReferenceOptions): Hono {
  const { errors } = reference.policy;
  const app = new Hono();
  app.onError((error, c) => {
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'server_error', errors.describesFailure(error));
    return refusalResponse(reference, operationOf(c.req.path), refusal);
  });
  app.notFound((c) =>
    refusalResponse(reference, operationOf(c.req.path), new Refusal(404, 'not_found', 'There is no such resource.')),
  );

  /** Answers every other method with 405 and `Allow` (RFC 9110 15.5.6); HEAD is what GET is (9.3.2). */
  const only = (path: string, methods: string): void => {
    app.options(path, (c) => c.body(null, 204, { allow: methods }));
    app.all(path, (c) => {
      const operation = operationOf(c.req.path);
      const allow = errors.allow(methods, operation);
      const headers = allow === undefined ? undefined : { allow };
      const status = errors.wrongMethodStatus(operation);
      return refusalResponse(reference, operation, new Refusal(status, 'invalid_request', `Use ${methods}.`, headers));
    });
  };
  const post = (path: string, handle: (reference: Reference, c: Context) => Promise<Response>): void => {
    app.all(`${basePath}${path}`, (c, next) =>
      reference.policy.requests.carriesOut(c.req.method, operationOf(c.req.path), c.req.raw)
        ? handle(reference, c)
        : next(),
    );
    only(`${basePath}${path}`, 'POST, OPTIONS');
  };
  post('/token', token);
  post('/revoke', revoke);
  post('/authenticate', authenticate);
  post('/handoff/init', handoffInit);
  app.get(`${basePath}/scopes`, (c) => scopes(reference, c));
  only(`${basePath}/scopes`, 'GET, HEAD, OPTIONS');
  app.get(accountPath, (c) => account(reference, c));
  only(accountPath, 'GET, HEAD, OPTIONS');
  app.route(`${basePath}/authorize`, authorizeRoutes(reference));
  only(`${basePath}/authorize`, 'GET, HEAD, POST, OPTIONS');
  app.get('/.well-known/jwks.json', async () => jsonResponse({ keys: [(await reference.key()).publicJwk] }));
  only('/.well-known/jwks.json', 'GET, HEAD, OPTIONS');
  if (control !== false) app.route('/__control', controlRoutes(reference, controlToken));
  return app;
}
