/** POST /token: authorization_code and refresh_token. */

import type { Context } from 'hono';
import type { Reference } from '../context.ts';
import { beginSession, endSession, issuePair } from '../domain.ts';
import { type AuthenticatedClient, Refusal } from '../model.ts';
import { authenticateClient, type Form, readForm } from '../read-request.ts';

export async function token(reference: Reference, c: Context): Promise<Response> {
  const form = await readForm(reference, c, 'token');
  const named = form.get('grant_type');
  const grantType = named === undefined ? undefined : reference.policy.requests.readsGrantType(named);
  const authenticated = authenticateClient(reference, c, {
    operation: 'token',
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    grantType,
  });
  if (grantType === undefined) throw new Refusal(400, 'invalid_request', 'grant_type is required.');
  if (grantType === 'authorization_code') return exchange(reference, authenticated, form);
  if (grantType === 'refresh_token') return refresh(reference, authenticated, form);
  throw new Refusal(400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.');
}

const required = (form: Form, name: string): string => {
  const value = form.get(name);
  if (value === undefined) throw new Refusal(400, 'invalid_request', `${name} is required.`);
  return value;
};

async function exchange(reference: Reference, authenticated: AuthenticatedClient, form: Form): Promise<Response> {
  const { policy, store } = reference;
  const presented = required(form, 'code');
  const redirectUri = policy.code.requiresRedirectUri(authenticated) ? required(form, 'redirect_uri') : form.get('redirect_uri');
  const verifier = policy.code.requiresVerifier(authenticated) ? required(form, 'code_verifier') : form.get('code_verifier');
  if (verifier !== undefined && !policy.code.verifierIsWellFormed(verifier)) throw new Refusal(400, 'invalid_request', 'code_verifier is malformed.');
  const record = policy.code.finds(store.codes, presented);
  const refused = new Refusal(400, 'invalid_grant', 'The authorization code is invalid, expired or was issued to another client.');
  if (record === undefined) throw refused;
  const facts = { ...authenticated, record, now: reference.now() };
  if (!policy.code.belongsTo(facts)) throw refused;
  if (!policy.code.mayBeUsed(facts)) {
    const session = record.sessionId === undefined ? undefined : store.sessions.get(record.sessionId);
    if (session !== undefined && policy.code.replayEndsSession(facts)) endSession(session);
    throw refused;
  }
  const right =
    policy.code.isFresh(facts, policy.code.lifetime()) &&
    (redirectUri === undefined || policy.code.matchesRedirectUri(facts, redirectUri)) &&
    (verifier === undefined || policy.code.verifiesPkce(facts, verifier));
  if (!right) {
    if (policy.code.burnsOnRefusal(facts)) record.used = true;
    throw refused;
  }
  record.used = true;
  const session = beginSession(reference, { ...authenticated, account: record.account, scope: record.scope });
  record.sessionId = session.id;
  return issuePair(reference, { ...authenticated, session, operation: 'token', grant: 'authorization_code', askedScope: form.get('scope'), scope: record.scope });
}

async function refresh(reference: Reference, authenticated: AuthenticatedClient, form: Form): Promise<Response> {
  const { policy, store } = reference;
  const record = policy.refresh.finds(store.refreshTokens, required(form, 'refresh_token'));
  const refused = new Refusal(400, 'invalid_grant', 'The refresh token is invalid, expired, revoked or was issued to another client.');
  if (record === undefined) throw refused;
  const session = store.sessions.get(record.sessionId);
  const facts = { ...authenticated, record, session, now: reference.now() };
  if (!policy.refresh.belongsTo(facts)) throw refused;
  if (!policy.refresh.sessionIsAlive(facts) || session === undefined || !policy.refresh.isFresh(facts, policy.refresh.lifetime())) throw refused;
  if (!policy.refresh.mayBeUsed(facts)) {
    if (policy.refresh.replayEndsSession(facts)) endSession(session);
    throw refused;
  }
  const asked = form.get('scope');
  const scope = policy.refresh.grants(record.scope, asked);
  if (scope === undefined) throw new Refusal(400, 'invalid_scope', 'The scope exceeds what was granted.');
  const rotates = policy.refresh.rotates(facts);
  if (rotates) record.uses += 1;
  return issuePair(
    reference,
    { ...authenticated, session, operation: 'token', grant: 'refresh_token', askedScope: asked, scope },
    { generation: record.generation, scope: policy.refresh.keepsScope(record.scope, scope), ...(rotates ? {} : { kept: record.token }) },
  );
}
