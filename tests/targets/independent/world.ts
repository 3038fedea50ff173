import { randomBytes, randomUUID } from 'node:crypto';
import type { Client, Clients } from './config.ts';
import type { KeyRing } from './keys.ts';
import { Records } from './records.ts';
import type { Switches } from './switches.ts';

/** An auth session: what token pairs belong to, and what revocation ends. Times are milliseconds of the server's clock. */
export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly account: string;
  /** Lower-case address of the wallet; absent for sessions from the code grant. */
  readonly wallet?: string;
  revokedAt?: number;
  /** The kind of token by which it was revoked. */
  revokedBy?: 'access' | 'refresh';
}

/** An issued token with what it stands for. */
export interface Grant {
  readonly id: string;
  readonly token: string;
  readonly session: Session;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly expiresAt: number;
  /** How the pair came about. */
  readonly origin: 'code' | 'refresh' | 'authenticate' | 'continue';
  revokedAt?: number;
}

export interface AccessGrant extends Grant {
  readonly issuedAt: number;
  /** When it last opened a hand-off. */
  usedAt?: number;
}

export interface RefreshGrant extends Grant {
  spentAt?: number;
  replays?: number;
  /** How often this chain was refreshed. */
  readonly generation: number;
  /** The access token that was issued with it. */
  readonly access: AccessGrant;
  answer?: Record<string, unknown>;
  /** Set when a mistake has lost its time of expiry. */
  timeless?: boolean;
}

export interface AuthorizationCode {
  readonly value: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scope: readonly string[];
  readonly expiresAt: number;
  usedAt?: number;
  uses: number;
  failures: number;
  redirectFailures: number;
  replays: number;
  session?: Session;
  answer?: Record<string, unknown>;
}

/** All state of one server. */
export class World {
  readonly switches: Switches;
  readonly clients: readonly Client[];
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly codes = new Map<string, AuthorizationCode>();
  readonly sessions = new Map<string, Session>();
  readonly access = new Map<string, AccessGrant>();
  readonly refresh = new Map<string, RefreshGrant>();
  /** Nonces with the time of their first use, keyed with the wallet when clients choose them. */
  readonly usedNonces = new Map<string, number>();
  readonly issuedNonces = new Map<string, number>();
  readonly knownWallets = new Set<string>();
  /** Wallets with signatures that were right for some text. */
  readonly rightSignatures = new Set<string>();
  readonly handoffs = new Map<string, { session: Session; redirectUri: string; expiresAt: number }>();
  readonly recentSuccess = new Map<string, number>();
  readonly recentFailure = new Map<string, number>();
  /** Names of what a request is working on: a code, a token. */
  readonly underway = new Set<string>();
  /** Used codes and ended sessions, the latest last. */
  readonly usedCodes: string[] = [];
  readonly endedSessions: Session[] = [];
  /** Sessions that cannot be continued though some of their tokens may live. */
  readonly closedSessions = new Set<Session>();
  /** The client with which each wallet signed in first. */
  readonly firstClients = new Map<string, Client>();
  /** Sessions that a server with batches has yet to end. */
  readonly pendingRevocations: Session[] = [];
  /** The last refreshed pair of each session, with the time of its issue. */
  readonly lastRefreshed = new Map<Session, { at: number; answer: Record<string, unknown> }>();
  readonly refusedOnce = new Set<string>();
  /** The hand-off code that was made last. */
  lastHandoffCode: unknown;
  readonly records = new Records();
  readonly counters = { scopes: 0, tokens: 0, handoffs: 0 };
  /** The session that was opened last: what a server with a global variable mixes up. */
  lastSession: Session | undefined;
  /** The client that authenticated last. */
  lastCaller: Client | undefined;
  readonly startedAt = Date.now();
  private offset: number;

  constructor(switches: Switches, clients: Clients, keys: KeyRing, issuer: string) {
    this.switches = switches;
    this.offset = switches.varied('clock-two-seconds-ahead') ? 2000 : 0;
    if (switches.varied('clock-two-seconds-behind')) this.offset = -2000;
    this.clients = [clients.confidential, clients.public, clients.thirdParty];
    this.keys = keys;
    this.issuer = issuer;
  }

  /** The server's time in milliseconds. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** The time that SIWE messages are judged by, in milliseconds. */
  nowForMessages(): number {
    return this.switches.varied('siwe-real-clock') ? Date.now() : this.now();
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }

  /** An unguessable text for codes and tokens (RFC 6749 10.10). */
  secret(prefix: string): string {
    const { varied } = this.switches;
    if (varied('uuid-codes')) return [randomUUID(), randomUUID(), randomUUID()].join('.');
    if (varied('hex-tokens')) return randomBytes(16).toString('hex');
    if (varied('vschar-tokens') && (prefix === 'rt' || prefix === 'code')) {
      return `${prefix}"\\&=% +<>{};'#?/:${randomBytes(24).toString('base64url')}`;
    }
    if (varied('paseto-like-refresh-tokens') && prefix === 'rt') {
      return `v4.local.${randomBytes(60).toString('base64url')}.${randomBytes(6).toString('base64url')}`;
    }
    const bytes = randomBytes(varied('long-tokens') ? 450 : 32);
    return varied('base64-tokens') ? `+/${bytes.toString('base64')}` : `${prefix}_${bytes.toString('base64url')}`;
  }

  client(id: string): Client | undefined {
    if (this.switches.wrong('client/id-case')) {
      return this.clients.find((client) => client.id.toLowerCase() === id.toLowerCase());
    }
    const padded = this.switches.wrong('client/id-trailing-space') ? id.trimEnd() : id;
    return this.clients.find((client) => client.id === padded);
  }

  /** Whether a revocation has taken effect. */
  dead(thing: { revokedAt?: number }): boolean {
    return thing.revokedAt !== undefined && thing.revokedAt <= this.now();
  }
}

/** Finds an entry by its key, or in the loose ways of some mistakes. */
export function findLoosely<T>(
  map: ReadonlyMap<string, T>,
  key: string,
  loose: { tailIgnored?: boolean; anyCase?: boolean },
): T | undefined {
  const exact = map.get(key);
  if (exact !== undefined) return exact;
  for (const [known, value] of map) {
    if (loose.tailIgnored === true && key.length >= 20 && known.slice(0, 20) === key.slice(0, 20)) return value;
    if (loose.anyCase === true && known.toLowerCase() === key.toLowerCase()) return value;
  }
  return undefined;
}
