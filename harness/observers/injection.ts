/** Values of a request that come back where they are read as something else (RFC 6749 10.14). */

import { operationKeys } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import { defineObservers } from '../observers.ts';

/** What `generators/odd-text.ts` sends: markup that a page would run, and a header behind a line break. */
const markup = /<script>[^<]*<\/script>/g;
const injectedHeader = 'x-injected';

const plain = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a request that was malformed on purpose
  }
};

/** The request as its recipient reads it: address, Basic credentials and body, as they are and decoded; only those that can hold either, whatever the encoding. */
function sent(exchange: Exchange): readonly string[] {
  const basic = String(exchange.requestHeader('authorization'))
    .split(/^basic /i)
    .slice(1)
    .map((encoded) => Buffer.from(encoded, 'base64').toString());
  return [exchange.request.url, ...basic, exchange.requestText]
    .filter((text) => /script|injected/.test(text))
    .flatMap((text) => [text, plain(text)]);
}

const markupIn = (text: string): readonly string[] => [...text.matchAll(markup)].map(([script]) => script);

/** Media types of bodies that a browser shows as a page; what has none is left to its guess. */
const pages = new Set([undefined, 'text/html', 'application/xhtml+xml', 'image/svg+xml']);

/** What of the request came back as something else; undefined where nothing did. */
function injected(exchange: Exchange): string | undefined {
  const where = `A ${exchange.status} at ${exchange.request.operation}`;
  if (
    pages.has(exchange.mediaType) &&
    sent(exchange)
      .flatMap(markupIn)
      .some((script) => exchange.text.includes(script))
  )
    return `${where} repeats markup of the request in a page.`;
  return exchange.header(injectedHeader) === undefined ? undefined : `${where} has a header that the request wrote.`;
}

export default defineObservers([
  () => ({
    id: 'observer/no-injection',
    title: 'No response has markup of the request in a page, or a header that the request wrote',
    verifies: ['http/input-sanitized'],
    applies: (exchange) =>
      operationKeys.some((key) => key === exchange.request.operation) &&
      sent(exchange).some((text) => text.includes(injectedHeader) || markupIn(text).length > 0),
    judge(exchange) {
      const message = injected(exchange);
      return message === undefined ? [] : [{ message }];
    },
  }),
]);
