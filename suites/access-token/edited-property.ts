/** Any change of an access token makes another value of it, which was never issued (RFC 6749 7, RFC 6750 3.1). */

import { edit, unlike } from '../../generators/edit.ts';
import { liveAccessToken, presentToken } from '../../harness/bearer.ts';
import { defineChecks } from '../../harness/check.ts';
import { holdsFor } from '../../harness/property.ts';

export default defineChecks([
  {
    id: 'access-token/edited-property',
    title: 'An access token of which one character differs is refused, and the token itself goes on',
    verifies: ['access-token/validated'],
    needs: ['access token probe', 'whitelabel client', 'session source'],
    control: liveAccessToken,
    generated: true,
    async run(t) {
      const owner = t.whitelabel();
      const session = await t.session(owner);
      await holdsFor(t, 'access-token/edited-property', edit, async (change) => {
        t.expect.refused(await presentToken(t, owner, unlike(session.accessToken, change)), {
          because: `an access token of which one character is ${change.how}`,
        });
      });
      await t.accessTokenLives(session, { because: 'after values that resemble it had been refused' });
    },
  },
]);
