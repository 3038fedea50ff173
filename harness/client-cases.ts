/** The ways in which a client of the configuration proves who it is: what most checks are repeated over. */

import type { ClientKey, ConfiguredClient, TargetConfig } from './config.ts';

/** RFC 6749 2.3.1, RFC 7591 2: the names of `token_endpoint_auth_method`. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none';

/** `third-party` is the third-party client by its best method (Basic when it has a secret, else none). */
export type CaseId = ClientAuthMethod | 'third-party';

export const caseIds: readonly CaseId[] = ['client_secret_basic', 'client_secret_post', 'none', 'third-party'];
/** The cases that differ in client authentication alone. */
export const methodCases: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'none'];
/** The cases of a client that has a secret, one a method. */
export const secretCases = ['client_secret_basic', 'client_secret_post'] as const;

export interface ClientCase {
  readonly id: CaseId;
  readonly key: ClientKey;
  readonly client: ConfiguredClient;
  readonly method: ClientAuthMethod;
}

const keys: Readonly<Record<CaseId, ClientKey>> = {
  client_secret_basic: 'confidential',
  client_secret_post: 'confidential',
  none: 'public',
  'third-party': 'thirdParty',
};

/** The case for this target; undefined when the configuration has no such client. */
export function clientCase(config: TargetConfig, id: CaseId): ClientCase | undefined {
  const key = keys[id];
  const client = config.clients[key];
  if (client === undefined) return undefined;
  if (id === 'third-party')
    return { id, key, client, method: client.secret === undefined ? 'none' : 'client_secret_basic' };
  return { id, key, client, method: id };
}

/** Case ids in the order in which fixtures prefer them. */
export function availableCases(config: TargetConfig): ClientCase[] {
  return caseIds.map((id) => clientCase(config, id)).filter((found) => found !== undefined);
}

/** A client of another id and the same role; undefined where there is none. */
export const otherOfRole = (config: TargetConfig, { client }: ClientCase): ClientCase | undefined =>
  availableCases(config).find((one) => one.client.role === client.role && one.client.id !== client.id);

/** The same client by the other of the two methods that send a secret; undefined where it has none. */
export function otherMethod(found: ClientCase): ClientCase | undefined {
  if (found.client.secret === undefined) return undefined;
  return { ...found, method: found.method === 'client_secret_basic' ? 'client_secret_post' : 'client_secret_basic' };
}

/** RFC 6749 appendix B: `application/x-www-form-urlencoded` of one value. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** The value of a Basic `Authorization` header (RFC 6749 2.3.1: both parts form-encoded before the base64). */
export function basicCredentials(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`, 'utf8').toString('base64')}`;
}

/**
 * Basic credentials with a colon and a character after the secret. Everything after the first colon is the secret (RFC 7617 2); a form-encoded one
 * would not show whether a server cuts it at the second.
 */
export function withSecondColon(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}:A`, 'utf8').toString('base64')}`;
}

/** Every octet as an escape with capitals (RFC 6749 appendix B; RFC 3986 2.1: small letters are equivalent). */
export const escaped = (text: string): string =>
  [...Buffer.from(text)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('');
