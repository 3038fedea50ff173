import { createHmac } from 'node:crypto';
import { compactVerify, importJWK, type JWK } from 'jose';
import { isKilled, isProlonged, isVouchedFor } from './crossing.ts';
import { grantOfTwoParts } from './forgotten.ts';
import { standIn } from './handing-over.ts';
import { Crash } from './http.ts';
import { isObject } from './json.ts';
import { accessLags, keptByUse } from './stores.ts';
import { type AccessGrant, findLoosely, type Session, type World } from './world.ts';

interface DecodedJwt {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
  readonly input: string;
  readonly signature: string;
}

function decode(token: string): DecodedJwt | undefined {
  const [head = '', body = '', signature, more] = token.split('.');
  if (signature === undefined || more !== undefined) return undefined;
  try {
    const header: unknown = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
    const payload: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    if (!isObject(header) || !isObject(payload)) return undefined;
    return { header, payload, input: `${head}.${body}`, signature };
  } catch {
    return undefined;
  }
}

/** Whether one of the mistakes lets a forged JWT through. */
async function forgeryPasses(world: World, token: string, jwt: DecodedJwt): Promise<boolean> {
  const { wrong } = world.switches;
  const { alg, kid, jwk } = jwt.header;
  if (wrong('handoff/signature-unchecked')) return true;
  if (wrong('handoff/signature-present') && jwt.signature !== '' && alg === 'RS256') return true;
  if (wrong('handoff/alg-none') && alg === 'none') return true;
  if (wrong('handoff/alg-none-any-case') && typeof alg === 'string' && /^none$/i.test(alg) && alg !== 'none')
    return true;
  if (wrong('handoff/unknown-kid-unverified') && kid !== world.keys.kid && alg === 'RS256') return true;
  if (wrong('handoff/hs256-public-key') && alg === 'HS256') {
    const pem = world.keys.publicPem.trim();
    const secrets = [pem, `${pem}\n`, JSON.stringify(world.keys.publicJwk), world.keys.publicJwk.n ?? ''];
    return secrets.some((key) => createHmac('sha256', key).update(jwt.input).digest('base64url') === jwt.signature);
  }
  if (wrong('handoff/hs512-public-key') && alg === 'HS512') {
    const pem = world.keys.publicPem.trim();
    const secrets = [pem, `${pem}\n`, JSON.stringify(world.keys.publicJwk), world.keys.publicJwk.n ?? ''];
    return secrets.some((key) => createHmac('sha512', key).update(jwt.input).digest('base64url') === jwt.signature);
  }
  if (wrong('handoff/hs256-empty-key') && alg === 'HS256') {
    return createHmac('sha256', '').update(jwt.input).digest('base64url') === jwt.signature;
  }
  if (wrong('handoff/kid-path') && alg === 'HS256' && String(kid).endsWith('/dev/null')) {
    return createHmac('sha256', '').update(jwt.input).digest('base64url') === jwt.signature;
  }
  if (wrong('handoff/signature-empty') && jwt.signature === '' && alg === 'RS256') return true;
  if (wrong('handoff/psychic-signature') && alg === 'ES256') {
    return Buffer.from(jwt.signature, 'base64url').every((byte) => byte === 0) && jwt.signature !== '';
  }
  if (wrong('handoff/cached-by-signature') && jwt.signature !== '') {
    return [...world.access.keys()].some((known) => known.endsWith(`.${jwt.signature}`));
  }
  if (wrong('handoff/embedded-key') && isObject(jwk)) {
    try {
      const { kty, n, e, crv, x, y } = jwk as JWK;
      const key = await importJWK(JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })) as JWK, String(alg));
      await compactVerify(token, key);
      return true;
    } catch {
      return false;
    }
  }
  return false;
}

async function signatureHolds(world: World, token: string, jwt: DecodedJwt): Promise<boolean> {
  if (jwt.header.alg !== 'RS256') return false;
  if (jwt.header.kid !== undefined && jwt.header.kid !== world.keys.kid) return false;
  try {
    await compactVerify(token, world.keys.publicKey, { algorithms: ['RS256'] });
    return true;
  } catch {
    return false;
  }
}

function hasExpired(world: World, grant: AccessGrant): boolean {
  const { wrong } = world.switches;
  const { expiresAt, origin, usedAt } = grant;
  if (isProlonged(world, grant) || keptByUse(world, grant)) return false;
  if (wrong('access/alive-once-used') && usedAt !== undefined) return false;
  if (wrong('access/exp-unchecked')) return false;
  const isConfidential = world.client(grant.clientId)?.secret !== undefined;
  if (isConfidential && wrong('access/exp-unchecked-confidential')) return false;
  if (wrong('access/exp-unchecked-once-refreshed') && origin === 'refresh') return false;
  if (wrong('access/exp-unchecked-signed-in') && (origin === 'authenticate' || origin === 'continue')) return false;
  if (wrong('access/dies-a-minute-early')) return world.now() >= expiresAt - 60_000;
  const minutes = wrong('access/exp-leeway-hour') ? 60 : wrong('access/exp-leeway-ten-minutes') ? 10 : 0;
  return world.now() >= expiresAt + minutes * 60_000;
}

function grantOfForgery(world: World, token: string, jwt: DecodedJwt): AccessGrant | undefined {
  const session = world.sessions.get(String(jwt.payload.sid));
  if (session === undefined) return undefined;
  const { exp } = jwt.payload;
  return {
    id: 'forged',
    token,
    session,
    clientId: String(jwt.payload.client_id ?? session.clientId),
    scope: [],
    issuedAt: 0,
    expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY,
    origin: 'code',
  };
}

function isRevoked(world: World, grant: AccessGrant): boolean {
  const { wrong } = world.switches;
  if (wrong('revoke/stateless-access')) return false;
  const isSignedIn = grant.origin === 'authenticate' || grant.origin === 'continue';
  if (wrong('revoke/stateless-access-signed-in') && isSignedIn) return false;
  if (wrong('revoke/cached-by-subject') && isVouchedFor(world, grant)) return false;
  if (wrong('revoke/kills-next-sign-in') && isKilled(world, grant)) return true;
  const { account } = grant.session;
  const isListed = world.endedSessions.some(
    (ended) => ended.account === account && world.now() - (ended.revokedAt ?? 0) < 60_000,
  );
  if (isListed && wrong('revoke/denylist-by-account')) return true;
  const since = [grant.revokedAt, grant.session.revokedAt].filter((at) => at !== undefined);
  if (since.length === 0) return false;
  const first = Math.min(...since);
  if (wrong('revoke/used-token-cached') && grant.usedAt !== undefined && world.now() < first + 5000) return false;
  if (wrong('revoke/access-forgotten-after-five-minutes') && world.now() - first >= 300_000) return false;
  if (wrong('revoke/young-token-lives') && first - grant.issuedAt < 1000) return false;
  if (wrong('revoke/denylist-evicted') && !world.endedSessions.slice(-3).includes(grant.session)) return false;
  const delay = wrong('revoke/access-late') ? 2000 : 0;
  if (first + delay <= world.now() && wrong('handoff/revoked-500')) throw new Crash('Session is null');
  return first + delay <= world.now();
}

function isDeadByOrigin(world: World, grant: AccessGrant): boolean {
  const { wrong } = world.switches;
  return (
    (wrong('refresh/dead-access-token') && grant.origin === 'refresh') ||
    (wrong('session/dead-tokens') && grant.origin === 'continue')
  );
}

async function find(world: World, token: string): Promise<AccessGrant | undefined> {
  const { wrong } = world.switches;
  if (wrong('handoff/fourth-part') && token.split('.').length > 3) {
    return world.access.get(token.split('.').slice(0, 3).join('.'));
  }
  if (wrong('handoff/refresh-token-taken')) {
    const refresh = world.refresh.get(token);
    if (refresh !== undefined && refresh.spentAt === undefined)
      return { ...refresh.access, expiresAt: refresh.expiresAt };
  }
  const issued = world.access.get(token);
  if (issued !== undefined) return issued;
  if (wrong('handoff/token-case')) return findLoosely(world.access, token, { anyCase: true });
  if (wrong('handoff/tail-ignored')) return findLoosely(world.access, token, { tailIgnored: true });
  const other = standIn(world, token) ?? grantOfTwoParts(world, token);
  if (other !== undefined) return other;
  const jwt = decode(token);
  if (jwt === undefined) {
    if (wrong('handoff/garbage-token-500')) throw new Crash('Invalid Compact JWS');
    return undefined;
  }
  if (await forgeryPasses(world, token, jwt)) return grantOfForgery(world, token, jwt);
  if (!(await signatureHolds(world, token, jwt))) return undefined;
  return [...world.access.values()].find((grant) => grant.id === jwt.payload.jti);
}

/** The grant of a live access token: signature, expiry and revocation are looked at (RFC 7519 7.2, RFC 6750 3.1). */
export async function liveAccess(world: World, token: string): Promise<AccessGrant | undefined> {
  const grant = await find(world, token);
  if (grant === undefined || isRevoked(world, grant)) return undefined;
  if (hasExpired(world, grant)) {
    if (world.switches.wrong('handoff/expired-500')) throw new Crash('jwt expired');
    return undefined;
  }
  return isDeadByOrigin(world, grant) || accessLags(world, grant) ? undefined : grant;
}

/** Ends a session: every token of it stops working. */
export function endSession(world: World, session: Session, delay = 0): void {
  if (session.revokedAt === undefined) world.endedSessions.push(session);
  session.revokedAt ??= world.now() + delay;
}
