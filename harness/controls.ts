/** The accepted requests that negative checks differ from: each is sent once a run and shared. */

import type { Control } from './check.ts';
import { availableCases, type CaseId } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { Skip } from './outcomes.ts';

/** A right code exchange by this client case. */
export const codeExchange = (id: CaseId): Control => ({
  id: `control/code-exchange/${id}`,
  title: `A right authorization code exchange (${id})`,
  needs: ['operation token', `client ${id}`, 'code source'],
  async run(t) {
    return t.expect.accepted(await t.exchangeCode(id, await t.code(id)));
  },
});

/** A right exchange of a code that was asked for with the first of the configured scopes alone. */
export const codeExchangeForOneScope = (id: CaseId): Control => ({
  id: `control/code-exchange-for-one-scope/${id}`,
  title: `A right exchange of a code for one scope (${id})`,
  needs: ['operation token', `client ${id}`, 'unlimited codes'],
  async run(t) {
    const [scope = ''] = t.config.scope.split(' ');
    return t.expect.given(await t.exchangeCode(id, await t.code(id, { scope })), 'an exchange of a code for one scope');
  },
});

const begun = new WeakMap<Exchange, Session>();

/** The session that the control of refreshes began with, and its refresh. @throws Inconclusive when it was not accepted */
export async function controlRefresh(
  t: CheckContext,
  id: CaseId,
): Promise<{ readonly first: Session | undefined; readonly exchange: Exchange }> {
  const exchange = await t.control(refresh(id));
  return { first: begun.get(exchange), exchange };
}

/**
 * A session whose refresh token is presented in requests that a right server refuses: one of its own, or where requests are few that of the
 * control of refreshes, which nobody uses up.
 */
export async function sessionToRefuse(t: CheckContext, id: CaseId): Promise<Session> {
  if (!t.frugal) return t.session(id);
  const { first, exchange } = await controlRefresh(t, id);
  const session = t.sessionOf(exchange, t.case(id));
  return session.refreshToken === undefined && first !== undefined ? t.session(id) : session;
}

/** A right refresh by this client case. */
export const refresh = (id: CaseId): Control => ({
  id: `control/refresh/${id}`,
  title: `A right refresh (${id})`,
  needs: ['operation token', `client ${id}`, 'session source'],
  async run(t) {
    const session = await t.session(id);
    const exchange = t.expect.accepted(await t.refresh(session));
    begun.set(exchange, session);
    return exchange;
  },
});

/** A right refresh by the public client, or else by the first that is given refresh tokens. */
export const anyRefresh: Control = {
  id: 'control/refresh',
  title: 'A right refresh',
  needs: ['operation token', 'session source'],
  async run(t) {
    const ids = availableCases(t.config).map(({ id }) => id);
    let without: Skip | undefined;
    for (const id of [...ids.filter((one) => one === 'none'), ...ids.filter((one) => one !== 'none')])
      try {
        return await t.control(refresh(id));
      } catch (error) {
        if (!(error instanceof Skip)) throw error;
        without ??= error;
      }
    throw without ?? new Skip('No client is configured.');
  },
};

/** A right revocation of a refresh token (where there is none, of the access token) by this client case. */
export const revocation = (id: CaseId): Control => ({
  id: `control/revocation/${id}`,
  title: `A right revocation (${id})`,
  needs: ['operation revoke', `client ${id}`, 'session source'],
  async run(t) {
    const session = await t.endingSession(id);
    const exchange = t.expect.accepted(await t.revoke(session.refreshToken ?? session.accessToken, session.client));
    revoked.set(exchange, session);
    return exchange;
  },
});

const revoked = new WeakMap<Exchange, Session>();

/** The session that the control of revocations has ended. @throws Inconclusive when it was not accepted */
export async function revokedSession(t: CheckContext, id: CaseId): Promise<Session | undefined> {
  return revoked.get(await t.control(revocation(id)));
}

/** Whether the plainest revocation ends an access token: where it does not, no other revocation is to blame for what survives it. */
export async function plainRevocationEnds(t: CheckContext, id: CaseId): Promise<boolean> {
  const early = await revokedSession(t, id);
  if (early === undefined || !(await t.tryAccessToken(early.accessToken, early.client)).ok) return true;
  // A revocation that has been forgotten since is another matter: a fresh one tells.
  const session = await t.endingSession(id);
  t.expect.given(await t.revoke(session.refreshToken ?? session.accessToken, session.client), 'a revocation');
  return !(await t.tryAccessToken(session.accessToken, session.client)).ok;
}

/** A right sign-in by this client case. */
export const signIn = (id: CaseId): Control => ({
  id: `control/sign-in/${id}`,
  title: `A right sign-in (${id})`,
  needs: ['operation authenticate', `client ${id}`, 'whitelabel client'],
  async run(t) {
    const owner = t.case(id);
    if (owner.client.role !== 'whitelabel-customer')
      t.skip(`/authenticate is for whitelabel clients only, and the ${id} client is none.`);
    const message = await t.message();
    return t.expect.accepted(await t.client.authenticate({ as: owner, json: message.json }));
  },
});

/** A right sign-in by whichever whitelabel client the configuration prefers. */
export const anySignIn: Control = {
  id: 'control/sign-in',
  title: 'A right sign-in',
  needs: ['operation authenticate', 'whitelabel client'],
  async run(t) {
    if (t.frugal) return t.control(signIn(t.whitelabel().id));
    const message = await t.message();
    return t.expect.accepted(await t.client.authenticate({ as: t.whitelabel(), json: message.json }));
  },
};

/** A right hand-off with a live access token of the preferred whitelabel client. */
export const handoff: Control = {
  id: 'control/handoff',
  title: 'A right hand-off',
  needs: ['operation handoffInit', 'whitelabel client', 'session source'],
  async run(t) {
    const session = await t.sharedSession(t.whitelabel());
    return t.expect.accepted(
      await t.client.handoffInit({ accessToken: session.accessToken, json: t.handoffBody(session.client) }),
    );
  },
};

/** A live access token is accepted where tokens can be tried. */
export const accessToken = (id: CaseId): Control => ({
  id: `control/access-token/${id}`,
  title: `A live access token is accepted (${id})`,
  needs: [`client ${id}`, 'session source', 'access token probe'],
  async run(t) {
    const session = await t.sharedSession(id);
    return t.expect.accepted(await t.tryAccessToken(session.accessToken, session.client), {
      status: [200, 201, 202, 204],
    });
  },
});

/** The list of scopes. */
export const scopes: Control = {
  id: 'control/scopes',
  title: 'The list of scopes',
  needs: ['operation scopes'],
  async run(t) {
    return t.expect.accepted(await t.client.scopes());
  },
};
