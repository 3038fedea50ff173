/** The body of a hand-off: redirectUri and intent, both required (API reference, "Body"). */

import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { handoff } from '../../harness/controls.ts';
import { needs, ownScheme, refusedWithoutCode } from './request.ts';

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
    () => ['/callback', 'not a uri', '//app.example.com/callback', 'app.example.com/callback', '?a=b', 'https://'],
  ),
  refusing(
    'handoff/redirect-uri-line-breaks',
    'A redirectUri with line breaks is refused',
    'handoff/redirect-uri-characters',
    'redirectUri',
    (uri) => [uri.replace('://', '://\n'), `${uri}\r\n/more`],
  ),
  refusing(
    'handoff/redirect-uri-scheme',
    'A redirectUri that is a script or a document is refused',
    'handoff/redirect-uri-no-script',
    'redirectUri',
    () => [
      'javascript:alert(1)',
      'JavaScript:alert(1)//https://app.example.com/',
      'javascript://app.example.com/%0aalert(1)',
      'data:text/html,<script>alert(1)</script>',
      'DATA:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
      // Browsers overlook white space around a URL, and tabs and line breaks in it (URL Standard 4.4): these are scripts as well.
      ' javascript:alert(1)',
      '\u0001javascript:alert(1)',
      'java\tscript:alert(1)',
      'java\nscript:alert(1)',
    ],
  ),
  refusing(
    'handoff/redirect-uri-no-place',
    'A redirectUri that is neither an https URL nor of an app is refused',
    'handoff/redirect-uri-trusted',
    'redirectUri',
    () => [
      'file:///etc/passwd',
      'FILE:///etc/passwd',
      'about:blank',
      'blob:https://app.example.com/9115d58c-bcda-ff47-86e5-083e9a215304',
      'vbscript:msgbox(1)',
      'ftp://app.example.com/callback',
      'ws://app.example.com/callback',
      'http://app.example.com/callback',
    ],
  ),
  {
    id: 'handoff/redirect-uri-fragment',
    title: 'A redirectUri with a fragment is refused where the same without it is accepted',
    verifies: ['handoff/redirect-uri-without-fragment'],
    needs,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const hand = (redirectUri: string) =>
        t.client.handoffInit({ accessToken, json: t.handoffBody(client, { redirectUri }), malformed: true });
      const accepted = [client.client.redirectUri];
      if (!t.frugal && (await hand(ownScheme)).ok) accepted.push(ownScheme);
      for (const value of t.trials(accepted.flatMap((uri) => [`${uri}#top`, `${uri}#`]))) {
        const exchange = await hand(value);
        // One kind of URI does not hide the other.
        t.expect.soft(exchange.status >= 400, `A hand-off to ${value} was granted (${exchange.summary}).`, {
          expected: 'The hand-off is refused.',
          exchange,
        });
      }
    },
  },
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
      // Right for a pattern whose ^ and $ hold at every line, or before a line break at the end.
      'connections\n',
      'connections\r\n',
      'connections\naccount',
      'account\nconnections',
      'account\nconnections\naccount',
      '\u2028connections',
      // Right where a text ends at NUL, and in upper case or after normalisation.
      'connections\u0000account',
      'connect\u0131ons',
      'connection\u017f',
      '\uff43onnections',
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
