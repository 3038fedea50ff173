/** What a server keeps of each code: its use, its scope and its session, whatever other codes the client has (RFC 6749 4.1.2, 3.3). */

import { parseJwt } from '../../generators/jwt.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type CaseId, caseIds } from '../../harness/client-cases.ts';
import { codeExchange, codeExchangeForOneScope } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { isAlive, isVisible } from '../../harness/revocation.ts';

/** Codes that are used between the first use of one and its second. */
const others = 6;

const words = (scope: unknown): string[] =>
  (typeof scope === 'string' ? scope.split(' ') : []).filter((name) => name !== '');

/** Scopes that a response names, or its access token claims. */
function given(exchange: Exchange): string[] {
  const { scope, access_token: token } = exchange.object ?? {};
  return [...words(scope), ...words(typeof token === 'string' ? parseJwt(token)?.claims.scope : undefined)];
}

const usedLongAgo = (id: CaseId): Check => ({
  id: `token/code-replay-after-others/${id}`,
  title: `A used code is still refused when other codes have been used since (${id})`,
  verifies: ['token/code-single-use'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  ample: true,
  async run(t) {
    const code = await t.code(id);
    t.expect.given(await t.exchangeCode(id, code), 'the first exchange');
    for (let count = 0; count < others; count += 1) await t.session(id, { via: 'code' });
    t.expect.refused(await t.exchangeCode(id, code), {
      status: [400],
      error: ['invalid_grant'],
      errorRequirement: 'errors/invalid-grant',
      because: `a code that was used ${others} codes ago`,
    });
  },
});

const ownScope = (id: CaseId): Check => ({
  id: `token/code-own-scope/${id}`,
  title: `A code gives the scope that it was authorized for, not that of a newer code (${id})`,
  verifies: ['token/code-scope-not-widened'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  ample: true,
  async run(t) {
    const [one = '', ...rest] = words(t.config.scope);
    const plain = await t.control(codeExchangeForOneScope(id));
    const had = [...(words(plain.object?.scope).length === 0 ? [one] : []), ...given(plain)];
    if (rest.every((name) => had.includes(name)))
      t.skip('A code for one scope gives all of them here, or there is one.');
    const older = await t.code(id, { scope: one });
    await t.code(id);
    const exchange = t.expect.given(await t.exchangeCode(id, older), 'the exchange of the older of two codes');
    const beyond = given(exchange).filter((name) => !had.includes(name));
    t.expect.that(
      beyond.length === 0,
      `A code that was authorized for ${one} gave ${[...new Set(beyond)].join(', ')} as well, after a code for more had been issued.`,
      { expected: 'The scope that this code was authorized for.', exchange },
    );
  },
});

const ownSession = (id: CaseId): Check => ({
  id: `token/code-replay-spares-others/${id}`,
  title: `A code that is used again ends no session but its own (${id})`,
  verifies: ['token/code-session'],
  needs: ['unlimited codes'],
  control: codeExchange(id),
  ample: true,
  async run(t) {
    const code = await t.code(id);
    t.expect.given(await t.exchangeCode(id, code), 'the first exchange');
    const newer = await t.session(id, { via: 'code' });
    if (!isVisible(t, newer)) t.skip(`No token of the ${id} client can be tried on this target.`);
    await t.exchangeCode(id, code);
    await isAlive(t, newer, 'token/code-session', 'after an older code of the same client had been used again');
  },
});

export default defineChecks(caseIds.flatMap((id) => [usedLongAgo(id), ownScope(id), ownSession(id)]));
