/** What a run would send, found by running it against a reference of its own: the plan cannot differ from what the recorder counts. */

import { pkce } from '../generators/pkce.ts';
import type { Check } from '../harness/check.ts';
import { type CodeSourceConfig, isFrugal, type TargetConfig } from '../harness/config.ts';
import { isLoopback } from '../harness/loopback.ts';
import { planChecks } from '../harness/planner.ts';
import { propertyRuns } from '../harness/property.ts';
import { Run } from '../harness/run.ts';
import type { Reference } from '../reference/context.ts';
import { issueCode } from '../reference/issue-code.ts';
import type { Client } from '../reference/model.ts';
import { changed, defaultPolicy, type Policy } from '../reference/policy/index.ts';
import { type RunningReference, startReference } from '../reference/server.ts';
import { loadCatalogue } from '../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../suites/index.ts';
import { referenceConfig } from './reference-config.ts';

export interface Plan {
  readonly profile: string;
  readonly checks: number;
  /** Requests by operation; `other` are the JWKS, the probe and the like; control routes do not count. */
  readonly requests: Readonly<
    Record<'authenticate' | 'token' | 'revoke' | 'handoffInit' | 'scopes' | 'other' | 'total', number>
  >;
  /** Minutes that the configured limits force. */
  readonly minutes: number;
}

/** Checks in flight at once. */
const width = 16;

/** The configuration's clients, as the stand-in registers them. */
function standIns(config: TargetConfig): Client[] {
  return Object.values(config.clients).map(({ id, secret, redirectUri, role }) => ({
    id,
    redirectUris: [redirectUri],
    role,
    ...(secret === undefined ? {} : { secret }),
  }));
}

/** Dialects that decide which checks apply: the stand-in speaks them too. */
function speaking(config: TargetConfig): Policy {
  const { requests } = defaultPolicy;
  return changed(defaultPolicy, {
    requests: {
      signsInByForm: () => !isJson(config),
      refusesCharacters: (value, operation) =>
        (operation !== 'authenticate' || isJson(config)) && requests.refusesCharacters(value, operation),
    },
    siwe: { requiresIssuedNonce: () => config.siwe.nonce.source === 'http' },
    tokens: config.accessToken.format === 'jwt' ? {} : { mintsAccessToken: async () => crypto.randomUUID() },
    accessToken:
      config.accessToken.format === 'jwt'
        ? {}
        : { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
  });
}

const isJson = ({ authenticate }: TargetConfig): boolean =>
  !/^application\/x-www-form-urlencoded/i.test(authenticate.mediaType);

/** As many codes as the configuration has, for the same clients. */
function codesOf(config: TargetConfig, reference: Reference): CodeSourceConfig {
  const source = config.authorizationCode;
  if (source?.source !== 'static') return { source: 'http', url: '/__control/codes' };
  return {
    source: 'static',
    codes: source.codes.flatMap((entry) => {
      const client = config.clients[entry.client];
      if (client === undefined) return [];
      const { codeChallenge } = pkce(entry.codeVerifier);
      const request = {
        clientId: client.id,
        redirectUri: client.redirectUri,
        codeChallenge,
        codeChallengeMethod: 'S256',
      };
      const { redirectUri: _, ...rest } = entry;
      return [{ ...rest, code: issueCode(reference, { ...request, scope: undefined, user: 'user-1' }) }];
    }),
  };
}

/** The same shape of configuration, pointed at the stand-in: dialects that change no number of requests stay at their defaults. */
function pointedAt(config: TargetConfig, { url, reference: standIn }: RunningReference): TargetConfig {
  const reference = referenceConfig(url);
  return {
    ...reference,
    profile: config.profile,
    clients: config.clients,
    scope: reference.scope,
    authorizationCode: codesOf(config, standIn),
    siwe: {
      ...reference.siwe,
      domain: config.siwe.domain,
      uri: config.siwe.uri,
      chainId: config.siwe.chainId,
      nonce:
        config.siwe.nonce.source === 'http'
          ? { source: 'http', url: '/__control/nonce', field: 'nonce' }
          : config.siwe.nonce,
    },
    authenticate: config.authenticate,
    ...(config.probe === undefined ? {} : { probe: { method: 'GET', path: '/__control/resource' } }),
    accessToken: config.accessToken,
    handoff: { ...config.handoff, codeField: 'code' },
    operations: Object.fromEntries(
      Object.entries(reference.operations).map(([key, path]) => [
        key,
        config.operations[key as keyof TargetConfig['operations']] === false ? false : path,
      ]),
    ) as TargetConfig['operations'],
    ...without(config),
  };
}

/** What the configuration does not have, the stand-in does not use either. */
function without(config: TargetConfig): Partial<TargetConfig> {
  const kept: { -readonly [K in keyof TargetConfig]?: TargetConfig[K] | undefined } = {};
  if (config.authorizationCode === undefined) kept.authorizationCode = undefined;
  if (config.control === undefined) kept.control = undefined;
  if (config.jwksUri === undefined) kept.jwksUri = undefined;
  return kept as Partial<TargetConfig>;
}

/** Minutes that `count` requests need under `limit` a minute: the first window is free. */
const forced = (count: number, limit: number | undefined): number =>
  limit === undefined || count === 0 ? 0 : Math.floor((count - 1) / limit);

const limited = ['authenticate', 'token', 'revoke'] as const;
const totalOf = (requests: Readonly<Record<string, number>>): number =>
  Object.entries(requests).reduce((sum, [operation, count]) => sum + (operation === 'control' ? 0 : count), 0);

/** The checks go on side by side; the ending of sessions comes after them. */
function minutes(
  inChecks: Readonly<Record<string, number>>,
  inAll: Readonly<Record<string, number>>,
  limits: TargetConfig['rateLimit'] = {},
): number {
  const ending = (inAll.revoke ?? 0) - (inChecks.revoke ?? 0);
  return (
    Math.max(
      ...limited.map((operation) => forced(inChecks[operation] ?? 0, limits[operation])),
      forced(totalOf(inChecks), limits.total),
    ) + Math.max(forced(ending, limits.revoke), forced(ending, limits.total))
  );
}

export async function dryRun(
  config: TargetConfig,
  options: { readonly only?: readonly string[]; readonly seed: number; readonly propertyRuns?: number },
): Promise<Plan> {
  const [checks, observers] = await Promise.all([loadChecks(), loadObservers()]);
  const selection = planChecks(checks, {
    profile: config.profile,
    config,
    limited: config.rateLimit !== undefined,
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const reference = await startReference({
    clients: standIns(config),
    policy: speaking(config),
    expected: { domain: config.siwe.domain, uri: config.siwe.uri, chainId: config.siwe.chainId },
  });
  const run = new Run(
    {
      config: pointedAt(config, reference),
      seed: options.seed,
      frugal: isFrugal(config),
      endSessions: !isLoopback(config.target),
      requirements: loadCatalogue().requirements,
      propertyRuns: options.propertyRuns ?? propertyRuns(config),
    },
    { observers },
  );
  let inChecks: Readonly<Record<string, number>> = {};
  try {
    const queue: Check[] = [...selection.concurrent];
    const work = async (): Promise<void> => {
      for (let check = queue.shift(); check !== undefined; check = queue.shift()) await run.execute(check);
    };
    await Promise.all(Array.from({ length: width }, work));
    for (const check of selection.serial) await run.execute(check);
    inChecks = { ...run.requests };
    await run.cleanUp();
  } finally {
    await run.close();
    await reference.close();
  }
  const counted = run.requests;
  const of = (key: string): number => counted[key] ?? 0;
  const other = of('jwks') + of('probe') + of('other');
  const total = of('authenticate') + of('token') + of('revoke') + of('handoffInit') + of('scopes') + other;
  return {
    profile: config.profile,
    checks: selection.concurrent.length + selection.serial.length,
    requests: {
      authenticate: of('authenticate'),
      token: of('token'),
      revoke: of('revoke'),
      handoffInit: of('handoffInit'),
      scopes: of('scopes'),
      other,
      total,
    },
    minutes: minutes(inChecks, counted, config.rateLimit),
  };
}
