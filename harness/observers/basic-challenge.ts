/** When a Basic challenge must be there, and what it must say (RFC 6749 5.2; RFC 7617 2, 2.1). */

import { parseChallenges } from '../challenges.ts';
import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';

const isBasic = ({ scheme }: { readonly scheme: string }): boolean => scheme === 'basic';

/** The client tried to authenticate by Basic, by that alone, and in a form that every server can read: other credentials may fail for another reason. */
function triesBasic(exchange: Exchange): boolean {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(String(exchange.requestHeader('authorization')))?.[1];
  if (encoded === undefined || exchange.request.url.includes('client_')) return false;
  const form = new Map(exchange.requestForm);
  const alone = !form.has('client_secret') && !form.has('client_id');
  return alone && /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(Buffer.from(encoded, 'base64').toString('latin1').slice(0, 500));
}

export default defineObservers([
  () => ({
    id: 'observer/basic-refusal',
    title: 'Basic credentials that are refused with invalid_client are refused with 401 and a Basic challenge',
    verifies: ['client-auth/basic-401'],
    applies: (exchange) =>
      (exchange.request.operation === 'token' || exchange.request.operation === 'revoke') &&
      exchange.request.method === 'POST' &&
      exchange.errorCode === 'invalid_client' &&
      triesBasic(exchange),
    judge(exchange) {
      const challenged = parseChallenges(exchange.headerValues('www-authenticate')).some(isBasic);
      return exchange.status === 401 && challenged
        ? []
        : [
            {
              message: `Basic credentials at ${exchange.request.operation} were refused with ${exchange.summary} and ${challenged ? 'a' : 'no'} Basic challenge.`,
            },
          ];
    },
  }),
  () => ({
    id: 'observer/basic-challenge',
    title: 'Basic challenges name their realm, and no charset but UTF-8',
    verifies: ['client-auth/basic-realm', 'client-auth/basic-charset'],
    applies: (exchange) =>
      operationKeys.some((key) => key === exchange.request.operation) &&
      exchange.status === 401 &&
      parseChallenges(exchange.headerValues('www-authenticate')).some(isBasic),
    judge(exchange) {
      const where = `A 401 at ${exchange.request.operation}`;
      const found: Finding[] = [];
      for (const { scheme, params } of parseChallenges(exchange.headerValues('www-authenticate'))) {
        if (scheme !== 'basic') continue;
        if (!params.some(([name]) => name === 'realm'))
          found.push({ message: `${where} has a Basic challenge without realm.` });
        const charset = params.find(([name]) => name === 'charset')?.[1];
        if (charset !== undefined && charset.toLowerCase() !== 'utf-8')
          found.push({
            requirement: 'client-auth/basic-charset',
            message: `${where} has a Basic challenge with the charset ${charset}.`,
          });
      }
      return found;
    },
  }),
]);
