/** Decisions about a presented access token (RFC 6750, RFC 7519 7.2, RFC 8725 3). */

import { type CryptoKey, compactVerify, decodeProtectedHeader } from 'jose';
import type { AccessClaims, AccessRecord, Client, Session, Store } from '../model.ts';

export interface JwtHeader {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly typ?: unknown;
  readonly crit?: unknown;
  readonly jwk?: unknown;
}

export interface VerificationKey {
  readonly keyId: string;
  readonly publicKey: CryptoKey;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

export const accessToken = {
  /** The bearer token of an `Authorization` header; the scheme's letter case does not matter (RFC 9110 11.1, RFC 6750 2.1). */
  readsBearer(header: string | undefined): string | undefined {
    const match = header === undefined ? null : /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header.trim());
    return match?.[1];
  },

  /** Tokens elsewhere (query, body) do not count (contract: Bearer JWT access token). */
  readsElsewhere(_request: {
    readonly query: URLSearchParams;
    readonly body: Readonly<Record<string, unknown>>;
  }): string | undefined {
    return undefined;
  },

  /** The header of a compact JWS of three parts; undefined otherwise. */
  readsHeader(token: string): JwtHeader | undefined {
    try {
      return token.split('.').length === 3 ? decodeProtectedHeader(token) : undefined;
    } catch {
      return undefined;
    }
  },

  /** RS256 and nothing else (RFC 8725 3.1). */
  allowsAlgorithm(header: JwtHeader): boolean {
    return header.alg === 'RS256';
  },

  /** The server's own key, named by its `kid` (RFC 8725 3.10). */
  allowsKeyId(header: JwtHeader, key: VerificationKey): boolean {
    return header.kid === key.keyId;
  },

  /** Extensions that are not understood are refused (RFC 7515 4.1.11). */
  allowsCritical(header: JwtHeader): boolean {
    return header.crit === undefined;
  },

  /** An access token and no other JWT of ours (RFC 9068 4, RFC 8725 3.11). */
  allowsType(header: JwtHeader): boolean {
    return header.typ === 'at+jwt';
  },

  /** Whether the signature is the server's own; @returns the payload */
  async verifiesSignature(token: string, _header: JwtHeader, key: VerificationKey): Promise<Uint8Array | undefined> {
    try {
      return (await compactVerify(token, key.publicKey, { algorithms: ['RS256'] })).payload;
    } catch {
      return undefined;
    }
  },

  /** Not accepted on or after `exp` (RFC 7519 4.1.4). */
  isFresh(claims: AccessClaims, now: number): boolean {
    return typeof claims.exp === 'number' && now < claims.exp;
  },

  /** Issued by this server (RFC 9068 4). */
  allowsIssuer(claims: AccessClaims, issuer: string): boolean {
    return claims.iss === issuer;
  },

  /** Meant for this API (RFC 9068 4, RFC 8725 3.9). */
  allowsAudience(claims: AccessClaims, audience: string): boolean {
    return claims.aud === audience;
  },

  /** Its session lives and it was not revoked itself. */
  sessionIsAlive(session: Session | undefined, record: AccessRecord | undefined, _now?: number): boolean {
    return session !== undefined && !session.ended.access && record?.revoked !== true;
  },

  /** The claims of a token that is no JWT of ours; by default there is none (opaque variants look it up). */
  findsOpaque(_token: string, _store: Store): AccessClaims | undefined {
    return undefined;
  },

  /** What a token must say of its client: one that is registered. */
  findsClient(clients: ReadonlyMap<string, Client>, claims: AccessClaims): Client | undefined {
    return clients.get(claims.client_id);
  },

  /** Status of a refused token (RFC 6750 3.1). */
  refusalStatus(_tokenSent: boolean): number {
    return 401;
  },

  /** RFC 6750 3: a challenge on every 401; no error code when no token was sent (3.1). */
  challenge(tokenSent: boolean): string | undefined {
    return tokenSent
      ? 'Bearer realm="auth", error="invalid_token", error_description="The access token is not valid."'
      : 'Bearer realm="auth"';
  },
};
