/** GET /api/v1/account: whom an access token is about. None of the five operations: it stands for the API that tokens of every role are for. */

import type { Context } from 'hono';
import { checkAccessToken } from '../check-access-token.ts';
import type { Reference } from '../context.ts';
import { jsonResponse } from '../json-response.ts';
import { bearerRefusal } from './bearer-refusal.ts';

export async function account(reference: Reference, c: Context): Promise<Response> {
  const header = c.req.header('authorization');
  const token = reference.policy.accessToken.readsBearer(header);
  const live = token === undefined ? undefined : await checkAccessToken(reference, token);
  if (live === undefined) throw bearerRefusal(reference, token !== undefined || /^bearer /i.test(header ?? ''));
  const { sub, client_id, scope } = live.claims;
  return jsonResponse({ sub, client_id, scope }, { headers: { 'cache-control': 'no-store' } });
}
