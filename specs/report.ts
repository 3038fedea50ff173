import type { Level, Operation, Source } from './requirement.ts';

/** `fail` a MUST broken, `warn` a SHOULD broken, `skip` not applicable here, `inconclusive` could not be judged. */
export type Outcome = 'pass' | 'fail' | 'warn' | 'skip' | 'inconclusive';

export type Verdict = 'conformant' | 'non-conformant' | 'inconclusive';

/** One HTTP exchange as recorded: every secret is already replaced by its mark `‹kind:8 hex›`. */
export interface RecordedExchange {
  readonly operation: string;
  readonly startedAt: string;
  /** Milliseconds from the first byte sent to the last one read. */
  readonly durationMs: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body?: string;
  };
  /** Absent when no response came; then `error` says why. */
  readonly response?: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    /** Bytes of the body as received; `body` may be cut. */
    readonly bytes: number;
  };
  readonly error?: string;
}

/** One step of the shortest way to a failure. */
export interface HistoryStep {
  /** What it does; empty where its requests say it all. */
  readonly words: string;
  /** A `curl` line a request; secrets as placeholders, the same value under the same one. */
  readonly curl: readonly string[];
}

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly outcome: Outcome;
  /** Milliseconds of work, without the time spent waiting for rate limits. */
  readonly durationMs: number;
  /** Milliseconds spent waiting for rate limits. */
  readonly waitedMs?: number;
  /** What was expected and what came instead, or the reason of a skip; empty for a pass. */
  readonly message: string;
  /** What the target should have done (for `fail` and `warn`). */
  readonly expected?: string;
  /** Requirements that the failure breaks: a subset of `requirements`, or that of a refusal's form. */
  readonly broken?: readonly string[];
  /** The accepted requests that this check's refused request differs from. */
  readonly controls?: readonly string[];
  /** A command line that repeats the check, and `curl` lines of its last exchange; secrets as placeholders. */
  readonly reproduce: string;
  readonly exchanges: readonly RecordedExchange[];
  /** Of a failure that needed several requests: the shortest way to it that was found. */
  readonly history?: readonly HistoryStep[];
  /** Property checks: generated runs made. */
  readonly runs?: number;
}

export interface RequirementResult {
  readonly id: string;
  readonly operation: Operation;
  readonly level: Level;
  readonly statement: string;
  readonly source: Source;
  readonly outcome: Outcome;
  /** Why it was skipped or could not be judged. */
  readonly reason?: string;
  /** Of a broken requirement: what an attacker or a client gains or loses. */
  readonly rationale?: string;
  /** Of a broken requirement: what an implementer changes. */
  readonly fix?: string;
  readonly checks: readonly string[];
  readonly attacks?: readonly string[];
}

/** The content of `report.json`. Field names are pinned: pipelines read them. */
export interface Report {
  readonly schemaVersion: 1;
  readonly verdict: Verdict;
  readonly verdictReason: string;
  readonly suite: {
    readonly name: string;
    readonly version: string;
    readonly edition: string;
    readonly digest: string;
  };
  readonly target: string;
  readonly profile: string;
  /** Operations that the target offers, those that the verdict speaks of. */
  readonly operations: readonly string[];
  /** Kinds of clients that were configured: confidential, public, thirdParty. */
  readonly clients: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly seed: number;
  readonly strict: boolean;
  readonly summary: Readonly<Record<Outcome, number>>;
  readonly requests: Readonly<Record<string, number>>;
  readonly requirements: readonly RequirementResult[];
  /** What the broken requirements leave open to an attacker, or keep a right client from. */
  readonly openAttacks: readonly {
    readonly id: string;
    readonly title: string;
    readonly requirements: readonly string[];
  }[];
  readonly checks: readonly CheckResult[];
  /** Errors inside the suite itself; any one makes the exit status 70. */
  readonly suiteErrors: readonly { readonly check: string; readonly message: string }[];
  /** SHA-256 of the configuration without its secrets: reports of the same digest speak of the same. */
  readonly configDigest?: string;
  /** This report is one part, counted from 1, of so many. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Why the run ended before every check was judged. */
  readonly endedEarly?: string;
  readonly baseline?: { readonly known: readonly string[]; readonly stale: readonly string[] };
}
