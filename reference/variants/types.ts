import type { Fault } from '../faults/types.ts';

/** A lawful but unusual behaviour: nothing is broken, and the suite must say so. */
export interface Variant extends Fault {
  readonly breaks: readonly [];
  /** Requirements whose faults it hides by what it is: no pair is made of them. */
  readonly masks?: readonly string[];
  /** Faults that cannot be seen beside it: it replaces what they change, or leaves out where they show. */
  readonly undoes?: readonly string[];
  /** Keys of the target configuration that tell the suite of it, where the contract has a dialect setting. */
  readonly config?: Readonly<Record<string, unknown>>;
}
