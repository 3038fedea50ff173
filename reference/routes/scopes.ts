/** GET /scopes: every available scope, for everybody. */

import type { Context } from 'hono';
import type { Reference } from '../context.ts';
import { jsonResponse } from '../json-response.ts';
import { Refusal } from '../model.ts';

/** @throws Refusal */
export function scopes({ policy }: Reference, c: Context): Response {
  if (policy.scopes.needsAuthentication(c.req.header('authorization')))
    throw new Refusal(401, 'invalid_token', 'Authentication is required.', {
      'www-authenticate': 'Bearer realm="auth"',
    });
  return jsonResponse(policy.scopes.body(policy.scopes.available()));
}
