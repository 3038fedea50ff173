import { endSession } from './access.ts';
import type { Client } from './config.ts';
import { claim, pause } from './http.ts';
import type { IssueRequest } from './issuing.ts';
import type { AccessGrant, RefreshGrant, Session, World } from './world.ts';

/** Access tokens of a session, the oldest first. */
export const accessOf = (world: World, session: Session): AccessGrant[] =>
  [...world.access.values()].filter((grant) => grant.session === session);

/** Refresh tokens of a session, the oldest first. */
export const refreshOf = (world: World, session: Session): RefreshGrant[] =>
  [...world.refresh.values()].filter((grant) => grant.session === session);

/** Ends every session of a wallet. */
export function endSessionsOf(world: World, wallet: string): void {
  for (const session of world.sessions.values()) if (session.wallet === wallet) endSession(world, session);
}

/** Whom the tokens of a sign-in are for: who is calling; with one mistake, where the wallet signed in first. */
export async function clientOfWallet(world: World, caller: Client, wallet: string): Promise<Client> {
  const first = world.firstClients.get(wallet) ?? caller;
  world.firstClients.set(wallet, first);
  if (world.switches.wrong('authenticate/race-mixes-clients')) {
    world.lastCaller = caller;
    await pause(10);
    return world.lastCaller;
  }
  return world.switches.wrong('authenticate/client-of-first-sign-in') ? first : caller;
}

/** What mistakes do to a sign-in once its pair is made. */
export async function spoilSignIn(
  world: World,
  session: Session,
  pair: Record<string, unknown>,
  continued: boolean,
): Promise<void> {
  const { wrong } = world.switches;
  if (!continued) return;
  if (wrong('session/continue-race-500')) await claim(world, `continue ${session.id}`);
  for (const other of world.sessions.values()) {
    if (wrong('session/continuing-revives-sibling') && other.wallet === session.wallet) delete other.revokedAt;
  }
  if (wrong('session/no-refresh-token-when-continued')) {
    delete pair.refresh_token;
    delete pair.refresh_expires_in;
  }
  if (!wrong('session/race-revives')) return;
  await pause(20);
  delete session.revokedAt;
}

/** Whether a mistake lets a wallet or a client continue what is not theirs. */
export function mayContinueAfterAll(world: World, session: Session, client: Client, wallet: string): boolean {
  const { wrong } = world.switches;
  const isOwn = session.wallet === wallet;
  if (wrong('session/other-client-when-confidential') && isOwn) return client.secret !== undefined;
  const isKnown = [...world.sessions.values()].some((one) => one.wallet === wallet && one.clientId === client.id);
  const isOfClient = session.wallet !== undefined && session.clientId === client.id;
  return wrong('session/other-known-wallet') && isKnown && isOfClient;
}

/** Whether a session of this wallet and client cannot be continued for what became of it. */
export function refusesContinuing(world: World, session: Session): boolean {
  const wasRefreshed = refreshOf(world, session).some((grant) => grant.generation > 0);
  const hasEndedSibling = [...world.sessions.values()].some(
    (one) => one !== session && one.wallet === session.wallet && world.dead(one),
  );
  return (
    world.closedSessions.has(session) ||
    (world.switches.wrong('session/locked-with-sibling') && hasEndedSibling) ||
    (world.switches.wrong('session/not-continuable-once-refreshed') && wasRefreshed)
  );
}

/** The subject of an access token: the account of its session. */
export function subjectOf(world: World, { session, origin, client }: IssueRequest): string {
  const { wrong } = world.switches;
  if (origin !== 'refresh') return session.account;
  if (wrong('refresh/other-subject-signed-in') && session.wallet !== undefined) return session.wallet;
  if (!wrong('refresh/subject-of-newest')) return session.account;
  return [...world.sessions.values()].filter((one) => one.clientId === client.id).at(-1)?.account ?? session.account;
}

/** When an access token ends; with one mistake, when the first of its session does. */
export function accessUntil(world: World, { session, origin }: IssueRequest, expiresAt: number): number {
  const isTied = world.switches.wrong('session/lifetime-not-renewed') && origin === 'continue';
  return isTied ? (accessOf(world, session)[0]?.expiresAt ?? expiresAt) : expiresAt;
}

/** From when the lifetime of a refresh token counts; with one mistake, from the first sign-in. */
export function refreshFrom(world: World, { session, origin }: IssueRequest): number {
  const isTied = world.switches.wrong('session/refresh-lifetime-not-renewed') && origin === 'continue';
  return (isTied ? accessOf(world, session)[0]?.issuedAt : undefined) ?? world.now();
}

/** The access token that a pair shares: in a lawful server that of the session; by mistake one of the wallet. */
export function sharedAccess(world: World, { session, origin }: IssueRequest): AccessGrant | undefined {
  const { wallet } = session;
  if (origin === 'continue' && world.switches.varied('continuing-same-access')) {
    const newest = accessOf(world, session).at(-1);
    const isLive = newest !== undefined && !world.dead(newest) && world.now() + 60_000 < newest.expiresAt;
    return isLive ? newest : undefined;
  }
  if (!world.switches.wrong('authenticate/access-cached-by-wallet') || wallet === undefined) return undefined;
  return [...world.access.values()].find(
    (grant) => grant.session.wallet === wallet && world.now() - grant.issuedAt < 60_000,
  );
}

/** Whether a newer token of the session keeps one alive beyond its end. */
export function isProlonged(world: World, { session }: AccessGrant): boolean {
  const { wrong } = world.switches;
  const isLive = (origin: string) =>
    accessOf(world, session).some((grant) => grant.origin === origin && world.now() < grant.expiresAt);
  return (
    (wrong('access/prolonged-by-continuing') && isLive('continue')) ||
    (wrong('access/prolonged-by-refreshing') && isLive('refresh'))
  );
}

/** Whether another session of the account was ended less than a second before this token was issued. */
export function isKilled(world: World, { session, issuedAt }: AccessGrant): boolean {
  return world.endedSessions.some((one) => {
    const age = issuedAt - (one.revokedAt ?? 0);
    return one !== session && one.account === session.account && age >= 0 && age < 1000;
  });
}

/** Whether another session of the account opened a hand-off in the last five seconds. */
export function isVouchedFor(world: World, { session }: AccessGrant): boolean {
  return [...world.access.values()].some((other) => {
    const isOther = other.session !== session && other.session.account === session.account;
    return isOther && other.usedAt !== undefined && world.now() - other.usedAt < 5000;
  });
}

/** Whether a hand-off of the session waits to be taken up. */
export function hasOpenHandoff(world: World, session: Session): boolean {
  return [...world.handoffs.values()].some((one) => one.session === session && world.now() < one.expiresAt);
}
