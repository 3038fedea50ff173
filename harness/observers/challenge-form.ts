/** How any challenge is written, whatever its scheme (RFC 9110 11.2, 11.5). */

import { parseChallenges, quotedStrings } from '../challenges.ts';
import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const challenged = (exchange: Exchange): boolean =>
  operationKeys.some((key) => key === exchange.request.operation) &&
  exchange.headerValues('www-authenticate').length > 0;

/** Attributes of a Bearer challenge that RFC 6750 3 says the same of. */
const ofBearer = new Set(['realm', 'scope', 'error', 'error_description', 'error_uri']);

/** The header with nothing in its quoted strings; undefined where a quotation mark has no partner, for then nobody can tell. */
function outline(lines: readonly string[]): string | undefined {
  const between = lines.join(', ').split(quotedStrings);
  return between.some((text) => text.includes('"')) ? undefined : between.join('""');
}

/** Whether a realm is written without quotation marks. */
const hasPlainRealm = (lines: readonly string[]): boolean => /[\s,]realm\s*=\s*(?!\s|")/i.test(String(outline(lines)));

/** The first parameter that follows another with white space alone between them. */
const unseparated = (lines: readonly string[]): string | undefined =>
  /=\s*(?:""|[\w!#$%&'*+.^`|~-]+)\s+([\w!#$%&'*+.^`|~-]+)\s*=\s*["\w]/.exec(String(outline(lines)))?.[1];

export default defineObservers([
  () => ({
    id: 'observer/challenge-parameters',
    title: 'No parameter of a challenge is there twice',
    verifies: ['http/challenge-parameters-once'],
    applies: challenged,
    judge(exchange) {
      for (const { scheme, params } of parseChallenges(exchange.headerValues('www-authenticate'))) {
        const names = params.map(([name]) => name).filter((name) => scheme !== 'bearer' || !ofBearer.has(name));
        const twice = names.find((name, index) => names.indexOf(name) !== index);
        if (twice !== undefined)
          return [
            { message: `A ${scheme} challenge at ${exchange.request.operation} has the parameter ${twice} twice.` },
          ];
      }
      return [];
    },
  }),
  () => ({
    id: 'observer/challenge-separators',
    title: 'The parameters of a challenge have commas between them',
    verifies: ['http/challenge-parameters-separated'],
    applies: (exchange) =>
      challenged(exchange) &&
      parseChallenges(exchange.headerValues('www-authenticate')).some(({ params }) => params.length > 1),
    judge(exchange) {
      const name = unseparated(exchange.headerValues('www-authenticate'));
      return name === undefined
        ? []
        : [{ message: `A challenge at ${exchange.request.operation} has no comma before its parameter ${name}.` }];
    },
  }),
  () => ({
    id: 'observer/challenge-realm',
    title: 'The realm of a challenge is a quoted string',
    verifies: ['http/realm-quoted'],
    applies: (exchange) =>
      challenged(exchange) &&
      parseChallenges(exchange.headerValues('www-authenticate')).some(({ params }) =>
        params.some(([name]) => name === 'realm'),
      ),
    judge: (exchange) =>
      hasPlainRealm(exchange.headerValues('www-authenticate'))
        ? [{ message: `A challenge at ${exchange.request.operation} has a realm without quotation marks.` }]
        : [],
  }),
]);
