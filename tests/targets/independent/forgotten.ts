import { endSession } from './access.ts';
import type { Caller, Purpose } from './clients.ts';
import type { Client, Operation } from './config.ts';
import type { Form } from './forms.ts';
import { bearerOf } from './frameworks.ts';
import { type Incoming, Refusal, type Reply } from './http.ts';
import type { MistakeId } from './mistakes.ts';
import type { AccessGrant, World } from './world.ts';

/** Refuses clients or methods at an operation that has to serve them; always a mistake. */
export function refuseKind(world: World, { client, method }: Caller, purpose: Purpose): void {
  const { wrong } = world.switches;
  const isPublic = client.secret === undefined;
  const isUnknown =
    (isPublic && purpose === 'code' && wrong('client/public-refused-at-code')) ||
    (isPublic && purpose === 'refresh' && wrong('client/public-refused-at-refresh')) ||
    (method === 'client_secret_post' && purpose === 'revoke' && wrong('client/post-unsupported-at-revoke'));
  if (isUnknown) {
    const challenge = { 'WWW-Authenticate': 'Basic realm="auth"' };
    throw new Refusal(401, 'invalid_client', 'Client authentication failed', challenge);
  }
  if (client.role === 'third-party' && purpose === 'code' && wrong('client/third-party-refused-at-code')) {
    throw new Refusal(400, 'unauthorized_client', 'This client may not do that');
  }
}

/** Whether an operation does not look at the Authorization header. */
export function overlooksBasic(world: World, purpose: Purpose): boolean {
  const { wrong } = world.switches;
  return (
    (purpose === 'authenticate' && wrong('client/basic-unsupported-at-authenticate')) ||
    (purpose === 'refresh' && wrong('client/basic-unsupported-at-refresh'))
  );
}

/** The client that is believed without a secret for what else the request has. */
export function believedClient(world: World, incoming: Incoming, form: Form): Client | undefined {
  const { wrong } = world.switches;
  const named = world.client(form.values.get('client_id') ?? '');
  const encoded = /^basic +(\S+)/i.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
  const isEmpty = Buffer.from(encoded, 'base64').toString('utf8') === ':';
  if (isEmpty && wrong('client/empty-basic-passes')) return named;
  return form.values.has('client_assertion') && wrong('client/assertion-unverified') ? named : undefined;
}

/** Whether a client showed a right verifier within the last minute; remembers that it does now. */
export const verifiedBefore = (world: World, clientId: string): boolean => {
  const at = world.records.last.get(`verified ${clientId}`);
  return world.switches.wrong('pkce/right-once-for-all') && world.now() - Number(at ?? 0) < 60_000;
};

/** Remembers a right verifier of a client. */
export const rememberVerified = (world: World, clientId: string): void => {
  world.records.last.set(`verified ${clientId}`, world.now());
};

/** Differences of path that some servers overlook. */
export function pathsAgree(world: World, expected: string, given: string): boolean {
  const { wrong } = world.switches;
  const lower = (text: string) =>
    text.replace(/^(https:\/\/[^/]*)(.*)$/, (_, origin, path) => origin + path.toLowerCase());
  return (
    (wrong('redirect/path-case') && lower(given) === lower(expected)) ||
    (wrong('redirect/path-parameters') && given.replace(/;[^/?#]*/g, '') === expected) ||
    (wrong('redirect/double-slash') && given.replace(/([^:/])\/{2,}/g, '$1/') === expected)
  );
}

/** Whether scopes outside of what was granted are taken as under it. */
export function isUnderGranted(world: World, granted: readonly string[], outside: readonly string[]): boolean {
  const { wrong } = world.switches;
  const isUnder = (name: string) => granted.some((one) => name.startsWith(`${one}.`) || name.startsWith(`${one}:`));
  return (
    (wrong('refresh/scope-hierarchic') && outside.every(isUnder)) ||
    (wrong('refresh/scope-star') && outside.every((name) => name === '*'))
  );
}

/** Whether something that was refused comes for the second time, where a mistake takes it then. */
export function passesAgain(world: World, id: MistakeId, thing: string): boolean {
  if (!world.switches.wrong(id)) return false;
  const key = `${id} ${thing}`;
  if (world.refusedOnce.has(key)) return true;
  world.refusedOnce.add(key);
  return false;
}

/** Whether a signature is taken for that of a contract that is not there yet (ERC-6492). */
export const isOfUndeployed = (world: World, signature: string): boolean =>
  world.switches.wrong('siwe/erc6492-assumed') && signature.endsWith('6492'.repeat(16));

/** The grant of a JWT whose signature was cut off. */
export function grantOfTwoParts(world: World, token: string): AccessGrant | undefined {
  if (!world.switches.wrong('handoff/two-parts') || token.split('.').length !== 2) return undefined;
  return [...world.access.values()].find((grant) => grant.token.startsWith(`${token}.`));
}

/** What a refused hand-off ends by mistake. */
export function punishRefused(world: World, incoming: Incoming, operation: Operation | undefined, reply: Reply): void {
  const { wrong } = world.switches;
  if (operation !== 'handoffInit' || reply.kind !== 'error') return;
  const grant = world.access.get(bearerOf(incoming));
  if (grant === undefined) return;
  if (reply.status === 400 && wrong('handoff/refused-yet-token-ended')) grant.revokedAt ??= world.now();
  if (reply.status === 403 && wrong('handoff/role-refused-yet-ended')) endSession(world, grant.session);
}
