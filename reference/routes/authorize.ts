/** GET /authorize: a plain sign-in and consent page, so that a browser can get a code. Beside the contract, not under test. */

import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Reference } from '../context.ts';
import { Refusal } from '../model.ts';
import { issueCode } from './control.ts';

interface Pending {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scope: string | undefined;
  readonly state: string | undefined;
}

/** Back to the client with these parameters (RFC 6749 4.1.2, RFC 9207). */
function back(reference: Reference, redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): Response {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...parameters, iss: reference.issuer })) if (value !== undefined) url.searchParams.set(name, value);
  return new Response(null, { status: 303, headers: { location: url.href, 'cache-control': 'no-store' } });
}

const pageHeaders = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", 'cache-control': 'no-store', 'x-frame-options': 'DENY' };

/** Reads an authorization request. @throws Refusal while the redirect URI is not trusted @returns a redirect for later errors */
function read(reference: Reference, query: URLSearchParams): Pending | Response {
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const state = query.get('state') ?? undefined;
  const client = reference.clients.get(clientId);
  if (client === undefined) throw new Refusal(400, 'invalid_request', 'client_id is unknown.');
  if (!client.redirectUris.includes(redirectUri)) throw new Refusal(400, 'invalid_request', 'redirect_uri is not registered for this client.');
  const wrong = (error: string, description: string): Response => back(reference, redirectUri, { error, error_description: description, state });
  if (query.get('response_type') !== 'code') return wrong('unsupported_response_type', 'response_type must be code.');
  const codeChallenge = query.get('code_challenge') ?? '';
  if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) return wrong('invalid_request', 'code_challenge is required.');
  if (!reference.policy.code.acceptsChallengeMethod(query.get('code_challenge_method') ?? 'plain')) return wrong('invalid_request', 'code_challenge_method must be S256.');
  const scope = query.get('scope') ?? undefined;
  const { available, acceptsRequested } = reference.policy.scopes;
  if (scope !== undefined && !acceptsRequested(scope.split(' '), available())) return wrong('invalid_scope', 'A scope is unknown.');
  return { clientId, redirectUri, codeChallenge, scope, state };
}

export function authorizeRoutes(reference: Reference): Hono {
  const app = new Hono();
  const pending = new Map<string, Pending>();

  app.get('/', (c: Context) => {
    const request = read(reference, new URL(c.req.url).searchParams);
    if (request instanceof Response) return request;
    const ticket = randomBytes(16).toString('base64url');
    pending.set(ticket, request);
    const page = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Sign in</title>
    <style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 3rem auto; padding: 0 1rem } label, button { display: block; margin: 1rem 0 } input { width: 100%; font: inherit; padding: .4rem } button { font: inherit; padding: .4rem 1rem }</style>
  </head>
  <body>
    <main>
      <h1>Sign in</h1>
      <p><strong>${request.clientId}</strong> asks for access to: ${request.scope ?? reference.policy.scopes.byDefault()}.</p>
      <form method="post">
        <input type="hidden" name="ticket" value="${ticket}">
        <label>User name <input name="username" autocomplete="username" required></label>
        <button name="decision" value="allow">Sign in and allow</button>
        <button name="decision" value="deny" formnovalidate>Deny</button>
      </form>
    </main>
  </body>
</html>`;
    return c.html(page, 200, pageHeaders);
  });

  app.post('/', async (c: Context) => {
    const form = new URLSearchParams(await c.req.text());
    const ticket = form.get('ticket') ?? '';
    const request = pending.get(ticket);
    pending.delete(ticket);
    if (request === undefined) throw new Refusal(400, 'invalid_request', 'This page has been used already; begin again.');
    if (form.get('decision') !== 'allow') return back(reference, request.redirectUri, { error: 'access_denied', state: request.state });
    const code = issueCode(reference, { ...request, codeChallengeMethod: 'S256', user: form.get('username') ?? '' });
    return back(reference, request.redirectUri, { code, state: request.state });
  });
  return app;
}
