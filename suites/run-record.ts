/** What passes between the command line and the conformance test: options in by `provide`, results out by `task.meta`, signals by a channel. */

import type { RunOptions } from '../harness/run.ts';
import type { CheckResult } from '../specs/report.ts';

/** What the last test leaves: everything that belongs to the run as a whole. */
export interface RunRecord {
  readonly observers: readonly CheckResult[];
  readonly requests: Readonly<Record<string, number>>;
  readonly waitedMs: number;
  readonly suiteErrors: readonly { readonly check: string; readonly message: string }[];
  /** Why the run ended before every check was judged, if it did. */
  readonly endedEarly?: string;
}

/** The options of a run that can be sent to another thread. */
export interface ProvidedRun extends Omit<RunOptions, 'requirements'> {
  readonly only: readonly string[];
  /** Checks that need not run: an earlier run has judged them. */
  readonly judged: readonly string[];
  /** Name of the channel for `RunSignal`s. */
  readonly channel: string;
}

/** Between the threads while a run goes on. */
export type RunSignal =
  | { readonly kind: 'waits'; readonly operation: string; readonly milliseconds: number }
  | { readonly kind: 'planned'; readonly checks: number }
  /** The checks are through; the sessions that they have begun are ended. */
  | { readonly kind: 'ending'; readonly sessions: number }
  /** Nothing will run: the options select no check. */
  | { readonly kind: 'nothing'; readonly message: string }
  | { readonly kind: 'stop'; readonly reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    run: ProvidedRun;
  }
  export interface TaskMeta {
    result?: CheckResult;
    run?: RunRecord;
  }
}
