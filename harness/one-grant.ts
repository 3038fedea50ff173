/** Several refused attempts on one grant: a code or a session is made once, not once for each of them. */

import type { CaseId, ClientCase } from './client-cases.ts';
import type { AuthorizationCode } from './code-sources/index.ts';
import type { CheckContext } from './context.ts';

/** What an attempt is made on, and how it is seen that the attempts have left it alive. */
export interface Grant {
  /** Uses it as it should be used. @returns whether that was granted */
  lives(): Promise<boolean>;
}

/**
 * Makes the attempts one after the other on one grant. A server may give a code up when it refuses an exchange, and then the refusals that
 * follow say nothing: so the grant is used rightly at the end, and where that is refused, every attempt but the first is made once more on a
 * grant of its own.
 * @param judge makes one attempt, and throws where it was not refused
 */
export async function onOneGrant<G extends Grant, T>(
  attempts: readonly T[],
  make: () => Promise<G>,
  judge: (attempt: T, grant: G) => Promise<void>,
): Promise<void> {
  if (attempts.length === 0) return;
  const grant = await make();
  for (const attempt of attempts) await judge(attempt, grant);
  if (attempts.length === 1 || (await grant.lives())) return;
  for (const attempt of attempts.slice(1)) await judge(attempt, await make());
}

/** The same with an authorization code. */
export async function onOneCode<T>(
  t: CheckContext,
  of: CaseId | ClientCase,
  attempts: readonly T[],
  judge: (attempt: T, code: AuthorizationCode) => Promise<void>,
  options?: Parameters<CheckContext['code']>[1],
): Promise<void> {
  await onOneGrant(
    attempts,
    async () => {
      const code = await t.code(of, options);
      return { code, lives: async () => (await t.exchangeCode(of, code)).ok };
    },
    (attempt, { code }) => judge(attempt, code),
  );
}
