import type { VariantRow } from './entry.ts';

/** Lawful habits of products that are in use: what their answers, tokens, keys and errors look like. */
export const productVariants = {
  'id-token-beside': [
    'Answers of /token and /authenticate have an id_token too, which is for the client',
    'OpenID Connect Core 3.1.3.3; RFC 6749 5.1: MUST ignore unrecognized; so does Keycloak with openid',
  ],
  'null-members': [
    'Members that do not apply are there with null: id_token, device_secret, wallet_name',
    'RFC 6749 5.1: MUST ignore unrecognized; serializers of .NET and Java write so',
  ],
  'expires-at-and-user': [
    'Token answers have expires_at in seconds since 1970 and a user object with lists in it',
    'RFC 6749 5.1: MUST ignore unrecognized; so does Supabase GoTrue',
  ],
  'uuid-codes': [
    'Codes and refresh tokens are three UUIDs with dots between them',
    'RFC 6749 A.11, A.17: VSCHAR; so are the codes of Keycloak',
  ],
  'digit-subjects': [
    'The subject of a wallet is a text of eighteen digits',
    'RFC 7519 4.1.2: StringOrURI; so does Zitadel',
  ],
  'subjects-with-pipes': [
    'The subject of a wallet is "siwe|eip155|1|0x…"',
    'RFC 7519 4.1.2: a text without ":" is any string; so does Auth0 with "|"',
  ],
  'checksummed-subjects': [
    'The subject is the address with its checksum',
    'RFC 7519 4.1.2: StringOrURI; so do Privy and thirdweb',
  ],
  'token-use-claims': [
    'Access tokens have no aud, but token_use, origin_jti, event_id, version and username',
    'RFC 7519 4.1: aud is OPTIONAL, 4.3: private names; so does Cognito',
  ],
  'permissions-claims': [
    'aud has two entries, iss ends with a slash, and there are azp, gty and permissions',
    'RFC 7519 4.1.1, 4.1.3, 4.3; so does Auth0',
  ],
  'jti-prefixed': ['jti is "onrtac:" and a UUID', 'RFC 7519 4.1.7: a case-sensitive string; so does Keycloak 26'],
  'no-jti': [
    'Access tokens have no jti: two of a session in the same second are the same text',
    'RFC 7519 4.1.7: OPTIONAL; so are those of Supabase GoTrue',
  ],
  'scopes-shuffled': [
    '/scopes lists its names in another order each time',
    'RFC 8259 4, RFC 6749 3.3: order is of no account; so do maps of Go',
  ],
  'kid-thumbprint': ['kid is the thumbprint of the key', 'RFC 7638, RFC 7517 4.5; so does Ory Hydra'],
  'jwks-of-eight': [
    'The JWKS has eight RSA keys, past and to come, the one in use in the midst',
    'RFC 7517 5: a set; RFC 8725 3.1; so do vendors that rotate often',
  ],
  'error-codes-and-trace': [
    'Errors have error_codes, trace_id, correlation_id and suberror, and a description with codes and times',
    'RFC 6749 5.2: error and its fellows are there, others are not forbidden; so does Microsoft Entra',
  ],
  'handoff-with-url': [
    'The hand-off answers the code with the URL to go to, its expiry and the intent',
    'seed: a short-lived code; other members are not forbidden',
  ],
} as const satisfies Record<string, VariantRow>;
