/** The answer to a request without a live access token (RFC 6750 3). */

import type { Reference } from '../context.ts';
import { Refusal } from '../model.ts';

/** RFC 6750 3.1: no error code when no token was sent. */
export function bearerRefusal({ policy }: Reference, sent: boolean): Refusal {
  const challenge = policy.accessToken.challenge(sent);
  const headers = challenge === undefined ? undefined : { 'www-authenticate': challenge };
  const text = sent ? 'The access token is not valid.' : 'An access token is required.';
  return new Refusal(policy.accessToken.refusalStatus(sent), 'invalid_token', text, headers);
}
