/** Hand-offs that are granted, and what their answers hold (API reference, POST /handoff/init). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases, otherOfRole } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Session } from '../../harness/fixtures.ts';
import { victimOf } from '../../harness/sign-in.ts';
import { needs, own, ownScheme, unregistered } from './request.ts';

const initiate = (t: CheckContext, session: Session, redirectUri?: string): Promise<Exchange> =>
  t.client.handoffInit({
    accessToken: session.accessToken,
    json: t.handoffBody(session.client, redirectUri === undefined ? {} : { redirectUri }),
  });

/** The code of a granted hand-off. */
function codeOf(t: CheckContext, exchange: Exchange): string {
  t.expect.accepted(exchange, { requirement: 'handoff/status-200' });
  const { codeField } = t.config.handoff;
  const code = exchange.object?.[codeField];
  if (typeof code !== 'string' || code.trim() === '')
    t.expect.fail(`The answer to a hand-off holds no code under \`${codeField}\`.`, {
      requirement: 'handoff/code-present',
      expected: `A string that is not empty under \`${codeField}\`.`,
      exchange,
    });
  return code;
}

/** Seconds after which no hand-off code lives: twenty times as long as those of the real service (contract, public facts). */
const codeOutlived = 600;

/** A second session; where requests are few one that others need too: that of a sign-in, or of another whitelabel client. */
function anotherSession(t: CheckContext, { client }: Session): Promise<Session> {
  if (!t.frugal) return t.session(client);
  if (t.config.operations.authenticate !== false) return victimOf(t, client);
  const another = otherOfRole(t.config, client);
  return another === undefined ? t.session(client) : t.sharedSession(another);
}

/** A session of a target that takes redirectUris which are not registered: whether it does is left open (contract). @throws Skip */
async function takesUnregistered(t: CheckContext): Promise<Session> {
  const session = await t.sharedSession(t.whitelabel());
  if (!(await initiate(t, session, unregistered)).ok) t.skip('The target takes only registered values of redirectUri.');
  return session;
}

const perClient = methodCases.map(
  (id): Check => ({
    id: `handoff/granted/${id}`,
    title: `A right hand-off is answered with 200 and a code in a JSON object (${id})`,
    verifies: ['handoff/status-200', 'handoff/json-response', 'handoff/code-present', 'handoff/redirect-uri-https'],
    needs: [...needs, `client ${id}`],
    profile: id === 'client_secret_basic' ? 'smoke' : undefined,
    async run(t) {
      const session = await t.sharedSession(own(t, id));
      const https = session.client.client.redirectUri.startsWith('https:');
      const exchange = await initiate(t, session);
      t.expect.accepted(exchange, { requirement: https ? 'handoff/redirect-uri-https' : 'handoff/status-200' });
      const mediaType = exchange.headerValues('content-type').join(', ');
      t.expect.that(
        exchange.object !== undefined && /^application\/json\s*(;|$)/i.test(mediaType),
        `The answer to a hand-off is no JSON object sent as application/json (Content-Type: ${mediaType}).`,
        { requirement: 'handoff/json-response', expected: 'A JSON object, sent as application/json.', exchange },
      );
      codeOf(t, exchange);
    },
  }),
);

export default defineChecks([
  ...perClient,
  {
    id: 'handoff/code-fresh',
    title: 'No two sessions are given the same hand-off code, and none is a token',
    verifies: ['handoff/code-fresh', 'handoff/code-present', 'handoff/status-200'],
    needs,
    async run(t) {
      const session = await t.sharedSession(t.whitelabel());
      const other = await anotherSession(t, session);
      const given = new Map<string, Session>();
      // In turn, so that codes made of the time meet; the same session may be given its code again while that lives.
      for (const one of t.frugal ? [session, other] : [session, other, session, other, session]) {
        const exchange = await initiate(t, one);
        const code = codeOf(t, exchange);
        t.expect.that((given.get(code) ?? one) === one, 'A hand-off gave a code that another session had been given.', {
          expected: 'A code of its own for each session.',
          exchange,
        });
        const tokens = [session, other].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
        t.expect.that(!tokens.includes(code), 'The hand-off code is a token.', {
          expected: 'A code that is nothing else.',
          exchange,
        });
        given.set(code, one);
      }
    },
  },
  {
    id: 'handoff/code-later',
    title: 'Minutes later a session is given another hand-off code',
    verifies: ['handoff/code-short-lived'],
    needs: [...needs, 'clock'],
    consumes: 'clock',
    async run(t) {
      const session = await t.endingSession(t.whitelabel());
      const code = codeOf(t, await initiate(t, session));
      await t.advanceClock(codeOutlived);
      const lives = (session.expiresIn ?? 0) > codeOutlived + 60;
      const exchange = await initiate(t, lives ? session : await t.refreshed(session));
      t.expect.that(
        codeOf(t, exchange) !== code,
        `A hand-off gave the code that the session had been given ${codeOutlived} seconds before.`,
        { expected: 'Another code: the one before has expired.', exchange },
      );
    },
  },
  {
    id: 'handoff/redirect-uri-app-scheme',
    title: "A redirectUri of an app's own scheme is accepted where one that is not registered is",
    verifies: ['handoff/redirect-uri-app-scheme'],
    needs,
    async run(t) {
      const session = await takesUnregistered(t);
      const uris = [
        ownScheme,
        'com.example.yourapp://connections',
        'com.example.yourapp:/connections', // RFC 8252 7.1
        `${ownScheme}?tab=2`,
      ];
      for (const uri of t.trials(uris))
        t.expect.accepted(await initiate(t, session, uri), {
          because: `a redirectUri of an app's own scheme (${uri})`,
        });
    },
  },
  {
    id: 'handoff/redirect-uri-query',
    title: 'A redirectUri with a query or a port is accepted where one that is not registered is',
    verifies: ['handoff/redirect-uri-https'],
    needs,
    async run(t) {
      const session = await takesUnregistered(t);
      for (const query of t.trials(['tab=2', 'next=%2Faccount%3Fa%3Db&empty=']))
        t.expect.accepted(await initiate(t, session, `${unregistered}?${query}`), {
          because: `an https URL with the query ${query}`,
        });
      if (t.frugal) return;
      t.expect.accepted(await initiate(t, session, unregistered.replace('.net/', '.net:8443/')), {
        because: 'an https URL with a port',
      });
    },
  },
]);
