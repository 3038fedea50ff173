import { createHash, createHmac, createPrivateKey, createSign, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { Client } from './config.ts';
import { accessOf, accessUntil, refreshFrom, refreshOf, sharedAccess, subjectOf } from './crossing.ts';
import { untilMessage } from './later.ts';
import { addMembers, dressClaims } from './products.ts';
import { keptByClient } from './records.ts';
import { keepOneAccess } from './stores.ts';
import { signWrongly, spoilClaims } from './tokens.ts';
import type { AccessGrant, Grant, RefreshGrant, Session, World } from './world.ts';

/** What a token pair is issued for. */
export interface IssueRequest {
  readonly session: Session;
  readonly client: Client;
  readonly origin: Grant['origin'];
  /** Scope of the access token. */
  readonly scope: readonly string[];
  /** Scope of the refresh token, when it is wider (RFC 6749 6). */
  readonly refreshScope?: readonly string[];
  /** The refresh token that this pair replaces. */
  readonly replaces?: RefreshGrant;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Lifetimes in seconds: as told in the answer. */
export function lifetimes(world: World): { access: number; refresh: number; code: number } {
  const { varied } = world.switches;
  return {
    access: varied('access-300') ? 300 : 900,
    refresh: varied('refresh-30-days') ? 2_592_000 : 604_800,
    code: varied('code-ten-minutes') ? 600 : varied('code-thirty-seconds') ? 30 : 60,
  };
}

/** The second of issue; with one mistake, that of the first token of the session. */
function issuedAt(world: World, session: Session): number {
  const first = world.switches.wrong('access/iat-of-session') ? accessOf(world, session)[0]?.issuedAt : undefined;
  return Math.floor((first ?? world.now()) / 1000);
}

function claims(world: World, request: IssueRequest, id: string, expiresAt: number, refreshToken: string): JWTPayload {
  const { wrong, varied } = world.switches;
  const { session, client, scope } = request;
  const seconds = Math.floor(world.now() / 1000);
  let exp = Math.floor(expiresAt / 1000);
  if (wrong('access/exp-milliseconds')) exp = expiresAt;
  if (wrong('access/exp-a-day')) exp = seconds + 86_400;
  const isOther =
    (wrong('refresh/other-subject') && request.origin === 'refresh') ||
    (wrong('session/other-subject') && request.origin === 'continue');
  const subject = isOther ? `usr_${randomUUID()}` : subjectOf(world, request);
  if (varied('lean-jwt')) return { sub: subject, exp, jti: id };
  const payload: JWTPayload = {
    iss: world.issuer,
    aud: varied('aud-array') ? ['api', 'connections'] : 'api',
    sub: subject,
    sid: varied('session-id-other-than-claim') ? createHash('md5').update(session.id).digest('hex') : session.id,
    client_id: client.id,
    role: client.role,
    scope: (wrong('access/scope-wider') ? [...scope, 'llm-all'] : scope).join(' '),
    iat: issuedAt(world, session) + (wrong('access/iat-ahead') ? 3600 : 0),
    jti: wrong('access/jti-repeated') ? session.id : id,
  };
  if (varied('scopes-claim')) {
    delete payload.scope;
    Object.assign(payload, { scopes: scope, account: subject, session: session.id });
  }
  if (varied('scp-claim')) {
    delete payload.scope;
    Object.assign(payload, { scp: scope, azp: client.id, 'https://api.example.com/session': session.id });
  }
  if (varied('long-access-tokens')) {
    payload.groups = Array.from({ length: 100 }, (_, i) => `organisation-${i}/department/of/things`);
  }
  if (varied('keycloak-like')) {
    const roles = ['offline_access', 'uma_authorization', 'default-roles-main'];
    Object.assign(payload, { typ: 'Bearer', azp: client.id, acr: '1', auth_time: seconds, session_state: session.id });
    Object.assign(payload, { realm_access: { roles }, resource_access: { account: { roles } }, 'allowed-origins': [] });
  }
  if (varied('nbf-now')) payload.nbf = seconds;
  if (varied('nbf-earlier')) payload.nbf = seconds - 300;
  if (wrong('access/leaks-secret') && client.secret !== undefined) payload.client_secret = client.secret;
  if (!wrong('access/no-exp')) payload.exp = exp;
  if (wrong('access/times-in-local-zone')) Object.assign(payload, { iat: seconds - 18_000, exp: exp - 18_000 });
  if (wrong('access/nbf-ahead')) payload.nbf = seconds + 300;
  if (varied('fractional-times')) Object.assign(payload, { iat: world.now() / 1000, exp: expiresAt / 1000 });
  if (wrong('access/exp-string')) Object.assign(payload, { exp: String(exp) });
  if (wrong('access/leaks-refresh-token')) payload.refresh_token = refreshToken;
  return payload;
}

async function signAccessToken(world: World, payload: JWTPayload, origin: Grant['origin']): Promise<string> {
  const { wrong, varied } = world.switches;
  if (wrong('access/alg-none-issued')) return `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(payload)}.`;
  if (wrong('access/hs256') || (wrong('access/continued-hs256') && origin === 'continue')) {
    const input = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(payload)}`;
    return `${input}.${createHmac('sha256', 'dev-secret').update(input).digest('base64url')}`;
  }
  if (wrong('access/rs384')) {
    const input = `${base64url({ alg: 'RS384', typ: 'JWT', kid: world.keys.kid })}.${base64url(payload)}`;
    const key = createPrivateKey({ key: { ...world.keys.privateJwk }, format: 'jwk' });
    return `${input}.${createSign('RSA-SHA384').update(input).sign(key).toString('base64url')}`;
  }
  const jku = varied('jwt-header-members') ? { jku: `${world.issuer}/.well-known/jwks.json` } : {};
  const typ = varied('no-typ')
    ? {}
    : { typ: varied('typ-application-at-jwt') ? 'application/at+jwt' : varied('at-jwt') ? 'at+jwt' : 'JWT' };
  const useOlder = varied('keys-alternate') && world.counters.tokens % 2 === 0;
  const kid = useOlder ? 'key-1' : wrong('access/kid-unpublished') ? 'key-9' : world.keys.kid;
  const header = varied('no-kid') ? { alg: 'RS256', ...typ, ...jku } : { alg: 'RS256', ...typ, ...jku, kid };
  const current = useOlder ? world.keys.olderKey : world.keys.privateKey;
  const isHidden =
    wrong('access/key-unpublished') ||
    (wrong('access/rotated-key-unpublished') && world.now() - world.startedAt > 3_600_000) ||
    (wrong('access/authenticate-key-unpublished') && origin === 'authenticate') ||
    (wrong('access/every-second-key-unpublished') && world.counters.tokens % 2 === 0);
  const key = isHidden ? world.keys.unpublished : current;
  return await new SignJWT(payload).setProtectedHeader(header).sign(key);
}

async function makeRefreshToken(world: World): Promise<string> {
  world.counters.tokens += 1;
  if (world.switches.varied('refresh-jwt')) {
    const header = { alg: 'RS256', typ: 'refresh+jwt', kid: world.keys.kid };
    return await new SignJWT({ jti: randomUUID() }).setProtectedHeader(header).sign(world.keys.privateKey);
  }
  return world.switches.wrong('refresh/guessable') ? `rt_${1000 + world.counters.tokens}` : world.secret('rt');
}

/** The refresh token of a new pair: the old one where rotation is missing. */
async function chooseRefreshToken(world: World, request: IssueRequest, id: string): Promise<string> {
  const { wrong } = world.switches;
  const old = request.replaces;
  const isPublic = request.client.secret === undefined;
  const kept =
    old !== undefined &&
    (wrong('refresh/not-rotated') ||
      (wrong('refresh/not-rotated-confidential') && !isPublic) ||
      (wrong('refresh/not-rotated-public') && isPublic) ||
      (wrong('refresh/rotated-only-late') && old.expiresAt - world.now() > 201_600_000) ||
      (wrong('refresh/rotated-once') && old.generation > 0));
  const unused = refreshOf(world, request.session).find(
    (grant) => grant.spentAt === undefined && !world.dead(grant) && world.now() < grant.expiresAt,
  );
  const isContinued = request.origin === 'continue' && unused?.clientId === request.client.id;
  if (isContinued && world.switches.varied('continuing-keeps-refresh')) return unused.token;
  if (old !== undefined && wrong('refresh/counter-suffix')) {
    return `${old.token.replace(/\.\d+$/, '')}.${old.generation + 1}`;
  }
  if (wrong('refresh/token-is-jti')) return id;
  if (wrong('refresh/eight-characters')) return world.secret('rt').slice(-8);
  return kept ? old.token : await makeRefreshToken(world);
}

/** When a new refresh token expires, in milliseconds. */
function refreshUntil(world: World, request: IssueRequest, seconds: number): number {
  const isTied = world.switches.wrong('refresh/lifetime-not-renewed') && request.replaces !== undefined;
  if (isTied) return request.replaces?.expiresAt ?? 0;
  // A timer of more than 31 bits of milliseconds goes off at once.
  const isTooLong = world.switches.wrong('refresh/timer-overflow') && seconds * 1000 >= 2 ** 31;
  return refreshFrom(world, request) + (isTooLong ? 1 : seconds * 1000);
}

/** An access token that this client got within the last minute, for whichever session. */
function recentAccess(world: World, client: Client): AccessGrant | undefined {
  const since = world.now() + (lifetimes(world).access - 60) * 1000;
  return [...world.access.values()].find((grant) => grant.clientId === client.id && grant.expiresAt > since);
}

/** Issues a token pair and gives the members of the answer (RFC 6749 5.1). */
export async function issuePair(world: World, request: IssueRequest): Promise<Record<string, unknown>> {
  const { wrong, varied } = world.switches;
  const { session, client, origin } = request;
  const told = lifetimes(world);
  if (varied('lifetimes-vary')) told.access -= (world.counters.tokens % 8) * 20;
  if (varied('refresh-lifetimes-by-client') && client.secret === undefined) told.refresh = 86_400;
  if (varied('access-lifetimes-by-grant') && origin === 'refresh') told.access = 600;
  const firstUntil = request.replaces?.expiresAt;
  if (varied('refresh-lifetime-fixed') && firstUntil !== undefined) {
    told.refresh = Math.floor((firstUntil - world.now()) / 1000);
  }
  let accessSeconds = told.access;
  if (wrong('access/dies-early')) accessSeconds = Math.floor(told.access / 2);
  if (wrong('access/exp-a-day')) accessSeconds = 86_400;
  if (wrong('access/no-exp') || wrong('access/exp-milliseconds')) accessSeconds = 3_153_600_000;
  const isSignIn = origin === 'authenticate' || origin === 'continue';
  if (wrong('access/authenticate-dies-early') && isSignIn) accessSeconds = 300;
  let refreshSeconds = wrong('refresh/dies-early') ? 3600 : told.refresh;
  if (wrong('refresh/lives-six-days')) refreshSeconds -= 86_400;
  if (wrong('authenticate/refresh-dies-early') && isSignIn) refreshSeconds = 86_400;

  const id = randomUUID();
  const refreshToken = await chooseRefreshToken(world, request, id);
  let expiresAt = world.now() + accessSeconds * 1000;
  const first = request.replaces?.access.expiresAt;
  if (wrong('access/lifetime-not-renewed') && first !== undefined) expiresAt = first;
  expiresAt = untilMessage(world, 'access', session, accessUntil(world, request, expiresAt));
  const granted = wrong('answer/scope-narrowed-silently') ? request.scope.slice(0, 1) : request.scope;
  const previous = wrong('refresh/claims-of-previous') ? request.replaces?.access.scope : undefined;
  const inToken = previous ?? (wrong('refresh/scope-narrowing-lie') ? (request.refreshScope ?? granted) : granted);
  const claimedUntil = wrong('access/dies-early') ? world.now() + told.access * 1000 : expiresAt;
  const right = claims(world, { ...request, scope: inToken }, id, claimedUntil, refreshToken);
  const payload = spoilClaims(world, request, dressClaims(world.switches, right));
  const shared = wrong('access/cached-by-client') ? recentAccess(world, client) : sharedAccess(world, request);
  if (shared !== undefined && varied('continuing-same-access')) {
    told.access = Math.floor((shared.expiresAt - world.now()) / 1000);
  }
  const fresh = varied('opaque-tokens')
    ? world.secret('at')
    : (signWrongly(world, request, payload) ?? (await signAccessToken(world, payload, origin)));
  const token = shared?.token ?? fresh;

  const base = { session, clientId: client.id, origin };
  const access: AccessGrant = {
    ...base,
    id,
    token,
    scope: previous === undefined ? inToken : granted,
    issuedAt: world.now(),
    expiresAt,
  };
  const refresh: RefreshGrant = {
    ...base,
    id: randomUUID(),
    token: refreshToken,
    scope: request.refreshScope ?? granted,
    expiresAt: untilMessage(world, 'refresh', session, refreshUntil(world, request, refreshSeconds)),
    generation: (request.replaces?.generation ?? -1) + 1,
    access,
  };
  if (shared === undefined) world.access.set(token, access);
  keepOneAccess(world, access);
  const answer: Record<string, unknown> = {
    token_type: varied('lower-case-bearer') ? 'bearer' : 'Bearer',
    access_token: token,
    expires_in: wrong('access/expires-in-too-long') ? 3600 : told.access - (varied('expires-in-rounded-down') ? 1 : 0),
  };
  const withRefresh = !(varied('no-public-refresh-token') && client.secret === undefined);
  if (withRefresh) {
    world.refresh.set(refreshToken, refresh);
    answer.refresh_token = refreshToken;
    if (!varied('no-refresh-expires-in')) answer.refresh_expires_in = told.refresh;
  }
  const shown = varied('scope-reordered') ? [...granted].sort() : granted;
  const isNarrower = request.refreshScope !== undefined && request.refreshScope.length !== request.scope.length;
  const isOther = varied('scope-partly-granted') || varied('scope-added');
  const mustShow = isNarrower || isOther || varied('refresh-scope-ignored');
  if (!(varied('no-scope-member') && !mustShow) && !wrong('answer/scope-narrowed-silently')) {
    answer.scope = keptByClient(world, 'answer/scope-cached-by-client', client.id, shown.join(' '));
  }
  if (wrong('answer/refresh-is-access') && withRefresh) {
    world.refresh.set(token, refresh);
    answer.refresh_token = token;
  }
  if (varied('keycloak-like')) {
    Object.assign(answer, { 'not-before-policy': 0, session_state: session.id });
  }
  addMembers(world, session, answer);
  if (varied('extra-members'))
    Object.assign(answer, { created_at: Math.floor(world.now() / 1000), user: { id: session.account } });
  return answer;
}
