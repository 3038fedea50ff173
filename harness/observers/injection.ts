/** Values of a request that come back where they are read as something else (RFC 6749 10.14). */

import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

/** What `generators/odd-text.ts` sends: markup that a page would run, and a header behind a line break. */
const markup = /<script>[^<]*<\/script>/;
const injectedHeader = 'x-injected';

const plain = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a request that was malformed on purpose
  }
};

/** The request as its recipient reads it: query, Basic credentials and body, decoded; empty where neither can be in it, whatever the encoding. */
function sent(exchange: Exchange): string {
  const { request, requestText: body } = exchange;
  const encoded = /^basic +(.*)$/i.exec(exchange.requestHeader('authorization') ?? '')?.[1] ?? '';
  const basic = Buffer.from(encoded, 'base64').toString();
  if (![request.url, body, basic].some((text) => /script|injected/.test(text))) return '';
  return [plain(new URL(request.url).search), plain(basic), body, plain(body)].join('\n');
}

/** A body that a browser shows as a page: labelled so, or not labelled and left to its guess. */
const isPage = (exchange: Exchange): boolean =>
  exchange.mediaType === undefined || /^(text\/html|application\/xhtml\+xml|image\/svg\+xml)$/.test(exchange.mediaType);

/** What of the request came back as something else; undefined where nothing did. */
function injected(exchange: Exchange): string | undefined {
  const where = `A ${exchange.status} at ${exchange.request.operation}`;
  const script = markup.exec(sent(exchange))?.[0];
  if (script !== undefined && isPage(exchange) && exchange.text.includes(script))
    return `${where} repeats markup of the request in a page.`;
  return exchange.header(injectedHeader) === undefined ? undefined : `${where} has a header that the request wrote.`;
}

export default defineObservers([
  () => ({
    id: 'observer/no-injection',
    title: 'No response has markup of the request in a page, or a header that the request wrote',
    verifies: ['http/input-sanitized'],
    applies: (exchange) => {
      if (!operationKeys.some((key) => key === exchange.request.operation)) return false;
      const text = sent(exchange);
      return markup.test(text) || text.includes(injectedHeader);
    },
    judge(exchange) {
      const message = injected(exchange);
      return message === undefined ? [] : [{ message }];
    },
  }),
]);
