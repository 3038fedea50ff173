/** Access tokens whose members have other types, names or spellings than those that are registered (RFC 7519 4, RFC 7515 4). */

import { webcrypto } from 'node:crypto';
import { changed, type Policy } from '../policy/index.ts';
import type { MintFacts } from '../policy/tokens.ts';
import type { Fault } from './types.ts';

type Members = Readonly<Record<string, unknown>>;

const claims = (id: string, title: string, change: (own: Members) => Members): Fault => ({
  id: `jwt/${id}`,
  title,
  breaks: ['access-token/jwt-member-types'],
  change: (policy) =>
    changed(policy, {
      tokens: { claims: (own, facts) => ({ ...change(policy.tokens.claims(own, facts)) }) },
      accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
    }),
});

const base64url = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');

/** A token whose header and payload are these texts, signed as it should be. */
async function signed({ privateKey }: MintFacts, header: string, payload: string): Promise<string> {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const signature = await webcrypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input));
  return `${input}.${base64url(new Uint8Array(signature))}`;
}

type Text = (own: Members) => string;

const written = (id: string, title: string, breaks: readonly string[], header: Text, payload: Text): Fault => ({
  id: `jwt/${id}`,
  title,
  breaks,
  change: (policy: Policy) =>
    changed(policy, {
      tokens: { mintsAccessToken: (facts, claimed, named) => signed(facts, header({ ...named }), payload(claimed)) },
      accessToken: { findsOpaque: (token, store) => store.accessTokens.get(token)?.claims },
    }),
});

const json: Text = (members) => JSON.stringify(members);
/** The object with a member in front that it has already. */
const repeating =
  (name: string): Text =>
  (members) =>
    `{"${name}":"other",${JSON.stringify(members).slice(1)}`;
const withHeader =
  (more: Members): Text =>
  (members) =>
    JSON.stringify({ ...members, ...more });

const names = ['access-token/jwt-names-unique'];
const types = ['access-token/jwt-member-types'];
const critical = ['access-token/jwt-critical-form'];

const faults: readonly Fault[] = [
  claims('numeric-subject', 'The account is a number in sub', (own) => ({ ...own, sub: 7 })),
  claims('issuer-no-uri', 'The issuer has a colon and is no URI', (own) => ({ ...own, iss: '10.0.0.1:4010' })),
  claims('audience-object', 'The audience is an object', (own) => ({ ...own, aud: { api: true } })),
  claims('numeric-id', 'The id of a token is a number', (own) => ({
    ...own,
    jti: Number.parseInt(String(own.jti).slice(0, 8), 16),
  })),
  written('numeric-key-id', 'The kid of a token is a number', types, withHeader({ kid: 1 }), json),
  written('claim-twice', 'A claim is there twice', names, json, repeating('sub')),
  written('parameter-twice', 'A header parameter is there twice', names, repeating('kid'), json),
  written('critical-empty', 'crit is an empty list', critical, withHeader({ crit: [] }), json),
  written('critical-kid', 'crit lists kid', critical, withHeader({ crit: ['kid'] }), json),
  written('critical-absent', 'crit lists what the header lacks', critical, withHeader({ crit: ['exp'] }), json),
  written(
    'type-lower-case',
    'typ is written jwt',
    ['access-token/jwt-type-spelling'],
    withHeader({ typ: 'jwt' }),
    json,
  ),
  written(
    'type-with-prefix',
    'typ has the prefix application/',
    ['access-token/jwt-type-short'],
    withHeader({ typ: 'application/at+jwt' }),
    json,
  ),
  written('content-type', 'cty says JSON', ['access-token/jwt-no-content-type'], withHeader({ cty: 'json' }), json),
];

export default faults;
