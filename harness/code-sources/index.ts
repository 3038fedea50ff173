/** Where authorization codes come from: the API under test has no authorize operation of its own. */

import { type Pkce, pkce } from '../../generators/pkce.ts';
import type { ApiClient } from '../client.ts';
import type { ClientCase } from '../client-cases.ts';
import type { StaticCode, TargetConfig } from '../config.ts';
import { Inconclusive, SuiteError } from '../outcomes.ts';
import { BrowserCodes } from './browser.ts';
import { runCodeCommand } from './command.ts';

export interface CodeRequest {
  readonly client: ClientCase;
  readonly redirectUri: string;
  /** Space separated; '' asks for none. */
  readonly scope: string;
  readonly pkce: Pkce;
}

/** An authorization code with everything that redeems it. */
export interface AuthorizationCode {
  readonly code: string;
  readonly codeVerifier: string;
  readonly codeChallenge: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly client: ClientCase;
}

export interface CodeSource {
  /** @throws Inconclusive when the source gives no code */
  issue(request: CodeRequest, client: ApiClient): Promise<AuthorizationCode>;
  /** Ends what it has started. */
  close?(): Promise<void>;
}

/** The parameters of the authorization request that the code answers (RFC 6749 4.1.1, RFC 7636 4.3). */
function authorizationRequest(request: CodeRequest) {
  return {
    client_id: request.client.client.id,
    redirect_uri: request.redirectUri,
    code_challenge: request.pkce.codeChallenge,
    code_challenge_method: request.pkce.codeChallengeMethod,
    scope: request.scope,
  };
}

/** `POST url` with the parameters of an authorization request; 200 or 201 `{code}`. */
function httpSource(url: string, token: string | undefined): CodeSource {
  return {
    async issue(request, client) {
      const exchange = await client.fetch(url, {
        kind: 'control',
        method: 'POST',
        body: JSON.stringify(authorizationRequest(request)),
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      const code = exchange.object?.code;
      if (!exchange.ok || typeof code !== 'string' || code === '')
        throw new Inconclusive(
          `The code source at authorizationCode.url gave no code for ${request.client.client.id}: it answered ${exchange.summary}.`,
        );
      return issued(request, code);
    },
  };
}

function issued(request: CodeRequest, code: string): AuthorizationCode {
  return {
    code,
    codeVerifier: request.pkce.codeVerifier,
    codeChallenge: request.pkce.codeChallenge,
    redirectUri: request.redirectUri,
    scope: request.scope,
    client: request.client,
  };
}

/** Codes written into the configuration: each is given out once. */
function staticSource(codes: readonly StaticCode[]): CodeSource {
  const left = [...codes];
  return {
    async issue(request) {
      const index = left.findIndex((entry) => entry.client === request.client.key);
      const [entry] = index < 0 ? [] : left.splice(index, 1);
      if (entry === undefined)
        throw new Inconclusive(`The static code source has no code left for the ${request.client.key} client.`);
      const proof = pkce(entry.codeVerifier);
      return issued({ ...request, pkce: proof, redirectUri: entry.redirectUri ?? request.redirectUri }, entry.code);
    },
  };
}

/** The source that the configuration names. */
export function codeSource(config: TargetConfig): CodeSource {
  const source = config.authorizationCode;
  if (source === undefined) throw new SuiteError("A check asks for a code without the need 'code source'.");
  if (source.source === 'http') return httpSource(source.url, source.token);
  if (source.source === 'static') return staticSource(source.codes);
  if (source.source === 'command')
    return {
      issue: async (request) => issued(request, await runCodeCommand(source.command, authorizationRequest(request))),
    };
  const browser = new BrowserCodes(config, source);
  return {
    issue: async (request) => issued(request, await browser.code(authorizationRequest(request))),
    close: () => browser.close(),
  };
}
