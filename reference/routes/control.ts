/** The control routes of a test target: codes without a browser, a clock that can be moved, SIWE nonces, and a resource for access tokens. */

import { type Context, Hono } from 'hono';
import { checkAccessToken } from '../check-access-token.ts';
import type { Reference } from '../context.ts';
import { issueCode } from '../issue-code.ts';
import { Refusal } from '../model.ts';
import { safeEqual } from '../policy/client-auth.ts';
import { type JsonObject, readJsonObject, stringMember } from '../read-request.ts';

/** The account of codes that name no user. */
const defaultUser = 'user-1';

/** @param token what `Authorization: Bearer` must carry; undefined: nothing is asked */
export function controlRoutes(reference: Reference, token: string | undefined): Hono {
  const app = new Hono();
  const authorize = (c: Context): void => {
    const challenge = { 'www-authenticate': 'Bearer realm="control"' };
    const given = /^bearer +(.*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token !== undefined && (given === undefined || !safeEqual(given, token)))
      throw new Refusal(401, 'invalid_token', 'The control token is required.', challenge);
  };
  const read = async (c: Context): Promise<JsonObject> => {
    authorize(c);
    return readJsonObject(reference, c, 'other');
  };

  app.post('/codes', async (c) => {
    const body = await read(c);
    const text = (name: string): string => stringMember(reference, body, name) ?? '';
    const code = issueCode(reference, {
      clientId: text('client_id'),
      redirectUri: text('redirect_uri'),
      codeChallenge: text('code_challenge'),
      codeChallengeMethod: text('code_challenge_method'),
      scope: stringMember(reference, body, 'scope'),
      user: stringMember(reference, body, 'user') ?? defaultUser,
    });
    return c.json({ code }, 201);
  });

  app.post('/clock', async (c) => {
    const { advanceSeconds } = await read(c);
    if (typeof advanceSeconds !== 'number' || !Number.isFinite(advanceSeconds) || advanceSeconds < 0)
      throw new Refusal(400, 'invalid_request', 'advanceSeconds must be a number of seconds, not negative.');
    reference.advance(advanceSeconds);
    return c.body(null, 204);
  });

  app.get('/nonce', (c) => {
    authorize(c);
    const nonce = reference.policy.siwe.mintsNonce();
    reference.store.nonces.add(nonce);
    return c.json({ nonce }, 200, { 'cache-control': 'no-store' });
  });
  app.get('/resource', async (c) => {
    const token = reference.policy.accessToken.readsBearer(c.req.header('authorization'));
    const live = token === undefined ? undefined : await checkAccessToken(reference, token);
    if (live === undefined)
      throw new Refusal(401, 'invalid_token', 'An access token is required.', { 'www-authenticate': 'Bearer' });
    return c.json({ client: live.client.id }, 200, { 'cache-control': 'no-store' });
  });
  return app;
}
