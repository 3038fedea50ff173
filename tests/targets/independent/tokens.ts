import { constants, createHmac, createPrivateKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Form } from './forms.ts';
import type { Incoming } from './http.ts';
import type { IssueRequest } from './issuing.ts';
import { keptByClient } from './records.ts';
import type { World } from './world.ts';

const base64url = (text: string) => Buffer.from(text).toString('base64url');

let small: { privateKey: KeyObject; publicKey: KeyObject } | undefined;

/** A key of 1024 bits, made when first asked for. */
function smallKey(): { privateKey: KeyObject; publicKey: KeyObject } {
  small ??= generateKeyPairSync('rsa', { modulusLength: 1024 });
  return small;
}

/** Makes claims of an access token wrong (RFC 7519 4.1). */
export function spoilClaims(world: World, request: IssueRequest, payload: JWTPayload): JWTPayload {
  const { wrong } = world.switches;
  const { session, origin } = request;
  const changed: Record<string, unknown> = { ...payload };
  const ofWallets = [...world.sessions.values()].filter((one) => one.clientId === session.clientId && one.wallet);
  if (wrong('access/subject-of-last-sign-in') && session.wallet !== undefined) {
    changed.sub = ofWallets.at(-1)?.account ?? payload.sub;
  }
  if (wrong('access/session-of-last-sign-in') && session.wallet !== undefined) {
    changed.sid = ofWallets.at(-1)?.id ?? payload.sid;
  }
  changed.sub = keptByClient(world, 'access/subject-cached-by-client', session.clientId, changed.sub);
  if (wrong('access/sub-number'))
    changed.sub = Number.parseInt(Buffer.from(String(payload.sub)).toString('hex', 0, 8), 16);
  if (wrong('access/aud-null')) changed.aud = null;
  if (wrong('access/iat-milliseconds')) changed.iat = Number(payload.iat) * 1000;
  if (wrong('access/iat-after-exp')) changed.iat = Number(payload.exp) + 1;
  if (wrong('access/exp-end-of-next-hour')) changed.exp = (Math.ceil(Number(payload.exp) / 3600) + 1) * 3600;
  if (wrong('access/exp-of-refresh-token') && origin === 'refresh') changed.exp = Number(payload.iat) + 604_800;
  if (wrong('access/no-exp-claim-once-refreshed') && origin === 'refresh') delete changed.exp;
  const isWider =
    (wrong('access/refreshed-scope-wider') && origin === 'refresh') ||
    (wrong('access/signed-in-scope-wider') && session.wallet !== undefined);
  if (isWider) changed.scope = `${String(payload.scope)} llm-all`;
  if (wrong('access/jti-counts-by-session')) changed.jti = String((request.replaces?.generation ?? -1) + 2);
  return changed;
}

function rightKey(world: World): KeyObject {
  return createPrivateKey({ key: { ...world.keys.privateJwk }, format: 'jwk' });
}

function sign(header: object, payload: string, key: KeyObject): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(key).toString('base64url')}`;
}

/** Signs with PSS padding, as PS256 does (RFC 7518 3.5). */
function signPss(header: object, payload: string, key: KeyObject): string {
  const input = `${base64url(JSON.stringify({ ...header, alg: 'PS256' }))}.${base64url(payload)}`;
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${input}.${createSign('RSA-SHA256').update(input).sign(options).toString('base64url')}`;
}

/** Makes an access token whose header, writing or signature is wrong; `undefined` without such a mistake. */
export function signWrongly(world: World, request: IssueRequest, payload: JWTPayload): string | undefined {
  const { wrong } = world.switches;
  const { client, origin } = request;
  const header = { alg: 'RS256', typ: 'JWT', kid: world.keys.kid };
  const text = JSON.stringify(payload);
  const isLate = world.now() - Date.now() >= 86_000_000;
  const isHidden =
    (wrong('access/key-unpublished-third-party') && client.role === 'third-party') ||
    (wrong('access/key-unpublished-once-refreshed') && origin === 'refresh') ||
    (wrong('access/new-key-unpublished-after-a-day') && isLate);
  if (isHidden) return sign({ ...header, kid: 'key-3' }, text, hiddenKey());
  if (wrong('access/kid-number')) return sign({ ...header, kid: 2 }, text, rightKey(world));
  if (wrong('access/crit-empty')) return sign({ ...header, crit: [] }, text, rightKey(world));
  if (wrong('access/crit-unknown')) return sign({ ...header, crit: ['tenant'], tenant: 'eu-1' }, text, rightKey(world));
  if (wrong('access/exp-twice')) return sign(header, `${text.slice(0, -1)},"exp":${payload.exp}}`, rightKey(world));
  if (wrong('access/key-too-small')) return sign(header, text, smallKey().privateKey);
  if (wrong('access/payload-text')) return sign(header, JSON.stringify(text), rightKey(world));
  if (wrong('access/ps256')) return signPss(header, text, rightKey(world));
  if (wrong('access/padded')) return `${sign(header, text, rightKey(world))}==`;
  if (wrong('access/signature-base64')) {
    const [head, body, signature = ''] = sign(header, text, rightKey(world)).split('.');
    return `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`;
  }
  if (!wrong('access/hs256-once-refreshed') || origin !== 'refresh') return undefined;
  const input = `${base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))}.${base64url(text)}`;
  return `${input}.${createHmac('sha256', 'dev-secret').update(input).digest('base64url')}`;
}

let hidden: KeyObject | undefined;

/** A key of the right size that is published nowhere. */
function hiddenKey(): KeyObject {
  hidden ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return hidden;
}

/** A JWT of the server, signed as it should be. */
export function signRightly(world: World, payload: JWTPayload): string {
  const header = { alg: 'RS256', typ: 'JWT', kid: world.keys.kid };
  return sign(header, JSON.stringify(payload), rightKey(world));
}

/** Makes the published keys wrong (RFC 7517, RFC 7518 6.3). */
export function spoilJwks(world: World, keys: Record<string, unknown>[]): unknown {
  const { wrong } = world.switches;
  const { privateJwk, olderJwk, kid } = world.keys;
  const each = (change: (key: Record<string, unknown>) => object) => ({
    keys: keys.map((key) => ({ ...key, ...change(key) })),
  });
  const bytes = (value: unknown) => Buffer.from(String(value), 'base64url');
  if (wrong('access/jwks-array')) return keys;
  if (wrong('access/jwks-empty')) return { keys: [] };
  if (wrong('access/jwks-kty-case')) return each(() => ({ kty: 'rsa' }));
  if (wrong('access/jwks-exponent-number')) return each(() => ({ e: 65537 }));
  if (wrong('access/jwks-by-kid')) return Object.fromEntries(keys.map((key) => [String(key.kid), key]));
  if (wrong('access/jwks-kid-twice')) return { keys: [{ ...keys[0], n: olderJwk.n }, ...keys] };
  if (wrong('access/jwks-use-enc')) return each(() => ({ use: 'enc' }));
  if (wrong('access/jwks-other-alg')) return each(() => ({ alg: 'RS512' }));
  if (wrong('access/jwks-without-kty')) return each(() => ({ kty: undefined }));
  if (wrong('access/jwks-base64')) return each((key) => ({ n: bytes(key.n).toString('base64') }));
  if (wrong('access/jwks-leading-zero')) {
    return each((key) => ({ n: Buffer.concat([Buffer.alloc(1), bytes(key.n)]).toString('base64url') }));
  }
  if (wrong('access/jwks-factors')) return each(() => ({ p: privateJwk.p, q: privateJwk.q }));
  if (wrong('access/jwks-symmetric')) {
    const secret = base64url('the-secret-of-refresh-tokens-and-cookies');
    return { keys: [...keys, { kty: 'oct', k: secret, kid: 'cookies', alg: 'HS256' }] };
  }
  if (wrong('access/key-too-small'))
    return { keys: [{ ...smallKey().publicKey.export({ format: 'jwk' }), kid, use: 'sig' }] };
  return { keys };
}

/** Makes an access token anew with claims that a request has slipped in. */
export function remint(
  world: World,
  pair: Record<string, unknown>,
  incoming: Incoming,
  form: Form,
): Record<string, unknown> {
  const { wrong } = world.switches;
  const grant = world.access.get(String(pair.access_token));
  if (grant === undefined) return pair;
  const changes: Record<string, unknown> = {};
  const host = incoming.headers['x-forwarded-host'];
  if (wrong('access/issuer-from-host') && host !== undefined) changes.iss = `https://${String(host)}`;
  for (const name of ['sub', 'role', 'client_id']) {
    const sent = form.values.get(name);
    if (wrong('access/claims-from-parameters') && sent !== undefined) changes[name] = sent;
  }
  if (Object.keys(changes).length === 0) return pair;
  const claims: unknown = JSON.parse(Buffer.from(grant.token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const text = JSON.stringify({ ...Object(claims), ...changes });
  const token = sign({ alg: 'RS256', typ: 'JWT', kid: world.keys.kid }, text, rightKey(world));
  world.access.set(token, { ...grant, token });
  return { ...pair, access_token: token };
}
