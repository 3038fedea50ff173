/** GET /authorize: a browser's way to a code (RFC 6749 4.1.1, RFC 9207). Beside the contract, not under test. */

import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import type { Reference } from '../context.ts';
import { requestedScope } from '../domain.ts';
import { challengeIsWellFormed, issueCode } from '../issue-code.ts';
import { Refusal } from '../model.ts';
import { readText } from '../read-request.ts';
import { authorizePage, pageHeaders } from './authorize-page.ts';

interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scope: string;
  readonly state: string | undefined;
}

interface OpenPage extends AuthorizationRequest {
  readonly until: number;
}

/** Seconds that a page may stay open. */
const pageLifetime = 600;

const bad = (description: string): Refusal => new Refusal(400, 'invalid_request', description);

/** Back to the client with these parameters, which come after those that the redirect URI has (RFC 6749 4.1.2). */
function back(
  { issuer }: Reference,
  request: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  parameters: Readonly<Record<string, string>>,
): Response {
  const added = new URLSearchParams(parameters);
  if (request.state !== undefined) added.set('state', request.state);
  added.set('iss', issuer);
  const location = `${request.redirectUri}${request.redirectUri.includes('?') ? '&' : '?'}${added}`;
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}

/**
 * Reads an authorization request. Until client and redirect URI are known to belong together an error stays here
 * (RFC 6749 4.1.2.1). @throws Refusal @returns a redirect for every later error
 */
function read(reference: Reference, query: URLSearchParams): AuthorizationRequest | Response {
  const one = (name: string): string | undefined => query.get(name) || undefined;
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated === 'client_id' || repeated === 'redirect_uri') throw bad(`${repeated} is repeated.`);
  const clientId = one('client_id') ?? '';
  const redirectUri = one('redirect_uri') ?? '';
  const client = reference.clients.get(clientId);
  if (client === undefined) throw bad('client_id is unknown.');
  if (!client.redirectUris.includes(redirectUri)) throw bad('redirect_uri is not registered for this client.');

  const state = repeated === 'state' ? undefined : one('state');
  const wrong = (error: string, description: string): Response =>
    back(reference, { redirectUri, state }, { error, error_description: description });
  if (repeated !== undefined) return wrong('invalid_request', 'A parameter is repeated.');
  if (one('response_type') === undefined) return wrong('invalid_request', 'response_type is required.');
  if (one('response_type') !== 'code') return wrong('unsupported_response_type', 'response_type must be code.');
  const codeChallenge = one('code_challenge') ?? '';
  if (!challengeIsWellFormed(codeChallenge)) return wrong('invalid_request', 'code_challenge is missing or malformed.');
  if (!reference.policy.code.acceptsChallengeMethod(one('code_challenge_method') ?? 'plain'))
    return wrong('invalid_request', 'code_challenge_method must be S256.');
  try {
    return { clientId, redirectUri, codeChallenge, scope: requestedScope(reference, one('scope')), state };
  } catch (error) {
    if (error instanceof Refusal) return wrong(error.code, error.message);
    throw error;
  }
}

export function authorizeRoutes(reference: Reference): Hono {
  const app = new Hono();
  const open = new Map<string, OpenPage>();

  app.get('/', (c) => {
    const request = read(reference, new URL(c.req.url).searchParams);
    if (request instanceof Response) return request;
    const now = reference.now();
    for (const [ticket, { until }] of open) if (until <= now) open.delete(ticket);
    const ticket = randomBytes(16).toString('base64url');
    open.set(ticket, { ...request, until: now + pageLifetime });
    return c.html(authorizePage({ clientId: request.clientId, scope: request.scope, ticket }), 200, pageHeaders);
  });

  app.post('/', async (c) => {
    const form = new URLSearchParams(await readText(reference, c, 'other'));
    const ticket = form.get('ticket') ?? '';
    const request = open.get(ticket);
    if (request === undefined || request.until <= reference.now())
      throw bad('This page was used already or is too old: begin again.');
    if (form.get('decision') !== 'allow') {
      open.delete(ticket);
      return back(reference, request, { error: 'access_denied' });
    }
    const user = form.get('username')?.trim() ?? '';
    if (user === '') throw bad('A user name is required.');
    open.delete(ticket);
    return back(reference, request, { code: issueCode(reference, { ...request, codeChallengeMethod: 'S256', user }) });
  });
  return app;
}
