/** POST /revoke: ends the auth session of either of its tokens. */

import type { Context } from 'hono';
import type { Reference } from '../context.ts';
import { Refusal } from '../model.ts';
import { authenticateClient, readForm } from '../read-request.ts';

export async function revoke(reference: Reference, c: Context): Promise<Response> {
  const { policy, store } = reference;
  const form = await readForm(reference, c, 'revoke');
  const authenticated = authenticateClient(reference, c, { operation: 'revoke', clientId: form.get('client_id'), clientSecret: form.get('client_secret') });
  const token = form.get('token');
  if (token === undefined) throw new Refusal(400, 'invalid_request', 'token is required.');
  const hint = form.get('token_type_hint');
  if (hint !== undefined && policy.revocation.refusesHint(hint)) throw new Refusal(400, 'unsupported_token_type', 'The token type hint is not supported.');
  const found = policy.revocation.finds(store, token, hint);
  if (found === undefined) {
    if (policy.revocation.answersUnknown(token) === 'refuse') throw new Refusal(400, 'invalid_request', 'The token is unknown.');
  } else {
    const facts = { ...authenticated, found, hint, store };
    if (policy.revocation.mayRevoke(facts)) policy.revocation.ends(facts);
    else if (policy.revocation.refusesForeign(facts)) throw new Refusal(400, 'invalid_grant', 'The token was issued to another client.');
  }
  return new Response(policy.revocation.successBody() ?? null, { status: policy.revocation.successStatus(), headers: { 'cache-control': 'no-store' } });
}
