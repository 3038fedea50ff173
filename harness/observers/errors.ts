/** What every refusal must look like (RFC 6749 5.2; contract "Errors"). */

import type { Exchange } from '../exchange.ts';
import { defineObservers, type Finding } from '../observers.ts';

/** Statuses by which the operation itself refuses; others may come from a gateway or router in front of it. */
const ownRefusals = new Set([400, 401, 403, 409, 422]);

const isForm = (exchange: Exchange): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(String(exchange.requestHeader('content-type')));
const isOauthRefusal = (exchange: Exchange): boolean =>
  (exchange.request.operation === 'token' || exchange.request.operation === 'revoke') &&
  exchange.request.method === 'POST' &&
  isForm(exchange) &&
  ownRefusals.has(exchange.status);

/**
 * What a code looks like: those of RFC 6749 5.2 and the IANA registry do, and an unregistered extension (RFC 6749 8.5) may be any such word or URI.
 * Names of statuses ("Bad Request") and codes in capitals are none.
 */
const codeForm = /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/;

const errorText = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/;
const uriText = /^[\x21\x23-\x5b\x5d-\x7e]*$/;
const where = (exchange: Exchange): string => `A ${exchange.status} at ${exchange.request.operation}`;

/** Whether a text has this one with no letter, digit, hyphen or underscore at either side. */
function hasWord(text: string, word: string): boolean {
  const pieces = text.split(word);
  return pieces.slice(1).some((after, index) => !/^[\w-]/.test(after) && !/[\w-]$/.test(String(pieces[index])));
}

const internals: readonly (readonly [RegExp, string])[] = [
  [/\n\s+at .+:\d+:\d/, 'a JavaScript stack trace'],
  [/\\n\s+at .+?:\d+:\d/, 'a JavaScript stack trace'],
  [/(?:&nbsp;|>)\s*at .+?\.[cm]?[jt]sx?:\d+:\d/, 'a JavaScript stack trace'],
  [/\.rb:\d+:in [`'"]/, 'a Ruby stack trace'],
  [
    /\b(?:java|javax|jakarta|org|com|io)(?:\.[a-z]\w*)+\.[A-Z]\w*(?:Exception|Error)\b/,
    'an exception class of the server',
  ],
  [/Traceback \(most recent call last\)/, 'a Python stack trace'],
  [/\bat [\w$.]+\([\w$]+\.(?:java|kt|scala):\d+\)/, 'a Java stack trace'],
  [/\bgoroutine \d+ \[/, 'a Go stack trace'],
  [/\bat [\w.`<>]+\(.*\) in .+:line \d/, 'a .NET stack trace'],
  [/#\d+ .+\.php\(\d+\)/, 'a PHP stack trace'],
  [/\bnode_modules\//, 'paths of the server'],
  [
    /(?:^|["'\s(])(?:\/(?:usr|home|var|opt|srv|app|root)\/[\w.@-]+\/[\w./@-]|[A-Z]:\\\\?[\w.-]+\\)/,
    'paths of the server',
  ],
  [
    /\bSQLSTATE\b|\bORA-\d{5}\b|syntax error at or near|\bECONNREFUSED\b|duplicate key value violates|MongoServerError|PrismaClient/i,
    'an error of its database',
  ],
];

export default defineObservers([
  () => ({
    id: 'observer/oauth-error-object',
    title: 'Every refusal at /token and /revoke is an OAuth error object',
    verifies: [
      'errors/oauth-object',
      'errors/oauth-code',
      'errors/oauth-media-type',
      'errors/oauth-description',
      'errors/oauth-description-empty',
    ],
    applies: isOauthRefusal,
    judge(exchange) {
      const found: Finding[] = [];
      const body = exchange.object;
      const { error, error_description: description, error_uri: uri } = body ?? {};
      if (body === undefined) found.push({ message: `${where(exchange)} is not a JSON object.` });
      else if (typeof error !== 'string' || !errorText.test(error))
        found.push({ message: `${where(exchange)} has no error member of allowed characters.` });
      else if (!codeForm.test(error))
        found.push({
          requirement: 'errors/oauth-code',
          message: `${where(exchange)} has the error "${error}", which is no error code.`,
        });
      if (exchange.mediaType !== 'application/json')
        found.push({
          requirement: 'errors/oauth-media-type',
          message: `${where(exchange)} has the media type ${exchange.mediaType ?? '(none)'}.`,
        });
      if (
        description !== undefined &&
        description !== null &&
        (typeof description !== 'string' || (description !== '' && !errorText.test(description)))
      )
        found.push({
          requirement: 'errors/oauth-description',
          message: `${where(exchange)} has an error_description with characters that are not allowed.`,
        });
      if (description === '')
        found.push({
          requirement: 'errors/oauth-description-empty',
          message: `${where(exchange)} has an empty error_description.`,
        });
      if (uri !== undefined && uri !== null && (typeof uri !== 'string' || !uriText.test(uri)))
        found.push({
          requirement: 'errors/oauth-description',
          message: `${where(exchange)} has an error_uri with characters that are not allowed.`,
        });
      return found;
    },
  }),
  () => ({
    id: 'observer/error-text',
    title: 'Every refusal at /authenticate and /handoff/init says what is wrong',
    verifies: ['errors/text'],
    applies: (exchange) =>
      (exchange.request.operation === 'authenticate' || exchange.request.operation === 'handoffInit') &&
      exchange.request.method === 'POST' &&
      ownRefusals.has(exchange.status),
    judge(exchange, { config }) {
      const body = exchange.object;
      if (body === undefined) return [{ message: `${where(exchange)} is not a JSON object.` }];
      const names = [
        'error_description',
        'message',
        'error',
        ...(config.errors.textField === undefined ? [] : [config.errors.textField]),
      ];
      const readable = names.some((name) => {
        const value = body[name];
        const texts = Array.isArray(value) ? value : [value];
        return texts.some((text) => typeof text === 'string' && text.trim() !== '');
      });
      return readable ? [] : [{ message: `${where(exchange)} has no text in ${names.join(', ')}.` }];
    },
  }),
  () => ({
    id: 'observer/no-internals',
    title: 'No response shows the inside of the server',
    verifies: ['errors/no-internals'],
    applies: (exchange) => exchange.request.operation !== 'jwks' && exchange.status >= 400,
    judge: (exchange) => {
      const found = internals.find(([pattern]) => pattern.test(exchange.text));
      return found === undefined ? [] : [{ message: `${where(exchange)} shows ${found[1]}.` }];
    },
  }),
  () => {
    const issued = new Set<string>();
    return {
      id: 'observer/no-secret-echo',
      title: 'No refusal repeats a secret',
      verifies: ['errors/no-secret-echo'],
      applies(exchange, { config }) {
        for (const client of Object.values(config.clients))
          if (client?.secret !== undefined && client.secret.length >= 6) issued.add(client.secret);
        if (exchange.ok)
          for (const name of ['access_token', 'refresh_token'])
            if (typeof exchange.object?.[name] === 'string') issued.add(String(exchange.object[name]));
        return exchange.status >= 400;
      },
      judge(exchange, { sensitive, config }) {
        const headers = exchange.response.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
        const answer = `${headers}\n${exchange.text}`;
        const repeated = sensitive.find(
          ({ kind, value }) =>
            answer.includes(value) && (kind === 'code_verifier' || kind === 'signature' || issued.has(value)),
        );
        if (repeated !== undefined)
          return [{ message: `${where(exchange)} repeats the ${repeated.kind} of the request.` }];
        // One that was not even sent: "expected ..., got ...". As a word of its own, for a short one may be part of another.
        const told = Object.values(config.clients).some(
          (client) => client?.secret !== undefined && client.secret.length >= 8 && hasWord(answer, client.secret),
        );
        return told ? [{ message: `${where(exchange)} tells the secret of a client.` }] : [];
      },
    };
  },
]);
