import type { VariantRow } from './entry.ts';

/** Lawful policies: how long things live, what ends what, and in which order requests are looked at. */
export const policyVariants = {
  'bad-secret-burns-code': [
    'A code that comes with a wrong secret is used up',
    'RFC 6749 4.1.2 does not promise a second try; 10.5: attempts on a code are suspicious',
  ],
  'foreign-code-burns': [
    'A code that another client presents is used up',
    'RFC 6749 4.1.2 does not promise a second try; RFC 9700 4.5: a code in wrong hands was stolen',
  ],
  'grant-before-client': [
    'An unknown code or refresh token is told before wrong credentials are',
    'No document orders the two: RFC 6749 5.2 has an error for either',
  ],
  'one-session-a-wallet-and-client': [
    'Signing in anew ends the earlier sessions of the wallet with this client',
    'The seed is silent: it promises a new session, not that the old stays',
  ],
  'three-sessions-a-wallet': [
    'The fourth session of a wallet ends the first',
    'The seed is silent on how many sessions a user may have',
  ],
  'session-dies-with-refresh-token': [
    'A session whose refresh tokens have all expired cannot be continued',
    'The seed does not say how long a session can be continued',
  ],
  'session-id-any-case': ['Session ids are found whatever their case', 'RFC 9562 4: case insensitive on input'],
  'empty-session-id-new': [
    'An empty session_id begins a new session',
    'Seed: if not provided a new session is created',
  ],
  'refresh-lifetime-fixed': [
    'Refresh tokens from refreshing end a week after the first of them, and refresh_expires_in counts down',
    'RFC 9700 2.2.2, contract: refresh_expires_in says so',
  ],
  'lifetimes-vary': [
    'Access tokens live between 12 and 15 minutes, each as long as its expires_in says',
    'Contract: about 15 minutes; RFC 6749 5.1',
  ],
  'expired-refresh-revokes-nothing': [
    'Revoking an expired refresh token gets 200 and does nothing',
    'RFC 7009 2.2: it is an invalid token already',
  ],
  'scope-partly-granted': [
    'Of the scopes that are asked for with a code the first is granted, and told',
    'RFC 6749 3.3: MAY partially ignore the scope requested, MUST tell',
  ],
  'authenticate-one-scope': ['/authenticate grants one scope', 'The seed is silent'],
  'authenticate-no-scope': ['/authenticate does not tell its scope', 'Contract: optional, and none was asked for'],
  'pairwise-subjects': [
    'The subject of a wallet is another with each client',
    'RFC 7519 4.1.2: locally unique; OpenID Connect Core 8.1',
  ],
  'caip-subjects': ['The subject is the CAIP-10 id of the wallet', 'RFC 7519 4.1.2: StringOrURI'],
  'uri-exact': [
    'URI has to be that of the application to the letter',
    'ERC-4361: expected values are the server’s to choose',
  ],
  'bare-signatures': ['A signature without 0x is taken too', 'No document says how hexadecimal is marked'],
  'handoff-body-first': [
    'At the hand-off the body is looked at before the token',
    'No document orders the two; RFC 6750 3: the challenge is there all the same',
  ],
  'handoff-code-repeated': [
    'For ten seconds a session that asks again for the same redirectUri gets the same code',
    'Seed: a short-lived code; no document asks for a new one each time',
  ],
  'long-secrets': ['Secrets have 100 characters', 'RFC 6749 Appendix A.2: *VSCHAR'],
} as const satisfies Record<string, VariantRow>;
