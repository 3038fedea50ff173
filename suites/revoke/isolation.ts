/** What a revocation leaves alone: other sessions, other clients' tokens, values that only resemble a token (RFC 7009 2.1, 5). */

import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { revocation } from '../../harness/controls.ts';
import {
  isAlive,
  isEnded,
  isVisible,
  liveSession,
  survivors,
  tokenKinds,
  tokenOfKind,
} from '../../harness/revocation.ts';
import { isServerError } from '../../harness/server-error.ts';
import { continuableSession, earlierLives, signedIn } from '../../harness/sign-in.ts';

const others = 'revoke/other-sessions';
const foreign = 'revoke/foreign-client';
const needs = ['operation revoke', 'session source'] as const;

/** Thief and victim: the two methods of the confidential client are one client. */
const pairs: readonly (readonly [CaseId, CaseId])[] = [
  ['none', 'client_secret_basic'],
  ['client_secret_basic', 'none'],
  ['third-party', 'client_secret_basic'],
  ['client_secret_basic', 'third-party'],
  ['none', 'third-party'],
  ['third-party', 'none'],
  ['client_secret_post', 'none'],
  ['client_secret_post', 'third-party'],
];

const foreignChecks = pairs.flatMap(([thief, victim]) =>
  tokenKinds.map(
    (kind): Check => ({
      id: `revoke/foreign-client/${kind}/${thief}-of-${victim}`,
      title: `The ${kind} of another client (${victim}) is not revoked by a client (${thief})`,
      verifies: [foreign],
      needs: [...needs, `client ${thief}`, `client ${victim}`],
      control: [revocation(thief), revocation(victim)],
      async run(t) {
        const owner = t.case(victim);
        if (owner.client.id === t.case(thief).client.id) t.skip('Both are one client here.');
        const session = await liveSession(t, victim);
        const token = tokenOfKind(session, kind);
        // 200 and a refusal are both lawful (contract; RFC 7009 2.1, 2.2): what counts is that nothing was revoked.
        for (const hint of t.trials([undefined, 'access_token', 'refresh_token'])) {
          const exchange = await t.revoke(token, t.case(thief), hint);
          if (isServerError(exchange)) t.expect.refused(exchange, { because: 'the token of another client' });
        }
        const because = `after another client (${thief}) had presented the ${kind} of its session to /revoke`;
        await isAlive(t, session, foreign, because);
      },
    }),
  ),
);

/** The same claims with a signature that does not belong to them: a session is not found by claims that nobody has signed (RFC 7515 5.2). */
function forgedSignature(token: string): string[] {
  const [header, payload, signature] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || signature === '') return [];
  const reversed = [...signature].reverse().join('');
  return [`${header}.${payload}.${reversed}`, `${header}.${payload}.`, `${header}.${payload}`];
}

const resemblance = tokenKinds.flatMap((kind): Check[] =>
  (['client_secret_basic', 'none'] as const).map((id) => ({
    id: `revoke/near-miss/${kind}/${id}`,
    title: `A value that resembles a ${kind} revokes nothing (${id})`,
    verifies: ['revoke/exact-token'],
    needs: [...needs, `client ${id}`],
    control: revocation(id),
    async run(t) {
      const session = await liveSession(t, id);
      const token = tokenOfKind(session, kind);
      // White space around a value is taken away by many form parsers, and some base64url decoders read the last character loosely:
      // neither is what this is about.
      const loose = /white space|line break|last character changed/;
      const values = nearMisses(token).filter(({ what }) => !loose.test(what));
      for (const value of t.trials([...forgedSignature(token), ...values.map((one) => one.value)])) {
        const exchange = await t.client.revoke({ as: session.client, params: { token: value }, malformed: true });
        if (isServerError(exchange)) t.expect.refused(exchange, { because: `a value that resembles a ${kind}` });
      }
      await isAlive(t, session, 'revoke/exact-token', `after values that only resemble its ${kind} were revoked`);
    },
  })),
);

const sameWallet = methodCases.flatMap((id) =>
  tokenKinds.map(
    (kind): Check => ({
      id: `revoke/other-sessions-of-wallet/${kind}/${id}`,
      title: `Revoking the ${kind} of a session leaves the other session of the same wallet and client alive (${id})`,
      verifies: [others, survivors[kind].access, survivors[kind].refresh],
      needs: ['operation revoke', 'operation authenticate', `client ${id}`],
      async run(t) {
        const wallet = t.wallet();
        const older = t.frugal ? undefined : await liveSession(t, id, { via: 'authenticate', wallet });
        const kept = await liveSession(t, id, { via: 'authenticate', wallet });
        const ended = await liveSession(t, id, { via: 'authenticate', wallet });
        const alive = await earlierLives(t, kept);
        t.expect.accepted(await t.revoke(tokenOfKind(ended, kind), ended.client), {
          requirement: 'revoke/success-status',
        });
        await isAlive(t, alive, others, 'after another session of the same wallet and client was revoked');
        if (older === undefined) return;
        t.expect.accepted(await t.revoke(tokenOfKind(older, kind), older.client), {
          requirement: 'revoke/success-status',
        });
        await isEnded(t, older, survivors[kind], 'after its revocation, while a newer session of its wallet was alive');
      },
    }),
  ),
);

const sameClient = caseIds.flatMap((id) =>
  tokenKinds.map(
    (kind): Check => ({
      id: `revoke/other-sessions/${kind}/${id}`,
      title: `Revoking the ${kind} of a session leaves the client's other sessions alive (${id})`,
      verifies: [others],
      needs: [...needs, `client ${id}`],
      async run(t) {
        const before = await liveSession(t, id);
        const ended = await liveSession(t, id);
        const after = await liveSession(t, id);
        t.expect.accepted(await t.revoke(tokenOfKind(ended, kind), ended.client), {
          requirement: 'revoke/success-status',
        });
        await isAlive(t, before, others, 'after a later session of the same client was revoked');
        await isAlive(t, after, others, 'after an earlier session of the same client was revoked');
      },
    }),
  ),
);

const unknownValues = [
  'no-such-token',
  'b9f6c0a1-6f1a-4f0e-9d7e-0c9a3b2f5d41',
  'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl',
] as const;

const unknown = caseIds.map(
  (id): Check => ({
    id: `revoke/unknown-token/${id}`,
    title: `The revocation of an unknown token is answered with 200 and ends no session (${id})`,
    verifies: ['revoke/unknown-token', others, 'revoke/success-empty'],
    needs: [...needs, `client ${id}`],
    async run(t) {
      const session = await liveSession(t, id);
      for (const token of t.trials(unknownValues))
        for (const hint of t.trials([undefined, 'access_token', 'refresh_token'])) {
          const exchange = t.expect.accepted(await t.revoke(token, session.client, hint), {
            because: `an unknown token${hint === undefined ? '' : ` with the hint ${hint}`}`,
          });
          t.expect.soft(exchange.text === '', 'The response to the revocation of an unknown token has a body.', {
            requirement: 'revoke/success-empty',
            expected: 'No body.',
            exchange,
          });
        }
      if (isVisible(t, session)) await isAlive(t, session, others, 'after an unknown token was revoked');
    },
  }),
);

/** Credentials of the client itself that are no tokens, of a session that goes on. */
async function otherCredentials(t: CheckContext, id: CaseId): Promise<readonly (readonly [string, string])[]> {
  const owner = t.case(id);
  const hasCodes = t.config.authorizationCode !== undefined && t.config.authorizationCode.source !== 'static';
  const code = hasCodes ? (await t.code(id)).code : undefined;
  const signsIn = owner.client.role === 'whitelabel-customer' && t.config.operations.authenticate !== false;
  const session = signsIn ? await t.signIn(id) : undefined;
  const handsOff = session !== undefined && t.config.operations.handoffInit !== false;
  const handedOff = handsOff
    ? await t.client.handoffInit({ accessToken: session.accessToken, json: t.handoffBody(owner) })
    : undefined;
  const handoffCode = handedOff?.ok === true ? handedOff.object?.[t.config.handoff.codeField] : undefined;
  const found = [
    ['an authorization code', code],
    ['a session_id', session?.sessionId],
    ['a hand-off code', handoffCode],
  ] as const;
  return found.flatMap(([what, value]) => (typeof value === 'string' && value !== '' ? [[what, value] as const] : []));
}

/** Whatever else a server does with them: for the client such a value is a token that is none (RFC 7009 2.2). */
const noTokens = (['client_secret_basic', 'none', 'third-party'] as const).map(
  (id): Check => ({
    id: `revoke/another-credential/${id}`,
    title: `The revocation of a code or a session_id, which are no tokens, is answered with 200 (${id})`,
    verifies: ['revoke/unknown-token'],
    needs: [...needs, `client ${id}`],
    control: revocation(id),
    ample: true,
    async run(t) {
      const found = await otherCredentials(t, id);
      if (found.length === 0) t.skip(`No credential of the ${id} client but its tokens can be had on this target.`);
      for (const [what, value] of found) {
        const exchange = await t.revoke(value, t.case(id));
        // RFC 7009 2.2.1: a server may know the value, and say that it does not revoke its kind.
        if (exchange.status === 400 && exchange.errorCode === 'unsupported_token_type') continue;
        t.expect.accepted(exchange, { because: `the revocation of ${what}` });
      }
    },
  }),
);

/** A token that was used up still names its session: it opens that to nobody else. */
const foreignRotated: Check = {
  id: 'revoke/foreign-client/rotated-token',
  title: 'A used refresh token of another client does not revoke the session that went on',
  verifies: [foreign],
  needs: [...needs, 'operation token', 'two clients', 'client client_secret_basic'],
  control: revocation('client_secret_basic'),
  async run(t) {
    const first = await liveSession(t, 'client_secret_basic');
    const thief = t.otherCase(first.client);
    const second = await t.refreshed(first);
    await t.revoke(t.refreshTokenOf(first), thief);
    const because = `after another client (${thief.id}) had presented its used refresh token to /revoke`;
    await isAlive(t, second, foreign, because);
  },
};

/** The id of a session is no token of it, and least of all another client's. */
const foreignSessionId: Check = {
  id: 'revoke/foreign-client/session-id',
  title: 'The session_id of another client, presented as a token, does not revoke the session',
  verifies: [foreign],
  needs: ['operation revoke', 'operation authenticate', 'whitelabel client', 'two clients'],
  control: continuableSession,
  ample: true,
  async run(t) {
    const session = await signedIn(t, t.whitelabel());
    if (!isVisible(t, session)) t.skip(`No token of the ${session.client.id} client can be tried on this target.`);
    const thief = t.otherCase(session.client);
    for (const hint of t.trials([undefined, 'refresh_token'])) await t.revoke(session.sessionId, thief, hint);
    const because = `after another client (${thief.id}) had presented its session_id to /revoke`;
    await isAlive(t, session, foreign, because);
  },
};

export default defineChecks([
  ...foreignChecks,
  foreignRotated,
  foreignSessionId,
  ...resemblance,
  ...sameWallet,
  ...sameClient,
  ...unknown,
  ...noTokens,
]);
