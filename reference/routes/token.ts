/** POST /token: authorization_code and refresh_token (RFC 6749 4.1.3, 6). */

import type { Context } from 'hono';
import { authenticateClient } from '../authenticate-client.ts';
import type { Reference } from '../context.ts';
import { beginSession, issuePair } from '../domain.ts';
import { type AuthenticatedClient, Refusal } from '../model.ts';
import type { CodeProblem } from '../policy/code.ts';
import type { RefreshProblem } from '../policy/refresh.ts';
import { type Form, readForm, requiredParameter } from '../read-request.ts';

export async function token(reference: Reference, c: Context): Promise<Response> {
  const { policy } = reference;
  const form = await readForm(reference, c, 'token');
  const named = form.get('grant_type');
  const grantType = named === undefined ? undefined : policy.requests.readsGrantType(named);
  if (policy.requests.checksParametersFirst('token')) checkParameters(grantType, form);
  const authenticated = authenticateClient(reference, c, {
    operation: 'token',
    clientId: form.get('client_id'),
    clientSecret: form.get('client_secret'),
    grantType,
  });
  checkGrantType(grantType);
  if (grantType === 'refresh_token') return refresh(reference, authenticated, form);
  return exchange(reference, authenticated, form);
}

/** @throws Refusal */
function checkGrantType(grantType: string | undefined): void {
  if (grantType === undefined) throw new Refusal(400, 'invalid_request', 'grant_type is required.');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token')
    throw new Refusal(400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.');
}

/** Everything that can be said without knowing the client. @throws Refusal */
function checkParameters(grantType: string | undefined, form: Form): void {
  checkGrantType(grantType);
  const names = grantType === 'refresh_token' ? ['refresh_token'] : ['code', 'redirect_uri', 'code_verifier'];
  for (const name of names) requiredParameter(form, name);
}

async function exchange(reference: Reference, authenticated: AuthenticatedClient, form: Form): Promise<Response> {
  const { policy, store } = reference;
  const refused = (problem: CodeProblem): Refusal => {
    const { status, error } = policy.code.refusal(problem, authenticated);
    return new Refusal(status, error, 'The authorization code is invalid, expired or was issued to another client.');
  };
  const parameter = (name: string, isRequired: boolean): string | undefined =>
    isRequired ? requiredParameter(form, name) : form.get(name);

  const presented = requiredParameter(form, 'code');
  const redirectUri = parameter('redirect_uri', policy.code.requiresRedirectUri(authenticated));
  const verifier = parameter('code_verifier', policy.code.requiresVerifier(authenticated));
  if (verifier !== undefined && !policy.code.verifierIsWellFormed(verifier, authenticated))
    throw new Refusal(400, 'invalid_request', 'code_verifier must be 43 to 128 unreserved characters.');

  const record = policy.code.finds(store.codes, presented);
  if (record === undefined) throw refused('unknown');
  const facts = { ...authenticated, record, now: reference.now() };
  if (!policy.code.belongsTo(facts)) {
    if (policy.code.burnsOnForeignAttempt(facts)) record.used = true;
    throw refused('foreign');
  }
  if (!policy.code.mayBeUsed(facts)) {
    const session = record.sessionId === undefined ? undefined : store.sessions.get(record.sessionId);
    if (session !== undefined && policy.code.replayEndsSession(facts))
      policy.session.ends(session, 'code replay', facts.now);
    throw refused('used');
  }
  const wrong = ((): CodeProblem | undefined => {
    if (!policy.code.isFresh(facts, policy.code.lifetime())) return 'expired';
    if (redirectUri !== undefined && !policy.code.matchesRedirectUri(facts, redirectUri)) return 'redirect_uri';
    if (verifier !== undefined && !policy.code.verifiesPkce(facts, verifier)) return 'code_verifier';
    return undefined;
  })();
  if (wrong !== undefined) {
    if (policy.code.burnsOnRefusal(facts)) record.used = true;
    throw refused(wrong);
  }
  await policy.code.consumes(facts);

  const asked = form.get('scope');
  const scope = policy.code.grants(facts, asked);
  const session = beginSession(reference, { ...authenticated, account: record.account, scope });
  record.sessionId = session.id;
  const issue = { operation: 'token', grant: 'authorization_code', askedScope: asked } as const;
  return issuePair(reference, { ...authenticated, ...issue, session, scope });
}

async function refresh(reference: Reference, authenticated: AuthenticatedClient, form: Form): Promise<Response> {
  const { policy, store } = reference;
  const refused = (problem: RefreshProblem): Refusal => {
    const { status, error } = policy.refresh.refusal(problem, authenticated);
    return new Refusal(
      status,
      error,
      'The refresh token is invalid, expired, revoked or was issued to another client.',
    );
  };

  const presented = policy.refresh.requiresToken(authenticated)
    ? requiredParameter(form, 'refresh_token')
    : (form.get('refresh_token') ?? '');
  const record = policy.refresh.finds(store.refreshTokens, presented);
  if (record === undefined) throw refused('unknown');
  const session = store.sessions.get(record.sessionId);
  const asked = form.get('scope');
  const facts = { ...authenticated, record, session, now: reference.now(), askedScope: asked };
  if (!policy.refresh.belongsTo(facts)) {
    if (policy.refresh.burnsOnForeignAttempt(facts)) record.revoked = true;
    throw refused('foreign');
  }
  if (session === undefined || !policy.refresh.sessionIsAlive(facts)) throw refused('ended');
  if (!policy.refresh.mayBeUsed(facts)) {
    if (policy.refresh.replayEndsSession(facts)) policy.session.ends(session, 'refresh token replay', facts.now);
    throw refused('used');
  }
  if (!policy.refresh.isFresh(facts, policy.refresh.lifetime())) throw refused('expired');
  const scope = policy.refresh.grants(record.scope, asked, facts);
  if (scope === undefined) throw new Refusal(400, 'invalid_scope', 'The scope exceeds what was granted.');

  const rotates = policy.refresh.rotates(facts);
  if (rotates) await policy.refresh.consumes(facts);
  if (policy.refresh.endsEarlierAccessTokens(facts)) {
    for (const access of store.accessTokens.values()) if (access.sessionId === session.id) access.revoked = true;
  }
  const issue = { operation: 'token', grant: 'refresh_token', askedScope: asked } as const;
  return issuePair(reference, { ...authenticated, ...issue, session, scope }, { record, rotates });
}
