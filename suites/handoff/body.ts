/** The body of a hand-off: redirectUri and intent, both required (API reference, "Body"). */

import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { handoff } from '../../harness/controls.ts';
import { needs, refusedWithoutCode } from './request.ts';

const show = (value: unknown): string => (value === undefined ? 'no value' : JSON.stringify(value));

/** A member with these values, all of which are refused. */
const refusing = (
  id: string,
  title: string,
  requirement: string,
  member: 'redirectUri' | 'intent',
  values: (redirectUri: string) => readonly unknown[],
): Check => ({
  id,
  title,
  verifies: [requirement],
  needs,
  control: handoff,
  async run(t) {
    const { accessToken, client } = await t.sharedSession(t.whitelabel());
    for (const value of t.trials(values(client.client.redirectUri)))
      await refusedWithoutCode(
        t,
        await t.client.handoffInit({
          accessToken,
          json: t.handoffBody(client, { [member]: value }),
          malformed: true,
        }),
        { because: `${show(value)} as ${member}` },
      );
  },
});

export default defineChecks([
  refusing(
    'handoff/redirect-uri-missing',
    'A hand-off without redirectUri is refused',
    'handoff/redirect-uri-required',
    'redirectUri',
    () => [undefined, '', null],
  ),
  refusing(
    'handoff/redirect-uri-type',
    'A redirectUri that is no string is refused',
    'handoff/redirect-uri-string',
    'redirectUri',
    (uri) => [[uri], 1, true, { href: uri }, []],
  ),
  refusing(
    'handoff/redirect-uri-relative',
    'A redirectUri that is no absolute URI is refused',
    'handoff/redirect-uri-absolute',
    'redirectUri',
    (uri) => [
      '/callback',
      'not a uri',
      '//app.example.com/callback',
      'app.example.com/callback',
      '?a=b',
      'https://',
      uri.replace('://', '://\n'),
      `${uri}\r\n/more`,
    ],
  ),
  refusing(
    'handoff/redirect-uri-scheme',
    'A redirectUri to which no user may be sent is refused',
    'handoff/redirect-uri-trusted',
    'redirectUri',
    () => [
      'javascript:alert(1)',
      'JavaScript:alert(1)//https://app.example.com/',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:msgbox(1)',
    ],
  ),
  {
    id: 'handoff/redirect-uri-registered',
    title: 'A redirectUri that the client has not registered is refused',
    verifies: ['handoff/redirect-uri-registered'],
    needs,
    control: handoff,
    async run(t) {
      if (!t.config.handoff.registeredRedirectUri)
        t.skip('Whether redirectUri must be registered is left open (`handoff.registeredRedirectUri`).');
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const { redirectUri } = client.client;
      const values = [
        'https://attacker.example/callback',
        ...nearMisses(redirectUri).map(({ value }) => value),
        redirectUri.replace(/^https:/, 'http:'),
        `${redirectUri}/../other`,
        `${redirectUri}?a=b`,
      ].filter((value) => value !== redirectUri);
      for (const value of t.trials(values))
        await refusedWithoutCode(
          t,
          await t.client.handoffInit({
            accessToken,
            json: t.handoffBody(client, { redirectUri: value }),
            malformed: true,
          }),
          { because: `the redirectUri ${JSON.stringify(value)}` },
        );
    },
  },
  refusing(
    'handoff/intent-missing',
    'A hand-off without intent is refused',
    'handoff/intent-required',
    'intent',
    () => [undefined, '', null],
  ),
  refusing('handoff/intent-type', 'An intent that is no string is refused', 'handoff/intent-string', 'intent', () => [
    ['connections'],
    1,
    true,
    { connections: true },
    [],
  ]),
  refusing(
    'handoff/intent-unknown',
    'An intent that is none of the enumerated values is refused',
    'handoff/intent-known',
    'intent',
    () => [
      'delete-account',
      'Connections',
      'CONNECTIONS',
      'connection',
      'connections2',
      'xconnections',
      ' connections',
      'connections ',
      'connections,account',
      'con',
      'constructor',
      '__proto__',
    ],
  ),
  {
    id: 'handoff/body-no-object',
    title: 'A hand-off whose body is no JSON object is refused',
    verifies: ['handoff/body-json-object'],
    needs,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const right = t.handoffBody(client);
      const text = JSON.stringify(right);
      const bodies = ['', `[${text}]`, JSON.stringify(text), '{}', 'null', 'true', '1', text.slice(0, -1), `${text}}`];
      for (const body of t.trials(bodies))
        await refusedWithoutCode(t, await t.client.handoffInit({ accessToken, body, malformed: true }), {
          because: `the body ${JSON.stringify(body)}`,
        });
    },
  },
]);
