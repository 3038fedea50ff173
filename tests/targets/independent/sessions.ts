import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { endSession } from './access.ts';
import type { Client } from './config.ts';
import { mayContinueAfterAll, refusesContinuing } from './crossing.ts';
import { Crash, pause, Refusal } from './http.ts';
import { isHandedOver } from './later.ts';
import { nameAccount } from './products.ts';
import { accountOf, sessionIsAway } from './stores.ts';
import type { Session, World } from './world.ts';

/** What stands for any session of the wallet, where a mistake lets one ask so. */
export const ANY_SESSION = '$ne';

/** Opens a session of a wallet. */
export function newSession(world: World, client: Client, wallet: string): Session {
  const { varied } = world.switches;
  let id: string = randomUUID();
  if (world.switches.wrong('session/id-number')) id = String(1000 + world.sessions.size);
  if (varied('numeric-session-ids')) id = [1, 2, 3].map(() => randomInt(1e13, 2e14)).join('');
  if (varied('odd-session-ids')) id = `séance "№ 7"\\ ${id} 🔑`;
  if (varied('jwt-session-ids')) {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    id = [part('{"alg":"HS256"}'), part(`{"sid":"${id}"}`), randomBytes(32).toString('base64url')].join('.');
  }
  if (varied('long-session-ids')) id = `ses:${`${id}/`.repeat(8)}+=`;
  const { wrong } = world.switches;
  const before = [...world.sessions.values()].filter((one) => one.wallet === wallet && one.clientId === client.id);
  if (wrong('session/id-reused-after-revocation')) id = before.find((one) => world.dead(one))?.id ?? id;
  let account = `usr_${wallet.slice(2)}`;
  if (varied('caip-subjects')) account = `eip155:1:${wallet}`;
  if (varied('pairwise-subjects')) account = createHash('sha256').update(`${client.id} ${wallet}`).digest('hex');
  if (wrong('authenticate/subject-by-client')) account = `usr_${client.id}`;
  const session: Session = {
    id,
    clientId: client.id,
    account: accountOf(world, nameAccount(world.switches, wallet, account)),
    wallet,
  };
  if (varied('one-session-a-wallet-and-client')) for (const other of before) endSession(world, other);
  const alive = [...world.sessions.values()].filter((one) => one.wallet === wallet && !world.dead(one));
  if (varied('three-sessions-a-wallet') && alive[0] !== undefined && alive.length > 2) endSession(world, alive[0]);
  for (const other of world.sessions.values()) {
    if (varied('one-session-a-wallet') && other.wallet === wallet) endSession(world, other);
  }
  world.sessions.set(session.id, session);
  return session;
}

/** A new session; the mistakes are to join one that is there, or to refuse for what became of one. */
export async function beginSession(world: World, client: Client, wallet: string): Promise<Session> {
  const { wrong } = world.switches;
  const earlier = [...world.sessions.values()].filter(
    (session) => session.wallet === wallet && session.clientId === client.id,
  );
  if (wrong('session/locked-after-revocation') && earlier.some((session) => world.dead(session))) {
    throw new Refusal(403, 'invalid_grant', 'This account was signed out');
  }
  const alive = earlier.find((session) => !world.dead(session));
  const ofWallet = [...world.sessions.values()].find((one) => one.wallet === wallet && !world.dead(one));
  if (wrong('session/joined-across-clients') && ofWallet !== undefined && alive === undefined) return ofWallet;
  for (const other of world.sessions.values()) {
    const isOther = other.wallet !== wallet && other.wallet !== undefined && other.clientId === client.id;
    if (wrong('authenticate/ends-sessions-of-other-wallets') && isOther) endSession(world, other);
  }
  if (wrong('session/joined-silently') && alive !== undefined) return alive;
  const session = newSession(world, client, wallet);
  if (!wrong('authenticate/race-mixes-sessions')) return session;
  world.lastSession = session;
  await pause(10);
  return world.lastSession;
}

function mayContinue(world: World, session: Session, client: Client, wallet: string): boolean {
  const { wrong } = world.switches;
  const triedBefore = world.refusedOnce.has(`tried ${session.id}`);
  if (session.wallet !== wallet) world.refusedOnce.add(`tried ${session.id}`);
  const rightWallet =
    session.wallet === wallet ||
    (wrong('session/other-wallet-second-try') && triedBefore) ||
    (wrong('session/other-wallet') && session.wallet !== undefined) ||
    (wrong('session/code-session-open') && session.wallet === undefined);
  const rightClient =
    session.clientId === client.id ||
    wrong('session/other-client') ||
    (wrong('authenticate/role-unchecked-continuing') && client.role === 'third-party');
  return (rightWallet && rightClient) || mayContinueAfterAll(world, session, client, wallet);
}

/** The session to continue: one of this wallet and this client that is alive. */
export function continueSession(world: World, id: string, client: Client, wallet: string): Session {
  const { wrong, varied } = world.switches;
  const loosely = [...world.sessions.values()].find((one) => id.length >= 8 && one.id.slice(0, 8) === id.slice(0, 8));
  const ofAnyCase = [...world.sessions.values()].find((one) => one.id.toLowerCase() === id.toLowerCase());
  const ofWallet = [...world.sessions.values()].filter((one) => one.wallet === wallet).at(-1);
  const session =
    world.sessions.get(id) ??
    (wrong('session/id-prefix') ? loosely : undefined) ??
    (varied('session-id-any-case') ? ofAnyCase : undefined) ??
    (id === ANY_SESSION && wrong('session/id-operator') ? ofWallet : undefined) ??
    (id.endsWith('%') && wrong('session/id-wildcard') ? ofWallet : undefined);
  const refusal = new Refusal(403, 'invalid_grant', 'This session cannot be continued');
  if (session === undefined) {
    const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
    if (wrong('session/id-not-uuid-500') && !isUuid) throw new Crash('invalid input syntax for type uuid');
    if (wrong('session/unknown-500')) throw new Crash("Cannot read properties of null (reading 'wallet')");
    if (varied('unknown-session-new')) return newSession(world, client, wallet);
    if (varied('unknown-session-404')) throw new Refusal(404, 'invalid_grant', 'There is no such session');
    throw refusal;
  }
  if (!mayContinue(world, session, client, wallet)) {
    if (wrong('session/refused-yet-ended')) endSession(world, session);
    if (wrong('session/refused-yet-rebound') && session.wallet !== undefined) Object.assign(session, { wallet });
    if (varied('foreign-session-new')) return newSession(world, client, wallet);
    if (varied('foreign-session-404')) throw new Refusal(404, 'invalid_grant', 'There is no such session');
    throw refusal;
  }
  if (refusesContinuing(world, session) || sessionIsAway(world, session) || isHandedOver(world, session)) throw refusal;
  const ofSession = [...world.refresh.values()].filter((grant) => grant.session === session);
  const isOver = ofSession.length > 0 && ofSession.every((grant) => world.now() >= grant.expiresAt);
  if (isOver && varied('session-dies-with-refresh-token')) throw refusal;
  const seen = `continued ${session.id}`;
  const isCached = wrong('session/cached-when-continued') && world.refusedOnce.has(seen);
  if (wrong('session/continued-once') && world.refusedOnce.has(seen)) throw refusal;
  world.refusedOnce.add(seen);
  if (world.dead(session)) {
    const isOverlooked = wrong('revoke/by-access-continuable') && session.revokedBy === 'access';
    if (varied('revoked-session-410')) throw new Refusal(410, 'invalid_grant', 'This session is over');
    if (wrong('session/revoked-200-dead-tokens')) return session;
    if (varied('revoked-session-new')) return newSession(world, client, wallet);
    if (!wrong('revoke/session-continuable') && !isOverlooked && !isCached) throw refusal;
    delete session.revokedAt;
  }
  return session;
}

/** What continuing a session ends of it, in some lawful servers. */
export function endEarlier(world: World, session: Session): void {
  const { varied } = world.switches;
  const now = world.now();
  if (varied('continuing-rotates')) {
    for (const grant of world.refresh.values()) if (grant.session === session) grant.revokedAt ??= now;
  }
  if (varied('continuing-ends-access')) {
    for (const grant of world.access.values()) if (grant.session === session) grant.revokedAt ??= now;
  }
}
