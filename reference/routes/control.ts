/** The control routes of a test target: codes without a browser, and a clock that can be moved. */

import { type Context, Hono } from 'hono';
import type { Reference } from '../context.ts';
import { requestedScope } from '../domain.ts';
import { Refusal } from '../model.ts';
import { safeEqual } from '../policy/client-auth.ts';

/** The account of codes that name no user. */
const defaultUser = 'user-1';

export function issueCode(reference: Reference, request: { clientId: string; redirectUri: string; codeChallenge: string; codeChallengeMethod: string; scope: string | undefined; user: string }): string {
  const { policy, store } = reference;
  const client = reference.clients.get(request.clientId);
  if (client === undefined) throw new Refusal(400, 'invalid_request', 'client_id is unknown.');
  if (!client.redirectUris.includes(request.redirectUri)) throw new Refusal(400, 'invalid_request', 'redirect_uri is not registered.');
  if (!policy.code.acceptsChallengeMethod(request.codeChallengeMethod)) throw new Refusal(400, 'invalid_request', 'code_challenge_method must be S256.');
  if (!/^[A-Za-z0-9_-]{43}$/.test(request.codeChallenge)) throw new Refusal(400, 'invalid_request', 'code_challenge is malformed.');
  const code = policy.code.mints();
  store.codes.set(code, {
    code,
    clientId: client.id,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    scope: requestedScope(reference, request.scope),
    account: request.user,
    issuedAt: reference.now(),
    used: false,
  });
  return code;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function controlRoutes(reference: Reference, token: string | undefined): Hono {
  const app = new Hono();
  const body = async (c: Context): Promise<Record<string, unknown>> => {
    if (token !== undefined && !safeEqual(c.req.header('authorization') ?? '', `Bearer ${token}`)) throw new Refusal(401, 'invalid_token', 'The control token is required.');
    const value: unknown = await c.req.json().catch(() => undefined);
    if (typeof value !== 'object' || value === null) throw new Refusal(400, 'invalid_request', 'A JSON object is required.');
    return value as Record<string, unknown>;
  };
  app.post('/codes', async (c) => {
    const given = await body(c);
    const code = issueCode(reference, {
      clientId: text(given.client_id),
      redirectUri: text(given.redirect_uri),
      codeChallenge: text(given.code_challenge),
      codeChallengeMethod: text(given.code_challenge_method),
      scope: text(given.scope) === '' ? undefined : text(given.scope),
      user: text(given.user) || defaultUser,
    });
    return c.json({ code }, 201);
  });
  app.post('/clock', async (c) => {
    const { advanceSeconds } = await body(c);
    if (typeof advanceSeconds !== 'number' || !Number.isFinite(advanceSeconds) || advanceSeconds < 0)
      throw new Refusal(400, 'invalid_request', 'advanceSeconds must be a number of seconds, not negative.');
    reference.advance(advanceSeconds);
    return c.body(null, 204);
  });
  return app;
}
