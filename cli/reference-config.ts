/** The configuration of the contract's example, for the embedded reference. */

import type { TargetConfig } from '../harness/config.ts';

/** @param url origin of a running reference with its example clients and control routes */
export function referenceConfig(url: string): TargetConfig {
  return {
    target: url,
    basePath: '/api/v1/auth',
    profile: 'full',
    clients: {
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
    },
    scope: 'account connections',
    authorizationCode: { source: 'http', url: `${url}/__control/codes` },
    siwe: {
      domain: 'app.example.com',
      uri: 'https://app.example.com',
      chainId: 1,
      messageField: 'message',
      messageEncoding: 'text',
      nonce: { source: 'client' },
    },
    authenticate: { mediaType: 'application/json' },
    token: { acceptsJson: false },
    accessToken: { format: 'jwt' },
    handoff: { codeField: 'code', registeredRedirectUri: false },
    errors: {},
    jwksUri: `${url}/.well-known/jwks.json`,
    control: { clock: `${url}/__control/clock` },
    operations: {
      authenticate: '/api/v1/auth/authenticate',
      token: '/api/v1/auth/token',
      revoke: '/api/v1/auth/revoke',
      handoffInit: '/api/v1/auth/handoff/init',
      scopes: '/api/v1/auth/scopes',
    },
  };
}
