/** How long refresh tokens live, seen by moving the target's clock (contract "refresh_expires_in"). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, caseIds, clientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anyRefresh } from '../../harness/controls.ts';
import type { Session } from '../../harness/fixtures.ts';
import { ask, toldScope } from './refresh-scope.ts';

/** Seconds of clock skew that a server may allow for. */
const leeway = 330;
/** Seconds before the end at which a token must still work. */
const margin = 60;

/** One session for each configured client that gets refresh tokens. */
async function sessions(t: CheckContext): Promise<Session[]> {
  const found: Session[] = [];
  const available = caseIds.filter((id) => clientCase(t.config, id) !== undefined);
  for (const id of t.trials(available)) {
    const session = await t.session(id);
    if (session.refreshToken !== undefined && session.refreshExpiresIn !== undefined) found.push(session);
  }
  if (found.length === 0)
    t.skip('No response names refresh_expires_in, so it is not known how long refresh tokens live.');
  return found;
}

/** Has a refresh refused for a scope that nobody has. @returns the session, unless that has used its token up after all */
async function refusedOnce(t: CheckContext, session: Session): Promise<Session | undefined> {
  const params = { grant_type: 'refresh_token', refresh_token: t.refreshTokenOf(session), scope: 'no-such-scope' };
  const exchange = await t.client.token({ as: session.client, params });
  return exchange.ok ? undefined : session;
}

const lifetimeOf = (session: Session): number => session.refreshExpiresIn ?? 0;

const checks: Check[] = [
  {
    id: 'refresh/usable-after-access-expiry',
    title: 'A refresh token works after its access token has expired',
    verifies: ['refresh/usable-until-expiry'],
    needs: ['clock'],
    control: anyRefresh,
    consumes: 'clock',
    async run(t) {
      const all = await sessions(t);
      const seconds = Math.max(...all.map((session) => session.expiresIn ?? 0)) + 1;
      const fitting = all.filter((session) => lifetimeOf(session) > seconds + margin);
      if (fitting.length === 0) t.skip('Refresh tokens live no longer than access tokens here.');
      await t.advanceClock(seconds);
      for (const session of fitting)
        await t.refreshTokenLives(session, {
          requirement: 'refresh/usable-until-expiry',
          because: `after its access token had expired (${session.client.id})`,
        });
    },
  },
  {
    id: 'refresh/foreign-client-later',
    title: 'A refresh token is for its own client alone after its access token has expired, too',
    verifies: ['refresh/client-binding'],
    needs: ['clock', 'two clients'],
    control: anyRefresh,
    consumes: 'clock',
    ample: true,
    async run(t) {
      const [first] = await sessions(t);
      if (first === undefined) return; // `sessions` has said why
      const thief = availableCases(t.config).find(({ client }) => client.id !== first.client.client.id);
      const seconds = (first.expiresIn ?? 900) + 1;
      if (thief === undefined || lifetimeOf(first) <= seconds + margin)
        t.skip('Refresh tokens live no longer than access tokens here.');
      await t.advanceClock(seconds);
      t.expect.refused(await t.refresh(first, thief), {
        status: [400],
        error: ['invalid_grant', 'invalid_request'],
        errorRequirement: 'errors/invalid-grant',
        because: `a refresh token of another client whose access token has expired (${first.client.id})`,
      });
    },
  },
  {
    id: 'refresh/usable-until-expiry',
    title: 'A refresh token works until shortly before refresh_expires_in',
    verifies: ['refresh/usable-until-expiry'],
    needs: ['clock'],
    control: anyRefresh,
    consumes: 'clock',
    async run(t) {
      const all = await sessions(t);
      const seconds = Math.min(...all.map(lifetimeOf)) - margin;
      if (seconds <= 0) t.skip('Refresh tokens live less than a minute here.');
      await t.advanceClock(seconds);
      const renewed: Session[] = [];
      for (const session of all)
        renewed.push(
          await t.refreshTokenLives(session, {
            requirement: 'refresh/usable-until-expiry',
            because: `${margin} seconds before its end (${session.client.id})`,
          }),
        );
      if (t.frugal) return;
      // A token that a refresh gave lives as long as its own answer says, not as long as the first one.
      const [next] = renewed.filter((session) => lifetimeOf(session) > 3 * margin);
      if (next?.refreshToken === undefined) return;
      await t.advanceClock(lifetimeOf(next) - margin);
      await t.refreshTokenLives(next, {
        requirement: 'refresh/usable-until-expiry',
        because: `${margin} seconds before the end that the refresh gave it (${next.client.id})`,
      });
    },
  },
  {
    id: 'refresh/lifetime',
    title: 'A refresh token works after its access token has expired, and the next one is refused after its own end',
    verifies: ['refresh/usable-until-expiry', 'refresh/expired-refused'],
    needs: ['clock', 'operation token', 'session source'],
    consumes: 'clock',
    async run(t) {
      const [session] = await sessions(t);
      if (session === undefined) return;
      const seconds = (session.expiresIn ?? 0) + 1;
      if (lifetimeOf(session) <= seconds + margin) t.skip('Refresh tokens live no longer than access tokens here.');
      await t.advanceClock(seconds);
      const exchange = t.expect.accepted(await t.refresh(session), {
        requirement: 'refresh/usable-until-expiry',
        because: 'a refresh after the access token had expired',
      });
      const next = t.sessionOf(exchange, session.client);
      if (next.refreshToken === undefined) return;
      await t.advanceClock((next.refreshExpiresIn ?? lifetimeOf(session)) + leeway);
      t.expect.refused(await t.refresh(next), {
        status: [400],
        error: ['invalid_grant'],
        requirement: 'refresh/expired-refused',
        errorRequirement: 'errors/invalid-grant',
        because: `a refresh token ${leeway} seconds after its end`,
      });
    },
  },
  {
    id: 'refresh/used-long-ago',
    title: 'A used refresh token is still refused a quarter of an hour and more after its use',
    verifies: ['refresh/single-use'],
    needs: ['clock'],
    control: anyRefresh,
    consumes: 'clock',
    async run(t) {
      const use = async (all: readonly Session[]): Promise<Session[]> => {
        const used: Session[] = [];
        for (const session of all) {
          const next = await t.refreshed(session);
          if (next.refreshToken !== undefined && next.refreshToken !== session.refreshToken) used.push(session);
        }
        return used;
      };
      const first = await use(await sessions(t));
      if (first.length === 0) t.skip('A refresh gives no other refresh token here.');
      // Beyond what a server may remember a used token for: the life of an access token, an hour, a day. A refusal may end the session, so each
      // time has sessions of its own.
      const access = Math.max(...first.map((session) => session.expiresIn ?? 900)) + leeway;
      const ages = t.trials([access, Math.max(3600, access) + leeway, 86_400 + leeway]);
      const later = first.map(({ client }) => client);
      const sets: Session[][] = [first];
      for (const at of ages.keys()) {
        const owner = later[at % later.length];
        if (at > 0 && owner !== undefined) sets.push(await use([await t.session(owner)]));
      }
      let now = 0;
      for (const [at, age] of ages.entries()) {
        const due = (sets[at] ?? []).filter((session) => age < lifetimeOf(session) - margin);
        if (due.length === 0) continue;
        await t.advanceClock(age - now);
        now = age;
        for (const session of due)
          await t.refreshTokenDies(session, {
            requirement: 'refresh/single-use',
            because: `${age} seconds after its use (${session.client.id})`,
          });
      }
    },
  },
  {
    id: 'refresh/expired',
    title: 'A refresh token is refused after refresh_expires_in, also one that a refresh gave',
    verifies: ['refresh/expired-refused'],
    needs: ['clock'],
    control: anyRefresh,
    consumes: 'clock',
    async run(t) {
      const all = await sessions(t);
      const rotated: Session[] = [];
      for (const session of t.frugal ? [] : await sessions(t)) {
        const exchange = await t.refresh(session);
        if (exchange.ok) rotated.push(t.sessionOf(exchange, session.client));
      }
      const [id] = t.frugal ? [] : all.map((session) => session.client);
      const refused = id === undefined ? undefined : await refusedOnce(t, await t.session(id));
      await t.advanceClock(Math.max(...all.map(lifetimeOf)) + leeway);
      for (const session of [...all, ...rotated, ...(refused === undefined ? [] : [refused])]) {
        if (session.refreshToken === undefined) continue;
        t.expect.refused(await t.refresh(session), {
          status: [400],
          error: ['invalid_grant'],
          errorRequirement: 'errors/invalid-grant',
          because: `a refresh token ${leeway} seconds after its end (${session.client.id}, by ${session.via})`,
        });
      }
      // With the scope that it was granted, too; an expired token may have none that is known.
      for (const session of t.frugal ? [] : all) {
        const scope = toldScope(t, session).join(' ');
        if (scope !== '')
          t.expect.refused(await ask(t, session, scope), {
            status: [400],
            error: ['invalid_grant', 'invalid_scope'],
            errorRequirement: 'errors/invalid-grant',
            because: `a refresh token ${leeway} seconds after its end, with its scope (${session.client.id})`,
          });
      }
    },
  },
];

export default defineChecks(checks);
