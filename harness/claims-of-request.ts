/** Claims of an access token that the request has brought itself: the checks send this text where no server takes anything from. */

import { parseJwt } from '../generators/jwt.ts';
import type { Exchange } from './exchange.ts';

/** No server says this of itself or of its users. It stands in parameters and members. */
export const ownWord = 'claimed-by-the-request.example';

/** The same in header fields: behind a proxy they are the proxy's word, and a server that is asked directly may not know the difference. */
export const forwardedWord = 'forwarded-by-the-request.example';

/** Each word with the requirement that a claim with it breaks. */
export const claimWords = [
  { word: ownWord, requirement: 'access-token/jwt-claims-own' },
  { word: forwardedWord, requirement: 'access-token/jwt-claims-not-forwarded' },
] as const;

/** The claims of the JWT that a response issues; undefined where it issues none. */
export function issuedClaims(exchange: Exchange): Readonly<Record<string, unknown>> | undefined {
  const { operation, method } = exchange.request;
  const token = exchange.object?.access_token;
  const issues = (operation === 'token' || operation === 'authenticate') && method === 'POST' && exchange.ok;
  return issues && typeof token === 'string' ? parseJwt(token)?.claims : undefined;
}

/** The names of the claims of an issued JWT that hold this word. */
export const claimsOfRequest = (exchange: Exchange, word: string): readonly string[] =>
  Object.entries(issuedClaims(exchange) ?? {})
    .filter((claim) => JSON.stringify(claim).includes(word))
    .map(([name]) => name);
