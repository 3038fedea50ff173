/** Codes, sessions and signed messages that checks start from. Anything that fails here is a precondition: `inconclusive`. */

import { pkce as makePkce, type Pkce } from '../generators/pkce.ts';
import { encodeMessage, freshNonce, type SiweFields, siweText } from '../generators/siwe-message.ts';
import { wallet as makeWallet, type Wallet } from '../generators/wallet.ts';
import type { ApiClient } from './client.ts';
import { availableCases, type CaseId, type ClientCase, clientCase } from './client-cases.ts';
import type { TargetClock } from './clock.ts';
import { type AuthorizationCode, type CodeSource, codeSource } from './code-sources/index.ts';
import type { TargetConfig } from './config.ts';
import type { Exchange } from './exchange.ts';
import { hasCodeSource, whitelabelCase } from './needs.ts';
import { Inconclusive, RateLimited, Skip } from './outcomes.ts';

/** A token pair as the target issued it, with what the suite needs to use it. */
export interface Session {
  readonly client: ClientCase;
  readonly via: 'code' | 'authenticate' | 'refresh';
  readonly accessToken: string;
  /** Absent where the target gives none: see `refreshTokenOf`. */
  readonly refreshToken?: string;
  /** Seconds. */
  readonly expiresIn?: number;
  /** Seconds. */
  readonly refreshExpiresIn?: number;
  /** As granted; absent when the response names none. */
  readonly scope?: string;
  readonly sessionId?: string;
  readonly wallet?: Wallet;
  /** The exchange that issued it. */
  readonly exchange: Exchange;
}

/** A signed message, ready to send. */
export interface SignedMessage {
  readonly fields: SiweFields;
  /** The text that was signed. */
  readonly text: string;
  readonly signature: string;
  readonly wallet: Wallet;
  /** Members of the request body: the message under its dialect's name and encoding, and `signature`. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface SessionOptions {
  readonly via?: 'code' | 'authenticate';
  /** Space separated; default the configured scope. */
  readonly scope?: string;
  readonly wallet?: Wallet;
  /** Continue this session (only `authenticate`). */
  readonly sessionId?: string;
}

export interface MessageOptions {
  readonly wallet?: Wallet;
  /** Fields that differ from a right message; undefined removes an optional one. */
  readonly fields?: { readonly [K in keyof SiweFields]?: SiweFields[K] | undefined };
  /** Replaces the text after it was built (malformed messages): what is signed and sent. */
  readonly rewrite?: (text: string) => string;
  /** Replaces the signature. */
  readonly sign?: (text: string, wallet: Wallet) => Promise<string>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const defined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** Reads a token pair out of a 200 response. @throws Inconclusive when it holds no access token */
export function sessionOf(exchange: Exchange, client: ClientCase, via: Session['via'], wallet?: Wallet): Session {
  const body = exchange.object;
  const accessToken = text(body?.access_token);
  if (!exchange.ok || accessToken === undefined)
    throw new Inconclusive(
      `No session for ${client.id}: ${exchange.request.operation} answered ${exchange.summary}${exchange.ok ? ' without an access_token' : ''}.`,
    );
  return {
    client,
    via,
    accessToken,
    exchange,
    ...defined({
      refreshToken: text(body?.refresh_token),
      expiresIn: number(body?.expires_in),
      refreshExpiresIn: number(body?.refresh_expires_in),
      scope: text(body?.scope),
      sessionId: text(body?.session_id),
      wallet,
    }),
  } as Session;
}

/** The refresh token of a session. @throws Skip when the target issued none, which RFC 6749 1.5 and 5.1 leave to it */
export function refreshTokenOf(session: Session): string {
  if (session.refreshToken === undefined)
    throw new Skip(
      `The target issues no refresh token to the ${session.client.id} client here (optional, RFC 6749 5.1).`,
    );
  return session.refreshToken;
}

/**
 * Whether the session's access token has the better half of its life before it (where nothing is told: of five minutes). Under limits a run takes
 * longer than a token lives, and a refusal of an old one says nothing.
 */
export function isYoung(session: Session): boolean {
  return Date.now() - session.exchange.startedAt < (session.expiresIn ?? 300) * 500;
}

/** State that all checks of a run share. */
export class Fixtures {
  readonly config: TargetConfig;
  readonly clock: TargetClock;
  readonly #shared = new Map<string, Promise<Session>>();
  #source: CodeSource | undefined;
  /** The sessions of the code source end each other: none outlives the check that began it. */
  #solitary = false;
  /** Makes sure that the clock has been learnt before a message is dated. */
  readonly #beforeDating: () => Promise<void>;

  constructor(config: TargetConfig, clock: TargetClock, beforeDating: () => Promise<void>) {
    this.config = config;
    this.clock = clock;
    this.#beforeDating = beforeDating;
  }

  /** Ends what the code source has started. */
  async close(): Promise<void> {
    await this.#source?.close?.();
  }

  /** What checks have shared so far is over, and each begins a session of its own from now on. */
  forgetShared(): void {
    this.#solitary = true;
    this.#shared.clear();
  }

  case(id: CaseId): ClientCase {
    const found = clientCase(this.config, id);
    if (found === undefined) throw new Skip(`No client for ${id} is configured.`);
    return found;
  }

  /** A case whose client has another id than the one given: the first for which `accept` holds. */
  otherCase(than: ClientCase, accept: (candidate: ClientCase) => boolean = () => true): ClientCase {
    const found = availableCases(this.config).find(
      (candidate) => candidate.client.id !== than.client.id && accept(candidate),
    );
    if (found === undefined) throw new Skip('No second client is configured that fits.');
    return found;
  }

  /** Whitelabel cases, the first one preferred. */
  whitelabel(): ClientCase {
    const found = whitelabelCase(this.config);
    if (found === undefined) throw new Skip('No client of the role whitelabel-customer is configured.');
    return found;
  }

  async code(
    client: ApiClient,
    forCase: ClientCase,
    options: { readonly scope?: string; readonly redirectUri?: string; readonly pkce?: Pkce } = {},
  ): Promise<AuthorizationCode> {
    this.#source ??= codeSource(this.config);
    await client.reserve('token');
    return this.#source.issue(
      {
        client: forCase,
        redirectUri: options.redirectUri ?? forCase.client.redirectUri,
        scope: options.scope ?? this.config.scope,
        pkce: options.pkce ?? makePkce(),
      },
      client,
    );
  }

  /** The parameters that redeem a code (RFC 6749 4.1.3, RFC 7636 4.5). */
  exchangeParams(code: AuthorizationCode): {
    grant_type: string;
    code: string;
    redirect_uri: string;
    code_verifier: string;
  } {
    return {
      grant_type: 'authorization_code',
      code: code.code,
      redirect_uri: code.redirectUri,
      code_verifier: code.codeVerifier,
    };
  }

  /** A right SIWE message, signed; options say what is wrong with it. */
  async message(client: ApiClient, options: MessageOptions = {}): Promise<SignedMessage> {
    await this.#beforeDating();
    await client.reserve('authenticate');
    const signer = options.wallet ?? makeWallet();
    const { siwe } = this.config;
    const nonce =
      siwe.nonce.source === 'client' ? freshNonce() : await this.#serverNonce(client, siwe.nonce.url, siwe.nonce.field);
    const fields = defined({
      domain: siwe.domain,
      address: signer.address as string,
      statement: 'Sign in to check that this server conforms.',
      uri: siwe.uri,
      version: '1',
      chainId: siwe.chainId,
      nonce,
      issuedAt: this.clock.iso(),
      ...options.fields,
    }) as SiweFields;
    const built = siweText(fields);
    const signed = options.rewrite === undefined ? built : options.rewrite(built);
    const signature = options.sign === undefined ? await signer.sign(signed) : await options.sign(signed, signer);
    const encoded =
      siwe.messageEncoding === 'object' && options.rewrite !== undefined
        ? signed
        : encodeMessage(fields, signed, siwe.messageEncoding);
    return { fields, text: signed, signature, wallet: signer, json: { [siwe.messageField]: encoded, signature } };
  }

  /** Signs in with a fresh message. */
  async signIn(client: ApiClient, forCase: ClientCase, options: SessionOptions = {}): Promise<Session> {
    const message = await this.message(client, options.wallet === undefined ? {} : { wallet: options.wallet });
    const exchange = await client.authenticate({
      as: forCase,
      json: { ...message.json, ...(options.sessionId === undefined ? {} : { session_id: options.sessionId }) },
    });
    return sessionOf(exchange, forCase, 'authenticate', message.wallet);
  }

  /** Whether sessions of this client can begin at /authenticate. */
  canSignIn(forCase: ClientCase): boolean {
    return this.config.operations.authenticate !== false && forCase.client.role === 'whitelabel-customer';
  }

  /** A session of its own: by code where codes can be had (or `via` says so), else by /authenticate. */
  async session(client: ApiClient, forCase: ClientCase, options: SessionOptions = {}): Promise<Session> {
    const canSignIn = this.canSignIn(forCase);
    const via = options.via ?? (hasCodeSource(this.config) ? 'code' : 'authenticate');
    if (via === 'authenticate') {
      if (!canSignIn)
        throw new Skip(
          `A session of the ${forCase.id} client needs an authorization code, and no code source is configured.`,
        );
      return this.signIn(client, forCase, options);
    }
    const code = await this.code(client, forCase, options.scope === undefined ? {} : { scope: options.scope });
    return sessionOf(await client.token({ as: forCase, params: this.exchangeParams(code) }), forCase, 'code');
  }

  /**
   * One session for all checks that leave it alive and unchanged (they must not refresh or revoke it).
   * @param found a session that exists anyway, tried before one is begun for the purpose
   */
  async shared(client: ApiClient, forCase: ClientCase, found?: () => Promise<Session | undefined>): Promise<Session> {
    const key = `${this.clock.epoch} ${forCase.id}`;
    for (let existing = this.#shared.get(key); existing !== undefined; existing = this.#shared.get(key)) {
      if (isYoung(await existing)) return existing;
      if (this.#shared.get(key) === existing) this.#shared.delete(key); // aged: the first who sees it makes another
    }
    const made = this.#foundOr(found, () => this.session(client, forCase));
    this.#shared.set(key, made);
    made.catch((error: unknown) => {
      if (error instanceof RateLimited) this.#shared.delete(key); // only held up: the next check tries again
    });
    return made;
  }

  /** A session that exists and has its life before it, else one that is begun. Found ones are of a time before the clock was moved. */
  async #foundOr(
    found: (() => Promise<Session | undefined>) | undefined,
    begin: () => Promise<Session>,
  ): Promise<Session> {
    const session = this.clock.epoch === 0 && !this.#solitary ? await found?.() : undefined;
    return session !== undefined && isYoung(session) ? session : begin();
  }

  async #serverNonce(client: ApiClient, url: string, field: string): Promise<string> {
    const exchange = await client.fetch(url, { kind: 'control' });
    const nonce = text(exchange.object?.[field]);
    if (!exchange.ok || nonce === undefined)
      throw new Inconclusive(
        `The nonce source at siwe.nonce.url gave no \`${field}\`: it answered ${exchange.summary}.`,
      );
    return nonce;
  }
}
