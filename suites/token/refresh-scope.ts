/** The scope of a refresh: never more than was granted first (RFC 6749 6, 3.3, 5.1). */

import { parseJwt } from '../../generators/jwt.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, type CaseId, caseIds } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchangeForOneScope, refresh } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { answered } from '../../harness/expect.ts';
import type { Session } from '../../harness/fixtures.ts';

/** The names in a scope; what is no scope-token (RFC 6749 3.3) cannot be asked for and is left to token/response-scope. */
const words = (scope: string | undefined): string[] =>
  (scope ?? '').split(' ').filter((name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name));

/** The scope that a response grants: its own member, else what was asked for (RFC 6749 5.1). */
const grantedBy = (exchange: Exchange, asked: string): string[] => {
  const { scope } = exchange.object ?? {};
  return words(typeof scope === 'string' ? scope : asked);
};

/** Scopes that a JWT of the response claims, where it is one and claims any. */
function claimed(exchange: Exchange): string[] {
  const token = exchange.object?.access_token;
  const scope = typeof token === 'string' ? parseJwt(token)?.claims.scope : undefined;
  return typeof scope === 'string' ? words(scope) : [];
}

/** The scope of a session as it was granted first: as the response says, else as it was asked for (RFC 6749 5.1). */
export const grantedScope = (t: CheckContext, session: Session): string[] => words(session.scope ?? t.config.scope);

/** The same where it is told: a session by /authenticate asked for none. */
export const toldScope = (t: CheckContext, session: Session): string[] =>
  words(session.scope ?? (session.via === 'code' ? t.config.scope : undefined));

/** A session with at least two scopes, and their names. @throws Skip */
async function scoped(t: CheckContext, id: CaseId): Promise<{ session: Session; scope: string[] }> {
  if (words(t.config.scope).length < 2) t.skip('The configured `scope` has not two names, so none can be left out.');
  const session = await t.session(id);
  t.refreshTokenOf(session);
  const scope = grantedScope(t, session);
  if (scope.length < 2) t.skip('The target grants fewer than two scopes, so none can be left out.');
  return { session, scope };
}

/** Uses the session's refresh token for this scope; whatever the answer, returns the exchange. */
export const ask = (t: CheckContext, session: Session, scope: string, as = session.client): Promise<Exchange> =>
  t.client.token({
    as,
    params: { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session), scope },
  });

/** Refreshes for all scopes in reverse order; where that is refused, in the usual one, which tells the cause. */
async function askInReverse(t: CheckContext, session: Session, scope: readonly string[]): Promise<Exchange> {
  const reversed = await ask(t, session, [...scope].reverse().join(' '));
  if (reversed.ok) return reversed;
  const usual = await ask(t, session, scope.join(' '));
  if (usual.ok)
    t.expect.finding(
      'refresh/scope-order',
      `${answered(reversed)} to a refresh for the granted scopes in reverse order.`,
      reversed,
      'The order of scopes does not matter.',
    );
  return usual;
}

/** Refreshes for one of the scopes, then for all again. @returns the pairs that came */
export async function refreshedForLess(
  t: CheckContext,
  session: Session,
  scope: readonly string[],
  order: 'usual' | 'reverse' = 'usual',
): Promise<Session[]> {
  const [one = ''] = scope;
  const narrow = await ask(t, session, one);
  t.expect.accepted(narrow, { requirement: 'refresh/scope-narrowed', because: `a refresh for the scope ${one}` });
  const granted = grantedBy(narrow, one);
  const beyond = claimed(narrow).filter((name) => !granted.includes(name) && scope.includes(name));
  t.expect.soft(
    beyond.length === 0,
    `A refresh for the scope ${one} gave a token that claims ${beyond.join(' ')} as well, and the response does not say so.`,
    {
      requirement: 'refresh/scope-narrowed',
      expected: 'The response names the scope of the token, or it is the one asked for.',
      exchange: narrow,
    },
  );
  const next = t.sessionOf(narrow, session.client);
  if (next.refreshToken === undefined) return [next];
  const whole = order === 'usual' ? await ask(t, next, scope.join(' ')) : await askInReverse(t, next, scope);
  t.expect.accepted(whole, {
    requirement: 'refresh/scope-kept',
    because: 'a refresh for the original scope after one for a part of it',
  });
  const missing = scope.filter((name) => !grantedBy(whole, scope.join(' ')).includes(name));
  t.expect.soft(
    missing.length === 0,
    `After a refresh for a part of the scope, ${missing.join(' ')} is not granted any more.`,
    {
      requirement: 'refresh/scope-kept',
      expected: 'The refresh token keeps the scope that was granted first.',
      exchange: whole,
    },
  );
  return [next, t.sessionOf(whole, session.client)];
}

/** A session that was granted one scope. Where requests are few, that of the control, of which otherwise only the answer is read. */
async function sessionOfOneScope(t: CheckContext, id: CaseId, scope: string): Promise<Session> {
  if (!t.frugal) return t.session(id, { via: 'code', scope });
  return t.sessionOf(await t.control(codeExchangeForOneScope(id)), t.case(id), 'code');
}

/** Names that only resemble a granted one: scope names are case sensitive, and whole (RFC 6749 3.3). */
function lookAlikes(had: readonly string[]): string[] {
  const [name = ''] = had;
  const below = [`${name}.write`, `${name}:write`, `${name}/more`];
  return [name.toUpperCase(), name.slice(0, -1), ...below, '*', '.*'].filter((one) => one !== '' && !had.includes(one));
}

/** Refreshes for more than was granted. @returns the session as it is then, where its refresh token may still be good */
export async function notWidened(t: CheckContext, id: CaseId): Promise<Session | undefined> {
  const asked = words(t.config.scope);
  const [one] = asked;
  const canNarrow =
    asked.length > 1 && t.config.authorizationCode !== undefined && t.config.authorizationCode.source !== 'static';
  // A session that was granted one scope asks for the other, which the target knows and the client may have.
  const session = canNarrow ? await sessionOfOneScope(t, id, one ?? '') : await t.session(id);
  t.refreshTokenOf(session);
  const had = words(session.scope ?? (canNarrow ? one : t.config.scope));
  const more = ['universal-mcp-read-write', 'llm-all', 'agents-all', 'admin', ...asked].filter(
    (name) => !had.includes(name),
  );
  // How names are compared tells servers apart, not clients: what only resembles a granted name is asked for once.
  const alike = availableCases(t.config)[0]?.id === id ? lookAlikes(had) : [];
  let current = session;
  let insisted = false;
  const attempts = [...more.slice(-1), ...more.slice(0, 3), ...alike].map((extra) => ({
    extra,
    wanted: [...had, extra],
  }));
  // A list that is compared in part only is compared at one of its ends, or at both.
  const before = [...more.slice(-1), ...more.slice(0, 1)].map((extra) => ({ extra, wanted: [extra, ...had] }));
  for (const { extra, wanted: names } of t.trials([...attempts, ...before])) {
    const wanted = names.join(' ');
    const first = await ask(t, current, wanted);
    // The first refusal is asked for once more: it may have left behind what it had just refused. A session that it ended stays so.
    const insists = !first.ok && !insisted && !t.frugal;
    if (insists) insisted = true;
    const second = insists ? await ask(t, current, wanted) : first;
    const exchange = second.ok ? second : first;
    if (exchange.ok) {
      const given = [...grantedBy(exchange, wanted), ...claimed(exchange)].filter((name) => name === extra);
      t.expect.that(
        given.length === 0,
        `A refresh for ${wanted}, of which only ${had.join(' ')} had been granted, gave ${extra}${insists ? ' at its second try' : ''}.`,
        {
          requirement: 'refresh/scope-not-widened',
          expected: 'invalid_scope, or the original scope, said in the response.',
          exchange,
        },
      );
      current = t.sessionOf(exchange, current.client);
      if (current.refreshToken === undefined) return undefined;
    } else {
      t.expect.refused(exchange, {
        status: [400],
        error: ['invalid_scope'],
        errorRequirement: 'errors/invalid-scope',
        because: 'a refresh for more scope than was granted',
      });
      if (t.frugal) return current;
      const still = await t.refresh(current);
      if (!still.ok) return undefined; // whether a refused refresh uses the token up is not said anywhere
      current = t.sessionOf(still, current.client);
      if (current.refreshToken === undefined) return undefined;
    }
  }
  return current;
}

/** The same with what was not granted between what was, which takes a session of two scopes. */
async function notWidenedAmid(t: CheckContext, id: CaseId): Promise<void> {
  const session = await t.session(id);
  const [first, ...rest] = grantedScope(t, session);
  if (first === undefined || rest.length === 0 || session.refreshToken === undefined) return;
  const wanted = [first, 'admin', ...rest].join(' ');
  const exchange = await ask(t, session, wanted);
  if (!exchange.ok)
    t.expect.refused(exchange, {
      status: [400],
      error: ['invalid_scope'],
      errorRequirement: 'errors/invalid-scope',
      because: 'a refresh for a scope that was not granted, between two that were',
    });
  else
    t.expect.that(
      ![...grantedBy(exchange, wanted), ...claimed(exchange)].includes('admin'),
      `A refresh for ${wanted} gave admin, which had not been granted.`,
      {
        requirement: 'refresh/scope-not-widened',
        expected: 'invalid_scope, or the original scope, said in the response.',
        exchange,
      },
    );
}

export default defineChecks(
  caseIds.flatMap((id): Check[] => [
    {
      id: `refresh/scope-narrowed/${id}`,
      title: `A refresh for one of the granted scopes gives no more than it says, and the next one may have all again (${id})`,
      verifies: ['refresh/scope-narrowed', 'refresh/scope-kept', 'refresh/single-use'],
      control: refresh(id),
      async run(t) {
        const { session, scope } = await scoped(t, id);
        await refreshedForLess(t, session, scope);
        if (!t.frugal)
          t.expect.refused(await t.refresh(session), {
            requirement: 'refresh/single-use',
            because: 'a refresh token that was used for a part of its scope',
          });
      },
    },
    {
      id: `refresh/scope-order/${id}`,
      title: `A refresh for the granted scopes in another order is granted (${id})`,
      verifies: ['refresh/scope-order'],
      control: refresh(id),
      async run(t) {
        const { session, scope } = await scoped(t, id);
        t.expect.accepted(await ask(t, session, [...scope].reverse().join(' ')), {
          because: 'a refresh for the granted scopes in reverse order',
        });
      },
    },
    {
      id: `refresh/scope-widened/${id}`,
      title: `A refresh does not widen the scope (${id})`,
      verifies: ['refresh/scope-not-widened', 'errors/invalid-scope'],
      control: refresh(id),
      async run(t) {
        await notWidened(t, id);
        if (!t.frugal && availableCases(t.config)[0]?.id === id) await notWidenedAmid(t, id);
      },
    },
  ]),
);
