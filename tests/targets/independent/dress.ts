import type { ServerResponse } from 'node:http';
import type { Operation } from './config.ts';
import { pause, type Reply } from './http.ts';
import { isObject } from './json.ts';
import type { Switches } from './switches.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Makes the members of a token pair wrong (RFC 6749 5.1). */
function spoilPair(switches: Switches, pair: Record<string, unknown>, operation: Operation | undefined): unknown {
  const { wrong } = switches;
  const changed: Record<string, unknown> = { ...pair };
  const expires = Number(pair.expires_in);
  const scope = String(pair.scope ?? 'account connections');
  if (wrong('answer/camel-case')) {
    const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    return Object.fromEntries(Object.entries(pair).map(([name, value]) => [camel(name), value]));
  }
  const atAuthenticate = operation === 'authenticate';
  if (wrong('answer/wrapped') || (wrong('authenticate/wrapped') && atAuthenticate)) return { data: pair };
  if (wrong('authenticate/expires-in-text') && atAuthenticate) changed.expires_in = String(expires);
  if (wrong('answer/no-token-type')) delete changed.token_type;
  if (wrong('answer/token-type-jwt')) changed.token_type = 'JWT';
  if (wrong('answer/expires-in-text')) changed.expires_in = String(expires);
  if (wrong('answer/expires-in-milliseconds')) changed.expires_in = expires * 1000;
  if (wrong('answer/expires-in-date')) changed.expires_in = Math.floor(Date.now() / 1000) + expires;
  if (wrong('answer/expires-in-counts-refresh')) changed.expires_in = 604_800;
  if (wrong('answer/refresh-expires-in-text')) changed.refresh_expires_in = new Date(Date.now() + 6048e5).toISOString();
  if (wrong('answer/scope-array')) changed.scope = scope.split(' ');
  if (wrong('answer/scope-commas')) changed.scope = scope.split(' ').join(',');
  if (wrong('answer/scope-null')) changed.scope = null;
  return changed;
}

function spoilHeaders(switches: Switches, reply: Reply, operation: Operation | undefined, isRefresh: boolean): Reply {
  const { wrong } = switches;
  const headers = { ...reply.headers };
  if (reply.kind === 'pair') {
    if (wrong('answer/no-cache-control')) delete headers['Cache-Control'];
    if (wrong('answer/no-cache-instead')) headers['Cache-Control'] = 'no-cache';
    if (wrong('answer/refresh-cacheable') && isRefresh) delete headers['Cache-Control'];
    if (wrong('answer/authenticate-cacheable') && operation === 'authenticate') {
      headers['Cache-Control'] = 'private, max-age=3600';
    }
    if (wrong('answer/no-pragma')) delete headers.Pragma;
    const isHtml = wrong('answer/html') || (wrong('authenticate/html') && operation === 'authenticate');
    if (isHtml) headers['Content-Type'] = 'text/html; charset=utf-8';
  }
  if (reply.kind === 'handoff' && wrong('handoff/html')) headers['Content-Type'] = 'text/html';
  if (reply.kind === 'scopes' && wrong('scopes/html')) headers['Content-Type'] = 'text/html';
  return { ...reply, headers };
}

/** Makes an answer wrong where a mistake concerns only how it is written. */
export function spoil(switches: Switches, reply: Reply, operation: Operation | undefined, isRefresh: boolean): Reply {
  const { wrong } = switches;
  const withHeaders = spoilHeaders(switches, reply, operation, isRefresh);
  if (reply.kind !== 'pair' || !isObject(reply.json)) return withHeaders;
  const status = wrong('answer/status-201') && operation === 'token' ? 201 : reply.status;
  if (wrong('answer/form-encoded')) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(reply.json)) form.set(name, String(value));
    const text = form.toString();
    const headers = { ...withHeaders.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    return { kind: 'pair', status, headers, text };
  }
  return { ...withHeaders, status, json: spoilPair(switches, reply.json, operation) };
}

function contentType(switches: Switches): string {
  if (switches.varied('media-type-plain')) return 'application/json';
  return switches.varied('media-type-odd') ? 'Application/JSON;Charset="UTF-8"' : JSON_TYPE;
}

function serialise(switches: Switches, reply: Reply): string | undefined {
  if (reply.text !== undefined) return reply.text;
  if (!('json' in reply)) return undefined;
  const text = switches.varied('pretty-json') ? `${JSON.stringify(reply.json, null, 2)}\n` : JSON.stringify(reply.json);
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

/** Sends an answer in the manner of the variants. */
export async function send(switches: Switches, response: ServerResponse, reply: Reply): Promise<void> {
  const { varied } = switches;
  if (varied('slow')) await pause(30);
  const body = serialise(switches, reply);
  const headers = finalHeaders(switches, reply);
  if (body === undefined || !varied('chunked')) {
    if (reply.status !== 204) headers['Content-Length'] = String(Buffer.byteLength(body ?? ''));
    response.writeHead(reply.status, headers);
    response.end(body);
    return;
  }
  response.writeHead(reply.status, headers);
  const bytes = Buffer.from(body);
  for (let start = 0; start < bytes.length; start += 64) response.write(bytes.subarray(start, start + 64));
  response.end();
}
