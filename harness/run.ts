/** One run against one target: shared state, the way of every request, and the execution of a check. */

import type { CheckResult } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { Check, Control } from './check.ts';
import { checkResult, type Ended } from './check-result.ts';
import { endSessionsOf } from './clean-up.ts';
import { ApiClient } from './client.ts';
import { availableCases } from './client-cases.ts';
import { TargetClock } from './clock.ts';
import { type BrowserCodeSource, isFrugal, type TargetConfig } from './config.ts';
import { CheckContext } from './context.ts';
import { codeExchange } from './controls.ts';
import type { Exchange, ExchangeKind, WireRequest } from './exchange.ts';
import { Fixtures, type Session } from './fixtures.ts';
import { hasCodeSource, needsOf, unmet } from './needs.ts';
import { ObserverPanel } from './observer-panel.ts';
import type { ObserverFactory } from './observers.ts';
import { Failure, Inconclusive, RateLimited, Skip, SuiteError, Unanswered } from './outcomes.ts';
import { type Lane, Pacer } from './pacing.ts';
import type { Shard } from './planner.ts';
import { propertyRuns } from './property.ts';
import { Recorder } from './recorder.ts';
import { Redactor } from './redaction.ts';
import { maxWaits, Sender } from './sender.ts';
import { aloneReason, type Keeps, keepsOf, keepsOfTwo, lives, SessionCount, sessionsOf } from './sole-session.ts';
import { type Transport, UndiciTransport } from './transport.ts';
import { Turns } from './turns.ts';

export interface RunOptions {
  readonly config: TargetConfig;
  readonly seed: number;
  /** Generated runs a property check; default by profile. */
  readonly propertyRuns?: number;
  /** The counterexample of an earlier run that is to be repeated alone: of which check, and fast-check's path to it. */
  readonly counterexample?: { readonly check: string; readonly path: string };
  /** This part of a sharded run. */
  readonly shard?: Shard;
  /** Judge with as few requests as can be; default what the configuration asks for. */
  readonly frugal?: boolean;
  /** Milliseconds for one answer; default 10 s. */
  readonly timeoutMs?: number;
  readonly requirements: readonly Requirement[];
  /** Times that a lost request is sent again where that changes nothing; default 2. */
  readonly retries?: number;
  /** Milliseconds after which no further check is begun; default: none. */
  readonly maxDurationMs?: number;
  /** Revoke at the end what the run has begun; default false. */
  readonly endSessions?: boolean;
}

export interface RunParts {
  readonly observers?: readonly ObserverFactory[];
  readonly transport?: Transport;
  /** Says what breaks `openapi.yaml` in a request of the suite's own. */
  readonly validateRequest?: (request: WireRequest) => readonly string[];
  /** Told when a request must wait for a limit. */
  readonly onWait?: (milliseconds: number, operation: ExchangeKind) => void;
}

/** Neither granted nor lawfully left out. */
const isDoubtful = ({ ended, attempt }: { readonly ended: Ended; readonly attempt: Attempt }): boolean =>
  (ended.outcome !== 'pass' && ended.outcome !== 'skip') || attempt.context.expect.findings.length > 0;

/** Whether a check begins sessions, or uses those that others have begun. */
const usesSessions = (check: Check): boolean =>
  needsOf(check).some((need) => need === 'session source' || need.endsWith('code source') || need.endsWith(' codes'));

/** Whether sessions that others have begun may be behind what a check finds: it may ask for them on its way. */
const mayUseSessions = (check: Check): boolean =>
  usesSessions(check) || needsOf(check).some((need) => need.startsWith('operation ') && need !== 'operation scopes');

const stepValues = ({ steps = [] }: BrowserCodeSource): string[] =>
  steps.flatMap((step) => ('value' in step ? [step.value] : []));

/** What the target tells when it is asked; where it tells nothing, `otherwise`: what is wrong with it the checks report. */
async function told<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isOutcome = [Skip, Inconclusive, Unanswered, RateLimited, Failure].some((kind) => error instanceof kind);
    if (!isOutcome) throw error;
    return otherwise;
  }
}

/** Sessions that are kept aside, to see whether old ones live on: one is used up each time. */
const canaries = 4;

/** One try of a check: what it uses, and what came of it. */
interface Attempt {
  readonly context: CheckContext;
  readonly recorder: Recorder;
  readonly sessions: SessionCount;
  /** Whether other checks moved the clock meanwhile. */
  clockShared: boolean;
}

interface ControlRun {
  readonly exchange: Promise<Exchange>;
  readonly recorder: Recorder;
}

export class Run {
  readonly options: RunOptions;
  readonly suiteErrors: { check: string; message: string }[] = [];
  /** Requests that each check sent itself, by operation. */
  readonly costs = new Map<string, Readonly<Record<string, number>>>();
  /** The same of each control. */
  readonly controlCosts = new Map<string, Readonly<Record<string, number>>>();
  /** The controls that each check, or each control, has asked for. */
  readonly uses = new Map<string, ReadonlySet<string>>();
  readonly #requirements: ReadonlyMap<string, Requirement>;
  readonly #redactor: Redactor;
  readonly #transport: Transport;
  readonly #pacer: Pacer;
  readonly #clock: TargetClock;
  readonly #panel: ObserverPanel;
  readonly #fixtures: Fixtures;
  readonly #controls = new Map<string, ControlRun>();
  readonly #parts: RunParts;
  readonly #sender: Sender;
  readonly #startedAt = Date.now();
  #endedEarly: string | undefined;
  readonly #turns = new Turns();
  /** How many sessions of a user and client outlive others. Where that is not all of them, every check runs alone. */
  #keeps: Keeps = 'all';
  /** Whether that is one has been asked, or is being asked. */
  #askedOfOne: Promise<void> | undefined;
  /** The same of some number. */
  #askedOfMany: Promise<void> | undefined;
  /** Sessions that nobody uses: where one of them is dead, newer ones may have ended it. */
  #canaries: readonly Session[] = [];
  /** What the last check that was doubtful has asked for. */
  #lastDoubt: Promise<unknown> = Promise.resolve();
  /** All that were begun by codes. */
  readonly #begun = new SessionCount();

  constructor(options: RunOptions, parts: RunParts = {}) {
    const { config } = options;
    this.options = options;
    this.#parts = parts;
    this.#requirements = new Map(options.requirements.map((row) => [row.id, row]));
    const source = config.authorizationCode;
    const secrets = [
      config.control?.token,
      source?.source === 'http' ? source.token : undefined,
      ...(source?.source === 'browser' ? [source.password, ...stepValues(source)] : []),
    ];
    this.#redactor = new Redactor({
      clients: Object.values(config.clients),
      secrets: secrets.filter((secret) => secret !== undefined),
      codeField: config.handoff.codeField,
    });
    this.#transport =
      parts.transport ?? new UndiciTransport({ timeoutMs: options.timeoutMs ?? 10_000, ...(config.tls ?? {}) });
    this.#pacer = new Pacer(config.rateLimit, parts.onWait);
    this.#clock = new TargetClock(config);
    this.#panel = new ObserverPanel(parts.observers ?? [], config);
    this.#fixtures = new Fixtures(config, this.#clock, () => this.#learnClock());
    this.#sender = new Sender({
      config,
      transport: this.#transport,
      pacer: this.#pacer,
      clock: this.#clock,
      panel: this.#panel,
      retries: options.retries,
      remember: options.endSessions === true,
    });
  }

  /** Whether checks that move the clock may run beside each other: where requests are few, what waits for them grows old. */
  get sharesClock(): boolean {
    return !this.#isFrugal;
  }

  get #isFrugal(): boolean {
    return this.options.frugal ?? isFrugal(this.options.config);
  }

  /** Requests sent so far, by operation. */
  get requests(): Readonly<Record<string, number>> {
    return this.#sender.requests;
  }

  /** Milliseconds that requests have waited for limits. */
  get waitedMs(): number {
    return this.#pacer.waitedMs;
  }

  /** Why checks were left out, if any were. */
  get endedEarly(): string | undefined {
    return this.#endedEarly;
  }

  /** No further request is sent: what is not judged by now is inconclusive for this reason. */
  stop(reason: string): void {
    this.#endedEarly ??= reason;
    this.#pacer.stop(reason);
  }

  /**
   * Ends the sessions that the run has begun, within the limits, where the options ask for it; also of a run that was stopped. Never throws.
   * @param begins told how many there are
   */
  async cleanUp(begins?: (sessions: number) => void): Promise<void> {
    const { config, endSessions } = this.options;
    if (endSessions !== true || config.operations.revoke === false) return;
    const { open } = this.#sender;
    if (open.length === 0) return;
    begins?.(open.length);
    this.#pacer.reopen();
    const lane = this.#pacer.lane();
    const recorder = new Recorder(new Redactor(this.#redactor));
    const client = new ApiClient(config, (request) => this.#sender.send(request, recorder, lane));
    await endSessionsOf(open, client, (message) => this.suiteErrors.push({ check: 'clean-up', message }));
  }

  /** Runs one check. Never throws: an error of the suite itself is kept in `suiteErrors`. */
  async execute(check: Check): Promise<CheckResult> {
    const start = performance.now();
    const waitedBefore = this.#pacer.waitedMs;
    const controls = check.control === undefined ? [] : 'run' in check.control ? [check.control] : check.control;
    const { maxDurationMs, config } = this.options;
    if (maxDurationMs !== undefined && this.#outOfTime())
      this.stop(`The run was ended after ${maxDurationMs / 1000} s (--max-duration).`);
    const missing = unmet(needsOf(check), config);
    const lane = this.#pacer.lane();
    let last: { readonly ended: Ended; readonly attempt: Attempt };
    if (missing !== undefined) last = this.#unjudged(check, lane, missing.outcome, missing.reason);
    else if (this.#endedEarly !== undefined) last = this.#unjudged(check, lane, 'inconclusive', this.#endedEarly);
    else {
      // A check that passes among others may do so because its session has been ended by theirs: where requests are not few that is known before.
      if (this.#asksBefore(check)) await this.#askOfOne();
      // While it waits for its turn, the target may turn out to end sessions when others begin.
      const among = await this.#turns.beside(async () =>
        this.#keeps === 'all' ? this.#judged(check, controls, lane) : undefined,
      );
      const isAsked = among !== undefined && mayUseSessions(check) && isDoubtful(among);
      const isAnswered = among !== undefined && !(isAsked && (await this.#endsSessions()));
      if (!isAnswered) last = await this.#judgedAlone(check, controls, lane);
      // What a check tells of how it moved the clock is told of it alone.
      else if (among.attempt.clockShared && isDoubtful(among))
        last = await this.#turns.alone(() => this.#judged(check, controls, lane));
      else last = among;
    }
    const { ended, attempt } = last;
    this.costs.set(check.id, lane.sent);
    return checkResult({
      check,
      ended,
      context: attempt.context,
      recorder: attempt.recorder,
      controls,
      durationMs: performance.now() - start,
      waitedMs: this.#pacer.waitedMs - waitedBefore,
      seed: this.options.seed,
      requirements: this.#requirements,
      failed: (message) => this.suiteErrors.push({ check: check.id, message }),
    });
  }

  #unjudged(check: Check, lane: Lane, outcome: Ended['outcome'], message: string) {
    return { ended: { outcome, message }, attempt: this.#attempt(lane, false, check.id) };
  }

  /** Tries a check, again where the target held it up. */
  async #judged(check: Check, controls: readonly Control[], lane: Lane): Promise<{ ended: Ended; attempt: Attempt }> {
    for (let waits = 1; ; waits += 1) {
      const attempt = this.#attempt(lane, controls.length > 0, check.id);
      const error = await this.#tried(check, controls, attempt, lane);
      lane.release();
      if (error === undefined) return { ended: { outcome: 'pass', message: '' }, attempt };
      if (error instanceof RateLimited && waits < maxWaits) continue;
      return { ended: this.#ended(check.id, error, attempt.context), attempt };
    }
  }

  /**
   * The same where the sessions of the target end each other: alone, with sessions and controls of its own. Of two sessions beside each other
   * nothing is said.
   */
  #judgedAlone(check: Check, controls: readonly Control[], lane: Lane): Promise<{ ended: Ended; attempt: Attempt }> {
    return this.#turns.alone(async () => {
      this.#fixtures.forgetShared();
      this.#controls.clear();
      const last = await this.#judged(check, controls, lane);
      const { context, sessions } = last.attempt;
      // That something was granted is no consequence of an ended session.
      const grants = context.expect.findings.some(({ exchange }) => exchange?.ok === true);
      const reason = aloneReason(this.#keeps, sessions);
      return reason === undefined || !isDoubtful(last) || grants ? last : this.#unjudged(check, lane, 'skip', reason);
    });
  }

  /** Whether how many sessions are kept is asked before the check begins; else only when something fails. */
  #asksBefore(check: Check): boolean {
    const source = this.options.config.authorizationCode?.source;
    return !this.#isFrugal && usesSessions(check) && (source === 'http' || source === 'command');
  }

  /** Asks the target once whether it keeps one session for each user and client, while no check goes on. */
  #askOfOne(): Promise<void> {
    const { config } = this.options;
    if (!hasCodeSource(config) || config.authorizationCode?.source === 'static') return Promise.resolve();
    this.#askedOfOne ??= this.#asking(async (context) => {
      this.#keeps = await told(keepsOfTwo(context), 'all');
      if (this.#keeps === 'all' && !this.#isFrugal) this.#canaries = await told(sessionsOf(context, canaries), []);
    });
    return this.#askedOfOne;
  }

  /** Something is doubtful; one doubt is looked into at a time. @returns whether sessions end when others begin */
  #endsSessions(): Promise<boolean> {
    const answer = this.#lastDoubt.then(() => this.#findsOut());
    this.#lastDoubt = answer.catch(() => undefined); // whoever asked is told
    return answer;
  }

  async #findsOut(): Promise<boolean> {
    await this.#askOfOne();
    const source = this.options.config.authorizationCode?.source;
    const many = this.#begun.all;
    // A clock that was moved ends every session of before.
    if (this.#keeps !== 'all' || this.#clock.epoch > 0 || many < 2 || (source !== 'http' && source !== 'command'))
      return this.#keeps !== 'all';
    if (this.#isFrugal || (await this.#canaryIsDead()))
      this.#askedOfMany ??= this.#asking(async (context) => {
        this.#keeps = await told(keepsOf(context, many), 'all');
      });
    await this.#askedOfMany;
    return this.#keeps !== 'all';
  }

  async #canaryIsDead(): Promise<boolean> {
    const [canary, ...others] = this.#canaries;
    this.#canaries = others;
    if (canary === undefined) return false;
    const lane = this.#pacer.lane();
    const { context } = this.#attempt(lane, false, 'a session that nobody uses');
    return !(await told(lives(context, canary), true).finally(() => lane.release()));
  }

  /** Puts a question to the target while no check goes on. */
  #asking(question: (context: CheckContext) => Promise<void>): Promise<void> {
    return this.#turns.alone(async () => {
      const lane = this.#pacer.lane();
      const { context } = this.#attempt(lane, false, 'sessions beside each other');
      await question(context).finally(() => lane.release());
    });
  }

  #outOfTime(): boolean {
    const { maxDurationMs } = this.options;
    return maxDurationMs !== undefined && Date.now() - this.#startedAt > maxDurationMs;
  }

  #attempt(lane: Lane, hasControl: boolean, of: string): Attempt {
    const recorder = new Recorder(new Redactor(this.#redactor));
    const sessions = new SessionCount();
    const context = this.#context(recorder, sessions, hasControl, lane, of);
    return { recorder, sessions, context, clockShared: false };
  }

  /** Controls, then the check. @returns what either threw */
  async #tried(check: Check, controls: readonly Control[], attempt: Attempt, lane: Lane): Promise<unknown> {
    const hand = check.consumes === 'clock' ? this.#clock.join() : undefined;
    try {
      for (const control of controls) {
        this.#used(check.id, control.id);
        await this.#succeeds(control, lane);
      }
      await check.run(attempt.context);
      return undefined;
    } catch (error) {
      return error ?? new SuiteError('A check threw nothing.');
    } finally {
      attempt.clockShared = hand?.shared === true;
      hand?.leave();
    }
  }

  #used(of: string, control: string): void {
    this.uses.set(of, new Set([...(this.uses.get(of) ?? []), control]));
  }

  /** What the observers found over all exchanges so far. */
  observerResults(): CheckResult[] {
    return this.#panel.results(this.#requirements, this.options.seed);
  }

  async close(): Promise<void> {
    await this.#fixtures.close();
    await this.#transport.close();
  }

  #context(recorder: Recorder, sessions: SessionCount, hasControl: boolean, lane: Lane, of: string): CheckContext {
    const send = async (request: WireRequest): Promise<Exchange> => {
      const exchange = await this.#sender.send(request, recorder, lane);
      sessions.observe(exchange);
      this.#begun.observe(exchange);
      return exchange;
    };
    const client = new ApiClient(this.options.config, send, {
      validate: this.#parts.validateRequest,
      reserve: (operation) => lane.reserve(operation),
    });
    const frugal = this.#isFrugal;
    const repeated = this.options.counterexample;
    return new CheckContext({
      config: this.options.config,
      client,
      fixtures: this.#fixtures,
      seed: this.options.seed,
      ...(this.options.shard === undefined ? {} : { shard: this.options.shard }),
      frugal,
      propertyRuns: this.options.propertyRuns ?? propertyRuns(this.options.config, frugal),
      ...(repeated?.check === of ? { path: repeated.path } : {}),
      recorded: () => recorder.count,
      had: sessions,
      outOfTime: () => this.#outOfTime(),
      hasControl,
      runControl: async (control) => {
        this.#used(of, control.id);
        const run = this.#controlRun(control, lane);
        const exchange = await run.exchange;
        recorder.include(run.recorder);
        return exchange;
      },
    });
  }

  /** A control runs once, in the turn of the check that asked first. */
  #controlRun(control: Control, asking: Lane): ControlRun {
    const known = this.#controls.get(control.id);
    if (known !== undefined) return known;
    const lane = this.#pacer.lane(asking.priority);
    const { recorder, context } = this.#attempt(lane, true, control.id);
    this.controlCosts.set(control.id, lane.sent);
    const run = { recorder, exchange: control.run(context).finally(() => lane.release()) };
    run.exchange.catch((error: unknown) => {
      // Every check that names the control sees its failure for itself; one that was only held up is sent again.
      if (error instanceof RateLimited) this.#controls.delete(control.id);
    });
    this.#controls.set(control.id, run);
    return run;
  }

  async #succeeds(control: Control, lane: Lane): Promise<void> {
    try {
      await this.#controlRun(control, lane).exchange;
    } catch (error) {
      if (error instanceof Skip || error instanceof Unanswered || error instanceof RateLimited) throw error;
      if (error instanceof Failure || error instanceof Inconclusive)
        throw new Inconclusive(
          `The control did not succeed, so a refusal would say nothing. ${control.title}: ${error.message}`,
        );
      throw error;
    }
  }

  #ended(id: string, error: unknown, context: CheckContext): Ended {
    if (error instanceof Failure) {
      context.expect.findings.push(error);
      return { outcome: 'fail', message: '' };
    }
    if (error instanceof Skip) return { outcome: 'skip', message: error.message };
    if (error instanceof Inconclusive) return { outcome: 'inconclusive', message: error.message };
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.suiteErrors.push({
      check: id,
      message: error instanceof SuiteError ? message : (error instanceof Error && error.stack) || message,
    });
    return { outcome: 'inconclusive', message: `The suite itself failed: ${message}` };
  }

  /** Before the first signed message: one token pair tells how far the target's clock has been moved by earlier runs. */
  async #learnClock(): Promise<void> {
    const { config } = this.options;
    if (this.#clock.learned || config.accessToken.format !== 'jwt' || !hasCodeSource(config)) return;
    const [first] = availableCases(config);
    if (first !== undefined)
      await this.#controlRun(codeExchange(first.id), this.#pacer.lane(0)).exchange.catch(() => undefined); // the checks of that exchange report it
  }
}
