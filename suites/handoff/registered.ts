/** Where a redirectUri must be registered, it is one of the token's own client (contract, dialect handoff.registeredRedirectUri). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { handoff } from '../../harness/controls.ts';
import { needs, own } from './request.ts';

export default defineChecks(
  methodCases.map(
    (id): Check => ({
      id: `handoff/redirect-uri-of-another-client/${id}`,
      title: `A redirectUri that only another client has registered, or that resembles the own one, is refused (${id})`,
      verifies: ['handoff/redirect-uri-registered'],
      needs: [...needs, `client ${id}`],
      control: handoff,
      async run(t) {
        if (!t.config.handoff.registeredRedirectUri)
          t.skip('Whether redirectUri must be registered is left open (`handoff.registeredRedirectUri`).');
        const session = await t.sharedSession(own(t, id));
        const { redirectUri } = session.client.client;
        const { origin, host, pathname } = new URL(redirectUri);
        const others = Object.values(t.config.clients).flatMap((client) => client?.redirectUri ?? []);
        const values = [
          ...others,
          `${redirectUri}/`,
          `${redirectUri}/extra`,
          `${redirectUri}?next=https://attacker.example`,
          redirectUri.toUpperCase(),
          ...(origin === 'null'
            ? []
            : [
                `${origin}/`,
                `https://attacker.example${pathname}`,
                `https://${host}.attacker.example${pathname}`,
                `https://${host}@attacker.example${pathname}`,
                `https://attacker.example/?${redirectUri}`,
                `${origin}/other/..${pathname}`,
              ]),
        ].filter((value) => value !== redirectUri);
        for (const value of t.trials(values))
          t.expect.refused(
            await t.client.handoffInit({
              accessToken: session.accessToken,
              json: t.handoffBody(session.client, { redirectUri: value }),
              malformed: true,
            }),
            { because: `the redirectUri ${JSON.stringify(value)}` },
          );
      },
    }),
  ),
);
