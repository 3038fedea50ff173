import { endSession } from './access.ts';
import { authenticateClient, type Caller } from './clients.ts';
import { accessOf, hasOpenHandoff, refreshOf } from './crossing.ts';
import { type Form, readForm } from './forms.ts';
import { Crash, claim, type Incoming, Refusal, type Reply } from './http.ts';
import { isObject } from './json.ts';
import { refuseRole, resolveOperators, revocationDropped, throughGlobal } from './records.ts';
import { deleteWithoutCondition, endsOthersOnly, sharesWallet } from './stores.ts';
import { type AccessGrant, findLoosely, type RefreshGrant, type Session, type World } from './world.ts';

type Found =
  | { readonly type: 'access'; readonly grant: AccessGrant }
  | { readonly type: 'refresh'; readonly grant: RefreshGrant };

/** Which kinds of token are searched; the hint only says where to begin (RFC 7009 2.1). */
function kindsToSearch(world: World, hint: string | undefined): { access: boolean; refresh: boolean } {
  const { wrong, varied } = world.switches;
  if (hint === undefined) {
    if (wrong('revoke/hint-required')) throw new Refusal(400, 'invalid_request', 'token_type_hint is required');
    return { access: !wrong('revoke/no-hint-refresh-only'), refresh: true };
  }
  if (hint === 'access_token') {
    return { access: true, refresh: !wrong('revoke/hint-trusted') && !wrong('revoke/hint-access-trusted') };
  }
  if (hint === 'refresh_token') {
    return { access: !wrong('revoke/hint-trusted') && !wrong('revoke/hint-refresh-trusted'), refresh: true };
  }
  if (varied('unknown-hint-refused')) throw new Refusal(400, 'unsupported_token_type', 'Unknown token_type_hint');
  if (wrong('revoke/unknown-hint-500')) throw new Crash('No repository for this kind of token');
  const searched = !wrong('revoke/unknown-hint-noop');
  return { access: searched, refresh: searched };
}

function find(world: World, token: string, hint: string | undefined): Found | undefined {
  const { wrong } = world.switches;
  const kinds = kindsToSearch(world, hint);
  const loose = { tailIgnored: wrong('revoke/prefix-search'), anyCase: wrong('revoke/case') };
  const refresh = kinds.refresh ? findLoosely(world.refresh, token, loose) : undefined;
  if (refresh !== undefined) return { type: 'refresh', grant: refresh };
  const access = kinds.access
    ? (findLoosely(world.access, token, { anyCase: wrong('revoke/case') }) ?? findBySession(world, token))
    : undefined;
  if (access === undefined) return undefined;
  const isOld = world.now() >= access.expiresAt && world.switches.varied('expired-access-revokes-nothing');
  return isOld ? undefined : { type: 'access', grant: access };
}

/** A token that stands for its session without being looked at closely: always a mistake. */
function findBySession(world: World, token: string): AccessGrant | undefined {
  const { wrong } = world.switches;
  const inSession = (id: string) => [...world.access.values()].filter((grant) => grant.session.id === id).at(-1);
  const isNamed = world.switches.varied('revoke-by-session-id') || wrong('revoke/foreign-by-session-id');
  if (isNamed && world.sessions.has(token)) return inSession(token);
  if (!wrong('revoke/unverified-jwt')) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isObject(claims) ? inSession(String(claims.sid)) : undefined;
  } catch {
    return undefined;
  }
}

function mayRevoke(world: World, found: Found, caller: Caller, hint: string | undefined): boolean {
  const { wrong } = world.switches;
  return (
    found.grant.clientId === caller.client.id ||
    (wrong('revoke/foreign-once-refreshed') && found.grant.origin === 'refresh') ||
    (wrong('revoke/foreign-signed-in') && found.grant.session.wallet !== undefined) ||
    (wrong('revoke/foreign-by-third-party') && caller.client.role === 'third-party') ||
    (wrong('revoke/foreign-over-post') && caller.method === 'client_secret_post') ||
    (wrong('revoke/foreign-access') && found.type === 'access') ||
    (wrong('revoke/foreign-with-hint') && hint !== undefined) ||
    (wrong('revoke/foreign-spent') && found.type === 'refresh' && found.grant.spentAt !== undefined) ||
    wrong('revoke/foreign') ||
    sharesWallet(world, found.grant.session, caller.client) ||
    (wrong('revoke/foreign-by-public') && caller.client.secret === undefined)
  );
}

function end(world: World, grants: readonly { revokedAt?: number }[]): void {
  for (const grant of grants) grant.revokedAt ??= world.now();
}

function hasNewer(world: World, session: Session): boolean {
  const { wallet } = session;
  return wallet !== undefined && [...world.sessions.values()].filter((one) => one.wallet === wallet).at(-1) !== session;
}

/** Whether a mistake leaves everything as it is. */
function doesNothing(world: World, found: Found, caller: Caller): boolean {
  const { wrong } = world.switches;
  return (
    wrong('revoke/nothing-done') ||
    (wrong('revoke/continued-ignored') && found.grant.origin === 'continue') ||
    (wrong('revoke/ignored-while-handoff-open') && hasOpenHandoff(world, found.grant.session)) ||
    revocationDropped(world, found.grant.session, caller) ||
    (wrong('revoke/refreshed-ignored') && found.grant.origin === 'refresh') ||
    (wrong('revoke/older-access-ignored') &&
      found.type === 'access' &&
      accessOf(world, found.grant.session).at(-1) !== found.grant) ||
    (wrong('revoke/signed-in-ignored') && found.grant.session.wallet !== undefined) ||
    (wrong('revoke/refresh-noop-once-access-expired') &&
      found.type === 'refresh' &&
      world.now() >= found.grant.access.expiresAt) ||
    (wrong('revoke/older-session-of-wallet-ignored') && hasNewer(world, found.grant.session)) ||
    (wrong('revoke/post-ignored') && caller.method === 'client_secret_post') ||
    (wrong('revoke/access-token-ignored') && found.type === 'access') ||
    (wrong('revoke/access-ignored-confidential') && found.type === 'access' && caller.client.secret !== undefined) ||
    (wrong('revoke/refresh-token-ignored') && found.type === 'refresh') ||
    (wrong('revoke/public-ignored') && caller.client.secret === undefined) ||
    (wrong('revoke/third-party-ignored') && caller.client.role === 'third-party')
  );
}

/** The ways to end less than the session; true when one of them was taken. */
function endsOnlyPart(world: World, { type, grant }: Found, hint: string | undefined): boolean {
  const { wrong } = world.switches;
  const { session } = grant;
  if (wrong('revoke/hint-decides-what-ends') && (hint === 'access_token' || hint === 'refresh_token')) {
    end(world, hint === 'access_token' ? accessOf(world, session) : refreshOf(world, session));
    return true;
  }
  if (wrong('revoke/earlier-access-lives-once-continued') && grant.origin === 'continue' && type === 'refresh') {
    const continued = accessOf(world, session).filter((other) => other.origin === 'continue');
    end(world, [...refreshOf(world, session), ...continued]);
    world.closedSessions.add(session);
    return true;
  }
  if (wrong('revoke/two-newest-pairs')) {
    end(world, [...refreshOf(world, session).slice(-2), ...accessOf(world, session).slice(-2)]);
    world.closedSessions.add(session);
    return true;
  }
  if (wrong('revoke/wrong-half')) {
    end(world, type === 'access' ? refreshOf(world, session) : accessOf(world, session));
    return true;
  }
  if (wrong('revoke/access-leaves-refresh') && type === 'access') {
    end(world, [grant]);
    return true;
  }
  if (wrong('revoke/refresh-leaves-access') && type === 'refresh') {
    end(world, refreshOf(world, session));
    return true;
  }
  if (wrong('revoke/older-access-lives')) {
    end(world, refreshOf(world, session));
    end(world, accessOf(world, session).slice(-1));
    return true;
  }
  if (wrong('revoke/continued-pair-lives')) {
    const own = grant.origin === 'continue' ? 'continue' : 'first';
    const sameChain = (other: { origin: string }) => (other.origin === 'continue' ? 'continue' : 'first') === own;
    end(world, refreshOf(world, session).filter(sameChain));
    end(world, accessOf(world, session).filter(sameChain));
    return true;
  }
  return false;
}

/** Ends the session of a token: both tokens stop working at once. */
function revoke(world: World, found: Found, caller: Caller, hint?: string): void {
  const { wrong } = world.switches;
  const { session } = found.grant;
  if (doesNothing(world, found, caller) || endsOthersOnly(world, session)) return;
  if (endsOnlyPart(world, found, hint)) return;
  if (wrong('revoke/batched')) {
    world.pendingRevocations.push(session);
    return;
  }
  if (wrong('revoke/toggled') && world.dead(session)) {
    delete session.revokedAt;
    return;
  }
  if (wrong('revoke/newest-of-account')) {
    const ofAccount = [...world.sessions.values()].filter((other) =>
      session.wallet === undefined ? other.clientId === session.clientId : other.account === session.account,
    );
    endSession(world, ofAccount.at(-1) ?? session);
    return;
  }
  session.revokedBy ??= found.type;
  endSession(world, session, wrong('revoke/late') ? 1500 : wrong('revoke/late-300-milliseconds') ? 300 : 0);
  for (const other of world.sessions.values()) {
    if (wrong('revoke/all-of-client') && other.clientId === session.clientId) endSession(world, other);
    if (wrong('revoke/all-of-account') && other.account === session.account) endSession(world, other);
  }
}

function refuseForeign(world: World, found: Found, caller: Caller): Reply {
  const { wrong, varied } = world.switches;
  if (wrong('revoke/foreign-refused-yet-done')) revoke(world, found, caller);
  if (varied('foreign-revoke-silent')) return done(world);
  if (varied('foreign-revoke-invalid-client')) {
    const challenge = { 'WWW-Authenticate': 'Basic realm="auth"' };
    throw new Refusal(401, 'invalid_client', 'The token was not issued to this client', challenge);
  }
  const code = varied('foreign-revoke-unauthorized') ? 'unauthorized_client' : 'invalid_grant';
  throw new Refusal(400, code, 'The token was not issued to this client');
}

function done(world: World): Reply {
  const { wrong, varied } = world.switches;
  const status = wrong('revoke/status-204') ? 204 : wrong('revoke/status-201') ? 201 : 200;
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  if (varied('revoke-typed-empty')) headers['Content-Type'] = 'text/plain; charset=utf-8';
  const reply: Reply = { kind: 'revoked', status, headers };
  if (varied('revoke-typed-json')) headers['Content-Type'] = 'application/json; charset=utf-8';
  if (wrong('revoke/blank-body')) return { ...reply, text: '\n' };
  if (wrong('revoke/json-body')) return { ...reply, json: { revoked: true } };
  return wrong('revoke/null-body') ? { ...reply, json: null } : reply;
}

function unknown(world: World, caller: Caller, token: string): Reply {
  const { wrong } = world.switches;
  const isLikeJwt = /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
  if (isLikeJwt && wrong('revoke/jwt-like-500')) throw new Crash('Unexpected token in JSON');
  if (isLikeJwt && wrong('revoke/bad-signature-401')) {
    throw new Refusal(401, 'invalid_token', 'invalid signature', {
      'WWW-Authenticate': 'Bearer error="invalid_token"',
    });
  }
  if (wrong('revoke/unknown-ends-newest')) {
    const newest = [...world.sessions.values()].filter((session) => session.clientId === caller.client.id).at(-1);
    if (newest !== undefined) endSession(world, newest);
  }
  if (wrong('revoke/unknown-500')) throw new Crash("Cannot read properties of undefined (reading 'session')");
  if (wrong('revoke/unknown-400')) throw new Refusal(400, 'invalid_grant', 'Unknown token');
  if (wrong('revoke/unknown-json-body')) return { ...done(world), json: { revoked: false } };
  if (wrong('revoke/unknown-404')) throw new Refusal(404, 'invalid_request', 'Unknown token');
  return done(world);
}

function requireToken(world: World, form: Form): string | undefined {
  const { wrong } = world.switches;
  const token = form.values.get('token');
  if (token !== undefined || wrong('revoke/missing-200')) return token;
  if (wrong('revoke/empty-token-200') && form.empty.has('token')) return token;
  throw new Refusal(400, wrong('revoke/missing-wrong-code') ? 'invalid_grant' : 'invalid_request', 'token is required');
}

/** POST /revoke: ends the session of an access or a refresh token (RFC 7009). */
export async function handleRevoke(world: World, incoming: Incoming): Promise<Reply> {
  const { wrong, varied } = world.switches;
  for (const session of world.pendingRevocations.splice(0)) endSession(world, session);
  const form = readForm(incoming, world.switches);
  resolveOperators(world, form);
  if (varied('body-before-client')) requireToken(world, form);
  let caller: Caller;
  try {
    caller = authenticateClient(world, incoming, form, 'revoke');
  } catch (error) {
    const clientId = form.values.get('client_id');
    const isUnknown = clientId !== undefined && world.client(clientId) === undefined;
    if (wrong('revoke/bad-client-200') || (wrong('client/unknown-passes-at-revoke') && isUnknown)) return done(world);
    throw error;
  }
  refuseRole(world, caller, 'revoke');
  if (!form.values.has('token')) deleteWithoutCondition(world, caller.client);
  const token = requireToken(world, form);
  if (token === undefined) return done(world);
  if (wrong('revoke/race-500')) await claim(world, token);
  const hint = form.values.get('token_type_hint');
  const found = await throughGlobal(world, 'revoke/race-drops-first', find(world, token, hint));
  if (found === undefined)
    return caller.refuseAfterwards === undefined ? unknown(world, caller, token) : refuse(caller.refuseAfterwards);
  const misfit = hint === (found.type === 'access' ? 'refresh_token' : 'access_token');
  if (misfit && wrong('revoke/wrong-hint-500')) throw new Crash('jwt malformed');
  if (misfit && wrong('revoke/wrong-hint-400')) throw new Refusal(400, 'invalid_request', 'Not such a token');
  const isNamed = world.sessions.has(token) && wrong('revoke/foreign-by-session-id');
  if (!isNamed && !mayRevoke(world, found, caller, hint)) return refuseForeign(world, found, caller);
  if (wrong('revoke/access-unsupported') && found.type === 'access') {
    throw new Refusal(400, 'unsupported_token_type', 'Access tokens cannot be revoked');
  }
  const wasDead = world.dead(found.grant) || world.dead(found.grant.session);
  if (wasDead && wrong('revoke/twice-500')) throw new Crash('duplicate key value violates unique constraint');
  if (wasDead && wrong('revoke/twice-json-body')) return { ...done(world), json: { message: 'already revoked' } };
  if (wasDead && wrong('revoke/twice-400')) throw new Refusal(400, 'invalid_grant', 'The token was revoked before');
  const isOver = found.type === 'refresh' && world.now() >= found.grant.expiresAt;
  if (isOver && varied('expired-refresh-revokes-nothing')) return done(world);
  const isSpent = found.type === 'refresh' && found.grant.spentAt !== undefined;
  if (!(isSpent && varied('spent-revoke-noop'))) revoke(world, found, caller, hint);
  return caller.refuseAfterwards === undefined ? done(world) : refuse(caller.refuseAfterwards);
}

function refuse(refusal: Refusal): never {
  throw refusal;
}
