import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { ApiClient } from '../../harness/client.ts';
import type { TargetConfig } from '../../harness/config.ts';
import type { WireRequest } from '../../harness/exchange.ts';
import { SuiteError } from '../../harness/outcomes.ts';
import { requestValidator } from '../../harness/request-validation.ts';

const reference = referenceConfig('http://127.0.0.1:1');
const verifier = 'a'.repeat(43);
const exchange = {
  grant_type: 'authorization_code',
  code: 'c',
  redirect_uri: 'https://app.example.com/callback',
  code_verifier: verifier,
};

/** What the validator says about the one request that `act` sends. */
async function violations(
  act: (client: ApiClient) => unknown,
  dialect: Partial<TargetConfig> = {},
): Promise<readonly string[]> {
  const config = { ...reference, ...dialect };
  const sent: WireRequest[] = [];
  const client = new ApiClient(config, (request) => {
    sent.push(request);
    return new Promise(() => undefined);
  });
  void act(client);
  return sent.flatMap(requestValidator(config));
}

describe('a right request is valid', () => {
  it.each<[string, (client: ApiClient) => unknown, Partial<TargetConfig>?]>([
    ['code exchange', (client) => client.token({ params: exchange })],
    [
      'refresh',
      (client) => client.token({ params: { grant_type: 'refresh_token', refresh_token: 'r', scope: 'a b' } }),
    ],
    ['further parameters', (client) => client.token({ params: { ...exchange, resource: ['a', 'b'] } })],
    ['revocation', (client) => client.revoke({ params: { token: 't', token_type_hint: 'access_token' } })],
    [
      'media type parameters',
      (client) =>
        client.revoke({ params: { token: 't' }, mediaType: 'Application/x-www-form-urlencoded; charset=UTF-8' }),
    ],
    ['sign-in', (client) => client.authenticate({ json: { message: 'm', signature: '0x' } })],
    [
      'hand-off',
      (client) => client.handoffInit({ json: { redirectUri: 'yourapp://connections', intent: 'connections' } }),
    ],
    ['scopes', (client) => client.scopes()],
    ['another resource', (client) => client.fetch('/jwks', { method: 'PUT' })],
    [
      'JSON where it is promised',
      (client) => client.token({ body: JSON.stringify(exchange), mediaType: 'application/json' }),
      { token: { acceptsJson: true } },
    ],
    [
      'a message of another name and shape',
      (client) =>
        client.authenticate({
          json: { payload: { domain: 'd', address: 'a', uri: 'u', version: '1', nonce: 'n' }, signature: '0x' },
        }),
      { siwe: { ...reference.siwe, messageField: 'payload', messageEncoding: 'object' } },
    ],
    [
      'a sign-in by form',
      (client) => client.authenticate({ json: { message: 'm', signature: '0x' } }),
      { authenticate: { mediaType: 'application/x-www-form-urlencoded' } },
    ],
  ])('%s', async (_, act, dialect) => expect(await violations(act, dialect)).toEqual([]));
});

describe('a request that breaks openapi.yaml is named', () => {
  it.each<[string, (client: ApiClient) => unknown, string]>([
    [
      'a missing code',
      (client) => client.token({ params: { ...exchange, code: undefined } }),
      "must have required property 'code'",
    ],
    [
      'an empty code',
      (client) => client.token({ params: { ...exchange, code: '' } }),
      "must have required property 'code'",
    ],
    [
      'a short verifier',
      (client) => client.token({ params: { ...exchange, code_verifier: 'short' } }),
      '/code_verifier must match pattern "^[A-Za-z0-9._~-]{43,128}$"',
    ],
    [
      'a repeated parameter',
      (client) => client.token({ params: { ...exchange, code: ['c', 'c'] } }),
      '/code must be string',
    ],
    [
      'another grant',
      (client) => client.token({ params: { grant_type: 'password' } }),
      'grant_type is not one of authorization_code, refresh_token',
    ],
    [
      'JSON where it is not promised',
      (client) => client.token({ body: '{}', mediaType: 'application/json' }),
      'its media type is application/json instead of application/x-www-form-urlencoded',
    ],
    [
      'another method',
      (client) => client.revoke({ method: 'PUT', params: { token: 't' } }),
      'its method is PUT instead of POST',
    ],
    [
      'an unknown hint',
      (client) => client.revoke({ params: { token: 't', token_type_hint: 'id_token' } }),
      '/token_type_hint must be equal to one of the allowed values',
    ],
    [
      'a message under another name',
      (client) => client.authenticate({ json: { payload: 'm', signature: '0x' } }),
      "must have required property 'message'",
    ],
    [
      'a relative redirectUri',
      (client) => client.handoffInit({ json: { redirectUri: '/a', intent: 'connections' } }),
      '/redirectUri must match format "uri"',
    ],
    [
      'a body that is no JSON',
      (client) => client.handoffInit({ body: '{' }),
      'the body cannot be read as application/json',
    ],
  ])('%s', async (_, act, violation) => expect(await violations(act)).toContain(violation));

  it('says nothing about the branch of another grant', async () =>
    expect(await violations((client) => client.token({ params: { grant_type: 'refresh_token' } }))).toEqual([
      "must have required property 'refresh_token'",
    ]));
});

describe('the client', () => {
  const client = new ApiClient(
    reference,
    async () => {
      throw new Error('sent');
    },
    { validate: requestValidator(reference) },
  );
  const send = (malformed: boolean) => () => client.token({ params: { grant_type: 'authorization_code' }, malformed });

  it('refuses to send what breaks openapi.yaml unawares', () => expect(send(false)).toThrow(SuiteError));
  it('sends what a check declares malformed', async () => expect(send(true)()).rejects.toThrow('sent'));
});
