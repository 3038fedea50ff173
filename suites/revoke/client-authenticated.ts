/** A revocation whose client fails to authenticate changes nothing (RFC 7009 2.1, 5); and one without a token is refused (2.2.1). */

import { type Check, type Control, defineChecks } from '../../harness/check.ts';
import type { FormRequest } from '../../harness/client.ts';
import { basicCredentials, type CaseId, type ClientCase, caseIds } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { revocation } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { isAlive, liveSession, type TokenKind, tokenKinds, tokenOfKind } from '../../harness/revocation.ts';

const unauthenticated = 'revoke/client-authenticated';
const needs = ['operation revoke', 'session source'] as const;
const wrong = 'not-the-secret-of-this-client';

interface Attempt {
  readonly because: string;
  readonly variation: Omit<FormRequest, 'params'>;
  readonly params?: Readonly<Record<string, string>>;
}

const hinted = (hint: TokenKind): string => `and the hint ${hint}`;

/** Ways to fail to prove that one is the client of a session. */
function failures(owner: ClientCase, session: Session): Attempt[] {
  const { id, secret = '' } = owner.client;
  const wrongCase = secret === secret.toUpperCase() ? secret.toLowerCase() : secret.toUpperCase();
  return [
    { because: 'a wrong secret', variation: { as: owner, credentials: { secret: wrong } } },
    { because: 'the client_id alone', variation: {}, params: { client_id: id } },
    { because: 'no client at all', variation: {} },
    { because: 'an empty secret', variation: { as: owner, credentials: { secret: '' }, malformed: true } },
    {
      because: 'a secret that is cut',
      variation: { as: owner, credentials: { secret: secret.slice(0, -1) }, malformed: true },
    },
    ...(wrongCase === secret
      ? []
      : [
          {
            because: 'the secret in the other letter case',
            variation: { as: owner, credentials: { secret: wrongCase } },
          },
        ]),
    {
      because: 'an unknown client',
      variation: { as: owner, credentials: { id: 'no-such-client-5f3a' } },
    },
    {
      because: 'the access token of the session instead of credentials',
      variation: { headers: { authorization: `Bearer ${session.accessToken}` }, malformed: true },
      params: { client_id: id },
    },
    {
      because: 'right and wrong credentials together',
      variation: { headers: { authorization: basicCredentials(id, wrong) }, malformed: true },
      params: { client_id: id, client_secret: secret },
    },
    // The hint chooses where a token is looked up, and with that which code decides who may revoke it.
    ...tokenKinds.flatMap((hint): Attempt[] => [
      {
        because: `the client_id alone ${hinted(hint)}`,
        variation: {},
        params: { client_id: id, token_type_hint: hint },
      },
      {
        because: `a wrong secret ${hinted(hint)}`,
        variation: { as: owner, credentials: { secret: wrong } },
        params: { token_type_hint: hint },
      },
    ]),
  ];
}

const secretChecks = (['client_secret_basic', 'client_secret_post', 'third-party'] as const).flatMap((id) =>
  tokenKinds.map(
    (kind): Check => ({
      id: `revoke/client-fails/${kind}/${id}`,
      title: `A ${kind} is not revoked by somebody who does not authenticate as its client (${id})`,
      verifies: [unauthenticated],
      needs: [...needs, `client ${id}`],
      control: revocation(id),
      async run(t) {
        const owner = t.case(id);
        if (owner.client.secret === undefined) t.skip(`The ${id} client has no secret.`);
        const session = await liveSession(t, id);
        const token = tokenOfKind(session, kind);
        for (const { because, variation, params = {} } of t.trials(failures(owner, session)))
          t.expect.refused(await t.client.revoke({ ...variation, params: { token, ...params } }), {
            because: `a revocation with ${because}`,
          });
        await isAlive(
          t,
          session,
          unauthenticated,
          `after revocations of its ${kind} whose client was not authenticated`,
        );
      },
    }),
  ),
);

const publicChecks = tokenKinds.map(
  (kind): Check => ({
    id: `revoke/client-fails/${kind}/none`,
    title: `A ${kind} of a public client is not revoked by somebody who names another client or none`,
    verifies: [unauthenticated],
    needs: [...needs, 'client none'],
    control: revocation('none'),
    async run(t) {
      const session = await liveSession(t, 'none');
      const token = tokenOfKind(session, kind);
      const attempts: { because: string; params: Readonly<Record<string, string>> }[] = [
        { because: 'no client', params: {} },
        { because: 'an unknown client', params: { client_id: 'no-such-client-5f3a' } },
        ...tokenKinds.map((hint) => ({ because: `no client ${hinted(hint)}`, params: { token_type_hint: hint } })),
      ];
      for (const { because, params } of t.trials(attempts))
        t.expect.refused(await t.client.revoke({ params: { token, ...params } }), {
          because: `a revocation that names ${because}`,
        });
      await isAlive(t, session, unauthenticated, `after revocations of its ${kind} whose client was not named`);
    },
  }),
);

/** The id of a confidential client is no secret: it opens nothing together with another client's proof. */
const borrowed: Check = {
  id: 'revoke/client-fails/borrowed-id',
  title: "A client does not revoke another's token by adding its client_id to its own credentials",
  verifies: [unauthenticated, 'revoke/foreign-client'],
  needs: [...needs, 'client client_secret_basic', 'client third-party'],
  control: [revocation('client_secret_basic'), revocation('third-party')],
  async run(t) {
    const thief = t.case('third-party');
    if (thief.client.secret === undefined) t.skip('The third-party client has no secret.');
    const session = await liveSession(t, 'client_secret_basic');
    const { id } = session.client.client;
    // 200 is lawful: the authenticated client is what counts, and a foreign token may be answered so.
    for (const token of [session.accessToken, ...(session.refreshToken === undefined ? [] : [session.refreshToken])])
      await t.client.revoke({ as: thief, params: { token, client_id: id }, malformed: true });
    await isAlive(t, session, 'revoke/foreign-client', 'after another client had added its client_id to a revocation');
  },
};

async function refuses(t: CheckContext, id: CaseId, params: Readonly<Record<string, string>>, because: string) {
  t.expect.refused(await t.client.revoke({ as: t.case(id), params, malformed: true }), {
    status: [400],
    error: ['invalid_request'],
    because,
  });
}

const tokenRequired = caseIds.map(
  (id): Check => ({
    id: `revoke/token-required/${id}`,
    title: `A revocation without a token, or with an empty one, is refused with 400 invalid_request (${id})`,
    verifies: ['revoke/token-required'],
    needs: ['operation revoke', `client ${id}`],
    control: revocation(id) satisfies Control,
    async run(t) {
      await refuses(t, id, {}, 'a revocation without a token');
      for (const params of t.trials([{ token: '' }, { token_type_hint: 'refresh_token' }]))
        await refuses(t, id, params, `a revocation with only ${JSON.stringify(params)}`);
    },
  }),
);

export default defineChecks([...secretChecks, ...publicChecks, borrowed, ...tokenRequired]);
