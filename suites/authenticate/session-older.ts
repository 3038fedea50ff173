/** Who does not get into a session that has had more than one token pair (ERC-4361 "Creating Sessions"; API reference "session_id"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type ClientCase, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import {
  type Continuable,
  continuableSession,
  notContinued,
  otherWhitelabel,
  signedIn,
  submit,
} from '../../harness/sign-in.ts';
import { isAnother } from './session-isolation.ts';

/** Attacks a session once it has been refreshed, and again once it has been continued. What is refused here other checks report. */
async function onceOlder(
  t: CheckContext,
  as: ClientCase,
  attack: (victim: Continuable, when: string) => Promise<void>,
): Promise<void> {
  const session = await signedIn(t, as);
  const { sessionId, wallet } = session;
  let attacked = false;
  const attackOn = (pair: Session, when: string): Promise<void> => {
    attacked = true;
    return attack({ ...pair, sessionId, wallet }, when);
  };
  if (session.refreshToken !== undefined && t.config.operations.token !== false) {
    const exchange = await t.refresh(session);
    if (exchange.ok) await attackOn(t.sessionOf(exchange, as), 'that had been refreshed');
  }
  const exchange = await submit(t, as, { wallet }, { session_id: sessionId });
  if (exchange.ok && exchange.object?.session_id === sessionId)
    await attackOn(t.sessionOf(exchange, as, 'authenticate'), 'that had been continued');
  if (!attacked) t.inconclusive('The session could be neither refreshed nor continued, which other checks report.');
}

export default defineChecks(
  methodCases.flatMap((id): Check[] => [
    {
      id: `session/other-wallet-later/${id}`,
      title: `Another wallet does not get into a session that was refreshed or continued (${id})`,
      verifies: ['session/wallet-binding'],
      control: [signIn(id), continuableSession],
      ample: true,
      async run(t) {
        const as = t.case(id);
        const requirement = 'session/wallet-binding';
        await onceOlder(t, as, async (victim, when) => {
          const exchange = await submit(t, as, {}, { session_id: victim.sessionId });
          const detail = {
            requirement,
            because: `by another wallet with the session_id of a session ${when}`,
            victim,
          };
          await isAnother(t, notContinued(t, exchange, as, detail), victim, requirement);
        });
      },
    },
    {
      id: `session/other-client-later/${id}`,
      title: `Another client does not get into a session that was refreshed or continued (${id})`,
      verifies: ['session/client-binding'],
      needs: ['two clients'],
      control: [signIn(id), continuableSession],
      ample: true,
      async run(t) {
        const as = t.case(id);
        const thief = otherWhitelabel(t, as);
        const requirement = 'session/client-binding';
        await onceOlder(t, as, async (victim, when) => {
          const exchange = await submit(t, thief, { wallet: victim.wallet }, { session_id: victim.sessionId });
          const detail = {
            requirement,
            because: `by another client with the session_id of a session ${when}`,
            victim,
          };
          await isAnother(t, notContinued(t, exchange, thief, detail), victim, requirement);
        });
      },
    },
  ]),
);
