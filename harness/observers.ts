/** Observers judge every exchange of the run, whatever check made it: they cost no request. Rules live in `observers/`. */

import type { TargetConfig } from './config.ts';
import type { Exchange } from './exchange.ts';

/** What an observer knows beside the exchange. */
export interface ObserverFacts {
  readonly config: TargetConfig;
  /** Secrets that the request carried, by kind: client secret, code, verifier, tokens, signature. */
  readonly sensitive: readonly { readonly kind: string; readonly value: string }[];
}

export interface Finding {
  /** The requirement broken; absent: the first that the observer verifies. */
  readonly requirement?: string;
  /** What the response has, and what it should have. */
  readonly message: string;
}

export interface Observer {
  /** `observer/...`, stable. */
  readonly id: string;
  readonly title: string;
  readonly verifies: readonly [string, ...string[]];
  /** Whether the rule speaks of this exchange at all. */
  applies(exchange: Exchange, facts: ObserverFacts): boolean;
  /** Findings; none: the exchange satisfies the rule. */
  judge(exchange: Exchange, facts: ObserverFacts): readonly Finding[];
  /** For rules over the whole run (entropy, repetition): called once at the end. `undefined`: nothing to judge. */
  conclude?(): readonly Finding[] | undefined;
}

/** A rule that keeps state makes it here, fresh for each run. */
export type ObserverFactory = () => Observer;

export function defineObservers(observers: readonly ObserverFactory[]): readonly ObserverFactory[] {
  return observers;
}
