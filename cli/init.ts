/** `init`: writes a configuration to start from. */

import { existsSync, writeFileSync } from 'node:fs';
import { UsageError } from './exit.ts';

export interface InitCommand {
  readonly target?: string;
  readonly file: string;
  readonly force?: boolean;
}

const template = (
  target: string,
): string => `# What auth-conformance needs to know of the server it judges. \${NAME} is taken from the environment.
target: ${target}
basePath: /api/v1/auth
profile: full                       # smoke | gate | full | deep

clients:                            # leave out what the server does not have
  confidential: { id: wl-confidential, secret: "\${WL_SECRET}", redirectUri: https://app.example.com/callback, role: whitelabel-customer }
  public:       { id: wl-public, redirectUri: https://spa.example.com/callback, role: whitelabel-customer }
  thirdParty:   { id: tp-confidential, secret: "\${TP_SECRET}", redirectUri: https://partner.example.com/callback, role: third-party }

scope: account connections          # scopes to ask for where one is needed

authorizationCode:                  # where authorization codes come from
  source: http                      # POST url {client_id, redirect_uri, code_challenge, code_challenge_method, scope} -> {code}
  url: ${target}/__control/codes
  # source: command                 # a program that reads the same as JSON on stdin and prints the code
  # command: ./issue-code.sh
  # source: browser                 # the authorize page, in a Chromium (npm install playwright-core); without username a person signs in
  # username: alice
  # password: "\${CODE_PASSWORD}"
  # source: static                  # codes made by hand
  # codes: [{ client: public, code: "...", codeVerifier: "..." }]

siwe: { domain: app.example.com, uri: https://app.example.com, chainId: 1 }

# jwksUri: ${target}/.well-known/jwks.json
# control: { clock: ${target}/__control/clock }      # lets expiry be tested without waiting
# rateLimit: { token: 10, revoke: 10, authenticate: 10, total: 100 }   # stay under these, a minute
# accessToken: { format: opaque }   # when access tokens are no JWTs
# operations: { scopes: false }     # what the server does not offer
`;

/** @throws UsageError when the file exists */
export function init(command: InitCommand): number {
  if (existsSync(command.file) && command.force !== true)
    throw new UsageError(`${command.file} exists already; --force overwrites it, --file names another.`);
  writeFileSync(command.file, template((command.target ?? 'http://127.0.0.1:4010').replace(/\/+$/, '')));
  process.stdout.write(
    `Wrote ${command.file}. Fill in the clients, export their secrets, then run auth-conformance again.\n`,
  );
  return 0;
}
