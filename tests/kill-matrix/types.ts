/** What the matrix's threads say to each other. */

export interface WorkerData {
  /** Every check for every fault, instead of those that matter for it. */
  readonly everything: boolean;
  /** Jobs under way at once: they wait for seconds that checks let pass more than they work. */
  readonly slots: number;
}

export interface Job {
  readonly faults: readonly string[];
  readonly variants: readonly string[];
  readonly seed: number;
  /** Also what else turns red (a fault), or every check (a variant); otherwise the frugal ones. */
  readonly thorough: boolean;
  /** Checks that no fault has made fail so far: they have the first word. */
  readonly unproved?: readonly string[];
  /** This check or observer alone: whether this fault makes it fail. */
  readonly only?: string;
}

export interface JobResult {
  readonly job: Job;
  readonly verdict: string;
  /** Requirements that came out `fail` or `warn`. */
  readonly red: readonly string[];
  readonly redChecks: readonly string[];
  /** Checks and observers that reported a requirement which they verify and the fault breaks. */
  readonly caughtBy: readonly string[];
  /** Checks that ran, and observers that had all they ask for. */
  readonly judged: readonly string[];
  readonly failing: readonly string[];
  readonly warning: readonly string[];
  readonly inconclusive: readonly string[];
  readonly suiteErrors: readonly string[];
  readonly requests: number;
  readonly durationMs: number;
}

export interface Matrix {
  readonly faults: readonly {
    readonly id: string;
    readonly title: string;
    readonly breaks: readonly string[];
    readonly collateral?: true;
    readonly reference?: string;
    /** No scenario may see it: see `Fault`. */
    readonly generatedOnly?: boolean;
    readonly result: JobResult;
  }[];
  readonly variants: readonly { readonly id: string; readonly title: string; readonly result: JobResult }[];
  /** The right reference, without any change; absent in a partial matrix. */
  readonly plain?: JobResult;
  /** Each fault once more, together with a variant drawn by the seed. */
  readonly combined: readonly {
    readonly fault: string;
    readonly variant: string;
    readonly breaks: readonly string[];
    readonly result: JobResult;
  }[];
  readonly checks: readonly {
    readonly id: string;
    readonly verifies: readonly string[];
    /** A property, a random history or a race. */
    readonly generated?: boolean;
  }[];
  /** Checks that no fault made fail, though each was tried with every fault that breaks what it verifies; absent in a partial matrix. */
  readonly unproved?: readonly string[];
  /** Requirements that no fault which breaks them made anything report; absent in a partial matrix. */
  readonly unreported?: readonly string[];
  readonly requirements: readonly { readonly id: string; readonly level: string; readonly untested: boolean }[];
  readonly durationMs: number;
}
