/** Reads a target configuration: JSON or YAML, `${NAME}` from the environment, checked against `specs/schemas/config.schema.json`, defaults filled in. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { packageRoot } from '../specs/package-root.ts';
import {
  type ClientKey,
  type CodeSourceConfig,
  type ConfiguredClient,
  type OperationKey,
  operationKeys,
  type Profile,
  type TargetConfig,
} from './config.ts';
import { ConfigError } from './config-error.ts';
import { nearest } from './nearest.ts';

export interface LoadedConfig {
  readonly config: TargetConfig;
  /** Things to tell the user that end nothing: secrets written into the file. */
  readonly warnings: readonly string[];
}

/** What the file may say, as the schema has checked it. */
interface RawConfig {
  readonly target?: string;
  readonly basePath?: string;
  readonly profile?: Profile;
  readonly clients?: Partial<
    Record<ClientKey, Omit<ConfiguredClient, 'role'> & Partial<Pick<ConfiguredClient, 'role'>>>
  >;
  readonly scope?: string;
  readonly authorizationCode?: CodeSourceConfig;
  readonly siwe?: Partial<TargetConfig['siwe']>;
  readonly authenticate?: Partial<TargetConfig['authenticate']>;
  readonly token?: Partial<TargetConfig['token']>;
  readonly accessToken?: Partial<TargetConfig['accessToken']>;
  readonly handoff?: Partial<TargetConfig['handoff']>;
  readonly errors?: TargetConfig['errors'];
  readonly probe?: TargetConfig['probe'];
  readonly jwksUri?: string;
  readonly tls?: TargetConfig['tls'];
  readonly control?: TargetConfig['control'];
  readonly rateLimit?: TargetConfig['rateLimit'];
  readonly operations?: Partial<Record<OperationKey, string | false>>;
}

const operationPaths: Readonly<Record<OperationKey, string>> = {
  authenticate: '/authenticate',
  token: '/token',
  revoke: '/revoke',
  handoffInit: '/handoff/init',
  scopes: '/scopes',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value stands in the file: `clients.public.id`. */
const place = (path: readonly (string | number)[]): string => path.join('.');

/** Replaces `${NAME}` in every string. @throws ConfigError for a variable that is not set */
function substituted(
  value: unknown,
  environment: Environment,
  source: string,
  path: readonly (string | number)[] = [],
): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined)
        throw new ConfigError(`${source}: ${place(path)} uses \${${name}}, which is not set; export ${name} first.`);
      return found;
    });
  if (Array.isArray(value))
    return value.map((entry, index) => substituted(entry, environment, source, [...path, index]));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, substituted(entry, environment, source, [...path, key])]),
    );
  return value;
}

const secretPlaces: readonly (readonly string[])[] = [
  ['clients', 'confidential', 'secret'],
  ['clients', 'public', 'secret'],
  ['clients', 'thirdParty', 'secret'],
  ['authorizationCode', 'token'],
  ['authorizationCode', 'password'],
  ['control', 'token'],
];

function literalSecrets(raw: unknown, source: string): string[] {
  return secretPlaces.flatMap((path) => {
    const value = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      raw,
    );
    return typeof value === 'string' && value !== '' && !value.includes('${')
      ? [`${source}: ${place(path)} holds a secret in the clear; write \${NAME} and set NAME in the environment.`]
      : [];
  });
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

function explain(error: ErrorObject, source: string): string {
  const at = error.instancePath.slice(1).replaceAll('/', '.');
  const where = at === '' ? source : `${source}: ${at}`;
  const { keyword, params } = error;
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const key = String(params.additionalProperty ?? params.unevaluatedProperty);
    const known = Object.keys((error.parentSchema as SchemaNode | undefined)?.properties ?? {});
    const like = nearest(key, known);
    const help = like === undefined ? `known are: ${known.join(', ')}` : `did you mean "${like}"?`;
    return `${source}: unknown key "${at === '' ? key : `${at}.${key}`}"; ${help}`;
  }
  if (keyword === 'required') return `${where} lacks "${String(params.missingProperty)}".`;
  if (keyword === 'enum') return `${where} must be one of ${(params.allowedValues as unknown[]).join(', ')}.`;
  if (keyword === 'const') return `${where} must be ${JSON.stringify(params.allowedValue)}.`;
  if (keyword === 'dependentRequired')
    return `${where} has "${String(params.property)}" and lacks "${String(params.missingProperty)}".`;
  if (keyword === 'not' && at.includes('steps')) return `${where} both fills and clicks; make two steps of it.`;
  if (keyword === 'type') return `${where} must be of type ${String(params.type)}.`;
  return `${where} ${error.message ?? 'is not valid'}.`;
}

let validator: ReturnType<Ajv2020['compile']> | undefined;

function validate(raw: unknown, source: string): RawConfig {
  if (validator === undefined) {
    const schema = JSON.parse(
      readFileSync(join(packageRoot(), 'specs', 'schemas', 'config.schema.json'), 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false });
    addFormats.default(ajv);
    validator = ajv.compile(schema);
  }
  if (validator(raw)) return raw as RawConfig;
  const errors = validator.errors ?? [];
  const telling =
    errors.find(({ keyword }) => keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') ??
    errors.find(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf' && keyword !== 'if') ??
    errors[0];
  throw new ConfigError(telling === undefined ? `${source} is not a valid configuration.` : explain(telling, source));
}

/** @throws ConfigError when it is no absolute http(s) URL */
function httpUrl(value: string, key: string, source: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ConfigError(
      `${source}: ${key} must be an http or https URL such as http://127.0.0.1:4010, not "${value}".`,
    );
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(`${source}: ${key} must not hold credentials; use \`clients\` for them.`);
  return url;
}

/** The content of the files that `tls` names. @throws ConfigError */
function pemFiles(paths: NonNullable<TargetConfig['tls']>, source: string): NonNullable<TargetConfig['tls']> {
  const read = ([key, path]: [string, string]): [string, string] => {
    try {
      return [key, readFileSync(path, 'utf8')];
    } catch {
      throw new ConfigError(`${source}: tls.${key} names ${path}, which cannot be read; give the path of a PEM file.`);
    }
  };
  const pem: NonNullable<TargetConfig['tls']> = Object.fromEntries(Object.entries(paths).map(read));
  for (const [key, other] of [
    ['cert', 'key'],
    ['key', 'cert'],
  ] as const)
    if (pem[key] !== undefined && pem[other] === undefined)
      throw new ConfigError(`${source}: tls.${key} needs tls.${other} beside it.`);
  const usable = (what: string, use: () => unknown): void => {
    try {
      use();
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).replace(/^error:(?:[^:]*:)+/, '');
      throw new ConfigError(`${source}: ${what} (${why}).`);
    }
  };
  const { ca, cert, key } = pem;
  if (ca !== undefined) usable('tls.ca holds no certificate in PEM', () => new X509Certificate(ca));
  if (cert !== undefined && key !== undefined)
    usable('tls.cert and tls.key are no pair in PEM', () => createSecureContext({ cert, key }));
  return pem;
}

/** Fills in the defaults of the contract ("What the seed leaves open, and the default"). @throws ConfigError */
function completed(raw: RawConfig, source: string): TargetConfig {
  if (raw.target === undefined)
    throw new ConfigError(`${source} names no target; add "target: http://..." or use --target URL.`);
  const url = httpUrl(raw.target, 'target', source);
  const target = url.href.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const basePath = `/${(raw.basePath ?? '/api/v1/auth').replace(/^\/+|\/+$/g, '')}`.replace(/^\/$/, '');
  const prefix = url.pathname.replace(/\/+$/, '');
  const path = (key: OperationKey): string | false => {
    const given = raw.operations?.[key];
    if (given === false) return false;
    return given === undefined
      ? `${prefix}${basePath}${operationPaths[key]}`
      : `${prefix}/${given.replace(/^\/+/, '')}`;
  };
  const resource = (value: string | undefined, key: string): void => {
    if (value !== undefined) httpUrl(value.startsWith('/') ? `${url.origin}${value}` : value, key, source);
  };
  resource(raw.jwksUri, 'jwksUri');
  resource(raw.control?.clock, 'control.clock');
  if (raw.authorizationCode?.source === 'http' || raw.authorizationCode?.source === 'browser')
    resource(raw.authorizationCode.url, 'authorizationCode.url');
  if (raw.siwe?.nonce?.source === 'http') resource(raw.siwe.nonce.url, 'siwe.nonce.url');
  const optional = {
    authorizationCode: raw.authorizationCode,
    probe: raw.probe,
    jwksUri: raw.jwksUri,
    tls: raw.tls === undefined ? undefined : pemFiles(raw.tls, source),
    control: raw.control,
    rateLimit: raw.rateLimit,
  };
  return {
    target,
    basePath,
    profile: raw.profile ?? 'full',
    clients: Object.fromEntries(
      Object.entries(raw.clients ?? {}).map(([key, client]) => [
        key,
        { ...client, role: client.role ?? (key === 'thirdParty' ? 'third-party' : 'whitelabel-customer') },
      ]),
    ),
    scope: raw.scope ?? '',
    siwe: {
      domain: raw.siwe?.domain ?? url.host,
      uri: raw.siwe?.uri ?? url.origin,
      chainId: raw.siwe?.chainId ?? 1,
      messageField: raw.siwe?.messageField ?? 'message',
      messageEncoding: raw.siwe?.messageEncoding ?? 'text',
      nonce: raw.siwe?.nonce ?? { source: 'client' },
    },
    authenticate: { mediaType: raw.authenticate?.mediaType ?? 'application/json' },
    token: { acceptsJson: raw.token?.acceptsJson ?? false },
    accessToken: { format: raw.accessToken?.format ?? 'jwt' },
    handoff: {
      codeField: raw.handoff?.codeField ?? 'code',
      registeredRedirectUri: raw.handoff?.registeredRedirectUri ?? false,
    },
    errors: raw.errors ?? {},
    operations: Object.fromEntries(operationKeys.map((key) => [key, path(key)])) as TargetConfig['operations'],
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<TargetConfig>),
  };
}

/** The configuration of a value that was read from somewhere. @param source its name in messages @throws ConfigError */
export function configFrom(
  value: unknown,
  source: string,
  overrides: { readonly target?: string; readonly profile?: Profile } = {},
  environment: Environment = process.env,
): LoadedConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(`${source} must hold an object with keys such as "target" and "clients".`);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, one]) => one !== undefined));
  const raw = validate({ ...(substituted(value, environment, source) as object), ...given }, source);
  return { config: completed(raw, source), warnings: literalSecrets(value, source) };
}

/** Reads a configuration file. @throws ConfigError when it is missing, is neither JSON nor YAML, or does not satisfy the schema */
export function loadConfig(
  file: string,
  overrides: { readonly target?: string; readonly profile?: Profile } = {},
  environment: Environment = process.env,
): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new ConfigError(`The configuration ${file} ${why}; name another with --config, or write one with \`init\`.`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ConfigError(`The configuration ${file} is neither JSON nor YAML: ${line.replace(/:$/, '')}.`);
  }
  return configFrom(value, file, overrides, environment);
}
