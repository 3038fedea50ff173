/** How V8 is set for a run. */

import { setFlagsFromString } from 'node:v8';

/** What a function may run before it is optimised, in bytes of bytecode; six times V8's own. */
const interruptBudget = 400_000;

/**
 * A run is over after some seconds, of which V8 spends a third on optimising functions, on the same processors, that are not called often enough
 * to pay for it. Threads that exist already keep their code; those that are started later obey as well.
 */
export function compileLess(): void {
  setFlagsFromString(`--interrupt-budget=${interruptBudget}`);
}
