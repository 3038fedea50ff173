/** A revocation ends the session, whichever of its tokens is presented and whatever the hint (API reference "Revoke an auth session"; RFC 7009 2.1). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';
import { answered } from '../../harness/expect.ts';
import { isEnded, liveSession, survivors, type TokenKind, tokenKinds, tokenOfKind } from '../../harness/revocation.ts';

const other: Readonly<Record<TokenKind, TokenKind>> = { access_token: 'refresh_token', refresh_token: 'access_token' };
const article = (kind: TokenKind): string => (kind === 'access_token' ? 'an access token' : 'a refresh token');

const unknownHint = 'revoke/hint-unknown';
const needs = ['operation revoke', 'session source'] as const;

const perClient = caseIds.flatMap((id) =>
  tokenKinds.flatMap((kind): Check[] => {
    const hinted = (name: string, requirement: string, hints: readonly string[], withHint: string): Check => ({
      id: `revoke/${name}/${kind}/${id}`,
      title: `Revoking ${article(kind)} ${withHint} ends its session (${id})`,
      verifies: requirement === unknownHint ? [requirement, `${unknownHint}-ignored`] : [requirement],
      needs: [...needs, `client ${id}`],
      async run(t) {
        for (const hint of t.trials(hints)) {
          const session = await liveSession(t, id);
          const what = `the revocation of ${article(kind)} with the hint ${JSON.stringify(hint)}`;
          const params = { token: tokenOfKind(session, kind), token_type_hint: hint };
          const exchange = await t.client.revoke({ as: session.client, params, malformed: true });
          // The API reference lists the values of the hint: to refuse others is no mistake against it, to say 200 and do nothing is.
          if (requirement === unknownHint && exchange.status >= 400 && exchange.status < 500) {
            t.expect.finding(`${unknownHint}-ignored`, `${answered(exchange)} to ${what}.`, exchange, 'Status 200.');
            continue;
          }
          t.expect.accepted(exchange, { requirement, because: what });
          await isEnded(t, session, { access: requirement, refresh: requirement }, `after ${what}`);
        }
      },
    });
    const { access, refresh } = survivors[kind];
    return [
      {
        id: `revoke/ends-session/${kind}/${id}`,
        title: `Revoking ${article(kind)} ends both tokens of its session, with 200 and an empty body (${id})`,
        verifies: [access, refresh, 'revoke/success-status', 'revoke/success-empty'],
        needs: [...needs, `client ${id}`],
        profile: id === 'client_secret_basic' && kind === 'refresh_token' ? 'smoke' : undefined,
        async run(t) {
          const session = await liveSession(t, id);
          const exchange = await t.revoke(tokenOfKind(session, kind), session.client);
          t.expect.soft(exchange.status === 200, `A revocation was answered with ${exchange.summary}.`, {
            requirement: 'revoke/success-status',
            expected: 'Status 200.',
            exchange,
          });
          if (exchange.ok)
            t.expect.soft(exchange.text === '', 'The response to a revocation has a body.', {
              requirement: 'revoke/success-empty',
              expected: 'No body.',
              exchange,
            });
          await isEnded(t, session, survivors[kind], `after the revocation of ${article(kind)} of its session`);
        },
      },
      hinted('hint-right', 'revoke/hint-right', [kind], 'with the right hint'),
      hinted('hint-wrong', 'revoke/hint-wrong', [other[kind]], 'with the hint of the other kind'),
      // Hints are told apart by the operation and not by the client: each is tried for one of them.
      hinted(
        'hint-unknown',
        unknownHint,
        id === 'client_secret_basic' ? ['no_such_type', kind.toUpperCase(), `${kind}s`] : ['no_such_type'],
        'with a hint that is none',
      ),
    ];
  }),
);

const perSignIn = methodCases.flatMap((id) =>
  tokenKinds.map(
    (kind): Check => ({
      id: `revoke/ends-signed-in-session/${kind}/${id}`,
      title: `Revoking ${article(kind)} ends a session that began at /authenticate (${id})`,
      verifies: [survivors[kind].access, survivors[kind].refresh],
      needs: ['operation revoke', 'operation authenticate', `client ${id}`],
      async run(t) {
        const session = await liveSession(t, id, { via: 'authenticate' });
        const because = `after the revocation of ${article(kind)} of its session, which began at /authenticate`;
        t.expect.accepted(await t.revoke(tokenOfKind(session, kind), session.client), {
          requirement: 'revoke/success-status',
        });
        await isEnded(t, session, survivors[kind], because);
      },
    }),
  ),
);

export default defineChecks([...perClient, ...perSignIn]);
