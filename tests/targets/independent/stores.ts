import { randomUUID } from 'node:crypto';
import { endSession } from './access.ts';
import type { Client } from './config.ts';
import { accessOf } from './crossing.ts';
import { Crash, pause, Refusal } from './http.ts';
import type { AccessGrant, RefreshGrant, Session, World } from './world.ts';

const LAG = 300;

/** Finds an entry as columns with padding or too little room do. */
export function findAsStored<T>(
  world: World,
  topic: 'code' | 'refresh',
  map: ReadonlyMap<string, T>,
  key: string,
): T | undefined {
  const { wrong } = world.switches;
  if (wrong(`${topic}/trailing-space`)) return map.get(key.trimEnd());
  return wrong(`${topic}/longer`) ? [...map].find(([known]) => key.startsWith(known))?.[1] : undefined;
}

/** Takes unused codes of a client away where a table has one row a client. */
export function keepOneCode(world: World, client: Client): void {
  if (!world.switches.wrong('code/one-a-client')) return;
  for (const [value, code] of world.codes) {
    if (code.clientId === client.id && code.usedAt === undefined) world.codes.delete(value);
  }
}

/** The session of an earlier code of the client, where sessions are looked up by client. */
export function sessionOfClient(world: World, clientId: string): Session | undefined {
  if (!world.switches.wrong('code/joins-session-of-client')) return undefined;
  return [...world.sessions.values()].find(
    (one) => one.clientId === clientId && one.wallet === undefined && !world.dead(one),
  );
}

/** Ends the earlier access tokens of a client where a table has one row a client. */
export function keepOneAccess(world: World, newest: AccessGrant): void {
  if (!world.switches.wrong('access/one-a-client')) return;
  for (const grant of world.access.values()) {
    if (grant !== newest && grant.clientId === newest.clientId) grant.revokedAt ??= world.now();
  }
}

/** Whether an access token has not arrived yet where tokens are looked up. */
export function accessLags(world: World, { issuedAt }: AccessGrant): boolean {
  return world.switches.wrong('access/late-300-milliseconds') && world.now() - issuedAt < LAG;
}

/** Whether a refresh token has not arrived yet where tokens are looked up. */
export function refreshLags(world: World, { access }: RefreshGrant): boolean {
  return world.switches.wrong('refresh/late-300-milliseconds') && world.now() - access.issuedAt < LAG;
}

/** Whether a session is not there yet, or no more, where sessions are looked up. */
export function sessionIsAway(world: World, session: Session): boolean {
  const { wrong } = world.switches;
  const grants = accessOf(world, session);
  const isNew = world.now() - (grants[0]?.issuedAt ?? 0) < LAG;
  const isOld = grants.every((grant) => world.now() >= grant.expiresAt);
  return (wrong('session/late-300-milliseconds') && isNew) || (wrong('session/dies-with-access-token') && isOld);
}

/** Writes down who signs in; with mistakes, where there may be no second row. */
export function insertUser(world: World, client: Client, wallet: string, continuing: boolean): void {
  const { wrong } = world.switches;
  const first = world.firstClients.get(wallet) ?? client;
  if (wrong('authenticate/second-sign-in-500') && world.knownWallets.has(wallet) && !continuing) {
    throw new Crash('duplicate key value violates unique constraint "users_wallet_key"');
  }
  if (wrong('authenticate/second-client-500') && first.id !== client.id) {
    throw new Crash('duplicate key value violates unique constraint "users_wallet_key"');
  }
  const isIn = [...world.sessions.values()].some((one) => one.wallet === wallet && !world.dead(one));
  if (wrong('authenticate/second-session-409') && isIn && !continuing) {
    throw new Refusal(409, 'invalid_request', 'There is a session already');
  }
}

/** The account of a wallet; with one mistake a new one at every sign-in. */
export function accountOf(world: World, account: string): string {
  return world.switches.wrong('authenticate/new-subject-each-time') ? `usr_${randomUUID()}` : account;
}

/** What a deletion without a condition takes away. */
export function deleteWithoutCondition(world: World, client: Client): void {
  if (!world.switches.wrong('revoke/missing-ends-all')) return;
  for (const session of world.sessions.values()) if (session.clientId === client.id) endSession(world, session);
}

/** What a query without a condition finds. */
export function findWithoutCondition(world: World, client: Client, token: string): RefreshGrant | undefined {
  if (token !== '' || !world.switches.wrong('refresh/missing-finds-any')) return undefined;
  return [...world.refresh.values()].find((grant) => grant.clientId === client.id && grant.spentAt === undefined);
}

/** Ends a session because of a refresh token that nobody knows. */
export function punishUnknown(world: World, client: Client): void {
  if (!world.switches.wrong('refresh/unknown-ends-newest')) return;
  const newest = [...world.sessions.values()].filter((one) => one.clientId === client.id).at(-1);
  if (newest !== undefined) endSession(world, newest);
}

/** The answer that another refreshing of the same token is about to get, where requests are joined. */
export async function joinedAnswer(world: World, grant: RefreshGrant): Promise<Record<string, unknown> | undefined> {
  const { spentAt } = grant;
  if (!world.switches.wrong('refresh/race-same-answer') || spentAt === undefined) return undefined;
  if (world.now() - spentAt >= 200) return undefined;
  while (grant.answer === undefined) await pause(5);
  return grant.answer;
}

/** Whether a list of revocations has no room for this one, or ends others in its place. */
export function endsOthersOnly(world: World, session: Session): boolean {
  const { wrong } = world.switches;
  const isListed = world.endedSessions.some((one) => one !== session && one.wallet === session.wallet);
  if (wrong('revoke/once-a-wallet') && session.wallet !== undefined) return isListed;
  if (!wrong('revoke/all-but-own')) return false;
  for (const other of world.sessions.values()) {
    if (other !== session && other.account === session.account) endSession(world, other);
  }
  return true;
}

/** Whether the wallet of a session has one with this client too. */
export function sharesWallet(world: World, session: Session, client: Client): boolean {
  if (!world.switches.wrong('revoke/foreign-of-shared-wallet') || session.wallet === undefined) return false;
  return [...world.sessions.values()].some((one) => one.wallet === session.wallet && one.clientId === client.id);
}

/** The milliseconds of a time of a message as a column or a library keeps them. */
export function storedTime(world: World, name: string, milliseconds: number): number {
  const { wrong } = world.switches;
  if (wrong('siwe/z-read-as-local') && name === 'Expiration Time') return milliseconds - 7_200_000;
  const seconds = Math.floor(milliseconds / 1000);
  return wrong('siwe/expiry-2038') && seconds > 2 ** 31 - 1 ? (seconds | 0) * 1000 : milliseconds;
}

/** Whether the last use of an access token keeps it alive. */
export function keptByUse(world: World, { usedAt }: AccessGrant): boolean {
  return world.switches.wrong('access/prolonged-by-use') && usedAt !== undefined && world.now() - usedAt < 900_000;
}
