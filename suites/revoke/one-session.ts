/** The life of one session at /revoke: what leaves it alive, one after the other, then what ends it, for good (RFC 7009 2.1, 2.2, 5). */

import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { plainRevocationEnds, revocation } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';
import type { Session } from '../../harness/fixtures.ts';
import { liveSession } from '../../harness/revocation.ts';
import { isServerError } from '../../harness/server-error.ts';

/** Milliseconds within which an end may be late and still be told from none. */
const late = 2500;
/** Milliseconds after which an ended session is looked at once more. */
const later = 1100;

interface Harmless {
  readonly requirement: string;
  readonly because: string;
  send(): Promise<void>;
}

/** Requests that revoke nothing. */
function harmless(t: CheckContext, session: Session, token: string): Harmless[] {
  const owner = session.client;
  const thief = t.otherCase(owner);
  const known = owner.method !== 'none';
  const similar = nearMisses(token).find(({ what }) => /first half|more at its end/.test(what))?.value ?? `${token}x`;
  return [
    {
      requirement: 'revoke/other-sessions',
      because: 'after an unknown token was revoked',
      async send() {
        const exchange = t.expect.accepted(await t.revoke('no-such-token', owner), {
          requirement: 'revoke/unknown-token',
          because: 'an unknown token',
        });
        t.expect.soft(exchange.text === '', 'The response to the revocation of an unknown token has a body.', {
          requirement: 'revoke/success-empty',
          expected: 'No body.',
          exchange,
        });
      },
    },
    {
      requirement: 'revoke/exact-token',
      because: 'after a value that only resembles its refresh token was revoked',
      async send() {
        const exchange = await t.client.revoke({ as: owner, params: { token: similar }, malformed: true });
        if (isServerError(exchange)) t.expect.refused(exchange, { because: 'a value that resembles a refresh token' });
      },
    },
    {
      requirement: 'revoke/client-authenticated',
      because: 'after a revocation whose client was not authenticated',
      async send() {
        const credentials = known ? { secret: 'not-the-secret-of-this-client' } : { id: 'no-such-client-5f3a' };
        t.expect.refused(await t.client.revoke({ as: owner, credentials, params: { token } }), {
          requirement: 'revoke/client-authenticated',
          because: known ? 'a revocation with a wrong secret' : 'a revocation by an unknown client',
        });
      },
    },
    {
      requirement: 'form/revoke-body-only',
      because: 'after a revocation that was refused because its token was in the URI',
      async send() {
        const query = new URLSearchParams({ token }).toString();
        t.expect.refused(await t.client.revoke({ as: owner, query, malformed: true }), {
          requirement: 'form/revoke-body-only',
          because: 'a revocation whose token is in the URI',
        });
      },
    },
    {
      requirement: 'revoke/foreign-client',
      because: `after another client (${thief.id}) had presented its refresh token to /revoke`,
      async send() {
        // 200 and a refusal are both lawful (RFC 7009 2.1, 2.2).
        const exchange = await t.revoke(token, thief);
        if (isServerError(exchange)) t.expect.refused(exchange, { because: 'the token of another client' });
      },
    },
  ];
}

/** Asserts that the access token is dead; an end that comes late breaks another requirement than none. */
async function diesAtOnce(t: CheckContext, session: Session, because: string): Promise<void> {
  const exchange = await t.tryAccessToken(session.accessToken, session.client);
  if (!exchange.ok) return;
  await new Promise((resolve) => setTimeout(resolve, late));
  const again = await t.tryAccessToken(session.accessToken, session.client);
  if (again.ok && !(await plainRevocationEnds(t, session.client.id)))
    t.inconclusive('The plainest revocation ends no access token either, which other checks report.');
  t.expect.fail(`The access token was still accepted (${answered(exchange)}) ${because}.`, {
    requirement: again.ok ? 'revoke/hint-wrong' : 'revoke/immediate',
    expected: 'The access token is refused.',
    exchange,
  });
}

async function tour(t: CheckContext, owner: ClientCase): Promise<void> {
  const session = await liveSession(t, owner);
  const token = t.refreshTokenOf(session);
  for (const { requirement, because, send } of harmless(t, session, token)) {
    await send();
    await t.accessTokenLives(session, { requirement, because });
  }
  t.expect.accepted(await t.revoke(token, owner, 'access_token'), {
    requirement: 'revoke/hint-wrong',
    because: 'the revocation of a refresh token with the hint of the other kind',
  });
  await diesAtOnce(t, session, 'right after the revocation of its refresh token with the hint of the other kind');
  t.expect.accepted(await t.revoke(token, owner), {
    requirement: 'revoke/again',
    because: 'the second revocation of a token',
  });
  await new Promise((resolve) => setTimeout(resolve, later));
  await t.accessTokenDies(session, {
    requirement: 'revoke/lasting',
    because: 'a second after its session was revoked, and at its second use',
  });
}

export default defineChecks(
  (['client_secret_basic', 'none'] as const).map(
    (id): Check => ({
      id: `revoke/one-session/${id}`,
      title: `A session outlives what revokes nothing, then ends at once and for good (${id})`,
      verifies: [
        'revoke/hint-wrong',
        'revoke/exact-token',
        'revoke/unknown-token',
        'revoke/other-sessions',
        'revoke/success-empty',
        'revoke/foreign-client',
        'revoke/client-authenticated',
        'form/revoke-body-only',
        'revoke/again',
        'revoke/immediate',
        'revoke/lasting',
      ],
      needs: ['operation revoke', 'session source', 'access token probe', 'two clients', `client ${id}`],
      control: revocation(id),
      long: true,
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`No access token of the ${id} client can be tried on this target.`);
        await tour(t, owner);
      },
    }),
  ),
);
