/** Request headers: absent Accept, letter case, size (RFC 9110 5.1, 5.4, 12.5.1), and chunked bodies (RFC 9112 7.1). */

import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials } from '../../harness/client-cases.ts';
import { anySignIn, codeExchange, handoff, revocation, scopes } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** All allow JSON (RFC 9110 12.5.1); what documented clients and browsers send. */
const accepts: readonly { readonly what: string; readonly headers: Headers }[] = [
  { what: 'no Accept', headers: { accept: undefined } },
  { what: 'Accept: */*', headers: { accept: '*/*' } },
  { what: "a browser's Accept", headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } },
  { what: 'Accept: application/*', headers: { accept: 'application/*' } },
  { what: 'a weighted Accept', headers: { accept: 'text/plain;q=0.5, application/json;q=0.4' } },
];

const accept = (operation: string, needs: Pick<Check, 'control' | 'needs'>, run: Check['run']): Check => ({
  id: `http/accept/${operation}`,
  title: `Requests to ${operation} are granted whatever Accept they send that allows JSON`,
  verifies: ['http/accept-ignored'],
  ...needs,
  run,
});

export default defineChecks([
  accept('scopes', { control: scopes }, async (t) => {
    for (const { what, headers } of accepts) {
      const exchange = t.expect.accepted(await t.client.scopes({ headers }), { because: what });
      t.expect.that(exchange.json !== undefined, `${answered(exchange)} to ${what} with a body that is no JSON.`, {
        expected: 'The list of scopes as JSON.',
        exchange,
      });
    }
  }),
  accept('token', { control: codeExchange('none') }, async (t) => {
    for (const { what, headers } of t.trials(accepts)) {
      const params = t.exchangeParams(await t.code('none'));
      t.expect.accepted(await t.client.token({ as: t.case('none'), params, headers }), { because: what });
    }
  }),
  accept('revoke', { control: revocation('none') }, async (t) => {
    for (const { what, headers } of accepts.slice(0, 2)) {
      const { client, accessToken, refreshToken } = await t.session('none');
      const params = { token: refreshToken ?? accessToken };
      t.expect.accepted(await t.client.revoke({ as: client, params, headers }), { because: what });
    }
  }),
  accept('authenticate', { control: anySignIn }, async (t) => {
    for (const { what, headers } of accepts.slice(0, 3)) {
      const { json } = await t.message();
      t.expect.accepted(await t.client.authenticate({ as: t.whitelabel(), json, headers }), { because: what });
    }
  }),
  accept('handoff', { control: handoff }, async (t) => {
    const { accessToken, client } = await t.sharedSession(t.whitelabel());
    for (const { what, headers } of accepts) {
      const json = t.handoffBody(client);
      t.expect.accepted(await t.client.handoffInit({ accessToken, json, headers }), { because: what });
    }
  }),
  {
    id: 'http/header-case/token',
    title: 'Names of headers are recognised in any letter case at /token',
    verifies: ['http/header-case'],
    control: codeExchange('client_secret_basic'),
    async run(t) {
      const { client } = t.case('client_secret_basic');
      const credentials = basicCredentials(client.id, client.secret ?? '');
      const form = 'application/x-www-form-urlencoded';
      for (const headers of [
        { AUTHORIZATION: credentials, 'CONTENT-TYPE': form },
        { authorization: credentials, 'content-type': form },
        { aUtHoRiZaTiOn: credentials, 'cOnTeNt-TyPe': form },
      ]) {
        const params = t.exchangeParams(await t.code('client_secret_basic'));
        t.expect.accepted(await t.client.token({ params, headers }), {
          because: `an exchange with the headers ${Object.keys(headers).join(', ')}`,
        });
      }
    },
  },
  {
    id: 'http/header-case/handoff',
    title: 'Names of headers are recognised in any letter case at /handoff/init',
    verifies: ['http/header-case'],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const name of ['AUTHORIZATION', 'authorization', 'aUtHoRiZaTiOn'])
        t.expect.accepted(
          await t.client.handoffInit({
            json: t.handoffBody(client),
            headers: { [name]: `Bearer ${accessToken}` },
          }),
          { because: `a hand-off with the header ${name}` },
        );
    },
  },
  {
    id: 'http/header-size',
    title: 'Large headers are read, or refused with 4xx',
    verifies: ['http/no-server-error', 'http/answers'],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const json = t.handoffBody(client);
      const padding = 'x'.repeat(10_000);
      for (const size of [10_000, 40_000]) {
        const headers = { 'x-padding': 'x'.repeat(size) };
        await expectAnswer(t, () => t.client.handoffInit({ accessToken, json, headers, malformed: true }), {
          what: `A header of ${size} characters`,
          mayClose: true,
        });
      }
      for (const authorization of [`Bearer ${padding}`, `Basic ${padding}`, padding]) {
        await expectAnswer(t, () => t.client.handoffInit({ json, headers: { authorization }, malformed: true }), {
          what: `An Authorization header of ${authorization.length} characters`,
          mayClose: true,
        });
      }
      t.expect.accepted(await t.client.handoffInit({ accessToken, json }), {
        requirement: 'http/answers',
        because: 'a right hand-off after large headers',
      });
    },
  },
  {
    id: 'http/chunked-request/token',
    title: 'A form in chunks is read, or refused with 411',
    verifies: ['http/chunked-request'],
    control: codeExchange('none'),
    async run(t) {
      const params = t.exchangeParams(await t.code('none'));
      const exchange = await t.client.token({ as: t.case('none'), params, chunked: true });
      if (exchange.status !== 411) t.expect.accepted(exchange, { because: 'an exchange sent in chunks' });
    },
  },
  {
    id: 'http/chunked-request/authenticate',
    title: 'A JSON body in chunks is read, or refused with 411',
    verifies: ['http/chunked-request'],
    control: anySignIn,
    async run(t) {
      const { json } = await t.message();
      const exchange = await t.client.authenticate({ as: t.whitelabel(), json, chunked: true });
      if (exchange.status !== 411) t.expect.accepted(exchange, { because: 'a sign-in sent in chunks' });
    },
  },
]);
