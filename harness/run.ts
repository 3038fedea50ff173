/** One run against one target: shared state, the way of every request, and the execution of a check. */

import { setTimeout as delay } from 'node:timers/promises';
import type { CheckResult, Outcome } from '../specs/report.ts';
import { consequence, type Requirement } from '../specs/requirement.ts';
import { Breaker } from './breaker.ts';
import type { Check, Control } from './check.ts';
import { ApiClient } from './client.ts';
import { availableCases } from './client-cases.ts';
import { TargetClock } from './clock.ts';
import { type BrowserCodeSource, isFrugal, type TargetConfig } from './config.ts';
import { CheckContext } from './context.ts';
import { codeExchange } from './controls.ts';
import type { Exchange, ExchangeKind, WireRequest } from './exchange.ts';
import { Fixtures } from './fixtures.ts';
import { Ledger, type OpenSession } from './ledger.ts';
import { hasCodeSource, needsOf, unmet } from './needs.ts';
import { ObserverPanel } from './observer-panel.ts';
import type { ObserverFactory } from './observers.ts';
import { Failure, Inconclusive, RateLimited, Skip, SuiteError, Unanswered } from './outcomes.ts';
import { type Lane, Pacer, retryAfterSeconds } from './pacing.ts';
import type { Shard } from './planner.ts';
import { Recorder } from './recorder.ts';
import { Redactor } from './redaction.ts';
import { reproduce } from './reproduce.ts';
import { type Transport, UndiciTransport } from './transport.ts';

export interface RunOptions {
  readonly config: TargetConfig;
  readonly seed: number;
  /** Generated runs a property check; default by profile. */
  readonly propertyRuns?: number;
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

const stepValues = ({ steps = [] }: BrowserCodeSource): string[] =>
  steps.flatMap((step) => ('value' in step ? [step.value] : []));

/** How a check came to its end. */
interface Ended {
  readonly outcome: Outcome;
  readonly message: string;
}

interface ControlRun {
  readonly exchange: Promise<Exchange>;
  readonly recorder: Recorder;
}

/** 429 and 503 answers to one request that are waited out before it counts as inconclusive. */
const maxWaits = 8;
/** Repetitions of a lost request that changes nothing, and milliseconds before the first of them. */
const defaultRetries = 2;
const retryPause = 100;
/** Seconds to wait when a 429 names no time: the limits of the contract are for a minute. */
const defaultWait = 10;
/** Seconds that a prepared request outlives: codes live shorter than longer waits (RFC 6749 4.1.2). */
const shortWait = 5;
/** Seconds beyond which waiting for one request is given up. */
const longestWait = 300;

/** Revocations in flight at once when a run ends its sessions. */
const cleanUpWidth = 4;

/** Exchanges that the report keeps of a check that passed: the last ones, on which it rests; of one that found something nearly all. */
const keptOfPass = 3;
const keptOfFinding = 60;

export class Run {
  readonly options: RunOptions;
  readonly requests: Record<string, number> = {};
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
  readonly #ledger: Ledger;
  readonly #breaker = new Breaker();
  readonly #startedAt = Date.now();
  #endedEarly: string | undefined;

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
    this.#ledger = new Ledger(config);
    this.#clock = new TargetClock(config);
    this.#panel = new ObserverPanel(parts.observers ?? [], config);
    this.#fixtures = new Fixtures(config, this.#clock, () => this.#learnClock());
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
    const left = [...this.#ledger.open];
    if (left.length === 0) return;
    begins?.(left.length);
    this.#pacer.reopen();
    const lane = this.#pacer.lane();
    const recorder = new Recorder(new Redactor(this.#redactor));
    const client = new ApiClient(config, (request) => this.#send(request, recorder, lane));
    const work = async (): Promise<void> => {
      for (let session = left.shift(); session !== undefined; session = left.shift())
        if (!(await this.#endedNow(client, session))) left.length = 0;
    };
    await Promise.all(Array.from({ length: cleanUpWidth }, work));
  }

  /** @returns false where the target is gone: there is nothing left to end */
  async #endedNow(client: ApiClient, { client: as, token }: OpenSession): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.revoke({ as, params: { token } });
        return true;
      } catch (error) {
        if (error instanceof RateLimited && attempt < maxWaits) continue;
        if (error instanceof Unanswered) return error.kind !== 'connect';
        if (!(error instanceof Inconclusive))
          this.suiteErrors.push({ check: 'clean-up', message: error instanceof Error ? error.message : String(error) });
        return error instanceof Inconclusive;
      }
    }
  }

  /** Runs one check. Never throws: an error of the suite itself is kept in `suiteErrors`. */
  async execute(check: Check): Promise<CheckResult> {
    const start = performance.now();
    const waitedBefore = this.#pacer.waitedMs;
    const controls = check.control === undefined ? [] : 'run' in check.control ? [check.control] : check.control;
    const { maxDurationMs, config } = this.options;
    if (maxDurationMs !== undefined && Date.now() - this.#startedAt > maxDurationMs)
      this.stop(`The run was ended after ${maxDurationMs / 1000} s (--max-duration).`);
    const missing = unmet(needsOf(check), config);
    const lane = this.#pacer.lane();
    let last = this.#attempt(lane, controls.length > 0, check.id);
    let ended: Ended = { outcome: 'pass', message: '' };
    if (missing !== undefined) ended = { outcome: missing.outcome, message: missing.reason };
    else if (this.#endedEarly !== undefined) ended = { outcome: 'inconclusive', message: this.#endedEarly };
    else {
      for (let attempt = 1; ; attempt += 1) {
        const error = await this.#tried(check, controls, last.context, lane);
        lane.release();
        if (error === undefined) break;
        if (error instanceof RateLimited && attempt < maxWaits) {
          last = this.#attempt(lane, controls.length > 0, check.id);
          continue;
        }
        ended = this.#ended(check.id, error, last.context);
        break;
      }
    }
    this.costs.set(check.id, lane.sent);
    return this.#result(check, ended, last.context, last.recorder, {
      durationMs: performance.now() - start,
      waitedMs: this.#pacer.waitedMs - waitedBefore,
      controls,
    });
  }

  #attempt(
    lane: Lane,
    hasControl: boolean,
    of: string,
  ): { readonly context: CheckContext; readonly recorder: Recorder } {
    const recorder = new Recorder(new Redactor(this.#redactor));
    return { recorder, context: this.#context(recorder, hasControl, lane, of) };
  }

  /** Controls, then the check. @returns what either threw */
  async #tried(check: Check, controls: readonly Control[], context: CheckContext, lane: Lane): Promise<unknown> {
    try {
      for (const control of controls) {
        this.#used(check.id, control.id);
        await this.#succeeds(control, lane);
      }
      await check.run(context);
      return undefined;
    } catch (error) {
      return error ?? new SuiteError('A check threw nothing.');
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

  #context(recorder: Recorder, hasControl: boolean, lane: Lane, of: string): CheckContext {
    const client = new ApiClient(this.options.config, (request) => this.#send(request, recorder, lane), {
      validate: this.#parts.validateRequest,
      reserve: (operation) => lane.reserve(operation),
    });
    const frugal = this.options.frugal ?? isFrugal(this.options.config);
    return new CheckContext({
      config: this.options.config,
      client,
      fixtures: this.#fixtures,
      seed: this.options.seed,
      ...(this.options.shard === undefined ? {} : { shard: this.options.shard }),
      frugal,
      propertyRuns: this.options.propertyRuns ?? (this.options.config.profile === 'deep' ? 250 : frugal ? 5 : 25),
      hasControl,
      runControl: async (control) => {
        this.#used(of, control.id);
        const run = this.#controlRun(control, lane);
        const exchange = await run.exchange;
        recorder.exchanges.push(...run.recorder.exchanges);
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

  #result(
    check: Check,
    ended: Ended,
    context: CheckContext,
    recorder: Recorder,
    timing: { durationMs: number; waitedMs: number; controls: readonly Control[] },
  ): CheckResult {
    const { findings } = context.expect;
    const broken = [
      ...new Set(
        findings.flatMap((finding) => (finding.requirements.length > 0 ? finding.requirements : [check.verifies[0]])),
      ),
    ];
    const outcome = findings.length > 0 ? this.#outcomeOf(check.id, broken) : ended.outcome;
    const message = findings.length > 0 ? findings.map((finding) => finding.message).join(' ') : ended.message;
    const expected = findings.map((finding) => finding.expected).filter((text) => text !== '');
    return {
      id: check.id,
      title: check.title,
      requirements: check.verifies,
      outcome,
      durationMs: Math.round((timing.durationMs - timing.waitedMs) * 10) / 10,
      ...(timing.waitedMs > 0 ? { waitedMs: Math.round(timing.waitedMs) } : {}),
      message: recorder.redact(message),
      ...(expected.length > 0 ? { expected: recorder.redact([...new Set(expected)].join(' ')) } : {}),
      ...(broken.length > 0 ? { broken } : {}),
      ...(timing.controls.length > 0 ? { controls: timing.controls.map((control) => control.title) } : {}),
      reproduce: reproduce(check.id, this.options.seed, recorder.exchanges),
      exchanges: recorder.exchanges.slice(outcome === 'pass' ? -keptOfPass : -keptOfFinding),
      ...(context.runs === undefined ? {} : { runs: context.runs }),
    };
  }

  /** The worst consequence of the broken requirements. */
  #outcomeOf(id: string, broken: readonly string[]): Outcome {
    const consequences = broken.map((requirement) => {
      const row = this.#requirements.get(requirement);
      if (row === undefined)
        this.suiteErrors.push({
          check: id,
          message: `The check breaks ${requirement}, which the catalogue does not have.`,
        });
      return row === undefined ? 'fail' : consequence(row.level);
    });
    if (consequences.includes('fail')) return 'fail';
    return consequences.includes('warn') ? 'warn' : 'pass';
  }

  /** Paces, sends, waits out 429 and 503, records, and lets the observers judge. */
  async #send(request: WireRequest, recorder: Recorder, lane: Lane): Promise<Exchange> {
    for (let attempt = 0; ; attempt += 1) {
      const acquired = await lane.acquire(request.operation);
      this.#breaker.admit(request.url);
      this.requests[request.operation] = (this.requests[request.operation] ?? 0) + 1;
      lane.sent[request.operation] = (lane.sent[request.operation] ?? 0) + 1;
      const exchange = await this.#repeated(request, recorder).finally(() =>
        lane.answered(request.operation, acquired),
      );
      const limited = exchange.status === 429 || (exchange.status === 503 && retryAfterSeconds(exchange) !== undefined);
      this.#panel.observe(exchange, recorder);
      this.#learnFrom(exchange);
      this.#ledger.observe(exchange);
      if (!limited) return exchange;
      const seconds = retryAfterSeconds(exchange) ?? defaultWait;
      if (attempt >= maxWaits || seconds > longestWait)
        throw new Inconclusive(
          `The target limits the rate of ${request.operation} (${exchange.status}, wait ${seconds} s) to the end; set rateLimit to its limits.`,
        );
      this.#pacer.penalize(request.operation, Math.max(seconds, 0.05));
      if (seconds > shortWait)
        throw new RateLimited(
          `The target limits the rate of ${request.operation} (${exchange.status}, wait ${seconds} s).`,
        );
    }
  }

  /** Sends again what changes nothing, and what only gets a code, when no answer came: a precondition is not worth a verdict. */
  async #repeated(request: WireRequest, recorder: Recorder): Promise<Exchange> {
    const { retries = defaultRetries, config } = this.options;
    const source = config.authorizationCode;
    const givesCode = source?.source === 'http' && new URL(source.url, config.target).href === request.url;
    const left = request.method === 'GET' || givesCode ? retries : 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(request, recorder);
      } catch (error) {
        const lost = error instanceof Unanswered && (error.kind === 'connect' || error.kind === 'reset');
        if (!lost || attempt >= left) throw error;
        await delay(retryPause * (attempt + 1));
        this.#breaker.admit(request.url);
      }
    }
  }

  async #once(request: WireRequest, recorder: Recorder): Promise<Exchange> {
    const startedAt = Date.now();
    try {
      const exchange = await this.#transport.send(request);
      this.#breaker.answered(request.url);
      recorder.record(exchange);
      return exchange;
    } catch (error) {
      if (error instanceof Unanswered) {
        this.#breaker.unanswered(request.url, error);
        recorder.recordUnanswered(request, startedAt, Date.now() - startedAt, error.message);
      }
      throw error;
    }
  }

  #learnFrom(exchange: Exchange): void {
    if (this.#clock.learned || !exchange.ok) return;
    const token = exchange.object?.access_token;
    if (typeof token !== 'string') return;
    const [, payload] = token.split('.');
    if (payload === undefined) return;
    try {
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
      const issuedAt = typeof claims === 'object' && claims !== null && 'iat' in claims ? claims.iat : undefined;
      if (typeof issuedAt === 'number') this.#clock.learn(issuedAt);
    } catch {
      // an opaque token with dots tells no time
    }
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
