/** The rules of the body once more for public clients, and for sessions that began at /authenticate or were refreshed. */

import { type Check, defineChecks } from '../../harness/check.ts';
import type { CaseId } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Session } from '../../harness/fixtures.ts';
import { needs, own } from './request.ts';

interface Way {
  readonly id: string;
  readonly title: string;
  readonly client: CaseId;
  readonly needs: Check['needs'] & object;
  session(t: CheckContext): Promise<Session>;
}

const ways: readonly Way[] = [
  {
    id: 'public',
    title: 'a public client',
    client: 'none',
    needs: [],
    session: (t) => t.sharedSession(own(t, 'none')),
  },
  {
    id: 'public-signed-in',
    title: 'a public client, by /authenticate',
    client: 'none',
    needs: ['operation authenticate'],
    session: (t) => t.signIn(own(t, 'none')),
  },
  {
    id: 'signed-in',
    title: 'a confidential client, by /authenticate',
    client: 'client_secret_basic',
    needs: ['operation authenticate'],
    session: (t) => t.signIn(own(t, 'client_secret_basic')),
  },
  {
    id: 'refreshed',
    title: 'a confidential client, after a refresh',
    client: 'client_secret_basic',
    needs: ['operation token'],
    session: async (t) => t.refreshed(await t.session(own(t, 'client_secret_basic'))),
  },
];

/** One change each to a right body. */
const wrong: readonly (readonly [requirement: string, because: string, changes: Readonly<Record<string, unknown>>])[] =
  [
    ['handoff/redirect-uri-required', 'no redirectUri', { redirectUri: undefined }],
    ['handoff/redirect-uri-required', 'an empty redirectUri', { redirectUri: '' }],
    ['handoff/redirect-uri-string', 'a redirectUri that is a number', { redirectUri: 7 }],
    ['handoff/redirect-uri-no-script', 'a redirectUri that is a script', { redirectUri: 'javascript:alert(1)' }],
    ['handoff/intent-required', 'no intent', { intent: undefined }],
    ['handoff/intent-required', 'an empty intent', { intent: '' }],
    ['handoff/intent-string', 'an intent in an array', { intent: ['connections'] }],
    ['handoff/intent-known', 'an unknown intent', { intent: 'delete-account' }],
    ['handoff/intent-known', 'an intent in capitals', { intent: 'CONNECTIONS' }],
  ];

export default defineChecks(
  ways.map(
    (way): Check => ({
      id: `handoff/body-enforced/${way.id}`,
      title: `The body of a hand-off is checked for ${way.title}`,
      verifies: [
        'handoff/intent-known',
        'handoff/intent-required',
        'handoff/intent-string',
        'handoff/redirect-uri-no-script',
        'handoff/redirect-uri-required',
        'handoff/redirect-uri-string',
        'handoff/status-200',
      ],
      needs: [...needs, `client ${way.client}`, ...way.needs],
      async run(t) {
        const { accessToken, client } = await way.session(t);
        t.expect.accepted(await t.client.handoffInit({ accessToken, json: t.handoffBody(client) }), {
          requirement: 'handoff/status-200',
          because: `a right hand-off of ${way.title}`,
        });
        for (const [requirement, because, changes] of wrong) {
          const json = t.handoffBody(client, changes);
          const exchange = await t.client.handoffInit({ accessToken, json, malformed: true });
          // One granted value does not hide the next: each breaks a requirement of its own.
          t.expect.soft(exchange.status >= 400, `A hand-off with ${because} was granted (${exchange.summary}).`, {
            requirement,
            expected: 'The hand-off is refused.',
            exchange,
          });
        }
      },
    }),
  ),
);
