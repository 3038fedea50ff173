/** A token of which one character differs is none that was issued: its revocation changes nothing (RFC 7009 2.1, 2.2). */

import fc from 'fast-check';
import { edit, unlike } from '../../generators/edit.ts';
import { defineChecks } from '../../harness/check.ts';
import { revocation } from '../../harness/controls.ts';
import { holdsFor } from '../../harness/property.ts';
import { isAlive, liveSession } from '../../harness/revocation.ts';

const hint = fc.constantFrom(undefined, 'access_token', 'refresh_token');

export default defineChecks([
  {
    id: 'revoke/edited-token-property',
    title: 'Values that differ from a token of a session in one character revoke nothing, whatever the hint',
    verifies: ['revoke/exact-token'],
    needs: ['operation revoke', 'session source', 'client client_secret_basic'],
    control: revocation('client_secret_basic'),
    generated: true,
    async run(t) {
      const session = await liveSession(t, 'client_secret_basic');
      const tokens = [session.accessToken, session.refreshToken].filter((token) => token !== undefined);
      const input = fc.tuple(fc.constantFrom(...tokens.keys()), edit, hint);
      // What is answered is for revoke/unknown-token to judge; here it is whether the session lives on.
      await holdsFor(t, 'revoke/edited-token-property', input, async ([which, change, words]) => {
        await t.revoke(unlike(tokens[which] ?? '', change), session.client, words);
      });
      await isAlive(t, session, 'revoke/exact-token', 'after values with one other character had been revoked');
    },
  },
]);
