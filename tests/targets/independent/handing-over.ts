import { authenticateClient } from './clients.ts';
import { claim, type Incoming, pause, Refusal } from './http.ts';
import { isObject } from './json.ts';
import type { AccessGrant, Session, World } from './world.ts';

/** The redirectUri of a body that nobody has looked at yet. */
function peekRedirect(incoming: Incoming): string {
  try {
    const json: unknown = JSON.parse(incoming.body.toString('utf8'));
    return isObject(json) && typeof json.redirectUri === 'string' ? json.redirectUri : '';
  } catch {
    return '';
  }
}

/** Whether a mistake lets a token of a third-party client through for what the body asks. */
export function roleOverlooked(world: World, incoming: Incoming): boolean {
  const { wrong } = world.switches;
  const redirectUri = peekRedirect(incoming);
  if (wrong('handoff/role-of-last-caller') && world.lastCaller?.role === 'whitelabel-customer') return true;
  const isOpen = [...world.handoffs.values()].some(
    (one) => one.redirectUri === redirectUri && world.now() < one.expiresAt,
  );
  if (wrong('handoff/role-cached-by-redirect-uri') && isOpen) return true;
  return wrong('handoff/role-unchecked-own-scheme') && /^(?!https?:)[a-z][a-z0-9+.-]*:/i.test(redirectUri);
}

/** Refuses tokens that have a right to open hand-offs; always a mistake. */
export function refuseOwner(world: World, grant: AccessGrant): void {
  const { wrong } = world.switches;
  const isRefused =
    (wrong('handoff/role-of-last-caller') && world.lastCaller?.role === 'third-party') ||
    (wrong('handoff/public-client-refused') && world.client(grant.clientId)?.secret === undefined) ||
    (wrong('handoff/code-grant-refused') && grant.session.wallet === undefined) ||
    (wrong('handoff/signed-in-refused') && grant.session.wallet !== undefined);
  if (isRefused) throw new Refusal(403, 'insufficient_scope', 'This client may not open hand-offs');
}

/** Whether the credentials of a whitelabel client do for a token, which is always a mistake. */
export function passesAsClient(world: World, incoming: Incoming): boolean {
  const isBasic = /^basic /i.test(incoming.headers.authorization ?? '');
  if (!world.switches.wrong('handoff/client-credentials-taken') || !isBasic) return false;
  try {
    const caller = authenticateClient(world, incoming, { values: new Map(), empty: new Set() }, 'revoke');
    return caller.client.role === 'whitelabel-customer';
  } catch {
    return false;
  }
}

/** Makes a URI of what is none, as forgiving parsers do. */
export function repairRedirect(world: World, sent: unknown): unknown {
  const { wrong } = world.switches;
  if (typeof sent !== 'string') return sent;
  if (wrong('handoff/redirect-trimmed')) return sent.trim();
  return wrong('handoff/redirect-backslashes') ? sent.replaceAll('\\', '/') : sent;
}

const newestOf = (world: World, session: Session | undefined) =>
  [...world.access.values()].filter((grant) => grant.session === session).at(-1);

/** The grant of a text that is no access token and is taken for one by mistake. */
export function standIn(world: World, token: string): AccessGrant | undefined {
  const { wrong } = world.switches;
  const handoff = world.handoffs.get(token);
  const isOpen = handoff !== undefined && world.now() < handoff.expiresAt;
  if (wrong('handoff/code-taken-as-token') && isOpen) return newestOf(world, handoff.session);
  const session = world.sessions.get(token);
  return wrong('handoff/session-id-taken') && session !== undefined ? newestOf(world, session) : undefined;
}

/** What mistakes do once a code is made: they mix it up, or end what it came from. */
export async function finishHandoff(world: World, grant: AccessGrant | undefined, code: unknown): Promise<unknown> {
  const { wrong } = world.switches;
  if (wrong('handoff/race-500') && grant !== undefined) await claim(world, grant.session.id);
  for (const other of world.refresh.values()) {
    const isOf = grant !== undefined && other.session === grant.session;
    if (wrong('handoff/refresh-dead-afterwards') && isOf) other.revokedAt ??= world.now();
  }
  if (!wrong('handoff/race-same-code')) return code;
  world.lastHandoffCode = code;
  await pause(10);
  return world.lastHandoffCode;
}

/** Refuses tokens that were not granted what a hand-off is about, as some lawful servers do (RFC 6750 3.1). */
export function refuseScope(world: World, grant: AccessGrant): void {
  if (!world.switches.varied('handoff-needs-scope') || grant.scope.includes('connections')) return;
  const challenge = { 'WWW-Authenticate': 'Bearer realm="auth", error="insufficient_scope", scope="connections"' };
  throw new Refusal(403, 'insufficient_scope', 'The token lacks the scope connections', challenge);
}

/** Whether an http URL leads to the machine that the user sits at, where that is allowed (RFC 8252 7.3). */
export function isLoopback(world: World, { hostname }: URL): boolean {
  return world.switches.varied('handoff-loopback-http') && /^(127\.0\.0\.1|\[::1\])$/.test(hostname);
}
