/** What passes between the command line and the conformance test: the run's options in, results out in `task.meta`. */

import type { RunOptions } from '../harness/run.ts';
import type { CheckResult } from '../specs/report.ts';

/** What the last test leaves: everything that belongs to the run as a whole. */
export interface RunRecord {
  readonly observers: readonly CheckResult[];
  readonly requests: Readonly<Record<string, number>>;
  readonly waitedMs: number;
  readonly suiteErrors: readonly { readonly check: string; readonly message: string }[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    run: RunOptions & { readonly only: readonly string[] };
  }
  export interface TaskMeta {
    result?: CheckResult;
    run?: RunRecord;
  }
}
