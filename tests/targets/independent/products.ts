import { createHash, randomUUID } from 'node:crypto';
import { getAddress } from 'ethers';
import type { JWTPayload } from 'jose';
import { isObject } from './json.ts';
import type { KeyRing } from './keys.ts';
import type { Switches } from './switches.ts';
import { signRightly } from './tokens.ts';
import type { Session, World } from './world.ts';

/** Members that products add to a token answer. */
export function addMembers(world: World, session: Session, answer: Record<string, unknown>): void {
  const { varied } = world.switches;
  const seconds = Math.floor(world.now() / 1000);
  if (varied('id-token-beside')) {
    const claims = { iss: world.issuer, aud: session.clientId, sub: session.account, iat: seconds, exp: seconds + 300 };
    answer.id_token = signRightly(world, claims);
  }
  if (varied('null-members')) Object.assign(answer, { id_token: null, device_secret: null, wallet_name: null });
  if (!varied('expires-at-and-user')) return;
  const identities = [{ provider: 'web3', id: session.account, last_sign_in_at: null }];
  const user = { id: session.account, aud: 'authenticated', role: '', email: '', factors: [], identities };
  Object.assign(answer, { expires_at: seconds + Number(answer.expires_in), user });
}

/** The subject of a wallet as products write it. */
export function nameAccount(switches: Switches, wallet: string, account: string): string {
  const { varied } = switches;
  if (varied('digit-subjects')) return String(BigInt(wallet) % 10n ** 18n).padStart(18, '1');
  if (varied('subjects-with-pipes')) return `siwe|eip155|1|${wallet}`;
  return varied('checksummed-subjects') ? getAddress(wallet) : account;
}

/** Claims of an access token as products have them. */
export function dressClaims(switches: Switches, payload: JWTPayload): JWTPayload {
  const { varied } = switches;
  const changed: JWTPayload = { ...payload };
  if (varied('no-jti')) delete changed.jti;
  if (varied('jti-prefixed')) changed.jti = `onrtac:${payload.jti}`;
  if (varied('token-use-claims')) {
    delete changed.aud;
    const ids = { origin_jti: randomUUID(), event_id: randomUUID(), username: payload.sub };
    Object.assign(changed, { token_use: 'access', version: 2, auth_time: payload.iat, ...ids });
  }
  if (varied('permissions-claims')) {
    const aud = ['https://api.example.com', 'https://tenant.eu.example.com/userinfo'];
    Object.assign(changed, { iss: `${payload.iss}/`, aud, azp: payload.client_id, gty: 'code', permissions: [] });
  }
  return changed;
}

/** A key ring whose key is named after itself. */
export function nameKeys(switches: Switches, ring: KeyRing): KeyRing {
  if (!switches.varied('kid-thumbprint')) return ring;
  const { e, kty, n } = ring.publicJwk;
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return { ...ring, kid };
}

/** The keys of a server that makes new ones often. */
export function manyKeys(world: World, keys: Record<string, unknown>[]): Record<string, unknown>[] {
  if (!world.switches.varied('jwks-of-eight')) return keys;
  const { olderJwk } = world.keys;
  const other = (index: number) => ({ ...olderJwk, use: 'sig', alg: 'RS256', kid: `2026-0${index}` });
  return [other(1), other(2), other(3), ...keys, other(4), other(5), other(6), other(7)];
}

/** Members that products add to errors of /token and /revoke. */
export function addErrorMembers(switches: Switches, body: Record<string, unknown>): Record<string, unknown> {
  if (!switches.varied('error-codes-and-trace')) return body;
  const trace = { trace_id: randomUUID(), correlation_id: randomUUID(), timestamp: '2026-11-25 10:00:00Z' };
  const text = `AADSTS70008: ${String(body.error_description)}. Trace ID: ${trace.trace_id} Timestamp: ${trace.timestamp}`;
  return { ...body, error_description: text, error_codes: [70_008], ...trace, suberror: 'bad_token' };
}

/** Members that products add to the answer of the hand-off. */
export function addHandoffMembers(world: World, json: Record<string, unknown>, redirectUri: string): unknown {
  if (!world.switches.varied('handoff-with-url') || !isObject(json)) return json;
  const url = `https://connect.example.com/start?intent=connections&back=${encodeURIComponent(redirectUri)}`;
  return { url, expiresAt: new Date(world.now() + 30_000).toISOString(), intent: 'connections', ...json };
}
