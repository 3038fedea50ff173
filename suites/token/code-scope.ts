/** The scope of a code's session: what was authorized, and said where it differs from what was asked for (RFC 6749 3.3, 5.1). */

import { parseJwt } from '../../generators/jwt.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange, codeExchangeForOneScope } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { Inconclusive, RateLimited } from '../../harness/outcomes.ts';

const words = (scope: unknown): string[] =>
  (typeof scope === 'string' ? scope.split(' ') : []).filter((name) => name !== '');

/** Scopes that a token response names, or its access token claims. */
function given(exchange: Exchange): string[] {
  const { scope, access_token } = exchange.object ?? {};
  const claims = typeof access_token === 'string' ? parseJwt(access_token)?.claims.scope : undefined;
  return [...words(scope), ...words(claims)];
}

/** Scopes that a server may know beside the configured ones (contract, public facts). */
const wider = ['universal-mcp-read-write', 'llm-all', 'agents-all', 'account', 'connections', 'openid'];

const widened = (id: CaseId): Check => ({
  id: `token/code-scope-widened/${id}`,
  title: `A scope in the exchange gives no more than was authorized (${id})`,
  verifies: ['token/code-scope-not-widened'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  async run(t) {
    const [one = '', ...rest] = words(t.config.scope);
    // What such a code gives without a scope in its exchange: a server may have granted another scope than was asked for.
    const plain = await t.control(codeExchangeForOneScope(id));
    const had = [...(words(plain.object?.scope).length === 0 ? [one] : []), ...given(plain)];
    for (const extra of t.trials([...new Set([...rest, ...wider])].filter((name) => !had.includes(name)).slice(0, 2))) {
      const code = await t.code(id, { scope: one });
      const params = { ...t.exchangeParams(code), scope: `${one} ${extra}` };
      const exchange = await t.client.token({ as: t.case(id), params });
      // Ignoring the parameter and refusing it are as good (RFC 6749 3.2, 5.2): neither gives more.
      if (!exchange.ok) continue;
      t.expect.that(
        !given(exchange).includes(extra),
        `A code that was authorized for ${one} gave ${extra} as well, which its exchange asked for.`,
        {
          requirement: 'token/code-scope-not-widened',
          expected: 'The scope that was authorized, or invalid_scope.',
          exchange,
        },
      );
    }
  },
});

const told = (id: CaseId): Check => ({
  id: `token/code-scope-told/${id}`,
  title: `A token that has more than was asked for comes with a response that says so (${id})`,
  verifies: ['token/response-scope-when-different'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  async run(t) {
    const [one = ''] = words(t.config.scope);
    const exchange = await t.control(codeExchangeForOneScope(id));
    const { scope, access_token } = exchange.object ?? {};
    const claims = typeof access_token === 'string' ? parseJwt(access_token)?.claims.scope : undefined;
    if (typeof claims !== 'string') t.skip('The access token shows no scope: it is opaque, or has no `scope` claim.');
    const beyond = words(claims).filter((name) => name !== one);
    t.expect.that(
      typeof scope === 'string' || beyond.length === 0,
      `A code that was asked for with the scope ${one} gave a token that has ${beyond.join(' ')} as well, and the response has no \`scope\`.`,
      { expected: 'The response names the granted scope.', exchange },
    );
  },
});

/** Names that are for other tokens than the access token, or for other resources (OpenID Connect Core 5.4, 11). */
const ofOtherTokens = new Set(['openid', 'offline_access', 'profile', 'email', 'address', 'phone']);

const claimsOf = (exchange: Exchange): Readonly<Record<string, unknown>> => {
  const token = exchange.object?.access_token;
  return (typeof token === 'string' ? parseJwt(token)?.claims : undefined) ?? {};
};

/** The exchange of a code for one scope; undefined where the source gives none. */
async function exchangedFor(t: CheckContext, id: CaseId, scope: string): Promise<Exchange | undefined> {
  try {
    return await t.exchangeCode(id, await t.code(id, { scope }));
  } catch (error) {
    if (!(error instanceof Inconclusive) || error instanceof RateLimited) throw error;
    return undefined;
  }
}

const lessTold = (id: CaseId): Check => ({
  id: `token/code-scope-less-told/${id}`,
  title: `A token that has less than was asked for comes with a response that says so (${id})`,
  verifies: ['token/response-scope-when-different'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  async run(t) {
    const asked = words(t.config.scope);
    const exchange = await t.control(codeExchange(id));
    const { scope, aud } = claimsOf(exchange);
    const claimed = words(scope);
    if (typeof exchange.object?.scope === 'string') return;
    if (claimed.length === 0) t.skip('The access token shows no scope: it is opaque, or has no `scope` claim.');
    const missing = asked.filter((name) => !claimed.includes(name) && !ofOtherTokens.has(name));
    for (const name of missing) {
      // A code source that passes no scope on, and a name that tokens for this resource never have, are no fault of the response.
      const alone = await exchangedFor(t, id, name);
      const own = alone === undefined ? {} : claimsOf(alone);
      if (!words(own.scope).includes(name) || JSON.stringify(own.aud) !== JSON.stringify(aud)) continue;
      t.expect.fail(
        `A code that was asked for with the scope ${asked.join(' ')} gave a token without ${name}, which a code for that alone gives, and the response has no \`scope\`.`,
        { expected: 'The response names the granted scope.', exchange },
      );
    }
  },
});

export default defineChecks(caseIds.flatMap((id) => [widened(id), told(id), lessTold(id)]));
