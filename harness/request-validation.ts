/** Holds the suite's own requests to `specs/openapi.yaml`: a check that breaks it by accident would blame the target for it. */

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { specData } from '../specs/data.ts';
import { type OperationKey, operationKeys, type TargetConfig } from './config.ts';
import type { WireRequest } from './exchange.ts';

interface Schema {
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };
}
interface OperationObject {
  readonly operationId: OperationKey;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What the document says about one operation's request. */
interface Described {
  readonly method: string;
  readonly mediaTypes: readonly string[];
  /** Pointer to the schema of the body; undefined: there is no body. */
  readonly schema: string | undefined;
}

const documentId = 'openapi.yaml';
const form = 'application/x-www-form-urlencoded';
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Loaded {
  readonly ajv: Ajv2020;
  readonly operations: ReadonlyMap<string, Described>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly compiled: Map<string, ValidateFunction>;
}

let loaded: Loaded | undefined;

/** Reads the document at the first request, not at the start of the process. */
function load(): Loaded {
  if (loaded !== undefined) return loaded;
  const document = specData('openapi.yaml') as Document;
  // The document is no schema as a whole, and `discriminator` and the like are OpenAPI's own keywords: hence not strict.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, code: { optimize: false } });
  addFormats.default(ajv, ['uri']);
  ajv.addSchema(document, documentId);
  const operations = Object.values(document.paths).flatMap((methods) =>
    Object.entries(methods).map(([method, { operationId, requestBody }]): [string, Described] => {
      const content = requestBody?.content ?? {};
      return [
        operationId,
        {
          method: method.toUpperCase(),
          mediaTypes: Object.keys(content),
          schema: Object.values(content)[0]?.schema.$ref,
        },
      ];
    }),
  );
  loaded = { ajv, operations: new Map(operations), schemas: document.components.schemas, compiled: new Map() };
  return loaded;
}

/** A compiled schema of the document, by its pointer (`#/components/schemas/...`). */
function validatorOf(pointer: string): ValidateFunction {
  const { ajv, compiled } = load();
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `${documentId}${pointer}` });
  compiled.set(pointer, validate);
  return validate;
}

/** What in a body breaks a schema; of the branches of a `oneOf` only the one that the discriminator names is asked. */
function violations(pointer: string, value: unknown): string[] {
  const name = pointer.split('/').at(-1) ?? '';
  const { propertyName, mapping = {} } = load().schemas[name]?.discriminator ?? {};
  if (propertyName !== undefined) {
    const chosen = typeof value === 'object' && value !== null ? Reflect.get(value, propertyName) : undefined;
    const branch = typeof chosen === 'string' ? mapping[chosen] : undefined;
    return branch === undefined
      ? [`${propertyName} is not one of ${Object.keys(mapping).join(', ')}`]
      : violations(branch, value);
  }
  const validate = validatorOf(pointer);
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`.trim()))];
}

/** Form parameters as an object: those without a value count as left out (RFC 6749 3.1), repeated ones become an array. */
function formObject(text: string): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const known = members[name];
    if (known !== undefined) members[name] = [...(Array.isArray(known) ? known : [known]), value];
    else if (value !== '') members[name] = value;
  }
  return members;
}

/** The body's members, or why there are none. */
function readBody(body: Uint8Array, mediaType: string): { readonly value: unknown } | { readonly error: string } {
  try {
    const text = utf8.decode(body);
    return { value: mediaType === form ? formObject(text) : JSON.parse(text) };
  } catch {
    return { error: `the body cannot be read as ${mediaType}` }; // the parser's own words would repeat secrets of the body
  }
}

/** The media types in which this target takes an operation's body (dialect `authenticate.mediaType`, `token.acceptsJson`). */
function accepted(operation: OperationKey, described: Described, config: TargetConfig): readonly string[] {
  if (operation === 'authenticate') return [config.authenticate.mediaType.split(';')[0]?.trim().toLowerCase() ?? ''];
  const json = config.token.acceptsJson && (operation === 'token' || operation === 'revoke');
  return json ? [...described.mediaTypes, 'application/json'] : described.mediaTypes;
}

/** The SIWE message under the name that the document has for it (dialect `siwe.messageField`). */
function documentNames(operation: OperationKey, value: unknown, config: TargetConfig): unknown {
  const { messageField } = config.siwe;
  if (operation !== 'authenticate' || messageField === 'message') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { [messageField]: message, ...rest } = value as Record<string, unknown>;
  return message === undefined ? rest : { ...rest, message };
}

function header(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([header]) => header.toLowerCase() === name)?.[1];
}

/**
 * The judge of the suite's own requests, for `RunParts.validateRequest`: it names what in a request breaks `openapi.yaml`, read with the
 * target's dialect. Requests to other resources than the five operations are never judged; nor are credentials, which the server judges.
 */
export function requestValidator(config: TargetConfig): (request: WireRequest) => readonly string[] {
  return (request) => {
    const operation = operationKeys.find((key) => key === request.operation);
    if (operation === undefined) return [];
    const described = load().operations.get(operation);
    if (described === undefined) return [`${documentId} does not describe ${operation}`];
    if (request.method !== described.method) return [`its method is ${request.method} instead of ${described.method}`];
    const { schema } = described;
    if (schema === undefined) return request.body === undefined ? [] : ['it has a body'];
    const mediaType = header(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
    const types = accepted(operation, described, config);
    if (mediaType === undefined || !types.includes(mediaType))
      return [`its media type is ${mediaType ?? 'not given'} instead of ${types.join(' or ')}`];
    if (request.body === undefined) return ['it has no body'];
    const body = readBody(request.body, mediaType);
    if ('error' in body) return [body.error];
    return violations(schema, documentNames(operation, body.value, config));
  };
}
