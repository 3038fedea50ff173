/** What a check's `run(t)` gets: the client, fixtures, assertions, clock and liveness, in the domain's terms. */

import { pkce as makePkce, type Pkce } from '../generators/pkce.ts';
import { wallet as makeWallet, type Wallet } from '../generators/wallet.ts';
import type { Control } from './check.ts';
import type { ApiClient } from './client.ts';
import type { CaseId, ClientCase } from './client-cases.ts';
import type { AuthorizationCode } from './code-sources/index.ts';
import type { TargetConfig } from './config.ts';
import { codeExchange } from './controls.ts';
import type { Exchange } from './exchange.ts';
import { answered, Expect } from './expect.ts';
import {
  type Fixtures,
  type MessageOptions,
  refreshTokenOf,
  type Session,
  type SessionOptions,
  type SignedMessage,
  sessionOf,
} from './fixtures.ts';
import { hasCodeSource } from './needs.ts';
import { Inconclusive, RateLimited, Skip } from './outcomes.ts';
import type { Shard } from './planner.ts';
import { Story } from './story.ts';

export interface ContextParts {
  readonly config: TargetConfig;
  readonly client: ApiClient;
  readonly fixtures: Fixtures;
  readonly seed: number;
  readonly propertyRuns: number;
  readonly frugal: boolean;
  readonly shard?: Shard;
  /** A counterexample of an earlier run (fast-check's path), to repeat it alone. */
  readonly path?: string;
  readonly hasControl: boolean;
  readonly runControl: (control: Control) => Promise<Exchange>;
  /** How many exchanges this check has made so far. */
  readonly recorded: () => number;
  /** Told of each code that the check asked for itself, and where what follows has nothing to do with what was before. */
  readonly had: { got(code: string): void; anew(): void };
  /** Whether the time of the run has passed: what a check would still generate is left out. */
  readonly outOfTime: () => boolean;
}

export class CheckContext {
  readonly config: TargetConfig;
  readonly client: ApiClient;
  readonly expect: Expect;
  /** Requests are few (`smoke`, `gate`, `full` under limits): what another check looks at as well is left out. */
  readonly frugal: boolean;
  /** Seed of everything generated in this check. */
  readonly seed: number;
  /** This part of a sharded run. */
  readonly shard: Shard | undefined;
  /** Generated runs for a property of this check. */
  readonly propertyRuns: number;
  /** The counterexample of an earlier run that is to be repeated alone. */
  readonly path: string | undefined;
  /** The steps that led to a failure, so that a person can take them again. */
  readonly story: Story;
  /** How many runs a property check made, for the report. */
  runs: number | undefined;
  readonly outOfTime: () => boolean;
  readonly #fixtures: Fixtures;
  readonly #runControl: (control: Control) => Promise<Exchange>;
  readonly #had: ContextParts['had'];

  constructor(parts: ContextParts) {
    this.config = parts.config;
    this.client = parts.client;
    this.frugal = parts.frugal;
    this.seed = parts.seed;
    this.propertyRuns = parts.propertyRuns;
    this.shard = parts.shard;
    this.path = parts.path;
    this.story = new Story(parts.recorded, () => parts.had.anew());
    this.#had = parts.had;
    this.outOfTime = parts.outOfTime;
    this.expect = new Expect(parts.hasControl);
    this.#fixtures = parts.fixtures;
    this.#runControl = parts.runControl;
  }

  /** The exchange of an accepted request, made once a run. @throws Inconclusive when it was not accepted */
  control(control: Control): Promise<Exchange> {
    return this.#runControl(control);
  }

  /** Says what the next requests do: a failure tells them in these words. */
  step(words: string): void {
    this.story.step(words);
  }

  case(id: CaseId): ClientCase {
    return this.#fixtures.case(id);
  }

  /** A client of another id. @throws Skip */
  otherCase(than: ClientCase, accept?: (candidate: ClientCase) => boolean): ClientCase {
    return this.#fixtures.otherCase(than, accept);
  }

  /** The preferred whitelabel client. @throws Skip */
  whitelabel(): ClientCase {
    return this.#fixtures.whitelabel();
  }

  /** The variations of one refusal that this run has requests for: all, or only the first (the most telling) where requests are few. */
  trials<T>(all: readonly T[]): readonly T[] {
    return this.frugal ? all.slice(0, 1) : all;
  }

  pkce(codeVerifier?: string): Pkce {
    return makePkce(codeVerifier);
  }

  wallet(): Wallet {
    return makeWallet();
  }

  /** A fresh authorization code. @throws Inconclusive */
  async code(
    of: CaseId | ClientCase,
    options?: { readonly scope?: string; readonly redirectUri?: string; readonly pkce?: Pkce },
  ): Promise<AuthorizationCode> {
    const code = await this.#fixtures.code(this.client, this.#resolve(of), options);
    this.#had.got(code.code);
    return code;
  }

  /** The parameters that redeem a code. */
  exchangeParams(code: AuthorizationCode) {
    return this.#fixtures.exchangeParams(code);
  }

  /** Redeems a fresh code as it should be done; whatever the answer, returns the exchange. */
  async exchangeCode(of: CaseId | ClientCase, code: AuthorizationCode): Promise<Exchange> {
    return this.client.token({ as: this.#resolve(of), params: this.exchangeParams(code) });
  }

  /** A session of this check alone. @throws Inconclusive when none can be had */
  session(of: CaseId | ClientCase, options?: SessionOptions): Promise<Session> {
    return this.#fixtures.session(this.client, this.#resolve(of), options);
  }

  /** A session by /authenticate. */
  signIn(of: CaseId | ClientCase, options?: SessionOptions): Promise<Session> {
    return this.#fixtures.signIn(this.client, this.#resolve(of), options);
  }

  /**
   * A session of this check alone that it ends. Where requests are few it begins at /authenticate: /token is the operation that has most to judge,
   * and which way a session began makes no difference to its end.
   */
  endingSession(of: CaseId | ClientCase, options: SessionOptions = {}): Promise<Session> {
    const owner = this.#resolve(of);
    const spared = this.frugal && options.scope === undefined && this.#fixtures.canSignIn(owner);
    return this.session(owner, spared ? { via: 'authenticate', ...options } : options);
  }

  /** A session shared by the checks that neither refresh nor revoke it. Where requests are few it is that of the control of code exchanges. */
  sharedSession(of: CaseId | ClientCase): Promise<Session> {
    const owner = this.#resolve(of);
    if (!this.frugal || !hasCodeSource(this.config)) return this.#fixtures.shared(this.client, owner);
    return this.#fixtures.shared(this.client, owner, async () => {
      try {
        return sessionOf(await this.control(codeExchange(owner.id)), owner, 'code');
      } catch (error) {
        if (error instanceof RateLimited) throw error;
        return undefined; // the checks of that exchange report it
      }
    });
  }

  /** A signed SIWE message, fresh unless the options say otherwise. */
  message(options?: MessageOptions): Promise<SignedMessage> {
    return this.#fixtures.message(this.client, options);
  }

  /** Reads the token pair of a granted exchange. @throws Inconclusive */
  sessionOf(exchange: Exchange, of: ClientCase, via: Session['via'] = 'refresh'): Session {
    return sessionOf(exchange, of, via);
  }

  /** The session's refresh token. @throws Skip where the target gives none */
  refreshTokenOf(session: Session): string {
    return refreshTokenOf(session);
  }

  /** Uses the session's refresh token; whatever the answer, returns the exchange. */
  refresh(session: Session, as: ClientCase = session.client): Promise<Exchange> {
    return this.client.token({ as, params: { grant_type: 'refresh_token', refresh_token: refreshTokenOf(session) } });
  }

  /** Refreshes as a precondition. @throws Inconclusive @throws Skip */
  async refreshed(session: Session): Promise<Session> {
    const exchange = await this.refresh(session);
    const next = sessionOf(this.expect.given(exchange, 'a refresh'), session.client, 'refresh');
    return session.wallet === undefined ? next : { ...next, wallet: session.wallet };
  }

  /** Revokes a token as its client; whatever the answer, returns the exchange. */
  revoke(token: string, as: ClientCase, hint?: string): Promise<Exchange> {
    return this.client.revoke({ as, params: { token, ...(hint === undefined ? {} : { token_type_hint: hint }) } });
  }

  /** The JSON body of a right hand-off request, with changes; undefined removes a member. */
  handoffBody(of: ClientCase, changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return { redirectUri: of.client.redirectUri, intent: 'connections', ...changes };
  }

  /** Presents an access token where it can be tried: the configured probe, else /handoff/init. */
  tryAccessToken(accessToken: string, of: ClientCase): Promise<Exchange> {
    const { probe } = this.config;
    if (probe !== undefined)
      return this.client.fetch(probe.path, {
        kind: 'probe',
        method: probe.method,
        headers: { authorization: `Bearer ${accessToken}` },
      });
    if (this.config.operations.handoffInit === false)
      throw new Skip(
        'Nowhere can an access token be tried: /handoff/init is not offered and no `probe` is configured.',
      );
    if (of.client.role !== 'whitelabel-customer')
      throw new Skip(
        `An access token of the ${of.id} client cannot be tried: /handoff/init is for whitelabel clients only, and no \`probe\` is configured.`,
      );
    return this.client.handoffInit({ accessToken, json: this.handoffBody(of) });
  }

  /** Whether `tryAccessToken` can judge tokens of this client. */
  canTryAccessToken(of: ClientCase): boolean {
    return (
      this.config.probe !== undefined ||
      (this.config.operations.handoffInit !== false && of.client.role === 'whitelabel-customer')
    );
  }

  /** Asserts by use that the access token is alive. @throws Skip where it cannot be tried */
  async accessTokenLives(
    session: Session,
    detail: { readonly requirement?: string; readonly because: string },
  ): Promise<Exchange> {
    const exchange = await this.tryAccessToken(session.accessToken, session.client);
    // Where no fresh token is accepted either, the refusal says nothing about this one.
    if (!exchange.ok) await this.#freshTokenLives(session.client, exchange);
    if (!exchange.ok)
      this.expect.fail(`The access token was refused (${answered(exchange)}) ${detail.because}.`, {
        requirement: detail.requirement,
        expected: 'The access token is still accepted.',
        exchange,
      });
    return exchange;
  }

  /** @throws Inconclusive where a token that has just been issued is refused with the same status */
  async #freshTokenLives(of: ClientCase, refused: Exchange): Promise<void> {
    const fresh = await this.session(of);
    const exchange = await this.tryAccessToken(fresh.accessToken, of);
    if (!exchange.ok && exchange.status === refused.status)
      throw new Inconclusive(
        `No access token of the ${of.id} client is accepted here (${answered(exchange)}), so a refusal says nothing about this one.`,
      );
  }

  /** Asserts by use that the access token is dead. The caller has seen it alive, or has a control. @throws Skip where it cannot be tried */
  async accessTokenDies(
    session: Session,
    detail: { readonly requirement?: string; readonly because: string },
  ): Promise<Exchange> {
    const exchange = await this.tryAccessToken(session.accessToken, session.client);
    if (exchange.ok)
      this.expect.fail(`The access token was still accepted (${answered(exchange)}) ${detail.because}.`, {
        requirement: detail.requirement,
        expected: 'The access token is refused.',
        exchange,
      });
    return exchange;
  }

  /** Asserts by use that the refresh token is alive; it is rotated by that. @returns the next session @throws Skip where there is none */
  async refreshTokenLives(
    session: Session,
    detail: { readonly requirement?: string; readonly because: string },
  ): Promise<Session> {
    const exchange = await this.refresh(session);
    if (!exchange.ok)
      this.expect.fail(`The refresh token was refused (${answered(exchange)}) ${detail.because}.`, {
        requirement: detail.requirement,
        expected: 'The refresh token is still accepted.',
        exchange,
      });
    const next = sessionOf(exchange, session.client, 'refresh');
    return session.wallet === undefined ? next : { ...next, wallet: session.wallet };
  }

  /** Asserts by use that the refresh token is dead. @throws Skip where there is none */
  async refreshTokenDies(
    session: Session,
    detail: { readonly requirement?: string; readonly because: string },
  ): Promise<Exchange> {
    const exchange = await this.refresh(session);
    // An error object with status 200 is no refresh, but no refusal in the form of RFC 6749 5.2 either.
    if (exchange.ok && exchange.errorCode !== undefined && exchange.object?.access_token === undefined)
      this.expect.fail(`The refresh token was refused with a status of success (${answered(exchange)}).`, {
        requirement: 'errors/invalid-grant',
        expected: 'The refresh token is refused with 400 invalid_grant.',
        exchange,
      });
    if (exchange.ok)
      this.expect.fail(`The refresh token was still accepted (${answered(exchange)}) ${detail.because}.`, {
        requirement: detail.requirement,
        expected: 'The refresh token is refused.',
        exchange,
      });
    return exchange;
  }

  /** The target's time. */
  get now(): number {
    return this.#fixtures.clock.now();
  }

  /** RFC 3339 time of the target, moved by some seconds. */
  iso(seconds = 0): string {
    return this.#fixtures.clock.iso(seconds);
  }

  /** Moves the target's clock forward (needs `clock`, consumes `clock`). */
  advanceClock(seconds: number): Promise<void> {
    return this.#fixtures.clock.advance(seconds, this.client);
  }

  /** Ends the check: it lawfully does not apply. */
  skip(reason: string): never {
    throw new Skip(reason);
  }

  /** Ends the check: it could not be judged. */
  inconclusive(reason: string): never {
    throw new Inconclusive(reason);
  }

  #resolve(of: CaseId | ClientCase): ClientCase {
    return typeof of === 'string' ? this.#fixtures.case(of) : of;
  }
}
