import type { Caller, Purpose } from './clients.ts';
import { isUnderGranted, refuseKind } from './forgotten.ts';
import type { Form } from './forms.ts';
import { pause, Refusal } from './http.ts';
import { lifetimes } from './issuing.ts';
import type { MistakeId } from './mistakes.ts';
import { SCOPES } from './scopes.ts';
import type { AuthorizationCode, RefreshGrant, Session, World } from './world.ts';

/** What only servers with mistakes remember. */
export class Records {
  /** Credentials that were compared before, rightly or not. */
  readonly seenCredentials = new Set<string>();
  /** Who tried a code or refresh token of another client. */
  readonly tried = new Set<string>();
  /** By which method the client authenticated when a code was used. */
  readonly usedWith = new Map<string, string>();
  /** When each client revoked something. */
  readonly revocations = new Map<string, number[]>();
  /** How many requests for a thing are under way. */
  readonly waiting = new Map<string, number>();
  /** Global variables: what was worked on last. */
  readonly last = new Map<string, unknown>();
}

/** What is at hand after 10 ms: with the mistake, whatever a request that came meanwhile has put there. */
export async function throughGlobal<T>(world: World, id: MistakeId, value: T): Promise<T> {
  if (!world.switches.wrong(id)) return value;
  world.records.last.set(id, value);
  await pause(10);
  return world.records.last.get(id) as T;
}

/** Whether so many requests for one thing are under way that a mistake lets this one through unchecked. */
export async function slipsThroughCrowd(world: World, id: MistakeId, thing: string): Promise<boolean> {
  if (!world.switches.wrong(id)) return false;
  const { waiting } = world.records;
  const count = (waiting.get(thing) ?? 0) + 1;
  waiting.set(thing, count);
  await pause(15);
  waiting.set(thing, 0);
  return count >= 4;
}

/** What is kept by client for five seconds where a mistake keeps it so; the value itself otherwise. */
export function keptByClient<T>(world: World, id: MistakeId, clientId: string, value: T): T {
  if (!world.switches.wrong(id)) return value;
  const key = `${id} ${clientId}`;
  const kept = world.records.last.get(key) as { at: number; value: T } | undefined;
  if (kept !== undefined && world.now() - kept.at < 5000) return kept.value;
  world.records.last.set(key, { at: world.now(), value });
  return value;
}

/** Remembers the try of a client with what is not its own. */
export function rememberTry(world: World, thing: string, caller: Caller): void {
  world.records.tried.add(`${thing} ${caller.client.id}`);
}

/** Whether a mistake has bound a thing to the client that tried it in vain. */
export function reboundByTry(world: World, id: MistakeId, thing: string, caller: Caller): boolean {
  return world.switches.wrong(id) && world.records.tried.has(`${thing} ${caller.client.id}`);
}

/** Whether the comparison of a secret is spared because of what was compared before. */
export function secretSpared(world: World, clientId: string, given: string | undefined): boolean {
  const { wrong } = world.switches;
  if (given === undefined) {
    const last = world.recentSuccess.get(clientId);
    return wrong('client/secret-unneeded-after-success') && last !== undefined && world.now() - last < 5000;
  }
  const key = `${clientId} ${given}`;
  const isSeen = world.records.seenCredentials.has(key);
  world.records.seenCredentials.add(key);
  return isSeen && wrong('client/failure-cached-as-success');
}

/** Whether a mistake forgets or replaces the challenge of a code. */
export function challengeLost(world: World, code: AuthorizationCode, form: Form): boolean {
  const { wrong } = world.switches;
  const age = world.now() - code.expiresAt + lifetimes(world).code * 1000;
  const verifier = form.values.get('code_verifier');
  const isPlain = form.values.get('code_challenge_method') === 'plain' && verifier === code.challenge;
  return (
    (wrong('pkce/challenge-forgotten-after-thirty-seconds') && age >= 30_000) ||
    (wrong('pkce/method-from-exchange') && isPlain)
  );
}

/** The scope of an exchange: that of the code. */
export function scopeOfExchange(world: World, granted: readonly string[], form: Form): readonly string[] {
  const asked = form.values.get('scope');
  return asked !== undefined && world.switches.wrong('code/scope-from-exchange') ? asked.split(' ') : granted;
}

/** What a code that is used again ends, where it ends less than the session; true when that was all. */
export function endsLessOnReplay(world: World, code: AuthorizationCode, session: Session): boolean {
  const { wrong } = world.switches;
  if (wrong('code/replay-ends-at-third-use') && code.replays === 0) return true;
  if (!wrong('code/replay-keeps-access')) return false;
  for (const grant of world.refresh.values()) if (grant.session === session) grant.revokedAt ??= world.now();
  return true;
}

/** Whether a mistake grants scope at refreshing that this grant does not have. */
export function widensByMistake(world: World, grant: RefreshGrant, names: readonly string[]): boolean {
  const { wrong } = world.switches;
  const outside = names.filter((name) => !grant.scope.includes(name));
  const known = new Set<string>(SCOPES.map(({ name }) => name));
  const role = world.client(grant.clientId)?.role;
  const ofClient = [...world.refresh.values()].filter(({ clientId }) => clientId === grant.clientId);
  return (
    isUnderGranted(world, grant.scope, outside) ||
    (wrong('refresh/scope-counted') && names.length <= grant.scope.length) ||
    (wrong('refresh/scope-last-only') && grant.scope.includes(names.at(-1) ?? '')) ||
    (wrong('refresh/scope-widened-third-party') &&
      role === 'third-party' &&
      outside.every((name) => known.has(name))) ||
    (wrong('refresh/scope-of-other-session') &&
      outside.every((name) => ofClient.some(({ scope }) => scope.includes(name))))
  );
}

/** Marks the refresh token that was used; with the mistake, the newest of the client. */
export function markSpent(world: World, grant: RefreshGrant): void {
  const newest = [...world.refresh.values()].filter(({ clientId }) => clientId === grant.clientId).at(-1);
  const row = world.switches.wrong('refresh/spends-newest-of-client') ? (newest ?? grant) : grant;
  row.spentAt ??= world.now();
}

/** Whether a mistake drops a revocation that was asked for. */
export function revocationDropped(world: World, session: Session, caller: Caller): boolean {
  const { wrong } = world.switches;
  const now = world.now();
  const before = (world.records.revocations.get(caller.client.id) ?? []).filter((at) => now - at < 10_000);
  world.records.revocations.set(caller.client.id, [...before, now]);
  const ofSession = [...world.access.values()].filter((grant) => grant.session === session);
  return (
    (wrong('revoke/fourth-dropped') && before.length >= 3) ||
    (wrong('revoke/unused-session-ignored') && ofSession.every(({ usedAt }) => usedAt === undefined))
  );
}

/** What becomes of parameters such as `refresh_token[$ne]` where they end up in the query of a database. */
export function resolveOperators(world: World, form: Form): void {
  const { wrong } = world.switches;
  const client = world.client(form.values.get('client_id') ?? '');
  if (wrong('client/secret-brackets') && form.values.has('client_secret[$ne]') && client?.secret !== undefined) {
    form.values.set('client_secret', client.secret);
  }
  if (wrong('refresh/brackets') && form.values.has('refresh_token[$ne]')) {
    const newest = [...world.refresh.values()].filter((grant) => grant.clientId === client?.id).at(-1);
    if (newest !== undefined) form.values.set('refresh_token', newest.token);
  }
}

/** Refuses clients that have a right to be served; always a mistake. */
export function refuseRole(world: World, caller: Caller, purpose: Purpose): void {
  const { wrong } = world.switches;
  const { client } = caller;
  refuseKind(world, caller, purpose);
  const isRefused =
    (wrong('client/third-party-refused-at-revoke') && purpose === 'revoke') ||
    (wrong('client/third-party-refused-at-refresh') && purpose === 'refresh');
  if (isRefused && client.role === 'third-party') {
    throw new Refusal(400, 'unauthorized_client', 'This client may not do that');
  }
}
