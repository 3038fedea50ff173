/** What the observers of one file say of exchanges, for their tests. */

import { referenceConfig } from '../../cli/reference-config.ts';
import type { TargetConfig } from '../../harness/config.ts';
import type { Exchange } from '../../harness/exchange.ts';
import type { Finding, Observer, ObserverFactory } from '../../harness/observers.ts';
import { sensitiveValues } from '../../harness/redaction.ts';

export const config: TargetConfig = referenceConfig('http://127.0.0.1:4010');

/** The rule of that id, fresh. */
export function observer(factories: readonly ObserverFactory[], id: string): Observer {
  const found = factories.map((make) => make()).find((one) => one.id === `observer/${id}`);
  if (found === undefined) throw new Error(`There is no observer/${id}.`);
  return found;
}

/** Its findings in an exchange, as `requirement: message`; undefined where it does not speak of it. */
export function said(rule: Observer, exchange: Exchange, facts: TargetConfig = config): readonly string[] | undefined {
  const known = { config: facts, sensitive: sensitiveValues(exchange) };
  return rule.applies(exchange, known) ? rule.judge(exchange, known).map((finding) => told(rule, finding)) : undefined;
}

/** What it says at the end of the run. */
export function concluded(rule: Observer): readonly string[] | undefined {
  return rule.conclude?.()?.map((finding) => told(rule, finding));
}

const told = (rule: Observer, { requirement, message }: Finding): string =>
  `${requirement ?? rule.verifies[0]}: ${message}`;

/** Ids, titles and requirements: baselines and reports name them, so they stay. */
export function identities(factories: readonly ObserverFactory[]): readonly string[] {
  return factories.map((make) => {
    const { id, title, verifies } = make();
    return `${id} (${title}): ${verifies.join(' ')}`;
  });
}
