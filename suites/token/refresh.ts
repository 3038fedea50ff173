/** The refresh grant: what it gives, and that each refresh token serves once (RFC 6749 6; contract "single use and rotated"). */

import { parseJwt } from '../../generators/jwt.ts';
import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds, methodCases, otherMethod, secretCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { controlRefresh, refresh } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { hasCodeSource } from '../../harness/needs.ts';

const invalidGrant = { status: [400], error: ['invalid_grant'], errorRequirement: 'errors/invalid-grant' } as const;
const invalidRequest = {
  status: [400],
  error: ['invalid_request'],
  errorRequirement: 'errors/invalid-request',
} as const;
/** What may fail already as a malformed parameter. */
const eitherWay = {
  status: [400],
  error: ['invalid_grant', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;

/** Refreshes and looks at what came. @returns the next pair */
async function refreshed(t: CheckContext, session: Session, because: string): Promise<Session> {
  const old = t.refreshTokenOf(session);
  const exchange = t.expect.accepted(await t.refresh(session), { requirement: 'refresh/granted', because });
  const next = t.sessionOf(exchange, session.client);
  t.expect.that(
    next.refreshToken !== undefined && next.refreshToken !== old,
    `${because} gave ${next.refreshToken === undefined ? 'no' : 'the same'} refresh token.`,
    {
      requirement: 'refresh/rotated',
      expected: 'A refresh gives a new refresh token.',
      exchange,
    },
  );
  return next;
}

const origins = (id: CaseId): readonly ('code' | 'authenticate')[] =>
  id === 'third-party' ? ['code'] : ['code', 'authenticate'];

/**
 * A refresh gave the access token that was there before. Two JWTs of one session and one second may be the same string, as nothing asks for a
 * `jti`: in the next second a refresh must give another one.
 */
async function isMintedAnew(t: CheckContext, session: Session): Promise<Session> {
  let next = session;
  if (parseJwt(session.accessToken) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 1100));
    next = await refreshed(t, session, 'A refresh in the next second');
  }
  t.expect.that(
    next.accessToken !== session.accessToken,
    'A refresh gave the access token that the client had already.',
    {
      requirement: 'refresh/access-token-works',
      expected: 'A refresh gives an access token that begins its life now.',
      exchange: next.exchange,
    },
  );
  return next;
}

const chains = caseIds.flatMap((id) =>
  origins(id).map(
    (via): Check => ({
      id: `refresh/chain/${via}/${id}`,
      title: `A session is refreshed again and again, with new tokens that work each time (${id}, begun by ${via})`,
      verifies: ['refresh/granted', 'refresh/rotated', 'refresh/new-token-works', 'refresh/access-token-works'],
      needs: [
        'operation token',
        `client ${id}`,
        ...(via === 'code' ? (['code source'] as const) : (['operation authenticate', 'whitelabel client'] as const)),
      ],
      async run(t) {
        if (via === 'authenticate' && t.case(id).client.role !== 'whitelabel-customer')
          t.skip(`The ${id} client is no whitelabel client.`);
        const first = await t.session(id, { via });
        const second = await refreshed(t, first, 'A first refresh');
        const latest = second.accessToken === first.accessToken ? await isMintedAnew(t, second) : second;
        if (t.canTryAccessToken(second.client))
          await t.accessTokenLives(latest, {
            requirement: 'refresh/access-token-works',
            because: 'although a refresh has just given it',
          });
        const again = await t.refresh(latest);
        t.expect.accepted(again, { requirement: 'refresh/new-token-works', because: 'the refresh token of a refresh' });
        const third = t.sessionOf(again, latest.client);
        if (t.canTryAccessToken(third.client))
          await t.accessTokenLives(third, {
            requirement: 'refresh/access-token-works',
            because: 'although a second refresh has just given it',
          });
      },
    }),
  ),
);

const replays = caseIds.flatMap((id): Check[] => [
  {
    id: `refresh/replay/${id}`,
    title: `A used refresh token is refused, also a second time and after the next refresh (${id})`,
    verifies: ['refresh/single-use'],
    control: refresh(id),
    async run(t) {
      const first = await t.session(id);
      const second = await refreshed(t, first, 'A first refresh');
      t.expect.refused(await t.refresh(first), { ...invalidGrant, because: 'a refresh token that was used before' });
      t.expect.refused(await t.refresh(first), { ...invalidGrant, because: 'a used refresh token at the third try' });
      const other = t.frugal ? undefined : otherMethod(first.client);
      if (other !== undefined)
        t.expect.refused(await t.refresh(first, other), { because: `a used refresh token, with ${other.method} now` });
      const after = await t.refresh(second); // alive or ended: both are lawful after a replay
      if (after.ok) {
        const third = t.sessionOf(after, second.client);
        t.expect.refused(await t.refresh(second), {
          ...invalidGrant,
          because: 'a used refresh token of the second generation',
        });
        if (third.refreshToken !== undefined)
          t.expect.refused(await t.refresh(first), {
            ...invalidGrant,
            because: 'a used refresh token of the first generation',
          });
      }
    },
  },
  {
    id: `refresh/replay-of-earlier-generation/${id}`,
    title: `A refresh token that was used two refreshes ago is refused (${id})`,
    verifies: ['refresh/single-use'],
    control: refresh(id),
    async run(t) {
      const first = await t.session(id);
      const second = await refreshed(t, first, 'A first refresh');
      await refreshed(t, second, 'A second refresh');
      t.expect.refused(await t.refresh(first), {
        ...invalidGrant,
        because: 'a refresh token that was used two refreshes ago',
      });
      t.expect.refused(await t.refresh(second), {
        ...invalidGrant,
        because: 'a refresh token that was used one refresh ago',
      });
    },
  },
]);

/** The first replay is by the other method: a plain one before it may have ended the session, and with that all that could be seen. */
const otherwise = secretCases.map(
  (id): Check => ({
    id: `refresh/replay-by-other-method/${id}`,
    title: `A used refresh token is refused also when its client authenticates by the other method now (${id})`,
    verifies: ['refresh/single-use'],
    control: refresh(id),
    ample: true,
    async run(t) {
      const first = await t.session(id);
      const other = otherMethod(first.client) ?? t.skip('The client has no secret.');
      await refreshed(t, first, 'A refresh');
      // A server that takes one method only from this client refuses it in other words.
      t.expect.refused(await t.refresh(first, other), { because: `a used refresh token, with ${other.method} now` });
    },
  }),
);

const refusals = caseIds.flatMap((id): Check[] => [
  {
    id: `refresh/token-missing/${id}`,
    title: `A refresh without refresh_token is refused (${id})`,
    verifies: ['refresh/token-required'],
    control: refresh(id),
    async run(t) {
      for (const value of t.trials([undefined, '']))
        t.expect.refused(
          await t.client.token({
            as: t.case(id),
            params: { grant_type: 'refresh_token', refresh_token: value },
            malformed: true,
          }),
          {
            // An empty one may be looked up like any other that is unknown.
            ...(value === undefined ? invalidRequest : eitherWay),
            because: value === undefined ? 'a refresh without refresh_token' : 'an empty refresh_token',
          },
        );
    },
  },
  {
    id: `refresh/token-unknown/${id}`,
    title: `A refresh token that was never issued is refused (${id})`,
    verifies: ['refresh/token-valid'],
    control: refresh(id),
    async run(t) {
      for (const value of t.trials([t.pkce().codeVerifier, 'undefined', 'null', '0', '*', "' OR '1'='1"]))
        t.expect.refused(
          await t.client.token({ as: t.case(id), params: { grant_type: 'refresh_token', refresh_token: value } }),
          { ...eitherWay, because: 'a refresh token that was never issued' },
        );
    },
  },
  {
    id: `refresh/token-inexact/${id}`,
    title: `A refresh token that is cut, lengthened or changed is refused (${id})`,
    verifies: ['refresh/token-valid'],
    control: refresh(id),
    async run(t) {
      const session = await t.session(id);
      const token = t.refreshTokenOf(session);
      const misses = [...nearMisses(token), { what: 'with a pattern for its end', value: `${token.slice(0, -4)}%` }];
      for (const { what, value } of t.trials(misses))
        t.expect.refused(
          await t.client.token({ as: session.client, params: { grant_type: 'refresh_token', refresh_token: value } }),
          { ...eitherWay, because: `a refresh token ${what}` },
        );
    },
  },
  {
    id: `refresh/another-credential/${id}`,
    title: `An access token, a code or a session id is no refresh token (${id})`,
    verifies: ['refresh/not-another-credential'],
    control: refresh(id),
    async run(t) {
      const session = t.frugal ? await t.sharedSession(id) : await t.session(id);
      const code =
        t.frugal || t.config.authorizationCode === undefined || t.config.authorizationCode.source === 'static'
          ? undefined
          : (await t.code(id)).code;
      const maySignIn =
        session.client.client.role === 'whitelabel-customer' && t.config.operations.authenticate !== false;
      const signedIn = !t.frugal && maySignIn ? await t.signIn(id) : undefined;
      const others = [
        ['an access token', session.accessToken],
        ['an authorization code', code],
        ['a session id', session.sessionId ?? signedIn?.sessionId],
        ['a client id', session.client.client.id],
      ] as const;
      for (const [what, value] of t.trials(others.filter(([, one]) => one !== undefined)))
        t.expect.refused(
          await t.client.token({ as: session.client, params: { grant_type: 'refresh_token', refresh_token: value } }),
          { ...eitherWay, because: `${what} as refresh_token` },
        );
    },
  },
]);

const stolen = caseIds.flatMap((id): Check[] => [
  {
    id: `refresh/foreign-client/${id}`,
    title: `A refresh token of another client is refused (presented by ${id})`,
    verifies: ['refresh/client-binding'],
    needs: ['two clients'],
    control: refresh(id),
    async run(t) {
      const thief = t.case(id);
      const owners = caseIds
        .filter(
          (one) =>
            t.config.clients[one === 'third-party' ? 'thirdParty' : one === 'none' ? 'public' : 'confidential'] !==
              undefined && one !== 'client_secret_post',
        )
        .map((one) => t.case(one))
        .filter((owner) => owner.client.id !== thief.client.id);
      for (const owner of t.trials(owners)) {
        const session = await t.session(owner);
        if (session.refreshToken === undefined) continue;
        for (const time of t.trials(['', ', a second time']))
          t.expect.refused(await t.refresh(session, thief), {
            ...eitherWay,
            because: `a refresh token of the ${owner.id} client${time}`,
          });
      }
    },
  },
]);

/** A refresh by nobody, or by somebody who is not who they say, neither gives tokens nor is it enough to know the token. */
const unauthenticated = (['client_secret_basic', 'client_secret_post', 'third-party'] as const).map(
  (id): Check => ({
    id: `refresh/client-unauthenticated/${id}`,
    title: `A refresh of a confidential client without its secret is refused (${id})`,
    verifies: ['refresh/client-authenticated'],
    control: refresh(id),
    async run(t) {
      const { client } = t.case(id);
      if (client.secret === undefined) t.skip('The client has no secret.');
      const session = await t.session(id);
      const params = { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session) };
      const loose = {
        status: [400, 401],
        error: ['invalid_client', 'invalid_request', 'unauthorized_client', 'invalid_grant'],
        errorRequirement: 'errors/invalid-client',
      } as const;
      t.expect.refused(await t.client.token({ params: { ...params, client_id: client.id } }), {
        ...loose,
        because: 'a refresh by client_id alone',
      });
      if (!t.frugal) {
        t.expect.refused(await t.client.token({ params, malformed: true }), {
          ...loose,
          because: 'a refresh that names no client',
        });
        const wrong = { ...params, client_id: client.id, client_secret: 'not-the-secret-of-this-client' };
        t.expect.refused(await t.client.token({ params: wrong }), {
          ...loose,
          because: 'a refresh with a wrong secret',
        });
      }
    },
  }),
);

const claimsOf = (session: Session): Readonly<Record<string, unknown>> => parseJwt(session.accessToken)?.claims ?? {};
const subject = (session: Session): unknown => claimsOf(session).sub;

/** Another user begins a session of the same client, where that can be done: a refresh is about the session of its own token. */
async function anotherSignsIn(t: CheckContext, { client }: Session): Promise<void> {
  const canSignIn = t.config.operations.authenticate !== false && client.client.role === 'whitelabel-customer';
  if (!t.frugal && canSignIn) await t.signIn(client);
}

/** Claims that tell the session: those with the value that /authenticate gave as session_id. */
const sessionClaims = (session: Session): string[] =>
  Object.entries(claimsOf(session))
    .filter(([name, value]) => name !== 'jti' && value === session.sessionId && value !== undefined)
    .map(([name]) => name);

const sameSubject = caseIds.flatMap((id) =>
  origins(id).map(
    (via): Check => ({
      id: `refresh/same-subject/${via}/${id}`,
      title: `A refreshed access token names the same subject and session, whoever signed in since (${id}, begun by ${via})`,
      verifies: ['refresh/same-subject', ...(via === 'code' ? [] : ['refresh/same-session'])],
      needs: [
        'jwt access tokens',
        ...(via === 'code' ? (['code source'] as const) : (['operation authenticate'] as const)),
      ],
      control: refresh(id),
      async run(t) {
        if (via === 'authenticate' && t.case(id).client.role !== 'whitelabel-customer')
          t.skip(`The ${id} client is no whitelabel client.`);
        const ofControl = hasCodeSource(t.config) ? 'code' : 'authenticate';
        const known = t.frugal && via === ofControl ? await controlRefresh(t, id) : undefined;
        const first = known?.first ?? (await t.session(id, { via }));
        if (subject(first) === undefined) t.skip('Access tokens have no sub claim.');
        await anotherSignsIn(t, first);
        const exchange =
          known?.first === undefined ? t.expect.given(await t.refresh(first), 'a refresh') : known.exchange;
        const next = t.sessionOf(exchange, first.client);
        t.expect.that(
          subject(next) === subject(first),
          'The access token of a refresh names another sub than the one before.',
          { expected: 'The same subject.', exchange },
        );
        const changed = sessionClaims(first).filter((name) => claimsOf(next)[name] !== first.sessionId);
        t.expect.that(
          changed.length === 0,
          `The access token of a refresh has another ${changed.join(', ')} than the one before, which had the session_id of the sign-in.`,
          { requirement: 'refresh/same-session', expected: 'The same session.', exchange },
        );
      },
    }),
  ),
);

const sameSession = methodCases.map(
  (id): Check => ({
    id: `refresh/same-session/${id}`,
    title: `Revoking the first refresh token's successor ends all that was refreshed (${id})`,
    verifies: ['refresh/same-session'],
    needs: ['operation revoke'],
    control: refresh(id),
    async run(t) {
      const first = await t.session(id);
      const second = await refreshed(t, first, 'A refresh');
      const third = await refreshed(t, second, 'A second refresh');
      t.expect.accepted(await t.revoke(t.refreshTokenOf(third), third.client), {
        requirement: 'revoke/success-status',
        because: 'the revocation of the newest refresh token',
      });
      for (const [name, session] of [
        ['newest', third],
        ['second', second],
        ['first', first],
      ] as const)
        if (t.canTryAccessToken(session.client))
          await t.accessTokenDies(session, {
            requirement: 'refresh/same-session',
            because: `(the ${name} one of the session) after the newest refresh token was revoked`,
          });
      t.expect.refused(await t.refresh(third), {
        requirement: 'refresh/same-session',
        because: 'the refresh token that was revoked',
      });
    },
  }),
);

export default defineChecks([
  ...chains,
  ...replays,
  ...otherwise,
  ...refusals,
  ...stolen,
  ...unauthenticated,
  ...sameSubject,
  ...sameSession,
]);
