import type { Operation } from './config.ts';
import { punishRefused } from './forgotten.ts';
import { Crash, type Incoming, Refusal, type Reply } from './http.ts';
import { isObject } from './json.ts';
import { spoilLater } from './later.ts';
import type { MistakeId } from './mistakes.ts';
import type { World } from './world.ts';

const CRASHED: Reply = {
  kind: 'error',
  status: 500,
  headers: {},
  json: { statusCode: 500, message: 'Internal server error', error: 'Internal Server Error' },
};

/** The parameters of a form, read without a look at what is wrong with it. */
export const peekForm = (incoming: Incoming) => new URLSearchParams(incoming.body.toString('utf8'));

/** The token of a Bearer header. */
export const bearerOf = (incoming: Incoming) => /^bearer +(\S+)/i.exec(incoming.headers.authorization ?? '')?.[1] ?? '';

/** Counts up under a name, from 1. */
function count(world: World, name: string): number {
  const next = Number(world.records.last.get(name) ?? 0) + 1;
  world.records.last.set(name, next);
  return next;
}

/** Trips over a parameter that is not there. */
function crashOnMissing(world: World, incoming: Incoming, operation: Operation): void {
  const { wrong } = world.switches;
  const form = peekForm(incoming);
  const grant = form.get('grant_type') ?? '';
  const lacks = (id: MistakeId, name: string) => wrong(id) && (form.get(name) ?? '') === '';
  const isToken = operation === 'token';
  const isCode = isToken && grant === 'authorization_code';
  if (
    (isToken && lacks('grant/missing-500', 'grant_type')) ||
    (isCode && (lacks('code/missing-500', 'code') || lacks('pkce/missing-500', 'code_verifier'))) ||
    (isToken && grant === 'refresh_token' && lacks('refresh/missing-500', 'refresh_token')) ||
    (operation === 'revoke' && lacks('revoke/missing-500', 'token'))
  ) {
    throw new Crash("Cannot read properties of undefined (reading 'length')");
  }
  const isForm = isToken || operation === 'revoke';
  if (isForm && wrong('form/json-500') && /json/i.test(incoming.headers['content-type'] ?? '')) {
    throw new Crash('body.get is not a function');
  }
}

/** What a guard in front of the hand-off does with requests that it should let through or refuse otherwise. */
function guardHandoff(world: World, incoming: Incoming): void {
  const { wrong } = world.switches;
  const isBare = incoming.headers.authorization === undefined;
  if (isBare && wrong('handoff/missing-token-500')) throw new Crash("Cannot read properties of undefined ('split')");
  if (isBare && wrong('handoff/missing-token-403')) throw new Refusal(403, 'access_denied', 'Not authenticated');
  if (isBare && wrong('handoff/missing-token-302')) {
    throw new Refusal(302, 'access_denied', 'Log in', { Location: '/login?next=/handoff/init' });
  }
  const mediaType = incoming.headers['content-type'] ?? '';
  const isNarrow =
    (wrong('handoff/charset-refused') && mediaType.includes(';')) ||
    (wrong('handoff/media-type-case') && /json/i.test(mediaType) && !mediaType.startsWith('application/json'));
  if (isNarrow) throw new Refusal(415, 'invalid_request', 'Send application/json');
}

function guardScopes(world: World, incoming: Incoming): void {
  const { wrong } = world.switches;
  if (wrong('scopes/first-500') && count(world, 'scopes') === 1) throw new Crash('The cache is not filled yet');
  const token = bearerOf(incoming);
  if (token !== '' && !world.access.has(token) && wrong('scopes/bad-token-401')) {
    throw new Refusal(401, 'invalid_token', 'Unauthorized', { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  }
}

/** What goes wrong before an operation sees its request. */
export function beforeHandling(world: World, incoming: Incoming, operation: Operation | undefined): void {
  const { wrong } = world.switches;
  if (operation === undefined) return;
  crashOnMissing(world, incoming, operation);
  if (operation === 'handoffInit') guardHandoff(world, incoming);
  if (operation === 'scopes') guardScopes(world, incoming);
  const grant = operation === 'revoke' ? world.access.get(peekForm(incoming).get('token') ?? '') : undefined;
  const isOld = grant !== undefined && world.now() >= grant.expiresAt;
  if (isOld && wrong('revoke/expired-500')) throw new Crash('jwt expired');
  if (isOld && wrong('revoke/expired-400')) throw new Refusal(400, 'invalid_grant', 'jwt expired');
}

const MISMATCH = 'redirect_uri is not the one of the authorization request';

/** The mistakes that make of a refusal a failure that nobody foresaw, with the text of the refusal. */
const CRASHES = new Map<string, MistakeId>([
  ['The code has expired', 'code/expired-500'],
  ['The code was used before', 'code/used-500'],
  ['The refresh token was used before', 'refresh/spent-500'],
  ['The token was not issued to this client', 'revoke/foreign-500'],
  ['The scope was not granted', 'refresh/scope-refused-500'],
  ['code_verifier is wrong', 'pkce/mismatch-500'],
  [MISMATCH, 'redirect/mismatch-500'],
  ['The message was used before', 'siwe/replay-500'],
  ['The message has expired', 'siwe/expired-500'],
]);

function without(reply: Reply, name: string): Reply {
  const { [name]: _, ...headers } = reply.headers;
  return { ...reply, headers };
}

/** Other statuses and codes than RFC 6749 5.2 has for them. */
function miscode(world: World, incoming: Incoming, reply: Reply, json: Record<string, unknown>): Reply {
  const { wrong } = world.switches;
  const { error, error_description: text } = json;
  const form = peekForm(incoming);
  const recode = (code: string, status = reply.status): Reply => ({ ...reply, status, json: { ...json, error: code } });
  if (error === 'unsupported_grant_type' && wrong('grant/unknown-401')) return { ...reply, status: 401 };
  if (text === 'grant_type is required' && wrong('grant/missing-invalid-grant')) return recode('invalid_grant');
  if (text === MISMATCH && wrong('redirect/mismatch-invalid-request')) return recode('invalid_request');
  if (text === 'code_verifier is wrong' && wrong('pkce/mismatch-invalid-client')) return recode('invalid_client');
  if (text === MISMATCH && wrong('redirect/mismatch-401')) return { ...reply, status: 401 };
  const isForeign = text === 'The code is not valid' && world.codes.has(form.get('code') ?? '');
  if (isForeign && wrong('code/other-client-invalid-client')) return recode('invalid_client', 401);
  if (error === 'invalid_grant' && wrong('errors/grant-403')) return { ...reply, status: 403 };
  if (error !== 'invalid_client') return reply;
  if (wrong('client/failure-unauthorized')) return recode('unauthorized');
  if (form.get('grant_type') !== 'refresh_token') return reply;
  const isBasic = /^basic /i.test(incoming.headers.authorization ?? '');
  if (isBasic && wrong('client/failure-400-at-refresh')) return { ...reply, status: 400 };
  return wrong('client/no-challenge-at-refresh') ? without(reply, 'WWW-Authenticate') : reply;
}

/** Errors of /token and /revoke as frameworks write them. */
function rewriteError(world: World, incoming: Incoming, reply: Reply): Reply {
  const { wrong } = world.switches;
  if (!isObject(reply.json)) return reply;
  const { json } = reply;
  const crash = CRASHES.get(String(json.error_description));
  if (crash !== undefined && wrong(crash)) return CRASHED;
  if (wrong('errors/list-of-errors')) {
    return { ...reply, json: { errors: [{ code: json.error, detail: json.error_description }] } };
  }
  if (wrong('errors/second-framework-body') && count(world, 'errors') % 2 === 0) {
    const { status } = reply;
    return { ...reply, json: { statusCode: status, message: json.error_description, error: 'Bad Request' } };
  }
  if (wrong('errors/two-objects')) {
    const { kind, status, headers } = reply;
    const typed = { ...headers, 'Content-Type': 'application/json; charset=utf-8' };
    return { kind, status, headers: typed, text: `${JSON.stringify(json)}{}` };
  }
  return miscode(world, incoming, reply, json);
}

/** Which mistake makes a failure of the refusal to continue this session. */
function crashOfSession(world: World, incoming: Incoming): MistakeId | undefined {
  const id = /"session_id"\s*:\s*"([^"]+)"/.exec(incoming.body.toString('utf8'))?.[1] ?? '';
  const session = world.sessions.get(id);
  if (session === undefined) return undefined;
  return world.dead(session) ? 'session/revoked-500' : 'session/foreign-500';
}

/** Errors of /authenticate and the hand-off as frameworks write them. */
function rewriteOther(world: World, incoming: Incoming, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  const json = isObject(reply.json) ? reply.json : {};
  const isHandoff = operation === 'handoffInit';
  const text = String(json.message);
  const isOfSession = text === 'This session cannot be continued';
  const crash = isOfSession ? crashOfSession(world, incoming) : CRASHES.get(text);
  if (crash !== undefined && wrong(crash) && reply.status < 500) return CRASHED;
  if (wrong(isHandoff ? 'handoff/failure-detail' : 'authenticate/failure-detail')) {
    return { ...reply, json: { detail: json.message ?? json.error_description } };
  }
  if (!isHandoff && wrong('authenticate/errors-cut')) {
    const whole = JSON.stringify(json);
    const text = Buffer.from(whole).subarray(0, whole.length).toString('utf8');
    const headers = { ...reply.headers, 'Content-Type': 'application/json; charset=utf-8' };
    return { kind: 'error', status: reply.status, headers, text };
  }
  const grant = world.access.get(bearerOf(incoming));
  const isRevoked = grant !== undefined && world.now() < grant.expiresAt;
  if (!isHandoff || reply.status !== 401) return reply;
  if (isRevoked && wrong('handoff/no-challenge-when-revoked')) return without(reply, 'WWW-Authenticate');
  const isBad = bearerOf(incoming) !== '' && wrong('handoff/bad-token-400');
  return isBad ? { ...reply, status: 400 } : reply;
}

function rewritePair(world: World, incoming: Incoming, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  if (!isObject(reply.json)) return reply;
  const json = { ...reply.json };
  const isRefresh = peekForm(incoming).get('grant_type') === 'refresh_token';
  if (wrong('answer/refresh-expires-in-of-access')) json.refresh_expires_in = json.expires_in;
  if (wrong('access/refreshed-expires-in-hour') && isRefresh) json.expires_in = 3600;
  if (operation === 'authenticate') {
    if (wrong('authenticate/no-expires-in')) delete json.expires_in;
    if (wrong('authenticate/camel-case')) {
      const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, ...rest } = json;
      return { ...reply, json: { accessToken, refreshToken, expiresIn, ...rest } };
    }
  }
  const isOldNode = wrong('answer/one-node-cacheable') && count(world, 'pairs') % 3 === 0;
  return isOldNode ? without({ ...reply, json }, 'Cache-Control') : { ...reply, json };
}

/** Answers of the other operations as frameworks write them. */
function rewriteRest(world: World, reply: Reply): Reply {
  const { wrong } = world.switches;
  if (reply.kind === 'revoked') {
    if (wrong('revoke/ok-body')) return { ...reply, text: 'OK' };
    if (wrong('revoke/empty-object-body')) return { ...reply, json: {} };
    return wrong('revoke/status-202') ? { ...reply, status: 202 } : reply;
  }
  if (reply.kind === 'handoff') {
    if (wrong('handoff/wrapped')) return { ...reply, json: { data: reply.json } };
    return wrong('handoff/code-null') ? { ...reply, json: { code: null } } : reply;
  }
  if (reply.kind !== 'scopes') return reply;
  if (wrong('scopes/double-encoded')) return { ...reply, json: JSON.stringify(reply.json) };
  if (!wrong('scopes/text-plain')) return reply;
  return { ...reply, headers: { ...reply.headers, 'Content-Type': 'text/plain; charset=utf-8' } };
}

/** What goes wrong with an answer once an operation has given it. */
export function afterHandling(world: World, incoming: Incoming, operation: Operation | undefined, given: Reply): Reply {
  if (operation === undefined) return given;
  const reply = spoilLater(world, incoming, operation, given);
  punishRefused(world, incoming, operation, reply);
  const isForm = operation === 'token' || operation === 'revoke';
  if (reply.kind === 'pair') return rewritePair(world, incoming, operation, reply);
  if (reply.kind !== 'error') return rewriteRest(world, reply);
  return isForm ? rewriteError(world, incoming, reply) : rewriteOther(world, incoming, operation, reply);
}
