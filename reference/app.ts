/** The reference implementation: the executable reading of the contract, in memory. */

import { exportJWK, generateKeyPair } from 'jose';
import { type Context, Hono } from 'hono';
import type { Reference, SigningKey } from './context.ts';
import { type Client, Refusal, Store } from './model.ts';
import type { ErrorOperation } from './policy/errors.ts';
import { defaultPolicy, type Policy } from './policy/index.ts';
import type { Expected } from './policy/siwe.ts';
import { limiter, type RateLimits } from './rate-limits.ts';
import { refusalResponse } from './read-request.ts';
import { authenticate } from './routes/authenticate.ts';
import { authorizeRoutes } from './routes/authorize.ts';
import { controlRoutes } from './routes/control.ts';
import { handoffInit } from './routes/handoff.ts';
import { revoke } from './routes/revoke.ts';
import { token } from './routes/token.ts';

/** Changes a response after the fact: a wire fault, or a lawful variant of form. */
export type ResponseTransformer = (facts: { readonly operation: ErrorOperation; readonly request: Request }, response: Response) => Response | Promise<Response>;

export interface ReferenceOptions {
  readonly policy?: Policy;
  readonly transform?: readonly ResponseTransformer[];
  readonly clients?: readonly Client[];
  readonly expected?: Expected;
  /** True: the limits of the real service (contract, public facts). */
  readonly rateLimits?: boolean | RateLimits;
  /** Serve the control routes; default true. */
  readonly control?: boolean;
  readonly controlToken?: string;
  readonly signingKey?: SigningKey;
  readonly issuer?: string;
  readonly port?: number;
}

export const basePath = '/api/v1/auth';

/** The clients of the contract's example configuration. */
export const exampleClients: readonly Client[] = [
  { id: 'wl-confidential', secret: 'wl-secret', redirectUris: ['https://app.example.com/callback'], role: 'whitelabel-customer' },
  { id: 'wl-public', redirectUris: ['https://spa.example.com/callback'], role: 'whitelabel-customer' },
  { id: 'tp-confidential', secret: 'tp-secret', redirectUris: ['https://partner.example.com/callback'], role: 'third-party' },
];

/** A fresh RSA key of 2048 bits (RFC 7518 3.3). */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const { kty, n, e } = await exportJWK(publicKey);
  const keyId = `key-${Date.now().toString(36)}`;
  const publicJwk = { kty: kty ?? 'RSA', n: n ?? '', e: e ?? '', alg: 'RS256', use: 'sig', kid: keyId };
  return { privateKey, publicKey, publicJwk, keyId };
}

let sharedKey: Promise<SigningKey> | undefined;

function operationOf(path: string): ErrorOperation {
  const name = path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : '';
  return (['token', 'revoke', 'authenticate', 'handoff/init', 'scopes'] as const).find((operation) => operation === name) ?? 'other';
}

export function createReference(options: ReferenceOptions = {}): Hono {
  let shift = 0;
  const policy = options.policy ?? defaultPolicy;
  if (options.signingKey === undefined) sharedKey ??= generateSigningKey();
  const key = options.signingKey === undefined ? (sharedKey as Promise<SigningKey>) : Promise.resolve(options.signingKey);
  const issuer = options.issuer ?? 'https://auth.example.com';
  const reference: Reference = {
    policy,
    store: new Store(),
    clients: new Map((options.clients ?? exampleClients).map((client) => [client.id, client])),
    expected: options.expected ?? { domain: 'app.example.com', uri: 'https://app.example.com', chainId: 1 },
    issuer,
    audience: `${issuer}${basePath}`,
    key: () => key,
    now: () => Date.now() / 1000 + shift,
    advance: (seconds) => {
      shift += seconds;
    },
  };

  const app = new Hono();
  const limits = options.rateLimits === undefined || options.rateLimits === false ? undefined : limiter(options.rateLimits === true ? {} : options.rateLimits, reference);

  app.use('*', async (c, next) => {
    const operation = operationOf(c.req.path);
    const limited = c.req.path.startsWith(basePath) ? limits?.(operation) : undefined;
    if (limited === undefined) await next();
    else c.res = limited;
    for (const transform of options.transform ?? []) c.res = await transform({ operation, request: c.req.raw }, c.res);
  });

  app.onError((error, c) => {
    const operation = operationOf(c.req.path);
    if (error instanceof Refusal) return refusalResponse(reference, operation, error);
    return refusalResponse(reference, operation, new Refusal(500, 'server_error', 'The server failed.'));
  });
  app.notFound((c) => refusalResponse(reference, operationOf(c.req.path), new Refusal(404, 'not_found', 'There is no such resource.')));

  const operation = (path: string, method: 'GET' | 'POST', handle: (c: Context) => Promise<Response> | Response): void => {
    const allowed = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
    app.on(method, path, handle);
    app.options(path, (c) => c.body(null, 204, { allow: allowed }));
    app.all(path, (c) => refusalResponse(reference, operationOf(c.req.path), new Refusal(policy.errors.wrongMethodStatus(), 'invalid_request', `Use ${method}.`, { allow: allowed })));
  };
  operation(`${basePath}/token`, 'POST', (c) => token(reference, c));
  operation(`${basePath}/revoke`, 'POST', (c) => revoke(reference, c));
  operation(`${basePath}/authenticate`, 'POST', (c) => authenticate(reference, c));
  operation(`${basePath}/handoff/init`, 'POST', (c) => handoffInit(reference, c));
  operation(`${basePath}/scopes`, 'GET', (c) => {
    if (policy.scopes.needsAuthentication(c.req.header('authorization'))) throw new Refusal(401, 'invalid_token', 'Authentication is required.');
    return Response.json(policy.scopes.body(policy.scopes.available()));
  });
  app.route(`${basePath}/authorize`, authorizeRoutes(reference));
  app.get('/.well-known/jwks.json', async () => Response.json({ keys: [(await key).publicJwk] }));
  if (options.control !== false) app.route('/__control', controlRoutes(reference, options.controlToken));
  return app;
}
