/** Takes the steps of a generated history on the target, and judges each answer by the model of what must be alive. */

import type { History, Owner, Step, Time } from '../generators/session-history.ts';
import { type Life, leeway, type ModelPair, SessionModel } from '../generators/session-model.ts';
import type { Wallet } from '../generators/wallet.ts';
import { availableCases, type ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import type { Session } from './fixtures.ts';
import { at, before, current, type Judgement, names, type Running, told, words } from './session-words.ts';

/** A scope that no session of a history is granted. */
const beyond = 'universal-mcp-read-write';

/** Lifetimes up to which time is moved, seconds: beyond them a run would move the target by years. */
const longest = 60 * 86_400;

/** Seconds after which no code lives (RFC 6749 4.1.2: shortly after it was issued). */
const codesEnd = 3700;

/** Whether a token is refused for what a refresh for less has left out (RFC 6750 3.1): no source says which scope a hand-off needs, if any. */
const wantsMoreScope = (exchange: Exchange): boolean =>
  !exchange.ok && /\binsufficient_scope\b/.test(`${exchange.header('www-authenticate') ?? ''} ${exchange.text}`);

/** One run of a history. */
export class HistoryRun {
  readonly #t: CheckContext;
  readonly #model: SessionModel<Session>;
  readonly #cases: readonly ClientCase[];
  readonly #wallets: readonly Wallet[];
  readonly #sessions = new Map<number, Running>();

  constructor(t: CheckContext) {
    this.#t = t;
    this.#cases = availableCases(t.config);
    this.#wallets = [t.wallet(), t.wallet()];
    this.#model = new SessionModel<Session>(() => t.now / 1000);
  }

  /** @throws Failure at the first answer that the history does not explain */
  async take({ owners, steps }: History): Promise<void> {
    for (const step of steps) {
      const owner = owners[step.of];
      if (owner === undefined) continue;
      const session = this.#sessions.get(step.of) ?? (await this.#begin(step.of, owner));
      if (step.do === 'begin') continue;
      this.#t.step(words(step, session));
      const wrong = await this.#take(step, session);
      if (wrong !== undefined)
        this.#t.expect.fail(wrong.message, {
          requirement: wrong.requirement ?? 'session/history',
          expected: 'What is alive is what the history says.',
        });
    }
  }

  async #begin(index: number, owner: Owner): Promise<Running> {
    const t = this.#t;
    const client = this.#cases[owner.client] as ClientCase;
    const number = this.#sessions.size + 1;
    const how = owner.via === 'code' ? 'with a code' : `by a sign-in of wallet ${owner.wallet + 1}`;
    t.step(`begin session ${number} of ${client.client.id} (${client.method}) ${how}`);
    const wallet = owner.via === 'sign-in' ? this.#wallets[owner.wallet] : undefined;
    const code = owner.via === 'code' ? await t.code(client) : undefined;
    const pair =
      code === undefined
        ? await t.signIn(client, wallet === undefined ? {} : { wallet })
        : t.sessionOf(await t.exchangeCode(client, code), client, 'code');
    const scope = pair.scope ?? (code === undefined ? undefined : t.config.scope);
    const running: Running = {
      model: this.#model.begin(pair, { access: pair.expiresIn, refresh: pair.refreshExpiresIn }),
      client,
      wallet,
      code,
      sessionId: pair.sessionId,
      scope: scope === undefined ? undefined : names(scope),
    };
    if (wallet !== undefined) await this.#leaveOpenWhatEnded(wallet);
    this.#sessions.set(index, running);
    return running;
  }

  /** Whether a new sign-in ends the earlier sessions of its wallet is said nowhere: those that it has ended are judged no more. */
  async #leaveOpenWhatEnded(wallet: Wallet): Promise<void> {
    const t = this.#t;
    for (const session of this.#sessions.values()) {
      if (session.wallet?.address !== wallet.address || session.model.life !== 'alive') continue;
      const { accessToken } = current(session).value;
      const lives = t.canTryAccessToken(session.client) && (await t.tryAccessToken(accessToken, session.client)).ok;
      if (!lives) this.#model.leaveOpen(session.model);
    }
  }

  #take(step: Step, session: Running): Promise<Judgement> {
    switch (step.do) {
      case 'begin':
        return Promise.resolve(undefined);
      case 'continue':
        return this.#continue(session, step.by);
      case 'refresh':
        return this.#refresh(session, step.scope);
      case 'refresh again':
        return this.#refreshAgain(session, step.back);
      case 'refresh as another client':
        return this.#refreshAsOther(session);
      case 'redeem its code again':
        return this.#redeemAgain(session);
      case 'revoke':
        return step.by === 'its own client' ? this.#revoke(session, step) : this.#revokeAsOther(session, step);
      case 'hand off':
        return this.#handOff(session);
      case 'try access':
        return this.#tryAccess(session, step.back);
      case 'let time pass':
        return this.#letPass(session, step.until);
      case 'redeem a code late':
        return this.#redeemLate(session);
    }
  }

  /** Demands a grant to what is alive and a refusal of what has ended; says nothing while the sources leave it open. */
  #judge(life: Life, session: Running, exchange: Exchange, what: string): Judgement {
    const owner = `${told(session)} of ${session.client.client.id}`;
    if (life === 'alive' && !exchange.ok)
      return { message: `${what} of ${owner} was refused although it is alive: ${at(exchange)}.` };
    if (life === 'ended' && exchange.ok)
      return { message: `${what} of ${owner} was accepted although it has ended: ${at(exchange)}.` };
    return undefined;
  }

  #issued(session: Running, exchange: Exchange, via: Session['via']): void {
    const pair = this.#t.sessionOf(exchange, session.client, via);
    this.#model.issue(session.model, pair, { access: pair.expiresIn, refresh: pair.refreshExpiresIn });
  }

  async #continue(session: Running, by: 'its own wallet' | 'another wallet' | 'another client'): Promise<Judgement> {
    const t = this.#t;
    const { sessionId, wallet } = session;
    if (sessionId === undefined || wallet === undefined) return undefined;
    const other = this.#wallets.find(({ address }) => address !== wallet.address);
    const message = await t.message({ wallet: by === 'another wallet' && other !== undefined ? other : wallet });
    const client = by === 'another client' ? this.#whitelabelOther(session) : session.client;
    if (client === undefined) return undefined;
    const exchange = await t.client.authenticate({ as: client, json: { ...message.json, session_id: sessionId } });
    const same = exchange.ok && exchange.object?.session_id === sessionId;
    if (by !== 'its own wallet')
      // A server may begin another session instead.
      return same ? { message: `${told(session)} was continued with ${by}: ${at(exchange)}.` } : undefined;
    const life = this.#model.lifeOfSession(session.model);
    if (exchange.ok && !same)
      // Instead of an ended one another may begin.
      return life === 'alive'
        ? { message: `A continuation of ${told(session)} returned another session_id.` }
        : undefined;
    const wrong = this.#judge(life, session, exchange, 'A continuation');
    if (wrong !== undefined || !exchange.ok) return wrong;
    this.#model.showsLife(session.model);
    this.#issued(session, exchange, 'authenticate');
    return undefined;
  }

  async #refresh(session: Running, asked: 'as granted' | 'less' | 'more'): Promise<Judgement> {
    const t = this.#t;
    const pair = current(session);
    const { refreshToken } = pair.value;
    if (refreshToken === undefined || t.config.operations.token === false) return undefined;
    const { scope } = session;
    const wanted = asked === 'less' ? scope?.slice(0, 1) : asked === 'more' ? [...(scope ?? []), beyond] : undefined;
    // Without its known scope nobody can say what is less or more.
    if (asked !== 'as granted' && (scope === undefined || scope.length < 2 || scope.includes(beyond))) return undefined;
    const exchange = await t.client.token({
      as: session.client,
      params: { grant_type: 'refresh_token', refresh_token: refreshToken, scope: wanted?.join(' ') },
    });
    const life = this.#model.lifeOf(session.model, pair, 'refresh');
    const wrong =
      asked === 'as granted' || life === 'ended'
        ? this.#judge(life, session, exchange, 'The current refresh token')
        : undefined;
    if (wrong !== undefined) return wrong;
    if (!exchange.ok) {
      // What a refusal for the scope does to the token is not said.
      if (asked !== 'as granted') this.#model.leaveOpen(session.model);
      return undefined;
    }
    pair.used = true;
    this.#model.showsLife(session.model);
    this.#issued(session, exchange, 'refresh');
    const granted = names(exchange.object?.scope);
    const more = scope === undefined ? [] : granted.filter((name) => !scope.includes(name));
    if (more.length > 0)
      return {
        message: `A refresh of ${told(session)} granted ${more.join(' ')} beside the scope that it was granted first.`,
        requirement: 'refresh/scope-not-widened',
      };
    return undefined;
  }

  async #refreshAgain(session: Running, back: number): Promise<Judgement> {
    const used = session.model.pairs.filter(
      (pair) => pair.used && pair.value.refreshToken !== current(session).value.refreshToken,
    );
    const pair = used.at(-1 - back);
    if (pair === undefined) return undefined;
    const exchange = await this.#t.refresh(pair.value);
    if (exchange.ok) return { message: `A used refresh token of ${told(session)} was accepted: ${at(exchange)}.` };
    this.#model.leaveOpen(session.model);
    return undefined;
  }

  async #refreshAsOther(session: Running): Promise<Judgement> {
    const { value } = current(session);
    const thief = this.#other(session);
    if (value.refreshToken === undefined || thief === undefined || this.#t.config.operations.token === false)
      return undefined;
    const exchange = await this.#t.refresh(value, thief);
    if (exchange.ok)
      return {
        message: `The refresh token of ${told(session)} was accepted from ${thief.client.id}: ${at(exchange)}.`,
      };
    this.#model.leaveOpen(session.model);
    return undefined;
  }

  async #redeemAgain(session: Running): Promise<Judgement> {
    if (session.code === undefined) return undefined;
    const exchange = await this.#t.exchangeCode(session.client, session.code);
    if (exchange.ok) return { message: `The code of ${told(session)} was accepted again: ${at(exchange)}.` };
    this.#model.leaveOpen(session.model);
    return undefined;
  }

  async #revoke(session: Running, { token: kind, hint, back }: Step & { do: 'revoke' }): Promise<Judgement> {
    const t = this.#t;
    const pair = before(session, back);
    const token = kind === 'access_token' ? pair?.value.accessToken : pair?.value.refreshToken;
    if (pair === undefined || token === undefined) return undefined;
    const certain = await this.#endsForCertain(session, pair, kind, back);
    const exchange = await t.revoke(token, session.client, hint);
    if (!exchange.ok) return { message: `A revocation of ${told(session)} was not granted: ${at(exchange)}.` };
    if (certain) this.#model.end(session.model);
    else this.#model.leaveOpen(session.model);
    return undefined;
  }

  /** Whether the token is good, so that its revocation ends the session: an old or expired one may be unknown by now. */
  async #endsForCertain(
    session: Running,
    pair: ModelPair<Session>,
    kind: 'access_token' | 'refresh_token',
    back: number,
  ): Promise<boolean> {
    const t = this.#t;
    const short = kind === 'access_token' ? 'access' : 'refresh';
    if (back === 0) return this.#model.lifeOf(session.model, pair, short) === 'alive';
    if (kind === 'refresh_token' || session.model.life !== 'alive' || !t.canTryAccessToken(session.client))
      return false;
    return (await t.tryAccessToken(pair.value.accessToken, session.client)).ok;
  }

  async #revokeAsOther(session: Running, { token: kind, hint }: Step & { do: 'revoke' }): Promise<Judgement> {
    const { value } = current(session);
    const thief = this.#other(session);
    const token = kind === 'access_token' ? value.accessToken : value.refreshToken;
    if (thief !== undefined && token !== undefined) await this.#t.revoke(token, thief, hint);
    return undefined;
  }

  async #handOff(session: Running): Promise<Judgement> {
    const pair = current(session);
    const exchange = await this.#t.client.handoffInit({
      accessToken: pair.value.accessToken,
      json: this.#t.handoffBody(session.client),
    });
    const life = wantsMoreScope(exchange) ? 'open' : this.#model.lifeOf(session.model, pair, 'access');
    return this.#judge(life, session, exchange, 'A hand-off');
  }

  async #tryAccess(session: Running, back: number): Promise<Judgement> {
    const pair = before(session, back);
    if (pair === undefined) return undefined;
    const life = this.#model.lifeOf(session.model, pair, 'access');
    const exchange = await this.#t.tryAccessToken(pair.value.accessToken, session.client);
    // Of an alive session only the current access token must work: what a refresh does to the one before is left to the server.
    const isOpen = wantsMoreScope(exchange) || (back > 0 && life === 'alive');
    return this.#judge(isOpen ? 'open' : life, session, exchange, 'An access token');
  }

  async #letPass(session: Running, until: Time): Promise<Judgement> {
    const { value } = current(session);
    const lifetime = until.endsWith('access token') ? value.expiresIn : value.refreshExpiresIn;
    if (lifetime === undefined || lifetime > longest) return undefined;
    const part = until.startsWith('half') ? 2 : until.startsWith('a fifth') ? 5 : 1;
    await this.#t.advanceClock(part === 1 ? lifetime + leeway + 1 : Math.floor(lifetime / part));
    this.#model.timeMoved();
    return undefined;
  }

  async #redeemLate({ client }: Running): Promise<Judgement> {
    const code = await this.#t.code(client);
    await this.#t.advanceClock(codesEnd);
    this.#model.timeMoved();
    const exchange = await this.#t.exchangeCode(client, code);
    return exchange.ok
      ? {
          message: `A code of ${client.client.id} was accepted after an hour: ${at(exchange)}.`,
          requirement: 'token/code-expires',
        }
      : undefined;
  }

  #other({ client }: Running): ClientCase | undefined {
    return this.#cases.find((one) => one.client.id !== client.client.id);
  }

  #whitelabelOther({ client }: Running): ClientCase | undefined {
    return this.#cases.find((one) => one.client.id !== client.client.id && one.client.role === 'whitelabel-customer');
  }
}
