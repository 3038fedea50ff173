/** Ends the sessions that a run has begun (RFC 7009: a client revokes what it no longer needs). */

import type { ApiClient } from './client.ts';
import type { OpenSession } from './ledger.ts';
import { Inconclusive, RateLimited, Unanswered } from './outcomes.ts';
import { maxWaits } from './sender.ts';

/** Revocations in flight at once. */
const width = 4;

/**
 * Revokes each of the sessions, as long as the target is there. Never throws.
 * @param failed told what went wrong in the suite itself
 */
export async function endSessionsOf(
  sessions: readonly OpenSession[],
  client: ApiClient,
  failed: (message: string) => void,
): Promise<void> {
  const left = [...sessions];
  const work = async (): Promise<void> => {
    for (let session = left.shift(); session !== undefined; session = left.shift())
      if (!(await ended(session, client, failed))) left.length = 0;
  };
  await Promise.all(Array.from({ length: width }, work));
}

/** @returns false where the target is gone: there is nothing left to end */
async function ended(
  { client: as, token }: OpenSession,
  client: ApiClient,
  failed: (message: string) => void,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.revoke({ as, params: { token } });
      return true;
    } catch (error) {
      if (error instanceof RateLimited && attempt < maxWaits) continue;
      if (error instanceof Unanswered) return error.kind !== 'connect';
      if (!(error instanceof Inconclusive)) failed(error instanceof Error ? error.message : String(error));
      return error instanceof Inconclusive;
    }
  }
}
