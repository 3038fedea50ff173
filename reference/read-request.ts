/** Reads forms and JSON bodies strictly (RFC 6749 3.2 and appendix B, RFC 8259). */

import type { Context } from 'hono';
import type { Reference } from './context.ts';
import { Refusal } from './model.ts';
import type { ErrorOperation } from './policy/errors.ts';

const badRequest = (description: string): Refusal => new Refusal(400, 'invalid_request', description);

/** The bytes of a body, never more than the limit. @throws Refusal 413 */
async function readBytes(c: Context, limit: number, tooLarge: () => Refusal): Promise<Uint8Array> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return new Uint8Array();
  const declared = c.req.header('content-length');
  if (declared !== undefined && Number(declared) > limit) throw tooLarge();
  if (declared !== undefined) return new Uint8Array(await c.req.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = c.req.raw.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength;
      if (length > limit) throw tooLarge();
      chunks.push(part.value);
    }
  } finally {
    reader.releaseLock(); // not cancelled: that would close the connection before the answer is out
  }
  return Buffer.concat(chunks);
}

/** @throws Refusal 413, 415, 400 */
export async function readText(reference: Reference, c: Context, operation: ErrorOperation): Promise<string> {
  const { requests } = reference.policy;
  if (c.req.header('transfer-encoding') !== undefined && !requests.readsChunked(operation)) return '';
  const limit = requests.bodyLimit();
  if (requests.refusesContentCoding(c.req.header('content-encoding'), operation))
    throw new Refusal(415, 'invalid_request', 'The content coding is not supported.');
  const tooLarge = (): Refusal =>
    new Refusal(requests.tooLargeStatus(), 'invalid_request', `The body is larger than ${limit} bytes.`);
  const text = requests.decodes(await readBytes(c, limit, tooLarge), operation);
  if (text === undefined) throw badRequest('The body is not valid UTF-8.');
  return text;
}

export type Form = ReadonlyMap<string, string>;

/** @throws Refusal */
export async function readForm(
  reference: Reference,
  c: Context,
  operation: 'token' | 'revoke' | 'authenticate',
): Promise<Form> {
  const { requests } = reference.policy;
  if (operation !== 'authenticate' && requests.takesJson(c.req.header('content-type'), operation))
    return readJsonForm(reference, c, operation);
  if (!requests.isForm(c.req.header('content-type'), operation)) {
    const status = requests.wrongMediaTypeStatus(operation);
    throw new Refusal(status, 'invalid_request', 'The body must be application/x-www-form-urlencoded.');
  }
  const text = await readText(reference, c, operation);
  if (requests.refusesPercent(text)) throw badRequest('The form is malformed.');
  const inQuery = [...new URL(c.req.url).searchParams].filter(([name]) =>
    requests.readsQuery(operation, name, c.req.method),
  );
  const pairs = [...requests.parsesForm(text, operation), ...inQuery];
  if (requests.refusesRepeated(pairs, operation)) throw badRequest('A parameter is repeated.');
  if (pairs.some(([, value]) => requests.refusesCharacters(value, operation)))
    throw badRequest('A parameter has characters that are not allowed.');
  const names = pairs.map(([name]) => name);
  if (requests.refusesUnknown(operation, names)) throw badRequest('A parameter is unknown.');
  return new Map(requests.treatsEmptyAsOmitted(operation) ? pairs.filter(([, value]) => value !== '') : pairs);
}

/** The parameters of a form that came as members of a JSON object. @throws Refusal */
async function readJsonForm(reference: Reference, c: Context, operation: 'token' | 'revoke'): Promise<Form> {
  const body = await readJsonObject(reference, c, operation);
  const pairs = Object.keys(body).map((name) => [name, stringMember(reference, body, name)] as const);
  return new Map(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** A required parameter. @throws Refusal */
export function requiredParameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw badRequest(`${name} is required.`);
  return value;
}

/** How deep a JSON text nests, without parsing it. */
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
    else if (char === '{' || char === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws Refusal */
export async function readJsonObject(reference: Reference, c: Context, operation: ErrorOperation): Promise<JsonObject> {
  const { requests } = reference.policy;
  if (!requests.isJson(c.req.header('content-type'), operation)) {
    const status = requests.wrongMediaTypeStatus(operation);
    throw new Refusal(status, 'invalid_request', 'The body must be application/json.');
  }
  const text = await readText(reference, c, operation);
  const inQuery = [...new URL(c.req.url).searchParams].filter(([name]) =>
    requests.readsQuery(operation, name, c.req.method),
  );
  if (text === '' && inQuery.length > 0) return Object.fromEntries(inQuery);
  if (depthOf(text) > requests.depthLimit()) throw badRequest('The body is nested too deeply.');
  const parsed = requests.parsesJson(text, operation);
  if (parsed === undefined) throw badRequest('The body is not valid JSON.');
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('The body must be a JSON object.');
  return value as JsonObject;
}

/** An optional string member; empty counts as omitted. @throws Refusal when it is something else */
export function stringMember(reference: Reference, body: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (value === undefined) return undefined;
  const read = reference.policy.requests.readsString(value, name);
  if (read === undefined) throw badRequest(`${name} must be a string.`);
  return read.text === '' ? undefined : read.text;
}
