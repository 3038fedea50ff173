/** POST /revoke: ends the auth session of either of its tokens (RFC 7009). */

import type { Context } from 'hono';
import { authenticateClient } from '../authenticate-client.ts';
import type { Reference } from '../context.ts';
import { Refusal } from '../model.ts';
import { readForm, requiredParameter } from '../read-request.ts';

export async function revoke(reference: Reference, c: Context): Promise<Response> {
  const { store } = reference;
  const { requests, revocation } = reference.policy;
  const form = await readForm(reference, c, 'revoke');
  const hint = form.get('token_type_hint');
  if (requests.checksParametersFirst('revoke')) requiredParameter(form, 'token');
  const authenticated = authenticateClient(reference, c, {
    operation: 'revoke',
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    hint,
  });
  const token = requiredParameter(form, 'token');
  if (hint !== undefined && revocation.refusesHint(hint, authenticated))
    throw new Refusal(400, 'unsupported_token_type', 'The token type hint is not supported.');

  const found = revocation.finds(store, token, hint, authenticated);
  if (found === undefined) {
    if (revocation.answersUnknown(token, authenticated) === 'refuse')
      throw new Refusal(400, 'invalid_request', 'The token is unknown.');
  } else {
    const facts = { ...authenticated, found, hint, store, now: reference.now() };
    if (revocation.mayRevoke(facts)) await revocation.ends(facts);
    else if (revocation.refusesForeign(facts)) {
      const { status, error } = revocation.foreignRefusal(facts);
      throw new Refusal(status, error, 'The token was issued to another client.');
    }
  }
  const body = revocation.successBody(authenticated);
  const length: Record<string, string> = body === undefined ? { 'content-length': '0' } : {};
  return new Response(body ?? null, {
    status: revocation.successStatus(authenticated),
    headers: { ...revocation.headers(), ...length },
  });
}
