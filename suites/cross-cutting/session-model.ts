/** Random histories of sessions, against a model of what must be alive (contract, RFC 7009, RFC 9700 4.14). */

import { histories } from '../../generators/session-histories.ts';
import { type History, validHistory } from '../../generators/session-history.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import { whitelabelCase } from '../../harness/needs.ts';
import { holdsFor } from '../../harness/property.ts';
import { HistoryRun } from '../../harness/session-steps.ts';
import { possibilities } from '../../harness/session-words.ts';

/** Where requests are few: a session is begun, refreshed, revoked by its access token under a wrong hint, and tried. */
function brief(t: CheckContext): History {
  const canSignIn = t.config.operations.authenticate !== false && whitelabelCase(t.config) !== undefined;
  const possible = possibilities(t, false);
  const client = canSignIn ? possible.clients.findIndex((one) => one.canSignIn) : 0;
  return validHistory(
    {
      owners: [{ client, via: canSignIn ? 'sign-in' : 'code', wallet: 0 }],
      steps: [
        { of: 0, do: 'refresh', scope: 'as granted' },
        { of: 0, do: 'try access', back: 0 },
        { of: 0, do: 'revoke', token: 'access_token', hint: 'refresh_token', back: 0, by: 'its own client' },
        { of: 0, do: 'try access', back: 0 },
        { of: 0, do: 'try access', back: 1 },
        { of: 0, do: 'refresh', scope: 'as granted' },
      ],
    },
    possible,
  );
}

/** The same with a clock: a refresh token lives its time anew after each refresh. */
function briefOverTime(t: CheckContext): History {
  const step = { of: 0 } as const;
  return validHistory(
    {
      owners: [{ client: 0, via: 'code', wallet: 0 }],
      steps: [
        { ...step, do: 'begin' },
        { ...step, do: 'let time pass', until: 'half its refresh token' },
        { ...step, do: 'refresh', scope: 'as granted' },
        { ...step, do: 'let time pass', until: 'half its refresh token' },
        { ...step, do: 'let time pass', until: 'half its access token' },
        { ...step, do: 'refresh', scope: 'as granted' },
      ],
    },
    possibilities(t, true),
  );
}

/** Executions that shrinking may cost. */
const shrinkBudget = 60;

const history = (id: string, title: string, clock: boolean): Check => ({
  id,
  title,
  verifies: ['session/history'],
  needs: ['operation token', 'session source', 'unlimited codes', ...(clock ? (['clock'] as const) : [])],
  generated: true,
  long: true,
  ...(clock ? { consumes: 'clock' as const } : {}),
  async run(t) {
    if (t.frugal) return new HistoryRun(t).take(clock ? briefOverTime(t) : brief(t));
    await holdsFor(t, id, histories(possibilities(t, clock)), (value) => new HistoryRun(t).take(value), {
      shrinkBudget,
      tell: () => t.story.inWords(),
    });
  },
});

export default defineChecks([
  history(
    'session/history',
    'After any history of sign-ins, refreshes, hand-offs and revocations, what is alive is what the history says',
    false,
  ),
  history(
    'session/history-over-time',
    'What is alive is what the history says also while time passes and tokens expire',
    true,
  ),
]);
