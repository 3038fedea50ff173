/** Mistakes with access tokens at a resource beside the hand-off, where those of third-party clients can be tried as well (RFC 6750, RFC 7519). */

import type { AccessClaims, AccessRecord } from '../model.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** The suite is told of the resource: /handoff/init refuses third-party clients whatever their tokens. */
const config = { probe: { method: 'GET', path: '/api/v1/account' } } as const;

const isThirdParty = (clientId: string | undefined): boolean => clientId?.startsWith('tp-') === true;

function claimsOf(token: string): { readonly payload: Uint8Array; readonly claims: Partial<AccessClaims> } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url');
  try {
    return { payload, claims: JSON.parse(payload.toString('utf8')) as Partial<AccessClaims> };
  } catch {
    return { payload, claims: {} };
  }
}

/** Tokens whose record fits are refused. */
const refusing = (
  id: string,
  title: string,
  fits: (record: AccessRecord) => boolean,
  more: Pick<Fault, 'config'> = {},
): Fault => ({
  id: `access-token/${id}`,
  title,
  breaks: ['access-token/accepted'],
  ...more,
  change: (policy) =>
    changed(policy, {
      accessToken: {
        sessionIsAlive: (session, record, now) =>
          !(record !== undefined && fits(record)) && policy.accessToken.sessionIsAlive(session, record, now),
      },
    }),
});

const looksUp = (policy: Policy, find: Policy['accessToken']['findsOpaque']): Policy =>
  changed(policy, {
    accessToken: {
      findsOpaque: (token, store) => find(token, store) ?? policy.accessToken.findsOpaque(token, store),
    },
  });

const faults: readonly Fault[] = [
  {
    id: 'jwt/third-party-unverified',
    title: "Signatures of third-party clients' tokens are not verified",
    breaks: [
      'access-token/signature-verified',
      'access-token/payload-protected',
      'access-token/foreign-key-refused',
      'access-token/alg-none-refused',
    ],
    config,
    change: (policy) =>
      changed(policy, {
        accessToken: {
          allowsAlgorithm: () => true,
          verifiesSignature: async (token, header, key) => {
            const { payload, claims } = claimsOf(token);
            return isThirdParty(claims.client_id) ? payload : policy.accessToken.verifiesSignature(token, header, key);
          },
        },
      }),
  },
  {
    id: 'access-token/cut-third-party',
    title: "Third-party clients' tokens are looked up by all but their last eight characters",
    breaks: ['access-token/validated'],
    config,
    change: (policy) =>
      looksUp(
        policy,
        (token, store) =>
          [...store.accessTokens.values()].find(
            (record) => isThirdParty(record.clientId) && token.startsWith(record.token.slice(0, -8)),
          )?.claims,
      ),
  },
  {
    id: 'access-token/refresh-token-third-party',
    title: 'A refresh token of a third-party client opens resources as an access token does',
    breaks: ['access-token/refresh-token-refused'],
    config,
    change: (policy) =>
      looksUp(policy, (token, store) => {
        const refresh = store.refreshTokens.get(token);
        if (refresh === undefined || !isThirdParty(refresh.clientId)) return undefined;
        return [...store.accessTokens.values()].find(({ sessionId }) => sessionId === refresh.sessionId)?.claims;
      }),
  },
  {
    id: 'revoke/older-access-token-third-party',
    title: "A third-party client's access token from before a refresh is revoked alone, and its session goes on",
    breaks: ['revoke/older-token'],
    config,
    change: (policy) =>
      changed(policy, {
        revocation: {
          ends(facts) {
            const { access, session } = facts.found;
            const newer = [...facts.store.accessTokens.values()].some(
              (record) => record.sessionId === session.id && record !== access && record.grant === 'refresh_token',
            );
            if (access === undefined || !newer || !isThirdParty(session.clientId)) return policy.revocation.ends(facts);
            access.revoked = true;
          },
        },
      }),
  },
  refusing(
    'third-party-unusable',
    'Resources refuse the access tokens of third-party clients',
    ({ clientId }) => isThirdParty(clientId),
    { config },
  ),
  refusing(
    'basic-unusable',
    'Access tokens that clients got with Basic are not accepted',
    ({ method, clientId }) => method === 'client_secret_basic' && !isThirdParty(clientId),
  ),
  refusing(
    'code-unusable-with-post',
    'Access tokens that clients with their secret in the body got for a code are not accepted',
    ({ method, grant }) => method === 'client_secret_post' && grant === 'authorization_code',
  ),
];

export default faults;
