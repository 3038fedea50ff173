import type { Policy } from '../policy/index.ts';
import type { ServerOptions } from '../server.ts';
import type { ResponseTransformer } from '../transform.ts';

/** A mistake that real servers make, put into the reference: decisions replaced, or responses changed on the way out. */
export interface Fault {
  /** `topic/what-is-wrong`, stable. */
  readonly id: string;
  /** The mistake in one sentence, as a bug report would put it. */
  readonly title: string;
  /** Requirements that it breaks: at least one of them must be reported. */
  readonly breaks: readonly string[];
  /** Ends what other requests go on with: whatever is tried beside it may fail, so what else turns red says nothing about the checks. */
  readonly collateral?: true;
  readonly change?: (policy: Policy) => Policy;
  readonly transform?: ResponseTransformer;
  /** Keys of the target configuration under which alone the mistake shows: a dialect of the contract, such as nonces of the server. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** How the reference is started for it: other clients, header names, limits. */
  readonly serve?: Pick<
    ServerOptions,
    'clients' | 'secrets' | 'headerName' | 'readsHeader' | 'rateLimits' | 'issuer' | 'expected'
  >;
  /** Only generated inputs, random histories or races show it, and no scenario does; the kill matrix holds it to that. */
  readonly generatedOnly?: true;
  /** URL of a public advisory, CVE or bug report of this mistake; from `../public-cases.ts`. */
  readonly reference?: string;
}

export type { Variant } from '../variants/types.ts';
