/** An operation is carried out for its own method only (API reference; RFC 6749 3.2, RFC 9110 9.2.1). */

import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { CaseId, ClientCase } from '../../harness/client-cases.ts';
import type { OperationKey } from '../../harness/config.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anySignIn, codeExchange, handoff, revocation } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { answered } from '../../harness/expect.ts';
import { sessionLives } from '../../harness/session-liveness.ts';

const noGet = 'http/no-get';
const otherMethods = 'http/other-methods';
/** Methods that carry a body. */
const withBody = ['PUT', 'PATCH', 'DELETE'] as const;

/** The query of a form, with what a client that authenticates in the body adds to it. */
function queryOf(params: Readonly<Record<string, string>>, as: ClientCase): string {
  const query = new URLSearchParams(params);
  if (as.method !== 'client_secret_basic') query.set('client_id', as.client.id);
  if (as.method === 'client_secret_post') query.set('client_secret', as.client.secret ?? '');
  return query.toString();
}

/** A wrong method may be answered in any way but by carrying the operation out. */
function notIssued(t: CheckContext, exchange: Exchange | undefined, member: string, requirement: string): void {
  if (exchange?.ok && typeof exchange.object?.[member] === 'string')
    t.expect.fail(`${answered(exchange)} with ${member}: the operation was carried out.`, {
      requirement,
      expected: 'The request is refused, such as with 405 or 404.',
      exchange,
    });
}

const tokenByGet = (id: CaseId): Check => ({
  id: `http/no-get/token/${id}`,
  title: `GET /token issues no tokens (${id})`,
  verifies: [noGet],
  control: codeExchange(id),
  async run(t) {
    const as = t.case(id);
    const code = await t.code(as);
    const query = queryOf(t.exchangeParams(code), as);
    notIssued(t, await t.client.token({ as, method: 'GET', query, malformed: true }), 'access_token', noGet);
  },
});

const revokeByGet = (id: CaseId): Check => ({
  id: `http/no-get/revoke/${id}`,
  title: `GET /revoke revokes nothing (${id})`,
  verifies: [noGet],
  control: revocation(id),
  async run(t) {
    const session = await t.session(id);
    const query = queryOf({ token: session.refreshToken ?? session.accessToken }, session.client);
    const exchange = await t.client.revoke({ as: session.client, method: 'GET', query, malformed: true });
    await sessionLives(t, session, { requirement: noGet, because: `after ${answered(exchange)}` });
  },
});

/** Sent without parameters: what is asked is only an answer. */
const inert = ['OPTIONS', 'HEAD', 'PUT', 'PROPFIND'] as const;

function bare(t: CheckContext, operation: OperationKey, method: string): Promise<Exchange> {
  const request = { method, malformed: true };
  return t.client[operation](request);
}

export default defineChecks([
  ...(['none', 'client_secret_basic', 'client_secret_post', 'third-party'] as const).map(tokenByGet),
  {
    id: 'http/no-get/refresh',
    title: 'GET /token refreshes nothing',
    verifies: [noGet],
    control: codeExchange('none'),
    async run(t) {
      const session = await t.session('none');
      const params = { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session) };
      const query = queryOf(params, session.client);
      notIssued(t, await t.client.token({ method: 'GET', query, malformed: true }), 'access_token', noGet);
    },
  },
  {
    id: 'http/other-methods/token',
    title: 'PUT, PATCH and DELETE at /token issue no tokens',
    verifies: [otherMethods],
    control: codeExchange('client_secret_basic'),
    async run(t) {
      const as = t.case('client_secret_basic');
      for (const method of withBody) {
        const params = t.exchangeParams(await t.code(as));
        notIssued(t, await t.client.token({ as, method, params, malformed: true }), 'access_token', otherMethods);
      }
    },
  },
  {
    id: 'http/other-methods/token-head',
    title: 'HEAD /token redeems no code',
    verifies: [otherMethods],
    control: codeExchange('none'),
    async run(t) {
      const as = t.case('none');
      const code = await t.code(as);
      const query = queryOf(t.exchangeParams(code), as);
      const head = await t.client.token({ method: 'HEAD', query, malformed: true });
      // A refused attempt may burn a code; a granted one must not have used it.
      if (!head.ok) return;
      const exchange = await t.exchangeCode(as, code);
      if (!exchange.ok)
        t.expect.fail(`${answered(head)}, and the code was used up by it: ${answered(exchange)}.`, { exchange });
    },
  },
  ...(['none', 'client_secret_basic'] as const).map(revokeByGet),
  {
    id: 'http/other-methods/revoke',
    title: 'HEAD, PUT, PATCH and DELETE at /revoke revoke nothing',
    verifies: [otherMethods],
    control: revocation('client_secret_basic'),
    async run(t) {
      const session = await t.session('client_secret_basic');
      const params = { token: session.refreshToken ?? session.accessToken };
      const as = session.client;
      const query = queryOf(params, as);
      const exchanges = [await t.client.revoke({ as, method: 'HEAD', query, malformed: true })];
      for (const method of withBody) exchanges.push(await t.client.revoke({ as, method, params, malformed: true }));
      const because = `after ${exchanges.map(answered).join(', ')}`;
      await sessionLives(t, session, { requirement: otherMethods, because });
    },
  },
  {
    id: 'http/no-get/authenticate',
    title: 'GET /authenticate signs nobody in',
    verifies: [noGet],
    control: anySignIn,
    async run(t) {
      const as = t.whitelabel();
      const { json } = await t.message();
      const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
      const params = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, text(value)]));
      const query = queryOf(params, as);
      const exchange = await t.client.authenticate({ as, method: 'GET', query, malformed: true });
      notIssued(t, exchange, 'access_token', noGet);
    },
  },
  {
    id: 'http/other-methods/authenticate',
    title: 'PUT, PATCH and DELETE at /authenticate sign nobody in',
    verifies: [otherMethods],
    control: anySignIn,
    async run(t) {
      for (const method of withBody) {
        const { json } = await t.message();
        const exchange = await t.client.authenticate({ as: t.whitelabel(), method, json, malformed: true });
        notIssued(t, exchange, 'access_token', otherMethods);
      }
    },
  },
  {
    id: 'http/no-get/handoff',
    title: 'GET /handoff/init gives no code',
    verifies: [noGet],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const query = new URLSearchParams(t.handoffBody(client) as Record<string, string>).toString();
      const exchange = await t.client.handoffInit({ accessToken, method: 'GET', query, malformed: true });
      notIssued(t, exchange, t.config.handoff.codeField, noGet);
    },
  },
  {
    id: 'http/other-methods/handoff',
    title: 'PUT, PATCH and DELETE at /handoff/init give no code',
    verifies: [otherMethods],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const method of withBody) {
        const json = t.handoffBody(client);
        const exchange = await t.client.handoffInit({ accessToken, method, json, malformed: true });
        notIssued(t, exchange, t.config.handoff.codeField, otherMethods);
      }
    },
  },
  ...(['token', 'revoke', 'authenticate', 'handoffInit', 'scopes'] as const).map(
    (operation): Check => ({
      id: `http/methods-answered/${operation}`,
      title: `Methods without meaning at ${operation} are answered without a server error`,
      // How they are answered is judged by observers.
      verifies: ['http/no-server-error', 'http/answers', 'http/options-allow', 'http/method-status'],
      needs: [`operation ${operation}`],
      async run(t) {
        for (const method of operation === 'scopes' ? [...inert, 'POST', 'DELETE'] : inert)
          await expectAnswer(t, () => bare(t, operation, method), { what: `A bare ${method} at ${operation}` });
      },
    }),
  ),
]);
