import { describe, expect, it } from 'vitest';
import { encodeJson } from '../../generators/jwt.ts';
import { basicCredentials } from '../../harness/client-cases.ts';
import observers from '../../harness/observers/client-claim.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { config, identities, observer, said } from './observing.ts';

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/access-token-client-id (No access token names another of the clients than the one that asked for it): access-token/jwt-client-id",
    ]
  `);
});

describe('the client_id claim', () => {
  const form = (body: string, authorization?: string): Sent => ({
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ...(authorization === undefined ? [] : [['authorization', authorization] as const]),
    ],
    body,
  });
  const judged = (claims: object, sent: Sent, facts = config) => {
    const access_token = `${encodeJson({ alg: 'RS256' })}.${encodeJson(claims)}.c`;
    return said(observer(observers, 'access-token-client-id'), exchangeOf({ body: { access_token } }, sent), facts);
  };
  const another = (operation: string, own: string, claimed: string): string[] => [
    `access-token/jwt-client-id: The access token of a granted ${operation} response to ${own} has the client_id ${claimed}.`,
  ];
  const ofPublic = form('client_id=wl-public');
  const byBasic = form('scope=account', basicCredentials('wl-confidential', 'secret'));
  const byJson: Sent = { operation: 'authenticate', body: '{"client_id":"wl-public"}' };

  it('is that of the client which asked', () => {
    expect(judged({ client_id: 'wl-public' }, ofPublic)).toEqual([]);
    expect(judged({ client_id: 'wl-confidential' }, byBasic)).toEqual([]);
    expect(judged({ client_id: 'wl-public' }, byJson)).toEqual([]);
  });
  it('is told where it names another of the clients', () => {
    expect(judged({ client_id: 'wl-confidential' }, ofPublic)).toEqual(
      another('token', 'wl-public', 'wl-confidential'),
    );
    expect(judged({ client_id: 'wl-public' }, byBasic)).toEqual(another('token', 'wl-confidential', 'wl-public'));
    expect(judged({ client_id: 'tp-confidential' }, byJson)).toEqual(
      another('authenticate', 'wl-public', 'tp-confidential'),
    );
  });
  it('may be a name that the server has for something else', () => {
    for (const client_id of ['a-resource', 7, null]) expect(judged({ client_id }, ofPublic)).toEqual([]);
  });
  it('is not judged where the client is not known, or is none of the configuration', () => {
    const claims = { client_id: 'wl-public' };
    expect(judged(claims, form('scope=account'))).toBeUndefined();
    expect(judged(claims, form('client_id=another'))).toBeUndefined();
    expect(judged(claims, form('client_id=wl-public', basicCredentials('wl-confidential', 's')))).toBeUndefined();
    expect(judged(claims, { ...ofPublic, malformed: true })).toBeUndefined();
  });
  it('is not judged of a session that goes on, and where it is not there', () => {
    expect(judged({ client_id: 'wl-public' }, form('client_id=wl-public&session_id=s'))).toBeUndefined();
    expect(judged({}, ofPublic)).toBeUndefined();
    const opaque = { ...config, accessToken: { ...config.accessToken, format: 'opaque' as const } };
    expect(judged({ client_id: 'wl-public' }, ofPublic, opaque)).toBeUndefined();
  });
});
