import type { ResponseTransformer } from '../app.ts';
import type { Policy } from '../policy/index.ts';

/** A mistake that real servers make, put into the reference: decisions replaced, or responses changed on the way out. */
export interface Fault {
  /** `topic/what-is-wrong`, stable. */
  readonly id: string;
  /** The mistake in one sentence, as a bug report would put it. */
  readonly title: string;
  /** Requirements that it breaks: at least one of them must be reported. */
  readonly breaks: readonly string[];
  readonly change?: (policy: Policy) => Policy;
  readonly transform?: ResponseTransformer;
  /** A public advisory, CVE or bug report of this mistake. */
  readonly reference?: string;
}

/** A lawful but unusual behaviour: nothing is broken, and the suite must say so. */
export interface Variant extends Fault {
  readonly breaks: readonly [];
  /** Keys of the target configuration that tell the suite of it, where the contract has a dialect setting. */
  readonly config?: Readonly<Record<string, unknown>>;
}
