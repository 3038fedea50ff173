import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { request as send } from 'undici';
import { wallet as makeWallet, type Wallet } from '../../../generators/wallet.ts';
import type { Client, TargetConfig } from './config.ts';
import { formatSiwe } from './siwe.ts';

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly text: string;
  /** The JSON object of the body; empty when it is none. */
  readonly json: Record<string, unknown>;
}

export type Fields = Record<string, string>;

export interface Init {
  readonly method?: string;
  readonly headers?: Fields;
  /** What is read from a stream is sent in chunks. */
  readonly body?: string | Uint8Array | Readable;
}

/** Sends one request and reads the answer; redirects are not followed. */
export async function request(url: string, init: Init = {}): Promise<Answer> {
  const { statusCode: status, headers, body } = await send(url, { method: 'GET', ...init });
  // Not body.text(): it would take a byte order mark away.
  const text = Buffer.from(await body.arrayBuffer()).toString('utf8');
  let json: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) json = { ...parsed };
  } catch {
    // not JSON: `text` has it
  }
  const get = (name: string): string | null => {
    const lines = headers[name];
    return lines === undefined ? null : [lines].flat().join(', ');
  };
  return { status, headers: { get }, text, json };
}

/** The value of a Basic Authorization header (RFC 6749 2.3.1: form-encoded before base64). */
export function basic(client: Client, secret = client.secret ?? ''): string {
  const encode = (text: string) => new URLSearchParams({ k: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(client.id)}:${encode(secret)}`).toString('base64')}`;
}

/** What distinguishes a sign-in message from the right one; `undefined` leaves a field out. */
export type SiweChanges = Record<string, unknown>;

/** Speaks with the server as its clients do. */
export class Driver {
  readonly config: TargetConfig;
  constructor(config: TargetConfig) {
    this.config = config;
  }

  private at(operation: 'authenticate' | 'token' | 'revoke' | 'handoffInit' | 'scopes', path: string): string {
    const place = this.config.operations?.[operation];
    return typeof place === 'string'
      ? `${this.config.target}${place}`
      : `${this.config.target}${this.config.basePath}${path}`;
  }

  private control(url: string, body: unknown, token?: string): Promise<Answer> {
    const headers: Fields = { 'content-type': 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    return request(url, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  verifier(length = 43): string {
    return randomBytes(length).toString('base64url').slice(0, length);
  }

  /** An authorization code for a verifier. */
  async code(
    client: Client,
    verifier: string,
    redirectUri = client.redirectUri,
    scope = this.config.scope,
  ): Promise<string> {
    const { url, token } = this.config.authorizationCode;
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const body = {
      client_id: client.id,
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scope,
    };
    return String((await this.control(url, body, token)).json.code);
  }

  async advance(seconds: number): Promise<void> {
    const { control } = this.config;
    if (control !== undefined) await this.control(control.clock, { advanceSeconds: seconds }, control.token);
  }

  /** Credentials in the way that the client prefers: Basic, or client_id in the form. */
  private async form(url: string, client: Client | undefined, fields: Fields, headers: Fields = {}): Promise<Answer> {
    const all: Fields = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers };
    const body = { ...fields };
    if (client?.secret !== undefined) all.authorization ??= basic(client);
    else if (client !== undefined) body.client_id ??= client.id;
    return await request(url, { method: 'POST', headers: all, body: new URLSearchParams(body).toString() });
  }

  token(client: Client | undefined, fields: Fields, headers?: Fields): Promise<Answer> {
    return this.form(this.at('token', '/token'), client, fields, headers);
  }

  revoke(client: Client | undefined, fields: Fields, headers?: Fields): Promise<Answer> {
    return this.form(this.at('revoke', '/revoke'), client, fields, headers);
  }

  refresh(client: Client, refreshToken: unknown, fields: Fields = {}): Promise<Answer> {
    return this.token(client, { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...fields });
  }

  /** The code grant from beginning to end. */
  async exchange(client: Client, changes: Fields = {}): Promise<Answer> {
    const verifier = this.verifier();
    const code = await this.code(client, verifier);
    const right = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, code_verifier: verifier };
    return await this.token(client, { ...right, ...changes });
  }

  /** A raw request to an operation. */
  raw(
    operation: 'authenticate' | 'token' | 'revoke' | 'handoffInit' | 'scopes',
    init: Init,
    query = '',
  ): Promise<Answer> {
    const path = operation === 'handoffInit' ? '/handoff/init' : `/${operation}`;
    return request(`${this.at(operation, path)}${query}`, init);
  }

  handoff(accessToken: unknown, changes: Record<string, unknown> = {}): Promise<Answer> {
    const body = { redirectUri: 'https://app.example.com/back', intent: 'connections', ...changes };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${String(accessToken)}` };
    return this.raw('handoffInit', { method: 'POST', headers, body: JSON.stringify(body) });
  }

  scopes(): Promise<Answer> {
    return this.raw('scopes', {});
  }

  /** Fields of a right sign-in message. */
  async siweFields(wallet: Wallet, changes: SiweChanges = {}): Promise<Record<string, unknown>> {
    const { siwe } = this.config;
    let nonce: unknown = randomBytes(8).toString('hex');
    if (siwe.nonce !== undefined) nonce = (await request(siwe.nonce.url)).json[siwe.nonce.field];
    return {
      ...{ domain: siwe.domain, address: wallet.address, statement: 'Sign in', uri: siwe.uri, version: '1' },
      ...{ chainId: siwe.chainId, nonce, issuedAt: new Date().toISOString() },
      ...changes,
    };
  }

  /** Members of a right /authenticate body for a message; `text` replaces what is signed and sent. */
  async signed(
    wallet: Wallet,
    fields: Record<string, unknown>,
    text = formatSiwe(fields),
  ): Promise<Record<string, unknown>> {
    const { messageField = 'message', messageEncoding = 'text' } = this.config.siwe;
    const sent = { text, object: fields, base64: Buffer.from(text).toString('base64') }[messageEncoding];
    return { [messageField]: sent, signature: await wallet.sign(text) };
  }

  /** Sends members to /authenticate with the credentials of a client. */
  post(client: Client | undefined, members: unknown, headers: Fields = {}): Promise<Answer> {
    const all: Fields = { 'content-type': 'application/json', ...headers };
    let body = members;
    if (client?.secret !== undefined) all.authorization ??= basic(client);
    else if (client !== undefined) body = { client_id: client.id, ...Object(members) };
    return this.raw('authenticate', { method: 'POST', headers: all, body: JSON.stringify(body) });
  }

  /** Signs in with a message that differs from the right one in `changes`. */
  async signIn(
    client: Client,
    wallet: Wallet,
    changes: SiweChanges = {},
    more: Record<string, unknown> = {},
  ): Promise<Answer> {
    const members = await this.signed(wallet, await this.siweFields(wallet, changes));
    return await this.post(client, { ...members, ...more });
  }
}

export function newWallet(): Wallet {
  return makeWallet();
}
