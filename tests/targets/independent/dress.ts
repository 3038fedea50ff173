import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Operation } from './config.ts';
import { pause, type Reply } from './http.ts';
import { isObject } from './json.ts';
import type { Switches } from './switches.ts';
import { spoilMembers } from './wire.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

type Headers = Record<string, string | string[]>;

/** What of a request has a bearing on how its answer goes wrong. */
export interface RequestTraits {
  readonly isRefresh: boolean;
  readonly viaBasic: boolean;
}

/** Makes the members of a token pair wrong (RFC 6749 5.1). */
function spoilPair(
  switches: Switches,
  pair: Record<string, unknown>,
  operation: Operation | undefined,
  isRefresh: boolean,
): unknown {
  const { wrong } = switches;
  if (wrong('answer/array')) return [pair];
  if (wrong('answer/text')) return JSON.stringify(pair);
  const changed = spoilMembers(switches, pair);
  const expires = Number(pair.expires_in);
  const scope = String(pair.scope ?? 'account connections');
  if (wrong('answer/camel-case')) {
    const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    return Object.fromEntries(Object.entries(pair).map(([name, value]) => [camel(name), value]));
  }
  const atAuthenticate = operation === 'authenticate';
  if (wrong('answer/wrapped') || (wrong('authenticate/wrapped') && atAuthenticate)) return { data: pair };
  if (wrong('authenticate/expires-in-text') && atAuthenticate) changed.expires_in = String(expires);
  if (wrong('authenticate/lifetimes-swapped') && atAuthenticate) {
    Object.assign(changed, { expires_in: pair.refresh_expires_in, refresh_expires_in: expires });
  }
  if (wrong('answer/no-token-type')) delete changed.token_type;
  if (wrong('answer/token-type-jwt')) changed.token_type = 'JWT';
  if (wrong('answer/expires-in-text')) changed.expires_in = String(expires);
  if (wrong('answer/expires-in-milliseconds')) changed.expires_in = expires * 1000;
  if (wrong('answer/expires-in-date')) changed.expires_in = Math.floor(Date.now() / 1000) + expires;
  if (wrong('answer/expires-in-counts-refresh')) changed.expires_in = 604_800;
  if (wrong('answer/refresh-expires-in-text')) changed.refresh_expires_in = new Date(Date.now() + 6048e5).toISOString();
  if (wrong('answer/expires-in-zero')) changed.expires_in = 0;
  if (wrong('answer/expires-in-negative')) changed.expires_in = -expires;
  if (wrong('answer/expires-in-fraction')) changed.expires_in = expires - 0.25;
  if (wrong('answer/no-expires-in')) delete changed.expires_in;
  if (wrong('answer/refresh-expires-in-milliseconds')) changed.refresh_expires_in = 604_800_000;
  if (wrong('answer/refresh-expires-in-zero')) changed.refresh_expires_in = 0;
  if (switches.varied('scope-twice')) changed.scope = `${scope} ${scope}`;
  if (wrong('answer/scope-two-spaces')) changed.scope = scope.replaceAll(' ', '  ');
  if (wrong('answer/scope-empty')) changed.scope = '';
  if (wrong('answer/refreshing-no-token-type') && isRefresh) delete changed.token_type;
  if (wrong('answer/token-with-line-break')) changed.access_token = `${String(pair.access_token)}\n`;
  if (wrong('answer/refresh-token-null')) changed.refresh_token = null;
  if (wrong('authenticate/no-refresh-token') && atAuthenticate) delete changed.refresh_token;
  if (wrong('authenticate/no-token-type') && atAuthenticate) delete changed.token_type;
  if (wrong('access/authenticate-expires-in-hour') && atAuthenticate) changed.expires_in = 3600;
  if (switches.varied('upper-case-bearer')) changed.token_type = 'BEARER';
  if (wrong('answer/scope-array')) changed.scope = scope.split(' ');
  if (wrong('answer/scope-commas')) changed.scope = scope.split(' ').join(',');
  if (wrong('answer/scope-null')) changed.scope = null;
  return changed;
}

function spoilHeaders(
  switches: Switches,
  reply: Reply,
  operation: Operation | undefined,
  { isRefresh, viaBasic }: RequestTraits,
): Reply {
  const { wrong } = switches;
  const headers = { ...reply.headers };
  if (reply.kind === 'pair') {
    if (wrong('answer/no-cache-control')) delete headers['Cache-Control'];
    if (wrong('answer/no-cache-instead')) headers['Cache-Control'] = 'no-cache';
    if (wrong('answer/refresh-cacheable') && isRefresh) delete headers['Cache-Control'];
    if (wrong('answer/authenticate-cacheable') && operation === 'authenticate') {
      headers['Cache-Control'] = 'private, max-age=3600';
    }
    if (wrong('answer/cache-private')) headers['Cache-Control'] = 'private, max-age=0, must-revalidate';
    if (wrong('answer/no-store-misspelt')) headers['Cache-Control'] = 'nostore, no-cache';
    if (wrong('answer/cacheable-over-post') && !viaBasic) delete headers['Cache-Control'];
    if (wrong('answer/vendor-media-type')) headers['Content-Type'] = 'application/vnd.api+json';
    if (wrong('answer/no-pragma')) delete headers.Pragma;
    const isHtml = wrong('answer/html') || (wrong('authenticate/html') && operation === 'authenticate');
    if (isHtml) headers['Content-Type'] = 'text/html; charset=utf-8';
  }
  if (reply.kind === 'handoff' && wrong('handoff/html')) headers['Content-Type'] = 'text/html';
  if (reply.kind === 'scopes' && wrong('scopes/html')) headers['Content-Type'] = 'text/html';
  return { ...reply, headers };
}

/** Makes an answer wrong where a mistake concerns only how it is written. */
export function spoil(
  switches: Switches,
  reply: Reply,
  operation: Operation | undefined,
  traits: RequestTraits,
): Reply {
  const { wrong } = switches;
  const withHeaders = spoilHeaders(switches, reply, operation, traits);
  if (reply.kind !== 'pair' || !isObject(reply.json)) return withHeaders;
  const isCreated =
    (wrong('answer/status-201') && operation === 'token') || (wrong('answer/refreshing-201') && traits.isRefresh);
  const status = isCreated ? 201 : reply.status;
  if (wrong('answer/form-encoded')) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(reply.json)) form.set(name, String(value));
    const text = form.toString();
    const headers = { ...withHeaders.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    return { kind: 'pair', status, headers, text };
  }
  return { ...withHeaders, status, json: spoilPair(switches, reply.json, operation, traits.isRefresh) };
}

function contentType(switches: Switches): string {
  if (switches.varied('media-type-plain')) return 'application/json';
  return switches.varied('media-type-odd') ? 'Application/JSON;Charset="UTF-8"' : JSON_TYPE;
}

function serialise(switches: Switches, reply: Reply): string | undefined {
  if (reply.text !== undefined) return reply.text;
  if (!('json' in reply)) return undefined;
  const plain = switches.varied('pretty-json')
    ? `${JSON.stringify(reply.json, null, 2)}\n`
    : JSON.stringify(reply.json);
  const escaped = switches.varied('escaped-json') ? plain.replaceAll('/', '\\/') : plain;
  const text = switches.varied('json-after-white-space') ? `\r\n\t  ${escaped}` : escaped;
  if (reply.kind === 'scopes' && switches.wrong('scopes/broken-json')) return text.replace(/\]$/, ',]');
  return reply.kind === 'pair' && switches.wrong('answer/byte-order-mark') ? `\uFEFF${text}` : text;
}

function finalHeaders(switches: Switches, reply: Reply): Record<string, string | string[]> {
  const { wrong, varied } = switches;
  const headers: Record<string, string | string[]> = { ...reply.headers };
  if ('json' in reply && reply.text === undefined) headers['Content-Type'] ??= contentType(switches);
  if (reply.kind === 'pair' && wrong('answer/no-content-type')) delete headers['Content-Type'];
  if (varied('security-headers')) {
    Object.assign(headers, {
      'Access-Control-Allow-Origin': '*',
      'Strict-Transport-Security': 'max-age=31536000',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Origin, Accept-Encoding',
    });
  }
  if (varied('sets-cookie')) headers['Set-Cookie'] = ['lb=node-3; Path=/; HttpOnly; Secure', 'ab=17; Max-Age=60'];
  if (varied('cache-control-list') && headers['Cache-Control'] === 'no-store') {
    headers['Cache-Control'] = 'private, max-age=0, no-cache, No-Store, must-revalidate';
  }
  if (varied('cache-control-lines') && headers['Cache-Control'] === 'no-store') {
    headers['Cache-Control'] = ['no-cache', 'no-store'];
  }
  if (varied('proxy-headers')) Object.assign(headers, PROXY_HEADERS);
  const challenge = headers['WWW-Authenticate'];
  if (varied('challenges-on-several-lines') && typeof challenge === 'string') {
    headers['WWW-Authenticate'] = ['Negotiate', challenge];
  }
  if (varied('connection-close')) headers.Connection = 'close';
  if (!varied('header-case')) return headers;
  const odd = (name: string) => [...name].map((c, i) => (i % 2 === 0 ? c.toLowerCase() : c.toUpperCase())).join('');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      odd(name),
      name === 'Cache-Control' ? String(value).toUpperCase() : value,
    ]),
  );
}

const PROXY_HEADERS = {
  Via: '1.1 varnish, 1.1 google',
  Age: '0',
  'Alt-Svc': 'h3=":443"; ma=86400',
  Link: '</docs>; rel="service-doc"',
  'Server-Timing': 'origin;dur=12.4, edge;dur=1',
  'X-Cache': 'MISS, MISS',
  'X-Request-Id': '0f8fad5b-d9cb-469f-a165-70867728950e',
  'X-RateLimit-Remaining': '9999',
};

/** Sends a body that is followed by a trailer field. */
function sendWithTrailer(response: ServerResponse, status: number, headers: Headers, body: string | Buffer): void {
  response.writeHead(status, { ...headers, Trailer: 'X-Checksum' });
  response.write(body);
  response.addTrailers({ 'X-Checksum': String(Buffer.from(body).length) });
  response.end();
}

/** Sends an answer in the manner of the variants. */
export async function send(switches: Switches, response: ServerResponse, reply: Reply): Promise<void> {
  const { varied } = switches;
  if (varied('slow')) await pause(30);
  if (varied('early-hints')) response.writeEarlyHints({ link: '</styles.css>; rel=preload; as=style' });
  const text = serialise(switches, reply);
  const headers = finalHeaders(switches, reply);
  const isZipped =
    varied('gzip') && text !== undefined && /\bgzip\b/.test(String(response.req.headers['accept-encoding'] ?? ''));
  if (isZipped) Object.assign(headers, { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
  const body = isZipped ? gzipSync(text) : text;
  if (varied('trailers') && body !== undefined && response.req.method !== 'HEAD')
    return sendWithTrailer(response, reply.status, headers, body);
  if (varied('revoke-chunked-empty') && reply.kind === 'revoked') {
    response.writeHead(reply.status, headers);
    response.flushHeaders();
    response.end();
    return;
  }
  if (body === undefined || !varied('chunked')) {
    if (reply.status !== 204 && reply.status !== 304)
      headers['Content-Length'] = String(Buffer.from(body ?? '').length);
    response.writeHead(reply.status, headers);
    response.end(body);
    return;
  }
  response.writeHead(reply.status, headers);
  const bytes = Buffer.from(body);
  for (let start = 0; start < bytes.length; start += 64) response.write(bytes.subarray(start, start + 64));
  response.end();
}
