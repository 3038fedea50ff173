import { endSession } from './access.ts';
import type { Operation } from './config.ts';
import type { Incoming, Reply } from './http.ts';
import { isObject } from './json.ts';
import type { MistakeId } from './mistakes.ts';
import type { Session, World } from './world.ts';

/** Whether this is the second, fourth, sixth time that something happens. */
function isEven(world: World, id: MistakeId): boolean {
  if (!world.switches.wrong(id)) return false;
  const next = Number(world.records.last.get(id) ?? 0) + 1;
  world.records.last.set(id, next);
  return next % 2 === 0;
}

const formOf = (incoming: Incoming) => new URLSearchParams(incoming.body.toString('utf8'));

function withoutChallenge(reply: Reply): Reply {
  const { 'WWW-Authenticate': _, ...headers } = reply.headers;
  return { ...reply, headers };
}

function frameworkReply(reply: Reply, message: unknown): Reply {
  const error = reply.status === 401 ? {} : { error: 'Bad Request' };
  return { ...reply, json: { statusCode: reply.status, message, ...error } };
}

/** Does what was asked though nobody has said who asks. */
function revokeForNobody(world: World, incoming: Incoming, reply: Reply): void {
  const form = formOf(incoming);
  const isNobody = incoming.headers.authorization === undefined && !form.has('client_id');
  if (!isNobody || reply.status !== 401 || !world.switches.wrong('revoke/no-client-yet-done')) return;
  const token = form.get('token') ?? '';
  const grant = world.refresh.get(token) ?? world.access.get(token);
  if (grant !== undefined) endSession(world, grant.session);
}

function spoilFormError(world: World, incoming: Incoming, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  const json = isObject(reply.json) ? reply.json : {};
  if (operation === 'revoke') revokeForNobody(world, incoming, reply);
  if (reply.status === 401 && isEven(world, 'client/second-failure-without-challenge')) return withoutChallenge(reply);
  const text = String(json.error_description);
  const isRefresh = formOf(incoming).get('grant_type') === 'refresh_token';
  if (isRefresh && wrong('errors/refresh-framework-body')) return frameworkReply(reply, text);
  if (json.error === 'invalid_client' && wrong('errors/client-framework-body')) {
    return frameworkReply(reply, 'Unauthorized');
  }
  const isMissing = json.error === 'invalid_request' && / is required$/.test(text);
  return isMissing && wrong('errors/validation-framework-body') ? frameworkReply(reply, [text]) : reply;
}

function spoilPair(world: World, incoming: Incoming, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  const isContinued = /"session_id"\s*:\s*"/.test(incoming.body.toString('utf8'));
  if (operation === 'authenticate' && !isContinued && wrong('authenticate/new-session-201')) {
    return { ...reply, status: 201 };
  }
  const isRefresh = operation === 'token' && formOf(incoming).get('grant_type') === 'refresh_token';
  if (!isRefresh || !isObject(reply.json)) return reply;
  const { expires_in: expiresIn, ...rest } = reply.json;
  if (wrong('answer/refreshing-no-expires-in')) return { ...reply, json: rest };
  if (!wrong('answer/refreshing-camel-case')) return reply;
  const { access_token: accessToken, refresh_token: refreshToken, ...others } = rest;
  return { ...reply, json: { accessToken, refreshToken, expiresIn, ...others } };
}

function spoilHandoffError(world: World, reply: Reply): Reply {
  const { wrong } = world.switches;
  if (reply.status === 401 && isEven(world, 'handoff/second-refusal-without-challenge')) return withoutChallenge(reply);
  if (reply.status !== 400 || !wrong('handoff/refused-with-code')) return reply;
  return { ...reply, json: { ...Object(reply.json), code: world.secret('ho') } };
}

/** What goes wrong with an answer because of what was answered before, or for some requests only. */
export function spoilLater(world: World, incoming: Incoming, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  if (reply.kind === 'pair') return spoilPair(world, incoming, operation, reply);
  if (reply.kind === 'revoked') {
    const token = formOf(incoming).get('token') ?? '';
    const isUnknown = !world.refresh.has(token) && !world.access.has(token);
    return isUnknown && wrong('revoke/unknown-204') ? { ...reply, status: 204 } : reply;
  }
  if (reply.kind !== 'error') return reply;
  if (operation === 'handoffInit') return spoilHandoffError(world, reply);
  if (operation === 'token' || operation === 'revoke') return spoilFormError(world, incoming, operation, reply);
  const isNice = operation === 'authenticate' && isEven(world, 'authenticate/second-refusal-200');
  return isNice ? { ...reply, status: 200 } : reply;
}

/** Whether a session opened a hand-off, after which a mistake does not let it go on. */
export function isHandedOver(world: World, session: Session): boolean {
  if (!world.switches.wrong('session/not-continuable-after-handoff')) return false;
  return [...world.access.values()].some((grant) => grant.session === session && grant.usedAt !== undefined);
}

/** Whether a decision on another client is still at hand where it is kept by path only. */
export function allowedByPath(world: World, operation: Operation): boolean {
  const id = operation === 'authenticate' ? 'authenticate/role-cached-by-path' : 'handoff/role-cached-by-path';
  const at = Number(world.records.last.get(id) ?? 0);
  return world.switches.wrong(id) && world.now() - at < 5000;
}

/** Keeps the decision to let a client in. */
export function keepDecision(world: World, operation: Operation): void {
  const id = operation === 'authenticate' ? 'authenticate/role-cached-by-path' : 'handoff/role-cached-by-path';
  world.records.last.set(id, world.now());
}

/** Keeps when the message of a wallet ends. */
export function keepExpiry(world: World, address: string, expirationTime: string | undefined): void {
  const time = expirationTime === undefined ? undefined : Date.parse(expirationTime);
  world.records.last.set(`expiry ${address.toLowerCase()}`, time);
}

/** When a token of a session ends, where the message of its wallet has a say in that. */
export function untilMessage(world: World, kind: 'access' | 'refresh', { wallet }: Session, until: number): number {
  const { wrong } = world.switches;
  const expiry = world.records.last.get(`expiry ${wallet}`);
  if (typeof expiry !== 'number') return until;
  if (wrong(`${kind}/dies-with-message`)) return Math.min(until, expiry);
  return kind === 'access' && wrong('access/lives-as-message') ? Math.max(until, expiry) : until;
}

/** The members of a hand-off that the URI has and the body lacks. */
export function membersOfUri(world: World, incoming: Incoming, body: Record<string, unknown>): Record<string, unknown> {
  if (!world.switches.wrong('handoff/query-read')) return body;
  return { ...Object.fromEntries(incoming.query), ...body };
}
