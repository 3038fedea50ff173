/** Random histories of sign-ins, refreshes, replays and revocations, against a model of what must be alive (contract, RFC 7009, RFC 9700 4.14). */

import fc from 'fast-check';
import { type ModelSession, SessionModel } from '../../generators/session-model.ts';
import type { Wallet } from '../../generators/wallet.ts';
import { defineChecks } from '../../harness/check.ts';
import { availableCases, type ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Session } from '../../harness/fixtures.ts';
import { whitelabelCase } from '../../harness/needs.ts';
import { holdsFor } from '../../harness/property.ts';

interface Real {
  readonly t: CheckContext;
  readonly cases: readonly ClientCase[];
  readonly wallets: readonly Wallet[];
}

type Model = SessionModel<Session>;
type Step = fc.AsyncCommand<Model, Real>;

const current = (session: ModelSession<Session>): Session => session.pairs.at(-1) as Session;

/** One step of a history; `act` returns what is wrong, if anything is. */
class Do implements Step {
  readonly #words: string;
  readonly #act: (model: Model, real: Real) => Promise<string | undefined>;
  readonly #needsSession: boolean;
  #told = '';

  constructor(
    words: string,
    needsSession: boolean,
    act: (model: Model, real: Real, tell: (detail: string) => void) => Promise<string | undefined>,
  ) {
    this.#words = words;
    this.#needsSession = needsSession;
    this.#act = (model, real) =>
      act(model, real, (detail) => {
        this.#told = detail;
      });
  }

  check(model: Readonly<Model>): boolean {
    return !this.#needsSession || model.sessions.length > 0;
  }

  async run(model: Model, real: Real): Promise<void> {
    const wrong = await this.#act(model, real);
    if (wrong !== undefined)
      real.t.expect.fail(wrong, {
        requirement: 'session/history',
        expected: 'What is alive is what the history says.',
      });
  }

  toString(): string {
    return this.#told === '' ? this.#words : `${this.#words} (${this.#told})`;
  }
}

const name = (session: ModelSession<Session>): string => `session ${session.number} of ${current(session).client.id}`;
const at = (exchange: Exchange): string => `${exchange.request.operation} answered ${exchange.summary}`;

/** Demands a refusal of an ended session's credential and a grant of an alive one's; says nothing while the sources leave it open. */
function judge(session: ModelSession<Session>, exchange: Exchange, what: string): string | undefined {
  if (session.life === 'alive' && !exchange.ok)
    return `${what} of ${name(session)} was refused although the session is alive: ${at(exchange)}.`;
  if (session.life === 'ended' && exchange.ok)
    return `${what} of ${name(session)} was accepted although the session has ended: ${at(exchange)}.`;
  return undefined;
}

const begin = (choice: number): Step =>
  new Do('begin a session with a code', false, async (model, { t, cases }, tell) => {
    const owner = cases[choice % cases.length] as ClientCase;
    const session = model.begin(await t.session(owner));
    tell(name(session));
    return undefined;
  });

const signIn = (choice: number, walletChoice: number): Step =>
  new Do('sign in', false, async (model, { t, cases, wallets }, tell) => {
    const owners = cases.filter((one) => one.client.role === 'whitelabel-customer');
    const owner = owners[choice % Math.max(1, owners.length)];
    const index = walletChoice % wallets.length;
    const wallet = wallets[index];
    if (owner === undefined || wallet === undefined || t.config.operations.authenticate === false) return undefined;
    tell(name(model.begin(await t.signIn(owner, { wallet }), index)));
    await leaveOpenWhatEnded(model, t, index);
    return undefined;
  });

/** Whether a new sign-in ends the earlier sessions of its wallet is said nowhere: those that it has ended are judged no more. */
async function leaveOpenWhatEnded(model: Model, t: CheckContext, wallet: number): Promise<void> {
  for (const session of model.sessions.slice(0, -1)) {
    const pair = current(session);
    if (session.wallet !== wallet || session.life !== 'alive' || !t.canTryAccessToken(pair.client)) continue;
    if (!(await t.tryAccessToken(pair.accessToken, pair.client)).ok) model.leaveOpen(session);
  }
}

const continueSession = (choice: number): Step =>
  new Do('continue a session', true, async (model, { t, wallets }, tell) => {
    const session = model.pick(
      choice,
      (one) => one.wallet !== undefined && one.life === 'alive' && current(one).sessionId !== undefined,
    );
    if (session?.wallet === undefined) return undefined;
    tell(name(session));
    const { sessionId, client } = current(session);
    const wallet = wallets[session.wallet];
    if (sessionId === undefined || wallet === undefined) return undefined;
    const message = await t.message({ wallet });
    const exchange = await t.client.authenticate({ as: client, json: { ...message.json, session_id: sessionId } });
    const wrong = judge(session, exchange, 'A continuation');
    if (wrong !== undefined) return wrong;
    if (exchange.object?.session_id !== sessionId)
      return `A continuation of ${name(session)} returned another session_id.`;
    session.pairs.push({ ...t.sessionOf(exchange, client, 'authenticate'), sessionId });
    return undefined;
  });

const refresh = (choice: number): Step =>
  new Do('refresh', true, async (model, { t }, tell) => {
    const session = model.pick(choice);
    if (session === undefined || current(session).refreshToken === undefined) return undefined;
    tell(name(session));
    const { client, sessionId } = current(session);
    const exchange = await t.refresh(current(session));
    if (exchange.ok)
      session.pairs.push({ ...t.sessionOf(exchange, client), ...(sessionId === undefined ? {} : { sessionId }) });
    return judge(session, exchange, 'The current refresh token');
  });

const replayRefresh = (choice: number, generation: number): Step =>
  new Do('use a used refresh token again', true, async (model, { t }, tell) => {
    const session = model.pick(
      choice,
      (one) => one.pairs.length > 1 && one.pairs.slice(1).every((pair) => pair.via === 'refresh'),
    );
    if (session === undefined) return undefined;
    const used = session.pairs[generation % (session.pairs.length - 1)] as Session;
    if (used.refreshToken === undefined) return undefined;
    tell(name(session));
    const exchange = await t.refresh(used);
    if (exchange.ok) return `A used refresh token of ${name(session)} was accepted: ${at(exchange)}.`;
    model.leaveOpen(session);
    return undefined;
  });

const foreignRefresh = (choice: number): Step =>
  new Do("use another client's refresh token", true, async (model, { t, cases }, tell) => {
    const session = model.pick(choice);
    const thief =
      session === undefined ? undefined : cases.find((one) => one.client.id !== current(session).client.client.id);
    if (session === undefined || thief === undefined || current(session).refreshToken === undefined) return undefined;
    tell(`${name(session)} by ${thief.id}`);
    const exchange = await t.refresh(current(session), thief);
    if (exchange.ok) return `The refresh token of ${name(session)} was accepted from ${thief.id}: ${at(exchange)}.`;
    model.leaveOpen(session);
    return undefined;
  });

const revoke = (choice: number, kind: 'access_token' | 'refresh_token', hint: string | undefined): Step =>
  new Do(`revoke by ${kind}${hint === undefined ? '' : ` with the hint ${hint}`}`, true, async (model, { t }, tell) => {
    const session = model.pick(choice);
    if (session === undefined || t.config.operations.revoke === false) return undefined;
    const pair = current(session);
    const token = kind === 'access_token' ? pair.accessToken : pair.refreshToken;
    if (token === undefined) return undefined;
    tell(name(session));
    const exchange = await t.revoke(token, pair.client, hint);
    if (!exchange.ok) return `A revocation of ${name(session)} was not granted: ${at(exchange)}.`;
    // A session left open may be dead already, and its token unknown: the revocation is then silent and ends nothing more.
    if (session.life !== 'open') model.end(session);
    return undefined;
  });

const foreignRevoke = (choice: number, kind: 'access_token' | 'refresh_token'): Step =>
  new Do(`revoke another client's ${kind}`, true, async (model, { t, cases }, tell) => {
    const session = model.pick(choice);
    const thief =
      session === undefined ? undefined : cases.find((one) => one.client.id !== current(session).client.client.id);
    if (session === undefined || thief === undefined || t.config.operations.revoke === false) return undefined;
    const token = kind === 'access_token' ? current(session).accessToken : current(session).refreshToken;
    if (token === undefined) return undefined;
    tell(`${name(session)} by ${thief.id}`);
    await t.revoke(token, thief);
    return undefined;
  });

const tryAccess = (choice: number, generation: number): Step =>
  new Do('try an access token', true, async (model, { t }, tell) => {
    const session = model.pick(choice, (one) => t.canTryAccessToken(current(one).client));
    if (session === undefined) return undefined;
    // Of an alive session only the current access token must work: what a refresh does to the one before is left to the server.
    const pair =
      session.life === 'ended' ? (session.pairs[generation % session.pairs.length] as Session) : current(session);
    tell(name(session));
    return judge(session, await t.tryAccessToken(pair.accessToken, pair.client), 'An access token');
  });

const choices = fc.nat({ max: 11 });
const kinds = fc.constantFrom('access_token' as const, 'refresh_token' as const);
const hints = fc.constantFrom(undefined, 'access_token', 'refresh_token');

const steps = [
  choices.map(begin),
  fc.tuple(choices, choices).map(([client, wallet]) => signIn(client, wallet)),
  choices.map(continueSession),
  choices.map(refresh),
  fc.tuple(choices, choices).map(([session, generation]) => replayRefresh(session, generation)),
  choices.map(foreignRefresh),
  fc.tuple(choices, kinds, hints).map(([session, kind, hint]) => revoke(session, kind, hint)),
  fc.tuple(choices, kinds).map(([session, kind]) => foreignRevoke(session, kind)),
  fc.tuple(choices, choices).map(([session, generation]) => tryAccess(session, generation)),
];

/** The steps that were taken, numbered: "1. begin a session with a code (session 1 of wl-public); 2. refresh (...)". */
export function story(commands: Iterable<unknown>): string {
  return [...commands]
    .filter((step) => (step as { readonly hasRan?: boolean }).hasRan !== false)
    .map((step, index) => `${index + 1}. ${String(step)}`)
    .join('; ');
}

/** Where requests are few: a session is begun, refreshed, revoked by its access token under a wrong hint, and tried. */
function brief(t: CheckContext): Step[] {
  const canSignIn = t.config.operations.authenticate !== false && whitelabelCase(t.config) !== undefined;
  return [
    canSignIn ? signIn(0, 0) : begin(0),
    refresh(0),
    tryAccess(0, 0),
    revoke(0, 'access_token', 'refresh_token'),
    tryAccess(0, 0),
    tryAccess(0, 1),
    refresh(0),
  ];
}

export default defineChecks([
  {
    id: 'session/history',
    title: 'After any history of sign-ins, refreshes and revocations, what is alive is what the history says',
    verifies: ['session/history'],
    needs: ['operation token', 'session source', 'unlimited codes'],
    generated: true,
    async run(t) {
      const cases = availableCases(t.config);
      if (t.frugal) {
        const real: Real = { t, cases, wallets: [t.wallet()] };
        await fc.asyncModelRun(() => ({ model: new SessionModel<Session>(), real }), brief(t));
        return;
      }
      await holdsFor(
        t,
        'session/history',
        fc.commands(steps, { maxCommands: 14, size: 'max' }),
        async (commands) => {
          const real: Real = { t, cases, wallets: [t.wallet(), t.wallet()] };
          await fc.asyncModelRun(() => ({ model: new SessionModel<Session>(), real }), commands);
        },
        { shrinkBudget: 80, tell: story },
      );
    },
  },
]);
