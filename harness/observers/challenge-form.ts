/** How any challenge is written, whatever its scheme (RFC 9110 11.2, 11.5). */

import { parseChallenges } from '../challenges.ts';
import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

const challenged = (exchange: Exchange): boolean =>
  operationKeys.some((key) => key === exchange.request.operation) &&
  exchange.headerValues('www-authenticate').length > 0;

/** Attributes of a Bearer challenge that RFC 6750 3 says the same of. */
const ofBearer = new Set(['realm', 'scope', 'error', 'error_description', 'error_uri']);

/** The header without the contents of its quoted strings; undefined where a quotation mark has no partner. */
function withoutContents(lines: readonly string[]): string | undefined {
  const text = lines.join(', ').replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return text.replaceAll('""', '').includes('"') ? undefined : text;
}

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
    id: 'observer/challenge-realm',
    title: 'The realm of a challenge is a quoted string',
    verifies: ['http/realm-quoted'],
    applies: (exchange) =>
      challenged(exchange) &&
      parseChallenges(exchange.headerValues('www-authenticate')).some(({ params }) =>
        params.some(([name]) => name === 'realm'),
      ),
    judge: (exchange) =>
      /(?:^|[\s,])realm\s*=\s*(?!\s|"")/i.test(withoutContents(exchange.headerValues('www-authenticate')) ?? '')
        ? [{ message: `A challenge at ${exchange.request.operation} has a realm without quotation marks.` }]
        : [],
  }),
]);
