/** Whether tokens and codes can be guessed (RFC 6749 10.10), over all values seen in the run. */

import type { Exchange } from '../exchange.ts';
import { defineObservers, type Observer } from '../observers.ts';

/** Values below which nothing is said. */
const enough = 8;
/**
 * Bits that a value must be able to hold. RFC 6749 10.10 asks for 128; the estimate is an upper bound, and this leaves room for UUIDs of version 4
 * (122 bits) and similar fixed bits. A random value of 128 bits in any usual alphabet is never below it: the alphabet is taken from the whole
 * sample, and a column of it is constant by chance with a probability below 2^-28 each at 8 values of 16 letters or more.
 */
const leastBits = 120;
/** The same for the 160 bits that RFC 6749 10.10 suggests: no random value of 160 bits is below it but by the chance named above. */
const suggestedBits = 150;

const suggested = 'strength/suggested-entropy';

function alphabetSize(characters: ReadonlySet<string>): number {
  const all = [...characters].join('');
  if (/^[0-9]*$/.test(all)) return 10;
  if (/^[0-9a-f]*$/.test(all) || /^[0-9A-F]*$/.test(all)) return 16;
  if (/^[0-9a-z]*$/.test(all) || /^[0-9A-Z]*$/.test(all)) return 36;
  return /^[0-9A-Za-z]*$/.test(all) ? 62 : /^[0-9A-Za-z_-]*$/.test(all) ? 64 : 95;
}

/** An upper bound of the bits that differ between such values, of which there is one at least: columns that never change count nothing. */
export function variableBits(values: readonly string[]): number {
  const length = Math.min(...values.map((value) => value.length));
  const columns = Array.from({ length }, (_, index) => new Set(values.map((value) => value.charAt(index))));
  const varying = columns.filter((letters) => letters.size > 1);
  const characters = new Set(varying.flatMap((letters) => [...letters]));
  return varying.length * Math.log2(alphabetSize(characters));
}

function entropy(
  id: string,
  what: string,
  requirement: string,
  read: (exchange: Exchange, codeField: string) => unknown,
): () => Observer {
  return () => {
    const values = new Set<string>();
    return {
      id: `observer/${id}`,
      title: `${what} cannot be guessed`,
      verifies: [requirement, suggested],
      applies(exchange, { config }) {
        const value = exchange.ok ? read(exchange, config.handoff.codeField) : undefined;
        const usable = typeof value === 'string' && value !== '';
        if (usable) values.add(value);
        return usable;
      },
      judge: () => [],
      conclude() {
        if (values.size < enough) return undefined;
        const bits = variableBits([...values]);
        if (bits >= suggestedBits) return [];
        const differ = `${what}: ${values.size} values of this run differ in ${bits.toFixed(0)} bits at most`;
        return bits < leastBits
          ? [{ message: `${differ}; 128 are asked for.` }]
          : [{ requirement: suggested, message: `${differ}; 160 are suggested.` }];
      },
    };
  };
}

const issuesPair = (exchange: Exchange): boolean =>
  exchange.request.operation === 'token' || exchange.request.operation === 'authenticate';
const isJwt = (value: unknown): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(String(value));

/** Places at which a rotated token differs from the one before it: 16 hexadecimal digits are 64 bits. */
const leastPlaces = 16;

/** How many characters differ, place by place. */
function differingPlaces(one: string, other: string): number {
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, at) => one.charAt(at) !== other.charAt(at)).filter(Boolean).length;
}

/** The refresh token that a refresh has used, and the one that it gave, where that is another. */
function succession({
  ok,
  request,
  requestForm,
  object,
}: Exchange): readonly (readonly [used: string, next: string])[] {
  const used = new Map(requestForm).get('refresh_token');
  const next = object?.refresh_token;
  const isOne = request.operation === 'token' && ok && used !== undefined && typeof next === 'string' && next !== used;
  return isOne ? [[used, next]] : [];
}

/**
 * A token that a refresh gives must not follow from the one it was given for (RFC 6749 10.10). Of 128 random bits in any usual alphabet fewer than
 * 16 places differ with a probability below one in a million million: of 32 hexadecimal digits, the shortest in places that can agree by chance,
 * 30 differ on average, and of 22 characters of Base64 more than 21.
 */
const successor: () => Observer = () => ({
  id: 'observer/refresh-token-succession',
  title: 'A refresh token does not follow from the one before it',
  verifies: ['strength/refresh-token-entropy'],
  applies: (exchange) => succession(exchange).length > 0,
  judge: (exchange) =>
    succession(exchange)
      .map(([used, next]) => differingPlaces(used, next))
      .filter((places) => places < leastPlaces)
      .map((places) => ({
        message: `A refresh gave a refresh token that differs from the one before it in ${places} characters only.`,
      })),
});

export default defineObservers([
  successor,
  entropy('code-entropy', 'Authorization codes', 'strength/code-entropy', (exchange) => {
    const form = new Map(exchange.request.operation === 'token' ? exchange.requestForm : []);
    return form.get('grant_type') === 'refresh_token' ? undefined : form.get('code'); // beside a refresh it is a word of the suite's
  }),
  entropy('refresh-token-entropy', 'Refresh tokens', 'strength/refresh-token-entropy', (exchange) =>
    issuesPair(exchange) ? exchange.object?.refresh_token : undefined,
  ),
  entropy('access-token-entropy', 'Access tokens without signature', 'strength/access-token-entropy', (exchange) => {
    const token = issuesPair(exchange) ? exchange.object?.access_token : undefined;
    return isJwt(token) ? undefined : token;
  }),
  entropy('handoff-code-entropy', 'Hand-off codes', 'strength/handoff-code-entropy', (exchange, codeField) =>
    exchange.request.operation === 'handoffInit' ? exchange.object?.[codeField] : undefined,
  ),
]);
