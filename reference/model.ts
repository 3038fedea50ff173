/** What the reference keeps in memory. Times are seconds since the epoch on the reference's own clock. */

export type AuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none';
export type Role = 'whitelabel-customer' | 'third-party';
/** How a token pair came about. */
export type Grant = 'authorization_code' | 'refresh_token' | 'siwe';

export interface Client {
  readonly id: string;
  /** Absent: a public client. */
  readonly secret?: string;
  readonly redirectUris: readonly string[];
  readonly role: Role;
}

/** A client that has proved who it is, and how. */
export interface AuthenticatedClient {
  readonly client: Client;
  readonly method: AuthMethod;
}

export interface CodeRecord {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly codeChallengeMethod: string;
  readonly scope: string;
  readonly account: string;
  readonly issuedAt: number;
  used: boolean;
  /** When it was used first. */
  usedAt?: number;
  /** The session that the first use made. */
  sessionId?: string;
}

export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly account: string;
  /** The wallet that signed in; absent for sessions that began with a code. */
  readonly wallet?: string;
  readonly scope: string;
  /** Whether its access tokens, its refresh tokens are dead. */
  readonly ended: { access: boolean; refresh: boolean };
  endedAt?: number;
}

/** Why a session ends. */
export type EndCause = 'revocation' | 'code replay' | 'refresh token replay';

export function endSession(session: Session, now: number): void {
  session.ended.access = true;
  session.ended.refresh = true;
  session.endedAt ??= now;
}

export interface RefreshRecord {
  readonly token: string;
  readonly sessionId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly issuedAt: number;
  /** 0 for the first of its chain. */
  readonly generation: number;
  readonly grant: Grant;
  readonly method: AuthMethod;
  uses: number;
  /** When it was used last. */
  usedAt?: number;
  revoked: boolean;
}

export interface AccessRecord {
  readonly token: string;
  readonly jti: string;
  readonly sessionId: string;
  readonly clientId: string;
  readonly grant: Grant;
  readonly method: AuthMethod;
  readonly claims: AccessClaims;
  readonly expiresAt: number;
  revoked: boolean;
}

export interface AccessClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly client_id: string;
  readonly sid: string;
  readonly scope: string;
}

export interface HandoffRecord {
  readonly code: string;
  readonly sessionId: string;
  readonly redirectUri: string;
  readonly intent: string;
  readonly expiresAt: number;
}

export class Store {
  readonly codes = new Map<string, CodeRecord>();
  readonly sessions = new Map<string, Session>();
  readonly refreshTokens = new Map<string, RefreshRecord>();
  readonly accessTokens = new Map<string, AccessRecord>();
  readonly handoffs = new Map<string, HandoffRecord>();
  /** Account ids by lower-case wallet address. */
  readonly accounts = new Map<string, string>();
  /** SIWE messages that were accepted: nonce and address -> the second until which they are remembered. */
  readonly seenMessages = new Map<string, number>();
  /** SIWE nonces that this server gave out, until they are used. */
  readonly nonces = new Set<string>();
}

/** The `error` code of a refusal and its status. */
export interface RefusalForm {
  readonly status: number;
  readonly error: string;
}

/** A refusal, as the domain states it; the routes give it its form. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, description: string, headers: Readonly<Record<string, string>> = {}) {
    super(description);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
