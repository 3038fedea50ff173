/** Which grants there are (contract "The five operations", RFC 6749 5.2). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds } from '../../harness/client-cases.ts';
import { codeExchange, refresh, sessionToRefuse } from '../../harness/controls.ts';

const others = [
  'password',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
];
const respelt = [
  'AUTHORIZATION_CODE',
  'Authorization_Code',
  'authorization_code ',
  'authorization-code',
  'authorization_codes',
  'authorization',
];
const refusal = {
  status: [400],
  error: ['unsupported_grant_type', 'invalid_request', 'unauthorized_client'],
  errorRequirement: 'errors/unsupported-grant-type',
} as const;
/** A server may let clients go without a secret for the two grants only: at another, a public client has not authenticated (RFC 6749 5.2). */
const orUnauthenticated = <T extends { readonly status: readonly number[]; readonly error: readonly string[] }>(
  id: CaseId,
  expected: T,
) =>
  id === 'none'
    ? { ...expected, status: [...expected.status, 401], error: [...expected.error, 'invalid_client'] }
    : expected;

const withoutGrantType = {
  status: [400],
  error: ['invalid_request', 'unsupported_grant_type'],
  errorRequirement: 'errors/invalid-request',
} as const;

const missing = (id: CaseId): Check => ({
  id: `token/grant-type-missing/${id}`,
  title: `A token request without grant_type is refused (${id})`,
  verifies: ['token/grant-type-required'],
  control: codeExchange(id),
  async run(t) {
    for (const value of t.trials([undefined, ''])) {
      const code = await t.code(id);
      const exchange = await t.client.token({
        as: t.case(id),
        params: { ...t.exchangeParams(code), grant_type: value },
        malformed: true,
      });
      t.expect.refused(exchange, {
        ...orUnauthenticated(id, withoutGrantType),
        because: value === undefined ? 'a request without grant_type' : 'an empty grant_type',
      });
    }
  },
});

const missingAtRefresh = (id: CaseId): Check => ({
  id: `token/grant-type-missing-at-refresh/${id}`,
  title: `A refresh token without grant_type is refused (${id})`,
  verifies: ['token/grant-type-required'],
  control: refresh(id),
  async run(t) {
    const session = await sessionToRefuse(t, id);
    const params = { refresh_token: t.refreshTokenOf(session) };
    t.expect.refused(await t.client.token({ as: session.client, params, malformed: true }), {
      ...orUnauthenticated(id, withoutGrantType),
      because: 'a refresh token without grant_type',
    });
  },
});

export default defineChecks([
  ...caseIds.map(missing),
  ...caseIds.map(missingAtRefresh),
  ...caseIds.map(
    (id): Check => ({
      id: `token/grant-type-other/${id}`,
      title: `Grant types beside the two of the contract are refused (${id})`,
      verifies: ['token/grant-type-supported'],
      control: codeExchange(id),
      async run(t) {
        for (const grantType of t.trials(others)) {
          const params = {
            grant_type: grantType,
            username: 'user-1',
            password: 'user-1',
            assertion: 'x',
            device_code: 'x',
            scope: t.config.scope,
            subject_token: 'x',
          };
          t.expect.refused(await t.client.token({ as: t.case(id), params, malformed: true }), {
            // A server may know the grant for other clients than these, or with other credentials than these.
            ...refusal,
            status: [400, 401],
            error: [...refusal.error, 'invalid_grant', 'invalid_client', 'invalid_scope'],
            because: `grant_type=${grantType}`,
          });
        }
      },
    }),
  ),
  {
    id: 'token/grant-type-unknown',
    title: 'An unknown grant type is refused with unsupported_grant_type',
    verifies: ['token/grant-type-supported', 'errors/unsupported-grant-type'],
    control: codeExchange('none'),
    async run(t) {
      const code = await t.code('none');
      const exchange = await t.client.token({
        as: t.case('none'),
        params: { ...t.exchangeParams(code), grant_type: 'no_such_grant' },
        malformed: true,
      });
      t.expect.refused(exchange, {
        ...orUnauthenticated('none', { ...refusal, error: ['unsupported_grant_type'] }),
        because: 'an unknown grant_type',
      });
    },
  },
  {
    id: 'token/grant-type-respelt',
    title: 'grant_type is compared exactly',
    verifies: ['token/grant-type-supported'],
    control: codeExchange('none'),
    async run(t) {
      for (const grantType of t.trials(respelt)) {
        const code = await t.code('none');
        const exchange = await t.client.token({
          as: t.case('none'),
          params: { ...t.exchangeParams(code), grant_type: grantType },
          malformed: true,
        });
        t.expect.refused(exchange, { ...orUnauthenticated('none', refusal), because: `grant_type "${grantType}"` });
      }
    },
  },
  {
    id: 'token/grant-type-mixed',
    title: 'A grant type does not take the credential of another',
    verifies: ['token/grant-type-supported'],
    control: [codeExchange('none'), refresh('none')],
    async run(t) {
      const code = await t.code('none');
      const exchange = await t.client.token({
        as: t.case('none'),
        params: { ...t.exchangeParams(code), grant_type: 'refresh_token' },
        malformed: true,
      });
      t.expect.refused(exchange, { status: [400], because: 'a code sent with grant_type=refresh_token' });
      const session = await t.session('none');
      const other = await t.client.token({
        as: t.case('none'),
        params: { grant_type: 'authorization_code', refresh_token: t.refreshTokenOf(session) },
        malformed: true,
      });
      t.expect.refused(other, { status: [400], because: 'a refresh token sent with grant_type=authorization_code' });
    },
  },
]);
