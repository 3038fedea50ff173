/** What was refused once is refused again, and the intent counts whatever the redirectUri is (API reference "POST /handoff/init"). */

import { defineChecks } from '../../harness/check.ts';
import { handoff } from '../../harness/controls.ts';
import { needs, ownScheme, refusedWithoutCode } from './request.ts';

export default defineChecks([
  {
    id: 'handoff/refused-again',
    title: 'A hand-off that was refused is refused again',
    verifies: ['handoff/redirect-uri-no-script', 'handoff/redirect-uri-required', 'handoff/intent-known'],
    needs,
    control: handoff,
    ample: true,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const wrong = [
        ['handoff/redirect-uri-no-script', { redirectUri: 'javascript:alert(1)' }, 'to a script'],
        ['handoff/redirect-uri-required', { redirectUri: undefined }, 'without redirectUri'],
        ['handoff/intent-known', { intent: 'delete-account' }, 'with an unknown intent'],
      ] as const;
      for (const [requirement, changes, what] of wrong)
        for (const time of ['first', 'second', 'third'])
          await refusedWithoutCode(
            t,
            await t.client.handoffInit({ accessToken, json: t.handoffBody(client, changes), malformed: true }),
            { requirement, because: `a hand-off ${what}, the ${time} time` },
          );
    },
  },
  {
    id: 'handoff/intent-unknown-to-app',
    title: "An unknown intent is refused in a hand-off to an app's own scheme as well",
    verifies: ['handoff/intent-known'],
    needs,
    control: handoff,
    ample: true,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const send = (changes: Readonly<Record<string, unknown>>) =>
        t.client.handoffInit({
          accessToken,
          json: t.handoffBody(client, { redirectUri: ownScheme, ...changes }),
          malformed: true,
        });
      if (!(await send({})).ok) t.skip("The target hands nobody off to an app's own scheme.");
      for (const intent of ['delete-account', '', 'Connections'])
        await refusedWithoutCode(t, await send({ intent }), {
          requirement: 'handoff/intent-known',
          because: `a hand-off to ${ownScheme} with the intent "${intent}"`,
        });
    },
  },
]);
