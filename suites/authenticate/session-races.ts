/** Sign-ins and continuations that meet at the server at the same moment. */

import { type Check, defineChecks, type Need } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import { answered } from '../../harness/expect.ts';
import { inRounds, raceRounds } from '../../harness/race.ts';
import { isEnded } from '../../harness/revocation.ts';
import { isServerError } from '../../harness/server-error.ts';
import { type Continuable, continuableSession, send, signedIn, submit } from '../../harness/sign-in.ts';

const needs: readonly Need[] = ['operation authenticate', 'whitelabel client'];
/** Messages at once: each is signed before the first is sent. */
const width = 4;
const requirement = 'session/continued-tokens';
const broken = { access: requirement, refresh: requirement };

/** Sends messages of one wallet at once; whatever the answers, none is a server error, and one at least is granted. */
async function together(
  t: CheckContext,
  { client, wallet }: Pick<Continuable, 'client' | 'wallet'>,
  members: Readonly<Record<string, unknown>> = {},
) {
  const messages = await Promise.all(Array.from({ length: width }, () => t.message({ wallet })));
  const answers = await Promise.all(messages.map((message) => send(t, client, message, members)));
  const broke = answers.find(isServerError);
  if (broke !== undefined)
    t.expect.fail(`${answered(broke)} to one of ${width} simultaneous sign-ins of one wallet.`, {
      requirement: 'http/no-server-error',
      expected: 'Each is granted or refused.',
      exchange: broke,
    });
  const granted = answers.filter(({ ok }) => ok);
  const [first] = answers;
  t.expect.that(granted.length > 0, `None of ${width} simultaneous sign-ins of one wallet was granted.`, {
    requirement: 'authenticate/sign-in',
    expected: 'One at least is granted.',
    ...(first === undefined ? {} : { exchange: first }),
  });
  return granted;
}

/** Whether the access token of before a continuation is still accepted after it, which is left to the server. */
async function survivesContinuation(t: CheckContext): Promise<boolean> {
  const session = await signedIn(t, t.whitelabel());
  await submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });
  return (await t.tryAccessToken(session.accessToken, session.client)).ok;
}

/** One continuation beside one revocation. Either order is right; afterwards nothing of the session is alive. */
async function revokedBeside(t: CheckContext, first: 'continuation' | 'revocation', survives: boolean): Promise<void> {
  t.step('begin a session');
  const session = await signedIn(t, t.whitelabel());
  const message = await t.message({ wallet: session.wallet });
  t.step(`at once, the ${first} first: continue the session, and revoke it by its access token`);
  const sends = {
    continuation: () => send(t, session.client, message, { session_id: session.sessionId }),
    revocation: () => t.revoke(session.accessToken, session.client),
  };
  const second = first === 'continuation' ? 'revocation' : 'continuation';
  const [one, other] = await Promise.all([sends[first](), sends[second]()]);
  const [continuation, revocation] = first === 'continuation' ? [one, other] : [other, one];
  if (!revocation.ok) return;
  const goesOn = continuation.ok && continuation.object?.session_id === session.sessionId;
  const pair = goesOn ? t.sessionOf(continuation, session.client, 'authenticate') : undefined;
  // An access token that a continuation ends may have been dead when it was revoked: a second revocation decides.
  if (pair !== undefined && !survives) {
    t.step('revoke what the continuation gave');
    await t.revoke(pair.accessToken, pair.client);
  }
  t.step('try its tokens');
  const because = 'after its session was revoked beside a continuation';
  for (const tokens of pair === undefined ? [session] : [pair, session]) await isEnded(t, tokens, broken, because);
}

const checks: Check[] = [
  {
    id: 'authenticate/first-sign-ins-race',
    title:
      'Of simultaneous first sign-ins of a wallet none ends in a server error, and each begins a session of its own',
    verifies: ['http/no-server-error', 'authenticate/sign-in', 'session/new-without-id'],
    needs,
    control: continuableSession,
    disruptive: true,
    async run(t) {
      for (let round = 0; round < raceRounds(t); round += 1) {
        const granted = await together(t, { client: t.whitelabel(), wallet: t.wallet() });
        const ids = granted.map(({ object }) => object?.session_id).filter((id) => id !== undefined);
        t.expect.that(
          new Set(ids).size === ids.length,
          'Simultaneous sign-ins without session_id returned one session_id.',
          {
            requirement: 'session/new-without-id',
            expected: 'Each begins a session of its own.',
            ...(granted[0] === undefined ? {} : { exchange: granted[0] }),
          },
        );
      }
    },
  },
  {
    id: 'session/continuations-race',
    title: 'Of simultaneous continuations of a session none ends in a server error, and none begins another session',
    verifies: ['http/no-server-error', 'authenticate/sign-in', 'session/continued'],
    needs,
    control: continuableSession,
    disruptive: true,
    async run(t) {
      for (let round = 0; round < raceRounds(t); round += 1) {
        const session = await signedIn(t, t.whitelabel());
        for (const exchange of await together(t, session, { session_id: session.sessionId }))
          t.expect.that(
            exchange.object?.session_id === session.sessionId,
            'A continuation returned another session_id.',
            {
              requirement: 'session/continued',
              expected: 'The session_id of the session that is continued.',
              exchange,
            },
          );
      }
    },
  },
  {
    id: 'session/race-with-revocation',
    title: 'A revocation beside a continuation leaves no token of the session alive',
    verifies: [requirement],
    needs: [...needs, 'operation revoke', 'access token probe'],
    control: continuableSession,
    disruptive: true,
    async run(t) {
      const survives = await survivesContinuation(t);
      const orders = Array.from({ length: raceRounds(t) }, () => ['continuation', 'revocation'] as const).flat();
      await inRounds(t, orders, (first) => revokedBeside(t, first, survives));
    },
  },
];

export default defineChecks(checks);
