/** Header fields that browsers add: no operation fails for them (RFC 6454 7; Fetch, "CORS protocol"). */

import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks, type Need } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * What a server that knows the origins of its clients does not know. It may refuse them, and no document says how: what is asked is an answer
 * without a server error.
 */
const unknown: readonly (readonly [what: string, headers: Headers])[] = [
  ['an Origin that nobody knows', { origin: 'https://unknown-origin.example' }],
  ['the Origin "null"', { origin: 'null' }],
  ['an Origin that is none', { origin: 'no origin at all' }],
  ['a Referer and a Cookie that are none', { referer: '%%%', cookie: '=;; =%zz; a' }],
  ['Sec-Fetch fields of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
];

/** The question of a browser that comes before a request of another origin. */
const preflight = {
  origin: 'https://unknown-origin.example',
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
};

const check = (
  operation: 'token' | 'revoke' | 'authenticate' | 'handoffInit' | 'scopes',
  needs: readonly Need[],
  send: (t: CheckContext, headers: Headers, method?: string) => Promise<Exchange>,
): Check => ({
  id: `http/browser-headers/${operation}`,
  title: `Header fields of browsers do not make ${operation} fail`,
  verifies: ['http/no-server-error', 'http/answers'],
  needs: [`operation ${operation}`, ...needs],
  ample: true,
  async run(t) {
    for (const [what, headers] of unknown)
      await expectAnswer(t, () => send(t, headers), { what: `A request with ${what}` });
    const asked = { ...preflight, 'access-control-request-method': operation === 'scopes' ? 'GET' : 'POST' };
    await expectAnswer(t, () => send(t, asked, 'OPTIONS'), { what: 'A preflight request of an unknown Origin' });
  },
});

const malformed = { malformed: true } as const;
const by = (method: string | undefined) => (method === undefined ? malformed : { ...malformed, method });

export default defineChecks([
  check('token', ['client none', 'code source'], async (t, headers, method) =>
    t.client.token({
      as: t.case('none'),
      params: method === undefined ? t.exchangeParams(await t.code('none')) : {},
      headers,
      ...by(method),
    }),
  ),
  check('revoke', ['client none'], (t, headers, method) =>
    t.client.revoke({ as: t.case('none'), params: { token: 'no-such-token' }, headers, ...by(method) }),
  ),
  check('authenticate', ['whitelabel client'], async (t, headers, method) =>
    t.client.authenticate({ as: t.whitelabel(), json: (await t.message()).json, headers, ...by(method) }),
  ),
  check('handoffInit', ['whitelabel client', 'session source'], async (t, headers, method) => {
    const { accessToken, client } = await t.sharedSession(t.whitelabel());
    return t.client.handoffInit({ accessToken, json: t.handoffBody(client), headers, ...by(method) });
  }),
  check('scopes', [], (t, headers, method) => t.client.scopes({ headers, ...by(method) })),
]);
