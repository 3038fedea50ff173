/** Reads forms and JSON bodies strictly, and credentials out of them (RFC 6749 3.2, RFC 8259). */

import type { Context } from 'hono';
import type { Reference } from './context.ts';
import { type AuthenticatedClient, Refusal } from './model.ts';
import type { ErrorOperation } from './policy/errors.ts';

/** @throws Refusal 413, 400 */
async function readText(reference: Reference, c: Context): Promise<string> {
  const limit = reference.policy.requests.bodyLimit();
  if (Number(c.req.header('content-length') ?? 0) > limit) throw new Refusal(413, 'invalid_request', `The body is larger than ${limit} bytes.`);
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.byteLength > limit) throw new Refusal(413, 'invalid_request', `The body is larger than ${limit} bytes.`);
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new Refusal(415, 'invalid_request', 'The content coding is not supported.');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'invalid_request', 'The body is not valid UTF-8.');
  }
}

export type Form = ReadonlyMap<string, string>;

/** @throws Refusal */
export async function readForm(reference: Reference, c: Context, operation: 'token' | 'revoke'): Promise<Form> {
  const { requests } = reference.policy;
  if (!requests.isForm(c.req.header('content-type'))) throw new Refusal(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded.');
  const text = await readText(reference, c);
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new Refusal(400, 'invalid_request', 'The form is malformed.');
  const pairs = [...new URLSearchParams(text)];
  if (requests.readsQuery(operation)) pairs.push(...new URL(c.req.url).searchParams);
  if (requests.refusesRepeated(pairs)) throw new Refusal(400, 'invalid_request', 'A parameter is repeated.');
  if (pairs.some(([, value]) => requests.refusesCharacters(value))) throw new Refusal(400, 'invalid_request', 'A parameter has characters that are not allowed.');
  if (requests.refusesUnknown(operation, pairs.map(([name]) => name))) throw new Refusal(400, 'invalid_request', 'A parameter is unknown.');
  return new Map(requests.treatsEmptyAsOmitted() ? pairs.filter(([, value]) => value !== '') : pairs);
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

/** @throws Refusal */
export async function readJsonObject(reference: Reference, c: Context): Promise<Readonly<Record<string, unknown>>> {
  const { requests } = reference.policy;
  if (!requests.isJson(c.req.header('content-type'))) throw new Refusal(415, 'invalid_request', 'The body must be application/json.');
  const text = await readText(reference, c);
  if (depthOf(text) > requests.depthLimit()) throw new Refusal(400, 'invalid_request', 'The body is nested too deeply.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'invalid_request', 'The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(400, 'invalid_request', 'The body must be a JSON object.');
  return value as Record<string, unknown>;
}

/** A required or optional string member. @throws Refusal when it is something else */
export function stringMember(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new Refusal(400, 'invalid_request', `${name} must be a string.`);
  return value;
}

export interface CredentialSource {
  readonly operation: 'token' | 'revoke' | 'authenticate';
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly grantType?: string | undefined;
}

/** Authenticates the client of a request (RFC 6749 2.3). @throws Refusal */
export function authenticateClient(reference: Reference, c: Context, source: CredentialSource): AuthenticatedClient {
  const { clientAuth } = reference.policy;
  const header = c.req.header('authorization');
  const usedAuthorization = header !== undefined;
  const invalid = (text: string): Refusal => {
    const status = clientAuth.refusalStatus(usedAuthorization);
    const challenge = clientAuth.challenge(usedAuthorization);
    return new Refusal(status, 'invalid_client', text, status === 401 && challenge !== undefined ? { 'www-authenticate': challenge } : {});
  };
  const basic = clientAuth.readsBasic(header);
  if (basic === 'malformed') throw invalid('The Basic credentials cannot be read.');
  if (header !== undefined && basic === undefined && clientAuth.refusesOtherScheme(header)) throw invalid('Only the Basic scheme authenticates a client.');
  const query = clientAuth.readsCredentialsFromQuery(source.operation) ? new URL(c.req.url).searchParams : new URLSearchParams();
  const bodyId = source.clientId ?? query.get('client_id') ?? undefined;
  const bodySecret = source.clientSecret ?? query.get('client_secret') ?? undefined;
  const presented = { basic, bodyId, bodySecret };
  if (clientAuth.refusesTwoMethods(presented)) throw new Refusal(400, 'invalid_request', 'More than one client authentication method is used.');
  if (clientAuth.refusesContradictingId(presented)) throw new Refusal(400, 'invalid_request', 'client_id names another client than the Authorization header.');
  const id = basic?.id ?? bodyId;
  if (id === undefined || id === '') throw invalid('The client id is required.');
  const client = clientAuth.findsClient(reference.clients, id);
  if (client === undefined) throw invalid('The client is unknown or its authentication failed.');
  const method = basic !== undefined ? 'client_secret_basic' : bodySecret !== undefined ? 'client_secret_post' : 'none';
  const facts = { client, method, operation: source.operation, grantType: source.grantType } as const;
  const secret = basic?.secret ?? bodySecret;
  if (secret === undefined || (client.secret === undefined && secret === '')) {
    if (!clientAuth.mayGoUnauthenticated(facts)) throw invalid('The client is unknown or its authentication failed.');
    return { client, method: 'none' };
  }
  const right = client.secret === undefined ? clientAuth.acceptsSecretOfPublicClient(facts) : clientAuth.verifiesSecret({ ...facts, presented: secret });
  if (!right) throw invalid('The client is unknown or its authentication failed.');
  return { client, method };
}

/** The response to a refusal. */
export function refusalResponse(reference: Reference, operation: ErrorOperation, refusal: Refusal): Response {
  const { errors } = reference.policy;
  const status = errors.status(operation, refusal.code, refusal.status);
  const code = errors.code(operation, refusal.code);
  return Response.json(errors.body(operation, code, refusal.message, status), { status, headers: { ...errors.headers(operation), ...refusal.headers } });
}
