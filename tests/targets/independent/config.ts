import type { Switches } from './switches.ts';

/** Role of a client: only whitelabel customers may authenticate users and open hand-offs. */
export type Role = 'whitelabel-customer' | 'third-party';

/** A registered client; without a secret it is public. */
export interface Client {
  readonly id: string;
  readonly secret?: string;
  readonly redirectUri: string;
  readonly role: Role;
}

/** The three clients that a run needs. */
export interface Clients {
  readonly confidential: Client;
  readonly public: Client;
  readonly thirdParty: Client;
}

export type Operation = 'authenticate' | 'token' | 'revoke' | 'handoffInit' | 'scopes';

/** Configuration of the suite for this server, as the contract describes it. */
export interface TargetConfig {
  target: string;
  basePath: string;
  clients: Clients;
  scope: string;
  authorizationCode: { source: 'http'; url: string; token?: string };
  siwe: {
    domain: string;
    uri: string;
    chainId: number;
    messageField?: string;
    messageEncoding?: 'text' | 'object' | 'base64';
    nonce?: { source: 'http'; url: string; field: string };
  };
  jwksUri?: string;
  control?: { clock: string; token?: string };
  rateLimit?: { token: number; revoke: number; authenticate: number };
  accessToken?: { format: 'opaque' };
  handoff?: { codeField: string };
  operations?: Partial<Record<Operation, string | false>>;
}

export const BASE_PATH = '/api/v1/auth';
export const CONTROL_TOKEN = 'control-token-of-this-server';
export const DEFAULT_SCOPE = 'account connections';

/** What SIWE messages must say; the clients' own web application. */
export const SIWE = { domain: 'app.example.com', uri: 'https://app.example.com', chainId: 1 } as const;

/** The clients of the contract's example. */
export const exampleClients: Clients = {
  confidential: {
    id: 'wl-confidential',
    secret: 'wl-secret',
    redirectUri: 'https://app.example.com/callback',
    role: 'whitelabel-customer',
  },
  public: { id: 'wl-public', redirectUri: 'https://spa.example.com/callback', role: 'whitelabel-customer' },
  thirdParty: {
    id: 'tp-confidential',
    secret: 'tp-secret',
    redirectUri: 'https://partner.example.com/callback',
    role: 'third-party',
  },
};

const specialClients: Clients = {
  confidential: { ...exampleClients.confidential, id: 'wl:conf id+1', secret: 'p%41ss: w+rd/=&?"~' },
  public: { ...exampleClients.public, id: 'wl public&2' },
  thirdParty: { ...exampleClients.thirdParty, id: 'tp%20third', secret: "s'cret+%zz:" },
};

const withSecret = (client: Client, letter: string): Client => ({ ...client, secret: letter.repeat(100) });

const longSecrets: Clients = {
  confidential: withSecret(exampleClients.confidential, 'w'),
  public: exampleClients.public,
  thirdParty: withSecret(exampleClients.thirdParty, 't'),
};

/** The clients in force: those given, or the example's, or with `special-credentials` ones hard to encode. */
export function chooseClients(switches: Switches, given?: Clients): Clients {
  if (given === undefined && switches.varied('long-secrets')) return longSecrets;
  return given ?? (switches.varied('special-credentials') ? specialClients : exampleClients);
}

/** Where each operation is served; `false` is not offered. */
export function choosePaths(switches: Switches): Record<Operation, string | false> {
  const at = (path: string) => `${BASE_PATH}${path}`;
  const moved = switches.varied('other-paths');
  return {
    authenticate: switches.varied('no-authenticate') ? false : moved ? '/login/siwe' : at('/authenticate'),
    token: moved ? '/oauth2/token' : at('/token'),
    revoke: moved ? '/oauth2/revoke' : at('/revoke'),
    handoffInit: switches.varied('no-handoff') ? false : moved ? '/v2/handoffs/new' : at('/handoff/init'),
    scopes: moved ? '/oauth2/scopes' : at('/scopes'),
  };
}

/** The suite's configuration for a server at this address with these switches. */
export function describeTarget(url: string, switches: Switches, clients: Clients): TargetConfig {
  const { varied } = switches;
  const config: TargetConfig = {
    target: url,
    basePath: BASE_PATH,
    clients,
    scope: DEFAULT_SCOPE,
    authorizationCode: { source: 'http', url: `${url}/__control/codes` },
    siwe: { ...SIWE },
    jwksUri: `${url}/.well-known/jwks.json`,
    control: { clock: `${url}/__control/clock` },
  };
  if (varied('opaque-tokens')) {
    config.accessToken = { format: 'opaque' };
    delete config.jwksUri;
  }
  if (varied('siwe-object')) config.siwe.messageEncoding = 'object';
  if (varied('siwe-base64')) config.siwe.messageEncoding = 'base64';
  if (varied('payload-field')) config.siwe.messageField = 'payload';
  if (varied('server-nonces')) {
    config.siwe.nonce = { source: 'http', url: `${url}${BASE_PATH}/nonce`, field: 'nonce' };
  }
  if (varied('handoff-code-field')) config.handoff = { codeField: 'handoffCode' };
  if (varied('rate-limited')) config.rateLimit = { token: 60, revoke: 60, authenticate: 60 };
  if (varied('control-token')) {
    config.authorizationCode.token = CONTROL_TOKEN;
    if (config.control !== undefined) config.control.token = CONTROL_TOKEN;
  }
  if (varied('no-clock')) delete config.control;
  if (varied('other-paths') || varied('no-handoff') || varied('no-authenticate')) {
    config.operations = choosePaths(switches);
  }
  return config;
}
