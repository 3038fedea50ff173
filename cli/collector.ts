/** A vitest reporter that collects what the conformance test leaves in `task.meta`. */

import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { CheckResult } from '../specs/report.ts';
import type { RunRecord } from '../suites/run-record.ts';

/** What was collected. */
export interface Execution {
  /** In the order in which the checks ended; observers last. */
  readonly results: readonly CheckResult[];
  /** Absent when the thread ended before it could leave one. */
  readonly record: RunRecord | undefined;
  /** Everything that went wrong in the suite itself. */
  readonly suiteErrors: readonly { readonly check: string; readonly message: string }[];
}

const messageOf = (error: SerializedError): string => error.stack ?? error.message ?? String(error);

export class Collector implements Reporter {
  readonly #onResult: ((result: CheckResult) => void) | undefined;
  readonly #results: CheckResult[] = [];
  readonly #errors: { check: string; message: string }[] = [];
  #record: RunRecord | undefined;

  constructor(onResult?: (result: CheckResult) => void) {
    this.#onResult = onResult;
  }

  onTestCaseResult(test: TestCase): void {
    const { result, run } = test.meta();
    if (run !== undefined) this.#record = run;
    if (result !== undefined) {
      this.#results.push(result);
      this.#onResult?.(result);
    } else if (run === undefined) {
      const errors = test.result().errors ?? [];
      for (const error of errors) this.#errors.push({ check: test.name, message: messageOf(error) });
      if (errors.length === 0) this.#errors.push({ check: test.name, message: 'The check left no result.' });
    }
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules)
      for (const error of module.errors()) this.#errors.push({ check: 'suite', message: messageOf(error) });
    for (const error of unhandled) this.#errors.push({ check: 'suite', message: messageOf(error) });
  }

  /** What is known so far. */
  execution(): Execution {
    return {
      results: [...this.#results, ...(this.#record?.observers ?? [])],
      record: this.#record,
      suiteErrors: [...(this.#record?.suiteErrors ?? []), ...this.#errors],
    };
  }
}
