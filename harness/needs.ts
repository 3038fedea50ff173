/** Whether the target offers what a check needs. */

import type { Check, Need } from './check.ts';
import { availableCases, type CaseId, clientCase } from './client-cases.ts';
import type { OperationKey, TargetConfig } from './config.ts';

/** `skip`: lawfully not applicable here. `inconclusive`: a precondition that a user would want to supply is missing. */
export interface Unmet {
  readonly outcome: 'skip' | 'inconclusive';
  readonly reason: string;
}

const operationNames: Readonly<Record<OperationKey, string>> = {
  authenticate: 'POST /authenticate',
  token: 'POST /token',
  revoke: 'POST /revoke',
  handoffInit: 'POST /handoff/init',
  scopes: 'GET /scopes',
};

const skip = (reason: string): Unmet => ({ outcome: 'skip', reason });
const inconclusive = (reason: string): Unmet => ({ outcome: 'inconclusive', reason });

function noClients(config: TargetConfig): boolean {
  return Object.values(config.clients).every((client) => client === undefined);
}

const missingClients = 'No client is configured (`clients` in the configuration; `init` writes one).';

/** A code source that can serve this run. */
export function hasCodeSource(config: TargetConfig): boolean {
  return config.authorizationCode !== undefined && config.operations.token !== false;
}

/** A whitelabel client, for which alone /authenticate and /handoff/init are (API reference, "Access restriction"). */
export function whitelabelCase(config: TargetConfig) {
  return availableCases(config).find((found) => found.client.role === 'whitelabel-customer');
}

function canSignIn(config: TargetConfig): boolean {
  return config.operations.authenticate !== false && whitelabelCase(config) !== undefined;
}

function unmetNeed(need: Need, config: TargetConfig): Unmet | undefined {
  if (need.startsWith('operation ')) {
    const operation = need.slice('operation '.length) as OperationKey;
    return config.operations[operation] === false
      ? skip(`The configuration says that ${operationNames[operation]} is not offered.`)
      : undefined;
  }
  if (need.startsWith('client ') && need !== 'client nonces') {
    if (noClients(config)) return inconclusive(missingClients);
    const id = need.slice('client '.length) as CaseId;
    const found = clientCase(config, id);
    if (found === undefined) return skip(`No client for ${id} is configured.`);
    if (found.client.secret === undefined && id.startsWith('client_secret'))
      return skip(`The confidential client has no secret in the configuration.`);
    return undefined;
  }
  switch (need) {
    case 'whitelabel client':
      if (noClients(config)) return inconclusive(missingClients);
      return whitelabelCase(config) === undefined
        ? skip('No client of the role whitelabel-customer is configured.')
        : undefined;
    case 'third-party role':
      if (noClients(config)) return inconclusive(missingClients);
      return availableCases(config).some((found) => found.client.role === 'third-party')
        ? undefined
        : skip('No client of the role third-party is configured.');
    case 'two clients': {
      if (noClients(config)) return inconclusive(missingClients);
      const ids = new Set(availableCases(config).map((found) => found.client.id));
      return ids.size >= 2
        ? undefined
        : skip('Only one client is configured; a second one is needed to try what belongs to another.');
    }
    case 'code source':
      if (noClients(config)) return inconclusive(missingClients);
      return hasCodeSource(config)
        ? undefined
        : inconclusive('No source of authorization codes is configured (`authorizationCode`).');
    case 'unlimited codes':
      if (noClients(config)) return inconclusive(missingClients);
      if (!hasCodeSource(config))
        return inconclusive('No source of authorization codes is configured (`authorizationCode`).');
      return config.authorizationCode?.source === 'static'
        ? skip('The static code source cannot make the codes that this check uses up.')
        : undefined;
    case 'session source':
      if (noClients(config)) return inconclusive(missingClients);
      return hasCodeSource(config) || canSignIn(config)
        ? undefined
        : inconclusive(
            'No session can be had: neither `authorizationCode` nor a whitelabel client for /authenticate is configured.',
          );
    case 'clock':
      return config.control === undefined
        ? skip("The target's clock cannot be moved (`control.clock`), and the wait would be too long.")
        : undefined;
    case 'jwks':
      return config.jwksUri === undefined ? skip('No `jwksUri` is configured.') : undefined;
    case 'jwt access tokens':
      return config.accessToken.format === 'jwt' ? undefined : skip('Access tokens are opaque (`accessToken.format`).');
    case 'access token probe':
      if (config.probe !== undefined) return undefined;
      return config.operations.handoffInit === false
        ? skip('Nowhere can a live access token be tried: /handoff/init is not offered and no `probe` is configured.')
        : undefined;
    case 'server nonces':
      return config.siwe.nonce.source === 'http'
        ? undefined
        : skip('SIWE nonces come from the client (`siwe.nonce.source`).');
    case 'client nonces':
      return config.siwe.nonce.source === 'client'
        ? undefined
        : skip('SIWE nonces come from the server (`siwe.nonce.source`).');
    case 'https':
      return config.target.startsWith('https:') ? undefined : skip('The target is not served over https.');
    default:
      return undefined;
  }
}

/** The first need that is not met; a `skip` before an `inconclusive` one: what does not apply at all needs no precondition. */
export function unmet(needs: readonly Need[], config: TargetConfig): Unmet | undefined {
  const found = needs.map((need) => unmetNeed(need, config)).filter((one) => one !== undefined);
  return found.find((one) => one.outcome === 'skip') ?? found[0];
}

/** What a check needs, and what its controls need. */
export function needsOf({ needs = [], control = [] }: Check): readonly Need[] {
  const controls = 'run' in control ? [control] : control;
  return [...needs, ...controls.flatMap((one) => one.needs)];
}
