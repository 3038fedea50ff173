/** POST /handoff/init: a short-lived code that carries a signed-in user to another application. */

import type { Context } from 'hono';
import { checkAccessToken } from '../check-access-token.ts';
import type { Reference } from '../context.ts';
import { jsonResponse } from '../json-response.ts';
import { type Client, Refusal } from '../model.ts';
import { type JsonObject, readJsonObject } from '../read-request.ts';
import { bearerRefusal } from './bearer-refusal.ts';

export async function handoffInit(reference: Reference, c: Context): Promise<Response> {
  const { policy, store } = reference;
  let read: Promise<JsonObject> | undefined;
  const body = (): Promise<JsonObject> => {
    read ??= readJsonObject(reference, c, 'handoff/init');
    return read;
  };
  if (policy.handoff.checksBodyFirst()) accepted(reference, await body());

  const header = c.req.header('authorization');
  const token = policy.accessToken.readsBearer(header) ?? (await tokenElsewhere(reference, c, body));
  const live = token === undefined ? undefined : await checkAccessToken(reference, token);
  if (live === undefined) throw bearerRefusal(reference, token !== undefined || /^bearer /i.test(header ?? ''));
  const { redirectUri: wanted } = await body().catch((): JsonObject => ({})); // the role is looked at first, whatever the body
  if (!policy.session.mayHandoff(live.client, wanted)) {
    const { status, error } = policy.handoff.roleRefusal();
    throw new Refusal(status, error, 'This operation is for whitelabel customer clients only.');
  }

  const { redirectUri, intent } = accepted(reference, await body(), live.client);
  const code = await policy.handoff.mints(live.session, reference.now());
  const lifetime = policy.handoff.lifetime();
  const expiresAt = reference.now() + lifetime;
  store.handoffs.set(code, { code, sessionId: live.session.id, redirectUri, intent, expiresAt });
  policy.handoff.touchesSession(live.session);
  return jsonResponse(policy.handoff.body(code, lifetime), { headers: policy.tokens.headers('handoff/init') });
}

/** A token in the query or the body, which the policy does not take. */
async function tokenElsewhere(
  reference: Reference,
  c: Context,
  body: () => Promise<JsonObject>,
): Promise<string | undefined> {
  const query = new URL(c.req.url).searchParams;
  const members = await body().catch(() => ({})); // without a token the body does not matter
  return reference.policy.accessToken.readsElsewhere({ query, body: members });
}

/** The members that a hand-off needs. @throws Refusal */
function accepted(
  { policy }: Reference,
  { redirectUri, intent }: JsonObject,
  client?: Client,
): { redirectUri: string; intent: string } {
  const bad = (description: string): Refusal => new Refusal(400, 'invalid_request', description);
  if (!policy.handoff.acceptsRedirectUri(redirectUri, client))
    throw bad("redirectUri must be an https URL or a URI of an app's own scheme, without a fragment.");
  if (!policy.handoff.acceptsIntent(intent, client)) throw bad('intent must be "connections".');
  return { redirectUri, intent };
}
