import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const schema = JSON.parse(readFileSync(new URL('../../specs/schemas/config.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true, useDefaults: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const errorsOf = (config: unknown): string[] => {
  validate(config);
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.params.additionalProperty ?? error.message}`,
  );
};

const example = `
target: http://127.0.0.1:4010
basePath: /api/v1/auth
profile: full
clients:
  confidential: { id: wl-confidential, secret: wl-secret, redirectUri: https://app.example.com/callback, role: whitelabel-customer }
  public:       { id: wl-public, redirectUri: https://spa.example.com/callback, role: whitelabel-customer }
  thirdParty:   { id: tp-confidential, secret: tp-secret, redirectUri: https://partner.example.com/callback, role: third-party }
scope: account connections
authorizationCode:
  source: http
  url: http://127.0.0.1:4010/__control/codes
siwe: { domain: app.example.com, uri: https://app.example.com, chainId: 1 }
jwksUri: http://127.0.0.1:4010/.well-known/jwks.json
control:
  clock: http://127.0.0.1:4010/__control/clock
rateLimit: { token: 10, revoke: 10, authenticate: 10, total: 100 }
`;

describe('the configuration schema', () => {
  it('takes the example of the contract', () => expect(errorsOf(parse(example))).toEqual([]));

  it('takes every dialect setting of the contract', () =>
    expect(
      errorsOf({
        siwe: {
          messageField: 'payload',
          messageEncoding: 'object',
          nonce: { source: 'http', url: 'https://a.example/nonce', field: 'nonce' },
        },
        authenticate: { mediaType: 'application/x-www-form-urlencoded' },
        token: { acceptsJson: true },
        accessToken: { format: 'opaque' },
        handoff: { codeField: 'handoff_code', registeredRedirectUri: true },
        errors: { textField: 'detail' },
        probe: { method: 'GET', path: '/me' },
        operations: { token: '/oauth2/token', revoke: '/oauth2/revoke', authenticate: false, handoffInit: false },
      }),
    ).toEqual([]));

  it.each([
    ['command', { command: 'node code.mjs' }],
    ['browser', {}],
    ['browser', { url: 'https://a.example/authorize', username: 'u', password: 'p' }],
    ['static', { codes: [{ client: 'public', code: 'c', codeVerifier: 'v' }] }],
  ])('takes the code source %s', (source, rest) =>
    expect(errorsOf({ authorizationCode: { source, ...rest } })).toEqual([]),
  );

  it.each<[string, unknown, string]>([
    ['an unknown key', { tagret: 'https://a.example' }, ' tagret'],
    [
      'an unknown key of a client',
      { clients: { public: { id: 'a', redirectUri: 'a:b', roles: 'third-party' } } },
      '/clients/public roles',
    ],
    [
      'a key of another code source',
      { authorizationCode: { source: 'browser', command: 'x' } },
      '/authorizationCode command',
    ],
    [
      'an unknown key of a nonce source',
      { siwe: { nonce: { source: 'client', url: 'https://a' } } },
      '/siwe/nonce url',
    ],
    [
      'a code source without its place',
      { authorizationCode: { source: 'http' } },
      "/authorizationCode must have required property 'url'",
    ],
    [
      'a target that is no http URL',
      { target: 'ftp://a.example' },
      '/target must match pattern "^(https?://[^\\s/]|\\$\\{)"',
    ],
    ['a limit of no request', { rateLimit: { token: 0 } }, '/rateLimit/token must be >= 1'],
    [
      'a role that does not exist',
      { clients: { public: { id: 'a', redirectUri: 'a:b', role: 'admin' } } },
      '/clients/public/role must be equal to one of the allowed values',
    ],
  ])('refuses %s', (_, config, error) => expect(errorsOf(config)).toContain(error));

  it('fills in the defaults', () => {
    const config = { siwe: {} };
    expect(errorsOf(config)).toEqual([]);
    expect(config).toEqual({
      basePath: '/api/v1/auth',
      profile: 'full',
      clients: {},
      scope: '',
      siwe: { chainId: 1, messageField: 'message', messageEncoding: 'text', nonce: { source: 'client' } },
      authenticate: { mediaType: 'application/json' },
      token: { acceptsJson: false },
      accessToken: { format: 'jwt' },
      handoff: { codeField: 'code', registeredRedirectUri: false },
      errors: {},
      operations: {},
    });
  });
});
