import { randomUUID } from 'node:crypto';
import { endSession } from './access.ts';
import type { Caller } from './clients.ts';
import { refreshOf } from './crossing.ts';
import type { Form } from './forms.ts';
import { Crash, claim, pause, Refusal } from './http.ts';
import { issuePair } from './issuing.ts';
import { markSpent, reboundByTry, rememberTry, slipsThroughCrowd, throughGlobal, widensByMistake } from './records.ts';
import { SCOPES } from './scopes.ts';
import { findAsStored, findWithoutCondition, joinedAnswer, punishUnknown, refreshLags } from './stores.ts';
import { findLoosely, type RefreshGrant, type Session, type World } from './world.ts';

function unknownToken(world: World): Refusal {
  const { wrong } = world.switches;
  if (wrong('refresh/unknown-500')) throw new Crash("Cannot read properties of undefined (reading 'session')");
  const code = wrong('refresh/unknown-invalid-token') ? 'invalid_token' : 'invalid_grant';
  return new Refusal(wrong('refresh/unknown-401') ? 401 : 400, code, 'The refresh token is not valid');
}

function find(world: World, token: string): RefreshGrant | undefined {
  const { wrong } = world.switches;
  const loose = { tailIgnored: wrong('refresh/tail-ignored'), anyCase: wrong('refresh/case') };
  const { varied } = world.switches;
  if (wrong('refresh/wildcard') && token.endsWith('%')) {
    return [...world.refresh.values()].find((grant) => grant.token.startsWith(token.slice(0, -1)));
  }
  if (wrong('refresh/jwt-unverified') && varied('refresh-jwt')) {
    const body = token.split('.')[1] ?? '-';
    return [...world.refresh.values()].find((grant) => grant.token.split('.')[1] === body);
  }
  const session = world.sessions.get(token);
  if (wrong('refresh/session-id-taken') && session !== undefined) return refreshOf(world, session).at(-1);
  const found = findLoosely(world.refresh, token, loose) ?? findAsStored(world, 'refresh', world.refresh, token);
  if (found !== undefined || !wrong('refresh/access-token-taken')) return found;
  const access = world.access.get(token);
  if (access === undefined || world.now() >= access.expiresAt) return undefined;
  return { ...access, generation: 0, access };
}

/** RFC 6749 10.4: a refresh token is bound to the client that it was issued to. */
function mayUse(world: World, grant: RefreshGrant, caller: Caller): boolean {
  const { wrong } = world.switches;
  const owner = world.clients.find((client) => client.id === grant.clientId);
  return (
    caller.client.id === grant.clientId ||
    wrong('refresh/any-client') ||
    reboundByTry(world, 'refresh/other-client-second-try', grant.token, caller) ||
    (wrong('refresh/any-client-once-refreshed') && grant.generation > 0) ||
    (wrong('refresh/any-client-signed-in') && grant.session.wallet !== undefined) ||
    (wrong('refresh/any-client-of-role') && caller.client.role === owner?.role) ||
    (wrong('refresh/any-public-client') && caller.client.secret === undefined)
  );
}

/** Whether a used refresh token is taken again, which is always a mistake. */
function usableAgain(world: World, grant: RefreshGrant, spentAt: number, caller: Caller): boolean {
  const { wrong } = world.switches;
  const age = world.now() - spentAt;
  const newest = Math.max(
    ...[...world.refresh.values()].filter((other) => other.session === grant.session).map((other) => other.generation),
  );
  return (
    wrong('refresh/old-alive') ||
    (wrong('refresh/old-alive-public') && caller.client.secret === undefined) ||
    (wrong('refresh/old-alive-thirty-seconds') && age < 30_000) ||
    (wrong('refresh/spent-late') && age < 1500) ||
    (wrong('refresh/old-alive-signed-in') && grant.session.wallet !== undefined) ||
    (wrong('refresh/third-use') && (grant.replays ?? 0) > 0) ||
    (wrong('refresh/older-generations-alive') && grant.generation <= newest - 3) ||
    (wrong('refresh/spent-forgotten-after-quarter-hour') && age >= 900_000) ||
    (wrong('refresh/old-alive-until-new-used') && newest === grant.generation + 1) ||
    (wrong('refresh/old-alive-one-behind') && grant.generation >= newest - 1)
  );
}

/** The scope of the new access token: what was asked for, within what was granted (RFC 6749 6). */
function chooseScope(world: World, grant: RefreshGrant, asked: string | undefined): readonly string[] {
  const { wrong, varied } = world.switches;
  if (asked === undefined && wrong('refresh/scope-required')) {
    throw new Refusal(400, 'invalid_scope', 'scope is required');
  }
  if (asked === undefined) return wrong('refresh/scope-omitted-narrows') ? grant.scope.slice(0, 1) : grant.scope;
  const names = asked.split(' ').filter((name) => name !== '');
  const lower = grant.scope.map((name) => name.toLowerCase());
  const outside = names.filter(
    (name, index) =>
      !grant.scope.includes(name) &&
      !(wrong('refresh/scope-case') && lower.includes(name.toLowerCase())) &&
      !(wrong('refresh/scope-substring') && grant.scope.join(' ').includes(name)) &&
      !(wrong('refresh/scope-first-only') && index > 0),
  );
  if (varied('refresh-scope-ignored')) return grant.scope;
  if (varied('refresh-scope-outside-dropped') && outside.length > 0) {
    const inside = names.filter((name) => grant.scope.includes(name));
    return inside.length === 0 ? grant.scope : inside;
  }
  const known = new Set<string>(SCOPES.map((scope) => scope.name));
  const widened =
    wrong('refresh/scope-widened') ||
    widensByMistake(world, grant, names) ||
    (wrong('refresh/scope-widened-within-known') && outside.every((name) => known.has(name)));
  const isSignedIn = grant.session.wallet !== undefined;
  if (wrong('refresh/scope-widened-signed-in') && isSignedIn && outside.every((name) => known.has(name))) return names;
  if (wrong('refresh/scope-dropped-untold') && outside.length < names.length) {
    return names.filter((name) => !outside.includes(name));
  }
  const wrongOrder = wrong('refresh/scope-order') && asked !== grant.scope.join(' ') && names.length > 1;
  if ((outside.length > 0 && !widened) || names.length === 0 || wrongOrder) {
    if (wrong('errors/invalid-scope-500')) throw new Crash('scope is not allowed');
    if (varied('bad-scope-burns-refresh')) grant.spentAt ??= world.now();
    if (wrong('refresh/ttl-lost-on-failure')) grant.timeless = true;
    if (wrong('refresh/scope-saved-before-checked')) Object.assign(grant, { scope: names });
    const asRequest = wrong('refresh/scope-error-invalid-request') ? 'invalid_request' : 'invalid_scope';
    const code = wrong('refresh/scope-error-invalid-grant') ? 'invalid_grant' : asRequest;
    throw new Refusal(wrong('refresh/scope-error-403') ? 403 : 400, code, 'The scope was not granted');
  }
  return wrong('refresh/scope-narrowing-ignored') ? grant.scope : [...new Set(names)];
}

function refuseSpent(world: World, grant: RefreshGrant): never {
  const { wrong, varied } = world.switches;
  grant.replays = (grant.replays ?? 0) + 1;
  for (const other of world.sessions.values()) {
    if (wrong('refresh/replay-ends-all-of-client') && other.clientId === grant.clientId) endSession(world, other);
  }
  if (wrong('refresh/replay-ends-newest-session')) {
    const ofClient = [...world.sessions.values()].filter((other) => other.clientId === grant.clientId);
    endSession(world, ofClient.at(-1) ?? grant.session);
    throw new Refusal(400, 'invalid_grant', 'The refresh token was used before');
  }
  const staysOpen = wrong('refresh/third-use') || wrong('refresh/failed-revives-spent');
  if (wrong('refresh/failed-revives-spent')) delete grant.spentAt;
  if (varied('replay-ends-refresh-only')) {
    for (const other of world.refresh.values()) if (other.session === grant.session) other.revokedAt ??= world.now();
  } else if (!staysOpen && !varied('replay-keeps-session')) endSession(world, grant.session);
  const error = wrong('refresh/spent-invalid-request') ? 'invalid_request' : 'invalid_grant';
  throw new Refusal(400, error, 'The refresh token was used before');
}

/** A refresh token that another client presents. */
function refuseForeign(world: World, grant: RefreshGrant, caller: Caller): never {
  const { wrong, varied } = world.switches;
  rememberTry(world, grant.token, caller);
  if (varied('foreign-refresh-ends-session')) endSession(world, grant.session);
  if (wrong('refresh/other-client-invalid-client')) {
    const challenge = { 'WWW-Authenticate': 'Basic realm="auth"' };
    throw new Refusal(401, 'invalid_client', 'The refresh token is for another client', challenge);
  }
  throw unknownToken(world);
}

/** Whether a revoked refresh token is refused; one mistake forgets after a while. */
function isDead(world: World, grant: RefreshGrant): boolean {
  const { wrong } = world.switches;
  if (wrong('refresh/survives-revocation')) return false;
  if (wrong('session/continued-refresh-dead') && grant.origin === 'continue') return true;
  const since = [grant.revokedAt, grant.session.revokedAt].filter((at) => at !== undefined);
  const first = since.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...since);
  const age = world.now() - first - (wrong('revoke/refresh-late') ? 1000 : 0);
  if (wrong('revoke/forgotten-after-quarter-hour') && age >= 900_000) return false;
  return age >= 0;
}

function isExpired(world: World, grant: RefreshGrant): boolean {
  const { wrong } = world.switches;
  if (wrong('refresh/dies-with-access-token') && world.now() >= grant.access.expiresAt) return true;
  const more = wrong('refresh/lives-a-day-longer') ? 86_400_000 : 0;
  if (world.now() < grant.expiresAt + more || wrong('refresh/never-expires') || grant.timeless === true) return false;
  if (wrong('refresh/never-expires-signed-in') && grant.session.wallet !== undefined) return false;
  return !(wrong('refresh/never-expires-once-refreshed') && grant.generation > 0);
}

/** What a mistake ends besides the refresh token that was used. */
function endOthers(world: World, grant: RefreshGrant): void {
  const { wrong } = world.switches;
  for (const other of world.refresh.values()) {
    if (other.session === grant.session) continue;
    const isNear =
      (wrong('refresh/ends-other-sessions') && other.clientId === grant.clientId) ||
      (wrong('refresh/ends-other-session-of-wallet') &&
        other.session.wallet !== undefined &&
        other.session.wallet === grant.session.wallet) ||
      (wrong('refresh/ends-other-sessions-of-account') && other.session.account === grant.session.account);
    if (isNear) other.revokedAt ??= world.now();
  }
}

function sessionOfNewPair(world: World, grant: RefreshGrant): Session {
  const { wrong } = world.switches;
  const isMoved = wrong('refresh/other-session-once-continued') && grant.origin === 'continue';
  if (!wrong('refresh/other-session') && !isMoved) return grant.session;
  const session: Session = { ...grant.session, id: randomUUID() };
  world.sessions.set(session.id, session);
  return session;
}

/** The refresh grant: a new pair in place of the old, which is single use (RFC 6749 6, RFC 9700 4.14.2). */
export async function refreshPair(world: World, form: Form, caller: Caller): Promise<Record<string, unknown>> {
  const { wrong, varied } = world.switches;
  const token = form.values.get('refresh_token') ?? '';
  const grant = findWithoutCondition(world, caller.client, token) ?? find(world, token);
  if (grant === undefined) punishUnknown(world, caller.client);
  if (grant === undefined && wrong('refresh/access-token-500') && world.access.has(token)) {
    throw new Crash('invalid input syntax for type uuid');
  }
  if (grant === undefined) throw unknownToken(world);
  if (refreshLags(world, grant)) throw unknownToken(world);
  if (!mayUse(world, grant, caller)) refuseForeign(world, grant, caller);
  if (isDead(world, grant)) {
    if (wrong('revoke/undone-by-refused-refreshing')) delete grant.session.revokedAt;
    if (wrong('refresh/revoked-401')) throw new Refusal(401, 'invalid_grant', 'The session was revoked');
    throw unknownToken(world);
  }
  if (isExpired(world, grant)) {
    if (wrong('refresh/expired-500')) throw new Crash('jwt expired');
    throw new Refusal(400, 'invalid_grant', 'The refresh token has expired');
  }
  const joined = await joinedAnswer(world, grant);
  if (joined !== undefined) return joined;
  const isThrough = await slipsThroughCrowd(world, 'refresh/fourth-at-a-time', grant.token);
  if (grant.spentAt !== undefined && !isThrough && !usableAgain(world, grant, grant.spentAt, caller)) {
    if (wrong('refresh/old-same-answer') && grant.answer !== undefined) return grant.answer;
    refuseSpent(world, grant);
  }
  if (wrong('refresh/too-early-refused') && world.now() < grant.access.expiresAt - 30_000) throw unknownToken(world);
  const isSignedIn = grant.session.wallet !== undefined;
  if (wrong('refresh/signed-in-unknown') && isSignedIn) throw unknownToken(world);
  if (wrong('refresh/signed-in-once') && isSignedIn && grant.generation > 0) throw unknownToken(world);
  if (wrong('refresh/sixth-refused') && grant.generation > 4) throw unknownToken(world);
  const recent = world.lastRefreshed.get(grant.session);
  if (wrong('refresh/answer-cached-by-session') && recent !== undefined && world.now() - recent.at < 2000) {
    return recent.answer;
  }
  const asked = form.values.get('scope');
  if (wrong('refresh/scope-empty-refused') && form.empty.has('scope')) {
    throw new Refusal(400, 'invalid_scope', 'The scope is empty');
  }
  const scope = chooseScope(world, grant, asked);
  if (wrong('refresh/race')) await pause(15);
  if (wrong('refresh/race-500')) await claim(world, grant.token);
  if (!(wrong('refresh/narrowing-keeps-old') && form.values.has('scope'))) markSpent(world, grant);
  endOthers(world, grant);
  if (wrong('refresh/race-revives')) {
    await pause(20);
    delete grant.session.revokedAt;
  }
  if (varied('refresh-ends-access')) grant.access.revokedAt ??= world.now();
  const ignored = wrong('refresh/scope-narrowing-ignored') && form.values.has('scope');
  const answer = await issuePair(world, {
    session: await throughGlobal(world, 'refresh/race-mixes-sessions', sessionOfNewPair(world, grant)),
    client: caller.client,
    origin: 'refresh',
    scope,
    ...(wrong('refresh/scope-narrows-for-good') ? {} : { refreshScope: widest(grant.scope, scope) }),
    replaces: grant,
  });
  if (ignored) delete answer.scope;
  if (wrong('refresh/scope-dropped-untold') && asked !== undefined && asked !== scope.join(' ')) delete answer.scope;
  if (wrong('answer/scope-told-full')) answer.scope = grant.scope.join(' ');
  world.lastRefreshed.set(grant.session, { at: world.now(), answer });
  if (wrong('refresh/no-new-token')) delete answer.refresh_token;
  grant.answer = answer;
  return answer;
}

function widest(granted: readonly string[], asked: readonly string[]): readonly string[] {
  return asked.some((name) => !granted.includes(name)) ? asked : granted;
}
