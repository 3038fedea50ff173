/** The target configuration as the run uses it: defaults filled in, `${NAME}` replaced. The file's form is `specs/schemas/config.schema.json`. */

export type Profile = 'smoke' | 'gate' | 'full' | 'deep';
export const profiles: readonly Profile[] = ['smoke', 'gate', 'full', 'deep'];

export type ClientKey = 'confidential' | 'public' | 'thirdParty';
export type Role = 'whitelabel-customer' | 'third-party';

export interface ConfiguredClient {
  readonly id: string;
  /** Absent for a public client. */
  readonly secret?: string;
  readonly redirectUri: string;
  readonly role: Role;
}

export type OperationKey = 'authenticate' | 'token' | 'revoke' | 'handoffInit' | 'scopes';
export const operationKeys: readonly OperationKey[] = ['authenticate', 'token', 'revoke', 'handoffInit', 'scopes'];

/** `http` asks a control route, `command` runs a program, `browser` drives the authorize page, `static` takes codes from the file. */
export type CodeSourceConfig =
  | { readonly source: 'http'; readonly url: string; readonly token?: string }
  | { readonly source: 'command'; readonly command: string }
  | BrowserCodeSource
  | { readonly source: 'static'; readonly codes: readonly StaticCode[] };

/** What to do on the pages between an authorization request and its answer; elements by CSS or Playwright selector. */
export type BrowserStep = { readonly fill: string; readonly value: string } | { readonly click: string };

export interface BrowserCodeSource {
  readonly source: 'browser';
  /** The authorize page; absent: `authorize` below `basePath`. */
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  /** For pages whose form is not found by what its fields are for. */
  readonly steps?: readonly BrowserStep[];
  readonly browser?: {
    /** Path of a Chromium or Chrome; absent: CHROME_PATH, else the first that is found. */
    readonly executable?: string;
    /** Default: whether `username` or `steps` say how to sign in; else a person does it. */
    readonly headless?: boolean;
    /** Seconds for one code; default 30, for a person 300. */
    readonly timeout?: number;
  };
}

export interface StaticCode {
  readonly client: ClientKey;
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri?: string;
}

export interface TargetConfig {
  /** Origin of the target, no trailing slash. */
  readonly target: string;
  /** Path prefix of the operations; default `/api/v1/auth`. */
  readonly basePath: string;
  readonly profile: Profile;
  readonly clients: Readonly<Partial<Record<ClientKey, ConfiguredClient>>>;
  /** Space separated scopes to ask for where one is needed; '' asks for none. */
  readonly scope: string;
  readonly authorizationCode?: CodeSourceConfig;
  readonly siwe: {
    readonly domain: string;
    readonly uri: string;
    readonly chainId: number;
    readonly messageField: string;
    readonly messageEncoding: 'text' | 'object' | 'base64';
    readonly nonce:
      | { readonly source: 'client' }
      | { readonly source: 'http'; readonly url: string; readonly field: string };
  };
  readonly authenticate: { readonly mediaType: string };
  readonly token: { readonly acceptsJson: boolean };
  readonly accessToken: { readonly format: 'jwt' | 'opaque' };
  readonly handoff: { readonly codeField: string; readonly registeredRedirectUri: boolean };
  readonly errors: { readonly textField?: string };
  /** Another protected resource on which an access token can be tried; absent: `POST /handoff/init`. */
  readonly probe?: { readonly method: string; readonly path: string };
  readonly jwksUri?: string;
  /**
   * For an https target, as PEM: `ca` its private root, in place of the roots of Node (`NODE_EXTRA_CA_CERTS` adds to those); `cert` and `key`
   * what the suite shows of itself (mutual TLS). The file names them as paths.
   */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly control?: { readonly clock: string; readonly token?: string };
  /** Requests a minute, an operation and in total. */
  readonly rateLimit?: Readonly<Partial<Record<OperationKey | 'total', number>>>;
  /** Absolute path of each operation on the target; `false`: not offered. */
  readonly operations: Readonly<Record<OperationKey, string | false>>;
}

/** Whether a run judges with as few requests as it can: `smoke`, `gate`, and `full` against a target with limits. */
export const isFrugal = ({ profile, rateLimit }: Pick<TargetConfig, 'profile' | 'rateLimit'>): boolean =>
  profile === 'smoke' || profile === 'gate' || (profile === 'full' && rateLimit !== undefined);
