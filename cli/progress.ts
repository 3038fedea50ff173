/** One line that says how far a run is: rewritten in place on a terminal, plain lines elsewhere. */

import type { CheckResult } from '../specs/report.ts';

/** Milliseconds between two plain lines. */
const quietTime = 10_000;

export interface Progress {
  /** A check has ended. */
  ended(result: CheckResult): void;
  /** A request waits for a limit. @param milliseconds how long */
  waits(operation: string, milliseconds: number): void;
  /** The checks are through; these sessions are ended. */
  ending(sessions: number): void;
  /** Says something on a line of its own. */
  note(text: string): void;
  done(): void;
}

/** @param total checks that will run; @param out where lines go, normally stderr */
export function startProgress(total: () => number, out: NodeJS.WriteStream = process.stderr): Progress {
  const terminal = out.isTTY === true && process.env.TERM !== 'dumb';
  let ended = 0;
  let failed = 0;
  let ending = 0;
  let last = Date.now();
  let waiting: { operation: string; until: number } | undefined;
  const line = (): string => {
    const left = waiting === undefined ? 0 : Math.ceil((waiting.until - Date.now()) / 1000);
    const wait = waiting !== undefined && left > 0 ? `, waiting ${left} s for the limit of ${waiting.operation}` : '';
    const end = ending === 0 ? '' : `, ending ${ending} sessions (Ctrl-C leaves them)`;
    return `${ended}/${total()} checks, ${failed} failed${end}${wait}`;
  };
  const draw = (): void => {
    if (terminal) out.write(`\r\u001b[2K${line()}`);
    else if (Date.now() - last >= quietTime) {
      last = Date.now();
      out.write(`${line()}\n`);
    }
  };
  const timer = setInterval(draw, 1000);
  timer.unref();
  return {
    ended(result) {
      ended += 1;
      if (result.outcome === 'fail') failed += 1;
      draw();
    },
    waits(operation, milliseconds) {
      const until = Date.now() + milliseconds;
      if (waiting === undefined || until > waiting.until) waiting = { operation, until };
      draw();
    },
    ending(sessions) {
      ending = sessions;
      draw();
    },
    note(text) {
      out.write(`${terminal ? '\r\u001b[2K' : ''}${text}\n`);
      if (terminal) draw();
    },
    done() {
      clearInterval(timer);
      if (terminal) out.write('\r\u001b[2K');
    },
  };
}
