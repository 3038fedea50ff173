import type { Client, Clients } from '../config.ts';
import type { Answer, Driver, Fields } from '../driver.ts';

/** One thing to try; what it gives is compared between the right server and one with a mistake. */
export type Probe = (driver: Driver, clients: Clients) => Promise<unknown>;

const VALUES = new Set(['token_type', 'expires_in', 'refresh_expires_in', 'scope', 'error', 'statusCode', 'revoked']);

/** What of an answer does not change from run to run: status, headers that matter, members and their types. */
export function shape({ status, headers, text, json }: Answer): string {
  const members = Object.entries(json)
    .map(([name, value]) => (VALUES.has(name) ? `${name}=${JSON.stringify(value)}` : `${name}:${typeof value}`))
    .sort();
  const shown = ['content-type', 'cache-control', 'pragma', 'location'].map((name) => headers.get(name) ?? '-');
  const challenge = /^(\w+)/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? '-';
  const error = /error=/.test(headers.get('www-authenticate') ?? '') ? 'error' : '-';
  return [status, ...shown, challenge, error, ...members, text === '' ? 'empty' : text.slice(0, 1)].join(' ');
}

/** A form sent with exactly these headers and this body. */
export function rawForm(
  driver: Driver,
  operation: 'token' | 'revoke',
  body: string,
  headers: Fields = {},
  query = '',
): Promise<Answer> {
  const all = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return driver.raw(operation, { method: 'POST', headers: all, body }, query);
}

/** Fields of a right code exchange, with a verifier of their own. */
export async function codeFields(
  driver: Driver,
  client: Client,
  redirectUri = client.redirectUri,
  scope?: string,
): Promise<Fields> {
  const verifier = driver.verifier();
  const code = await driver.code(client, verifier, redirectUri, scope);
  return { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
}

/** Whether the tokens of a pair work: the access token at the hand-off, then the refresh token. */
export async function alive(driver: Driver, client: Client, pair: Record<string, unknown>): Promise<string> {
  const access = await driver.handoff(pair.access_token);
  const refresh = await driver.refresh(client, pair.refresh_token);
  return `${access.status} ${refresh.status}`;
}

/** Claims of an access token, or none when it is no JWT. */
export function claimsOf(token: unknown): Record<string, unknown> {
  const part = String(token).split('.')[1];
  return part === undefined ? {} : JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}
