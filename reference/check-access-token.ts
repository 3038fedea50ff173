/** Whether a presented access token is alive, in every respect (RFC 7519 7.2, RFC 8725 3, RFC 9068 4). */

import type { Reference } from './context.ts';
import type { AccessClaims, Client, Session } from './model.ts';

export interface LiveAccess {
  readonly claims: AccessClaims;
  readonly session: Session;
  readonly client: Client;
}

/** @returns undefined for a token that is not alive, whatever the reason */
export async function checkAccessToken(reference: Reference, token: string): Promise<LiveAccess | undefined> {
  const { policy, store } = reference;
  const claims = policy.accessToken.findsOpaque(token, store) ?? (await verifiedClaims(reference, token));
  if (claims === undefined || !policy.accessToken.isFresh(claims, reference.now())) return undefined;
  const session = store.sessions.get(claims.sid);
  const client = policy.accessToken.findsClient(reference.clients, claims);
  if (session === undefined || client === undefined) return undefined;
  const record =
    store.accessTokens.get(token) ?? [...store.accessTokens.values()].find((one) => one.jti === claims.jti);
  const alive = policy.accessToken.sessionIsAlive(session, record, reference.now());
  return alive ? { claims, session, client } : undefined;
}

async function verifiedClaims(reference: Reference, token: string): Promise<AccessClaims | undefined> {
  const { accessToken } = reference.policy;
  const key = await reference.key();
  const header = accessToken.readsHeader(token);
  if (header === undefined) return undefined;
  const headerIsRight =
    accessToken.allowsAlgorithm(header) &&
    accessToken.allowsKeyId(header, key) &&
    accessToken.allowsCritical(header) &&
    accessToken.allowsType(header);
  if (!headerIsRight) return undefined;
  const payload = await accessToken.verifiesSignature(token, header, key);
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as AccessClaims;
    const claimsAreRight =
      accessToken.allowsIssuer(claims, reference.issuer) && accessToken.allowsAudience(claims, reference.audience);
    return claimsAreRight ? claims : undefined;
  } catch {
    return undefined; // a signed payload that is no JSON has no claims
  }
}
