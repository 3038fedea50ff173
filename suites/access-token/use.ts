/** The access token as a bearer token: where it is accepted, and what is none (RFC 6750 2, RFC 6749 7). */

import { parseJwt } from '../../generators/jwt.ts';
import { nearMisses } from '../../generators/near-miss.ts';
import { bearerClient, bearerNeeds, liveAccessToken, present, presentToken } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';
import { hasCodeSource } from '../../harness/needs.ts';

const granted = { status: [200, 201, 202, 204] };
const status = { status: [401], statusRequirement: 'access-token/invalid-token-status' } as const;

// /authenticate is for whitelabel clients only (API reference "Access restriction").
const accepted = (['code', 'authenticate', 'refresh'] as const).flatMap((via) =>
  (via === 'authenticate' ? methodCases : caseIds).map(
    (id): Check => ({
      id: `access-token/accepted/${via}/${id}`,
      title: `An access token ${via === 'refresh' ? 'after a refresh' : `by ${via}`} is accepted (${id})`,
      verifies: ['access-token/accepted'],
      needs: [
        `client ${id}`,
        'access token probe',
        ...(via === 'code' ? (['code source'] as const) : via === 'refresh' ? (['session source'] as const) : []),
        ...(via === 'authenticate' ? (['operation authenticate'] as const) : []),
      ],
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`An access token of the ${id} client cannot be tried anywhere.`);
        if (via === 'authenticate' && owner.client.role !== 'whitelabel-customer')
          t.skip('/authenticate is for whitelabel clients only.');
        const session =
          via === 'code'
            ? await t.sharedSession(owner)
            : via === 'authenticate'
              ? await (t.frugal && !hasCodeSource(t.config) ? t.sharedSession(owner) : t.signIn(owner))
              : await t.refreshed(await t.session(owner));
        t.expect.accepted(await t.tryAccessToken(session.accessToken, owner), granted);
      },
    }),
  ),
);

export default defineChecks([
  ...accepted,
  {
    id: 'access-token/scheme-case',
    title: 'The scheme Bearer is recognised in any letter case',
    verifies: ['access-token/scheme-case-insensitive'],
    needs: bearerNeeds,
    control: liveAccessToken,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(bearerClient(t));
      for (const scheme of t.trials(['bearer', 'BEARER', 'bEARER']))
        t.expect.accepted(await present(t, client, { authorization: `${scheme} ${accessToken}` }), {
          ...granted,
          because: `the scheme written "${scheme}"`,
        });
    },
  },
  {
    id: 'access-token/garbage',
    title: 'A bearer token that was not issued as an access token is refused',
    verifies: ['access-token/validated', 'access-token/invalid-token-status'],
    needs: bearerNeeds,
    control: liveAccessToken,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(bearerClient(t));
      const values = ['not-an-access-token', '0', 'null', 'undefined', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA', 'a.b.c', '...'];
      for (const value of t.trials(values))
        t.expect.refused(await presentToken(t, client, value), { ...status, because: `the token ${value}` });
      for (const value of t.trials(['', '""', '{}', '%00', 'a b']))
        t.expect.refused(await presentToken(t, client, value), { because: 'a token that is none' });
      // A cut or lengthened spelling may decode to the same octets only in the last characters: those are left out.
      const changed = nearMisses(accessToken).filter(({ what }) =>
        ['without its first character', 'cut to its first half', 'twice'].includes(what),
      );
      for (const { what, value } of t.trials(changed))
        t.expect.refused(await presentToken(t, client, value), { ...status, because: `an access token ${what}` });
    },
  },
  {
    id: 'access-token/other-scheme',
    title: 'An access token under another scheme than Bearer is refused',
    verifies: ['access-token/bearer-scheme-only'],
    needs: bearerNeeds,
    control: liveAccessToken,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(bearerClient(t));
      const basic = Buffer.from(`${accessToken}:`).toString('base64');
      const values = [
        `Basic ${accessToken}`,
        accessToken,
        `Token ${accessToken}`,
        `JWT ${accessToken}`,
        `BearerX ${accessToken}`,
        `Bear ${accessToken}`,
        `Bearer${accessToken}`,
        `Basic ${basic}`,
        `Basic ${Buffer.from(`:${accessToken}`).toString('base64')}`,
      ];
      for (const authorization of t.trials(values))
        t.expect.refused(await present(t, client, { authorization }), {
          because: `an access token as "${authorization.slice(0, 6).trim()}..."`,
        });
    },
  },
  {
    id: 'access-token/in-query',
    title: 'An access token in the query is ignored',
    verifies: ['access-token/not-in-query'],
    needs: bearerNeeds,
    control: liveAccessToken,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(bearerClient(t));
      for (const name of t.trials(['access_token', 'token', 'accessToken', 'bearer']))
        t.expect.refused(await present(t, client, {}, { query: `${name}=${accessToken}` }), {
          because: `an access token in the query as ${name}`,
        });
      const beside = { authorization: 'Bearer not-an-access-token' };
      t.expect.refused(await present(t, client, beside, { query: `access_token=${accessToken}` }), {
        because: 'an access token in the query beside a wrong one in the header',
      });
    },
  },
  {
    id: 'access-token/in-body',
    title: 'An access token in the body does not replace the Authorization header',
    verifies: ['access-token/not-in-body'],
    needs: [...bearerNeeds, 'operation handoffInit'],
    control: liveAccessToken,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const name of t.trials(['access_token', 'accessToken', 'token', 'authorization'])) {
        const json = t.handoffBody(client, {
          [name]: name === 'authorization' ? `Bearer ${accessToken}` : accessToken,
        });
        t.expect.refused(await t.client.handoffInit({ json, malformed: true }), {
          because: `an access token in the body as ${name}`,
        });
      }
      const json = t.handoffBody(client, { access_token: accessToken });
      t.expect.refused(await t.client.handoffInit({ accessToken: 'not-an-access-token', json, malformed: true }), {
        because: 'an access token in the body beside a wrong one in the header',
      });
    },
  },
  ...caseIds.map(
    (id): Check => ({
      id: `access-token/refresh-token/${id}`,
      title: `A refresh token is refused as a bearer token (${id})`,
      verifies: ['access-token/refresh-token-refused'],
      needs: [...bearerNeeds, `client ${id}`],
      control: liveAccessToken,
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`A token of the ${id} client cannot be tried anywhere.`);
        const session = await t.sharedSession(owner);
        t.expect.refused(await presentToken(t, owner, t.refreshTokenOf(session)), { because: 'a refresh token' });
        if (id === 'third-party' || t.frugal || t.config.operations.authenticate === false) return;
        const signedIn = owner.client.role === 'whitelabel-customer' ? await t.signIn(owner) : session;
        const next = signedIn.refreshToken;
        if (next !== undefined)
          t.expect.refused(await presentToken(t, owner, next), { because: 'a refresh token of a sign-in' });
      },
    }),
  ),
  {
    id: 'access-token/other-credentials',
    title: 'Codes, ids and secrets are refused as bearer tokens',
    verifies: ['access-token/other-credentials-refused'],
    needs: bearerNeeds,
    control: liveAccessToken,
    async run(t) {
      const owner = bearerClient(t);
      const session = await t.sharedSession(owner);
      const values: (readonly [string, string])[] = [];
      const add = (what: string, value: unknown): void => {
        // What is no field value cannot be presented at all (RFC 9110 5.5).
        if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) values.push([what, value]);
      };
      if (hasCodeSource(t.config) && t.config.authorizationCode?.source !== 'static')
        add('an authorization code', (await t.code(owner)).code);
      if (t.config.operations.handoffInit !== false && owner.client.role === 'whitelabel-customer') {
        const handed = await t.client.handoffInit({ accessToken: session.accessToken, json: t.handoffBody(owner) });
        add('a hand-off code', handed.object?.[t.config.handoff.codeField]);
      }
      const claims = parseJwt(session.accessToken)?.claims;
      add('a session id', session.sessionId ?? claims?.sid ?? claims?.session_id);
      if (!t.frugal && t.config.operations.authenticate !== false)
        add('a session id', (await t.signIn(t.whitelabel())).sessionId);
      add('a token id', claims?.jti);
      add('an account', claims?.sub);
      add('a client id', owner.client.id);
      add('a client secret', owner.client.secret);
      for (const [what, value] of values)
        t.expect.refused(await presentToken(t, owner, value), { because: `${what} as a bearer token` });
    },
  },
]);
