/** Decisions about the token pair: its lifetimes, form and response (RFC 6749 5.1; contract "Token pair"). */

import { randomUUID } from 'node:crypto';
import { type CryptoKey, SignJWT } from 'jose';
import type { AccessClaims, AuthenticatedClient, Grant, Session } from '../model.ts';

export interface MintFacts {
  readonly claims: AccessClaims;
  readonly privateKey: CryptoKey;
  readonly keyId: string;
}

export interface IssueFacts extends AuthenticatedClient {
  readonly session: Session;
  readonly operation: 'token' | 'authenticate';
  readonly grant: Grant;
  /** As asked for; undefined when the request named none. */
  readonly askedScope: string | undefined;
  readonly scope: string;
}

export interface PairFacts extends IssueFacts {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresIn: number;
  readonly refreshExpiresIn: number;
}

export const tokens = {
  /** Seconds that an access token lives (contract, public facts). */
  accessLifetime(_facts: IssueFacts): number {
    return 900;
  },

  /** `jti` of an access token (RFC 7519 4.1.7). */
  tokenId(): string {
    return randomUUID();
  },

  /** Session ids: 122 random bits. */
  sessionId(): string {
    return randomUUID();
  },

  /** The claims of an access token, as minted. */
  claims(claims: AccessClaims, _facts: IssueFacts): Record<string, unknown> {
    return { ...claims };
  },

  /** The JOSE header. */
  header(keyId: string): { alg: string; typ?: string; kid?: string } {
    return { alg: 'RS256', typ: 'at+jwt', kid: keyId };
  },

  /** The access token as it goes out: a signed JWT. */
  async mintsAccessToken(
    facts: MintFacts,
    claims: Record<string, unknown>,
    header: { alg: string; typ?: string; kid?: string },
  ): Promise<string> {
    return new SignJWT(claims).setProtectedHeader(header).sign(facts.privateKey);
  },

  /** Every session gets one. */
  issuesRefreshToken(_facts: IssueFacts): boolean {
    return true;
  },

  /** `expires_in`: seconds that the token lives in fact (RFC 6749 5.1). */
  statesLifetime(lifetime: number, _facts: IssueFacts): number {
    return lifetime;
  },

  /** The members of the response (RFC 6749 5.1). */
  pair(facts: PairFacts): Record<string, unknown> {
    return {
      token_type: 'Bearer',
      access_token: facts.accessToken,
      expires_in: facts.expiresIn,
      ...(facts.refreshToken === undefined
        ? {}
        : { refresh_token: facts.refreshToken, refresh_expires_in: facts.refreshExpiresIn }),
      scope: facts.scope,
      ...(facts.operation === 'authenticate' ? { session_id: facts.session.id } : {}),
    };
  },

  /** `Cache-Control: no-store` and `Pragma: no-cache` (RFC 6749 5.1). */
  headers(_operation: 'token' | 'authenticate' | 'handoff/init'): Record<string, string> {
    return { 'cache-control': 'no-store', pragma: 'no-cache' };
  },
};
