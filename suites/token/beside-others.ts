/**
 * What is refused is refused whatever other parameters come along, and in whatever order (RFC 6749 3.2: unrecognized parameters are ignored; 4.1.3,
 * 6). Whether a right request with such a parameter is granted is tried first: some servers refuse it, and then there is nothing to compare with.
 */

import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, type ClientCase } from '../../harness/client-cases.ts';
import type { AuthorizationCode } from '../../harness/code-sources/index.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anyRefresh, codeExchange } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';

const refusal = {
  status: [400, 401],
  error: ['invalid_grant', 'invalid_request', 'invalid_client', 'invalid_scope'],
  errorRequirement: 'errors/invalid-grant',
} as const;

type Form = readonly (readonly [string, string])[];

/** A way to write the same request, which changes nothing of what it asks for. */
interface Manner {
  readonly what: string;
  readonly write: (params: Form) => Form;
}

const last = (name: string) => (params: Form) => [
  ...params.filter(([key]) => key !== name),
  ...params.filter(([key]) => key === name),
];
const first = (name: string) => (params: Form) => [
  ...params.filter(([key]) => key === name),
  ...params.filter(([key]) => key !== name),
];

const manners = (t: CheckContext): readonly Manner[] => [
  { what: 'with a scope', write: (params) => [...params, ['scope', t.config.scope]] },
  { what: 'with a state', write: (params) => [...params, ['state', 'af0ifjsldkj']] },
  { what: 'with its code last', write: last('code') },
  { what: 'with its code_verifier first', write: first('code_verifier') },
  { what: 'with its redirect_uri first', write: first('redirect_uri') },
];

/** The client that redeems: one with a secret, where there is one. */
function ownerOf(t: CheckContext): ClientCase {
  const all = availableCases(t.config);
  const [owner] = [...all.filter(({ client }) => client.secret !== undefined), ...all];
  return owner ?? t.skip('No client is configured.');
}

const exchange = (t: CheckContext, as: ClientCase, code: AuthorizationCode, write: Manner['write'], changes = {}) =>
  t.client.token({ as, params: write(Object.entries({ ...t.exchangeParams(code), ...changes })), malformed: true });

/** Whether the right request is granted in this manner. */
async function isTaken(t: CheckContext, as: ClientCase, { write }: Manner): Promise<boolean> {
  return (await exchange(t, as, await t.code(as), write)).ok;
}

const inManners: Check = {
  id: 'token/code-bindings-in-any-manner',
  title: 'What a code is bound to is compared whatever else the request says, and in whatever order',
  verifies: [
    'token/pkce-verifier-matches',
    'token/redirect-uri-matches',
    'token/code-client-binding',
    'token/code-single-use',
    'client-auth/secret-verified',
  ],
  needs: ['unlimited codes'],
  control: codeExchange('client_secret_basic'),
  ample: true,
  async run(t) {
    const owner = t.case('client_secret_basic');
    const thief = availableCases(t.config).find(({ client }) => client.id !== owner.client.id);
    const wrong = { code_verifier: t.pkce().codeVerifier };
    const elsewhere = { redirect_uri: `${owner.client.redirectUri}/elsewhere` };
    for (const manner of manners(t)) {
      const { what, write } = manner;
      if (!(await isTaken(t, owner, manner))) continue;
      const refuse = (answer: Exchange, requirement: string, because: string): void =>
        void t.expect.refused(answer, { ...refusal, requirement, because: `${because}, in a request ${what}` });
      refuse(
        await exchange(t, owner, await t.code(owner), write, wrong),
        'token/pkce-verifier-matches',
        'the code_verifier of another code',
      );
      refuse(
        await exchange(t, owner, await t.code(owner), write, elsewhere),
        'token/redirect-uri-matches',
        'another redirect_uri',
      );
      const used = await t.code(owner);
      t.expect.given(await exchange(t, owner, used, (params) => params), 'the first exchange');
      refuse(await exchange(t, owner, used, write), 'token/code-single-use', 'a used code');
      if (thief !== undefined)
        refuse(
          await exchange(t, thief, await t.code(owner), write),
          'token/code-client-binding',
          'a code of another client',
        );
      if (owner.client.secret === undefined) continue;
      const params = write(Object.entries(t.exchangeParams(await t.code(owner))));
      const answer = await t.client.token({ as: owner, credentials: { secret: 'not-the-secret' }, params });
      refuse(answer, 'client-auth/secret-verified', 'a wrong secret');
    }
  },
};

const refreshBesideOthers: Check = {
  id: 'refresh/used-beside-others',
  title: 'A used refresh token is refused whatever other parameters come along',
  verifies: ['refresh/single-use'],
  needs: ['operation token', 'session source'],
  control: anyRefresh,
  ample: true,
  async run(t) {
    const extras: readonly (readonly [string, (client: ClientCase) => string])[] = [
      ['redirect_uri', (client) => client.client.redirectUri],
      ['code', () => 'no-code-of-this-session'],
      ['code_verifier', () => t.pkce().codeVerifier],
    ];
    const owner = ownerOf(t);
    for (const [name, valueFor] of extras) {
      const session = await t.session(owner);
      const send = (token: string): Promise<Exchange> =>
        t.client.token({
          as: session.client,
          params: { grant_type: 'refresh_token', refresh_token: token, [name]: valueFor(owner) },
        });
      const granted = await send(t.refreshTokenOf(session));
      if (!granted.ok) continue;
      t.expect.refused(await send(t.refreshTokenOf(session)), {
        ...refusal,
        because: `a used refresh token, with ${name} beside it`,
      });
    }
  },
};

export default defineChecks([inManners, refreshBesideOthers]);
