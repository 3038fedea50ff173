/** POST /handoff/init: a short-lived code that carries a signed-in user to another application. */

import type { Context } from 'hono';
import type { Reference } from '../context.ts';
import { checkAccessToken } from '../domain.ts';
import { Refusal } from '../model.ts';
import { readJsonObject } from '../read-request.ts';

export async function handoffInit(reference: Reference, c: Context): Promise<Response> {
  const { policy, store } = reference;
  const header = c.req.header('authorization');
  const early = policy.accessToken.readsBearer(header);
  const body: Readonly<Record<string, unknown>> | undefined = early === undefined ? await readJsonObject(reference, c).catch(() => ({})) : undefined;
  const token = early ?? policy.accessToken.readsElsewhere({ query: new URL(c.req.url).searchParams, body: body ?? {} });
  const unauthorized = (sent: boolean): Refusal => {
    const challenge = policy.accessToken.challenge(sent);
    const status = policy.accessToken.refusalStatus(sent);
    return new Refusal(status, 'invalid_token', 'An access token is required, or the one presented is not valid.', challenge === undefined ? {} : { 'www-authenticate': challenge });
  };
  if (token === undefined) throw unauthorized(header !== undefined && /^bearer /i.test(header));
  const live = await checkAccessToken(reference, token);
  if (live === undefined) throw unauthorized(true);
  const client = reference.clients.get(live.claims.client_id);
  if (client === undefined) throw unauthorized(true);
  if (!policy.session.mayHandoff(client))
    throw new Refusal(403, 'access_denied', 'This operation is for whitelabel customer clients only.');
  const { redirectUri, intent } = body ?? (await readJsonObject(reference, c));
  if (!policy.handoff.acceptsRedirectUri(redirectUri, client)) throw new Refusal(400, 'invalid_request', 'redirectUri must be an absolute URI.');
  if (!policy.handoff.acceptsIntent(intent)) throw new Refusal(400, 'invalid_request', 'intent must be "connections".');
  const code = policy.handoff.mints();
  const lifetime = policy.handoff.lifetime();
  store.handoffs.set(code, { code, sessionId: live.session.id, redirectUri, intent, expiresAt: reference.now() + lifetime });
  policy.handoff.touchesSession(live.session);
  return Response.json(policy.handoff.body(code, lifetime), { headers: policy.tokens.headers('handoff/init') });
}
