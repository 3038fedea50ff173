/** Runs all observers over the exchanges of a run and turns their findings into check results. */

import type { CheckResult, Outcome, RecordedExchange } from '../specs/report.ts';
import { consequence, type Requirement } from '../specs/requirement.ts';
import type { TargetConfig } from './config.ts';
import type { Exchange } from './exchange.ts';
import type { Finding, Observer, ObserverFactory, ObserverFacts } from './observers.ts';
import type { Recorder } from './recorder.ts';
import { sensitiveValues } from './redaction.ts';
import { curlOf } from './reproduce.ts';

/** Findings of one observer that are kept with their exchanges. */
const kept = 5;

interface Seat {
  readonly observer: Observer;
  applied: number;
  found: number;
  readonly findings: {
    readonly requirement: string;
    readonly message: string;
    readonly exchange: RecordedExchange | undefined;
  }[];
}

/** What a request carried is looked for only when a rule asks. */
function factsOf(config: TargetConfig, exchange: Exchange): ObserverFacts {
  let sensitive: ObserverFacts['sensitive'] | undefined;
  return {
    config,
    get sensitive() {
      sensitive ??= sensitiveValues(exchange);
      return sensitive;
    },
  };
}

export class ObserverPanel {
  readonly #seats: readonly Seat[];
  readonly #config: TargetConfig;

  constructor(factories: readonly ObserverFactory[], config: TargetConfig) {
    this.#config = config;
    this.#seats = factories.map((make) => ({ observer: make(), applied: 0, found: 0, findings: [] }));
  }

  /** Judges an exchange that the recorder has just recorded. */
  observe(exchange: Exchange, recorder: Recorder): void {
    if (exchange.request.operation === 'control') return;
    const facts = factsOf(this.#config, exchange);
    for (const seat of this.#seats) {
      if (!seat.observer.applies(exchange, facts)) continue;
      seat.applied += 1;
      for (const finding of seat.observer.judge(exchange, facts)) this.#keep(seat, finding, recorder);
    }
  }

  results(requirements: ReadonlyMap<string, Requirement>, seed: number): CheckResult[] {
    return this.#seats.map((seat) => this.#result(seat, requirements, seed));
  }

  #keep(seat: Seat, finding: Finding, recorder: Recorder): void {
    seat.found += 1;
    const requirement = finding.requirement ?? seat.observer.verifies[0];
    const message = recorder.redact(finding.message);
    const alike = seat.findings.some((known) => known.requirement === requirement && known.message === message);
    const ofRequirement = seat.findings.filter((known) => known.requirement === requirement).length;
    if (!alike && ofRequirement < kept) seat.findings.push({ requirement, message, exchange: recorder.last(1)[0] });
  }

  #result(seat: Seat, requirements: ReadonlyMap<string, Requirement>, seed: number): CheckResult {
    const { observer } = seat;
    const concluded = observer.conclude?.();
    const closing = (concluded ?? []).map((finding) => ({
      requirement: finding.requirement ?? observer.verifies[0],
      message: finding.message,
      exchange: undefined,
    }));
    const findings = [...seat.findings, ...closing];
    const broken = [...new Set(findings.map((finding) => finding.requirement))];
    const exchanges = findings.map((finding) => finding.exchange).filter((exchange) => exchange !== undefined);
    const judged = seat.applied > 0 && (observer.conclude === undefined || concluded !== undefined);
    const more = seat.found > seat.findings.length ? ` (${seat.found} findings in all)` : '';
    const [first] = exchanges;
    return {
      id: observer.id,
      title: observer.title,
      requirements: observer.verifies,
      outcome: findings.length > 0 ? outcomeOf(broken, requirements) : judged ? 'pass' : 'skip',
      durationMs: 0,
      message:
        findings.length > 0
          ? `${findings.map((finding) => finding.message).join(' ')}${more}`
          : judged
            ? ''
            : 'No exchange of this run shows it.',
      ...(broken.length > 0 ? { broken } : {}),
      reproduce: [`auth-conformance --seed ${seed}`, ...(first === undefined ? [] : [curlOf(first)])].join('\n'),
      exchanges,
    };
  }
}

function outcomeOf(broken: readonly string[], requirements: ReadonlyMap<string, Requirement>): Outcome {
  const consequences = broken.map((id) => {
    const row = requirements.get(id);
    return row === undefined ? 'fail' : consequence(row.level);
  });
  if (consequences.includes('fail')) return 'fail';
  return consequences.includes('warn') ? 'warn' : 'pass';
}
