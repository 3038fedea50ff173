import { createHash, randomBytes, randomInt } from 'node:crypto';
import { liveAccess } from './access.ts';
import {
  finishHandoff,
  isLoopback,
  passesAsClient,
  refuseOwner,
  refuseScope,
  repairRedirect,
  roleOverlooked,
} from './handing-over.ts';
import { Crash, type Incoming, Refusal, type Reply, splitContentType } from './http.ts';
import { isObject, parseJson } from './json.ts';
import { allowedByPath, keepDecision, membersOfUri } from './later.ts';
import { addHandoffMembers } from './products.ts';
import type { AccessGrant, World } from './world.ts';

const LIFETIME_SECONDS = 30;
const INTENT = 'connections';
const invalid = (text: string) => new Refusal(400, 'invalid_request', text);

/** A 401 with the challenge of RFC 6750 3. */
function unauthorized(world: World, error: 'none' | 'invalid_token', token = ''): Refusal {
  const { wrong, varied } = world.switches;
  if (wrong('handoff/garbage-token-404') && error === 'invalid_token') return new Refusal(404, error, 'Not found');
  let value = `${varied('challenge-lower-case') ? 'bearer' : 'Bearer'} realm="auth"`;
  if (error === 'invalid_token' || wrong('handoff/error-without-token')) {
    const name = wrong('handoff/challenge-unknown-error') ? 'unauthorized' : 'invalid_token';
    value += `, error="${name}", error_description="The access token is not valid"`;
  }
  if (wrong('handoff/challenge-malformed') && error === 'invalid_token') {
    value = 'Bearer error=invalid_token, error_description=The access token is not valid';
  }
  if (wrong('handoff/challenge-escaped-quotes') && error === 'invalid_token') {
    value = 'Bearer error="invalid_token", error_description="The \\"access token\\" is not valid"';
  }
  if (varied('challenge-resource-metadata')) {
    value += ', scope="account connections", resource_metadata="https://api.example.com/.well-known/oauth-protected"';
  }
  if (wrong('handoff/basic-challenge')) value = 'Basic realm="auth"';
  if (varied('several-challenges')) value = `DPoP algs="ES256", ${value}`;
  const isOld = (world.access.get(token)?.expiresAt ?? Number.POSITIVE_INFINITY) <= world.now();
  const silent =
    wrong('handoff/no-challenge') ||
    (wrong('handoff/no-challenge-when-expired') && isOld) ||
    (wrong('handoff/no-challenge-for-bad-token') && error === 'invalid_token');
  const headers = silent ? {} : { 'WWW-Authenticate': value };
  if (wrong('handoff/dead-403') && world.access.has(token)) {
    return new Refusal(403, 'invalid_token', 'Forbidden', headers);
  }
  return new Refusal(401, 'invalid_token', 'Unauthorized', headers);
}

function readToken(world: World, incoming: Incoming): string | undefined {
  const { wrong } = world.switches;
  const [, scheme = '', token] = /^(\S+) +(\S+) *$/.exec(incoming.headers.authorization ?? '') ?? [];
  const isBearer = wrong('handoff/scheme-case') ? scheme === 'Bearer' : scheme.toLowerCase() === 'bearer';
  if (isBearer && token !== undefined) return token;
  if (wrong('handoff/any-scheme') && token !== undefined) return token;
  if (wrong('handoff/no-scheme')) return /^\s*([^\s]{20,})\s*$/.exec(incoming.headers.authorization ?? '')?.[1];
  if (wrong('handoff/token-in-cookie')) {
    return /(?:^|; )access_token=([^;]+)/.exec(incoming.headers.cookie ?? '')?.[1];
  }
  if (wrong('handoff/token-in-body')) return /"access_token"\s*:\s*"([^"]+)"/.exec(incoming.body.toString())?.[1];
  return wrong('handoff/token-in-query') ? (incoming.query.get('access_token') ?? undefined) : undefined;
}

async function readGrant(world: World, incoming: Incoming): Promise<AccessGrant | undefined> {
  const token = readToken(world, incoming);
  if (token === undefined) {
    const isBare = /^bearer\s*$/i.test(incoming.headers.authorization ?? '');
    if (isBare && world.switches.wrong('handoff/bare-scheme-passes')) return undefined;
    if (world.switches.wrong('handoff/no-token-needed') || passesAsClient(world, incoming)) return undefined;
    throw unauthorized(world, 'none');
  }
  const grant = await liveAccess(world, token);
  if (grant === undefined) throw unauthorized(world, 'invalid_token', token);
  return grant;
}

/** Only tokens of whitelabel customers' clients open hand-offs. */
function checkRole(world: World, grant: AccessGrant, incoming: Incoming): void {
  const { wrong, varied } = world.switches;
  const role = world.clients.find((client) => client.id === grant.clientId)?.role;
  refuseOwner(world, grant);
  refuseScope(world, grant);
  if (role === 'whitelabel-customer') {
    keepDecision(world, 'handoffInit');
    return;
  }
  if (wrong('handoff/role-unchecked') || allowedByPath(world, 'handoffInit')) return;
  if (roleOverlooked(world, incoming)) return;
  if (wrong('handoff/role-by-scope') && grant.scope.includes('connections')) return;
  if (wrong('handoff/role-lost-on-refresh') && grant.origin === 'refresh') return;
  if (wrong('handoff/role-unchecked-second-time') && world.refusedOnce.has(grant.token)) return;
  world.refusedOnce.add(grant.token);
  const text = 'This client may not open hand-offs';
  if (wrong('handoff/role-400')) throw invalid(text);
  if (wrong('handoff/role-200-error')) throw new Refusal(200, 'insufficient_scope', text);
  if (varied('role-401')) {
    throw new Refusal(401, 'invalid_token', text, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  }
  const members = wrong('handoff/role-403-with-code') ? { code: world.secret('ho') } : {};
  const challenge: Record<string, string> = varied('role-403-challenge')
    ? { 'WWW-Authenticate': 'Bearer realm="auth", error="insufficient_scope", error_description="Whitelabel only"' }
    : {};
  throw new Refusal(403, 'insufficient_scope', text, challenge, members);
}

function readBody(world: World, incoming: Incoming): Record<string, unknown> {
  const { wrong, varied } = world.switches;
  if (incoming.method === 'GET') return Object.fromEntries(incoming.query);
  const { mediaType } = splitContentType(incoming.headers['content-type']);
  if (mediaType.toLowerCase() !== 'application/json') {
    throw new Refusal(varied('unsupported-media-415') ? 415 : 400, 'invalid_request', 'Send application/json');
  }
  let json: unknown;
  try {
    json = parseJson(incoming.body);
  } catch (error) {
    if (wrong('handoff/broken-json-500')) throw new Crash('Unexpected token in JSON');
    throw error;
  }
  if (isObject(json)) {
    const known = ['redirectUri', 'intent'];
    if (varied('unknown-members-refused') && Object.keys(json).some((name) => !known.includes(name))) {
      throw invalid('A member should not exist');
    }
    return membersOfUri(world, incoming, json);
  }
  if (wrong('handoff/odd-json-500')) throw new Crash("Cannot read properties of null (reading 'intent')");
  throw invalid('Send a JSON object');
}

function checkIntent(world: World, intent: unknown): void {
  const { wrong } = world.switches;
  if (intent === INTENT) return;
  if (intent === undefined && wrong('handoff/intent-optional')) return;
  if (intent !== undefined && !intent && wrong('handoff/intent-falsy')) return;
  if (intent !== undefined && wrong('handoff/intent-any')) return;
  if (wrong('handoff/intent-array') && Array.isArray(intent) && intent.includes(INTENT)) return;
  if (typeof intent === 'string') {
    if (wrong('handoff/intent-trimmed') && intent.trim() === INTENT) return;
    if (wrong('handoff/intent-case') && intent.toLowerCase() === INTENT) return;
    if (wrong('handoff/intent-prefix') && intent.startsWith(INTENT)) return;
    if (wrong('handoff/intent-suffix') && intent.endsWith(INTENT)) return;
    if (wrong('handoff/intent-multiline') && /^connections$/m.test(intent)) return;
    if (wrong('handoff/intent-shorter') && INTENT.includes(intent)) return;
    if (wrong('handoff/intent-prototype') && intent in { connections: true }) return;
  }
  throw invalid('intent must be one of: connections');
}

const DANGEROUS = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'http:', 'ws:', 'ftp:']);

/** An https URL or an app's own scheme, without a fragment (RFC 6749 3.1.2). */
function redirectIsRight(world: World, sent: unknown): boolean {
  const { wrong } = world.switches;
  const isStripped = wrong('handoff/redirect-line-breaks') && typeof sent === 'string';
  const value = repairRedirect(world, isStripped ? sent.replace(/[\r\n\t]/g, '') : sent);
  if (value === undefined) return wrong('handoff/redirect-optional');
  if (wrong('handoff/redirect-any-type')) return true;
  if (typeof value !== 'string' || value === '') return false;
  if (wrong('handoff/redirect-any-text')) return true;
  if (wrong('handoff/redirect-https-prefix') && value.startsWith('https://')) return true;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(value) || !URL.canParse(value)) {
    return wrong('handoff/redirect-relative') && /^\/\S*$/.test(value);
  }
  const url = new URL(value);
  if (url.protocol === 'https:' && !/^https:\/\/[^/]/i.test(value)) return false;
  if (wrong('handoff/redirect-port-refused') && url.port !== '') return false;
  const isOwn = url.protocol !== 'https:';
  const mayHaveFragment =
    wrong('handoff/redirect-fragment') ||
    (wrong('handoff/redirect-empty-fragment') && url.hash === '') ||
    (wrong('handoff/redirect-fragment-own-scheme') && isOwn);
  if (value.includes('#') && !mayHaveFragment) return false;
  if (wrong('handoff/redirect-query-refused') && url.search !== '') return false;
  if (wrong('handoff/own-scheme-one-slash-refused') && isOwn && !value.includes('://')) return false;
  if (wrong('handoff/redirect-file') && /^(file|blob|about|vbscript):$/.test(url.protocol)) return true;
  if (wrong('handoff/redirect-ftp') && /^(ftp|ws):$/.test(url.protocol)) return true;
  if (url.protocol === 'http:' && (wrong('handoff/redirect-http') || isLoopback(world, url))) return true;
  if (wrong('handoff/redirect-javascript') && /^(javascript|data):$/.test(url.protocol)) return true;
  if (wrong('handoff/redirect-javascript-case') && /^javascript:/i.test(value)) return !value.startsWith('javascript:');
  if (wrong('handoff/scheme-with-dots-refused') && url.protocol.includes('.')) return false;
  if (wrong('handoff/own-scheme-refused') && url.protocol !== 'https:') return false;
  return !DANGEROUS.has(url.protocol);
}

function checkBody(world: World, incoming: Incoming): string {
  const body = readBody(world, incoming);
  const { wrong } = world.switches;
  const isOdd = [body.intent, body.redirectUri].some((value) => value !== undefined && typeof value !== 'string');
  if (wrong('handoff/odd-members-500') && isOdd) throw new Crash('value.startsWith is not a function');
  const isLong = typeof body.redirectUri === 'string' && body.redirectUri.length > 2048;
  if (wrong('handoff/redirect-long-500') && isLong) throw new Crash('value too long for type varchar(2048)');
  if (wrong('handoff/client-id-required') && body.client_id === undefined) throw invalid('client_id is required');
  checkIntent(world, body.intent);
  if (!redirectIsRight(world, body.redirectUri))
    throw invalid('redirectUri must be an https URL or use your own scheme');
  return String(body.redirectUri);
}

/** Looks at the body before the token; RFC 6750 3 asks for the challenge all the same. */
function checkBodyFirst(world: World, incoming: Incoming): void {
  try {
    checkBody(world, incoming);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const headers = { 'WWW-Authenticate': 'Bearer realm="auth", error="invalid_request"' };
    throw new Refusal(error.status, error.code, error.message, headers);
  }
}

/** Only URIs that were registered for the client open a hand-off, in some lawful servers. */
function checkRegistered(world: World, grant: AccessGrant | undefined, redirectUri: string): void {
  if (!world.switches.varied('handoff-registered-only') || grant === undefined) return;
  const registered = world.clients.find((client) => client.id === grant.clientId)?.redirectUri;
  if (redirectUri !== registered) throw invalid('redirectUri is not registered');
}

function makeCode(world: World, grant: AccessGrant | undefined, redirectUri: string): unknown {
  const { wrong, varied } = world.switches;
  const open = [...world.handoffs].filter(
    ([, one]) => one.redirectUri === redirectUri && world.now() < one.expiresAt - 20_000,
  );
  if (wrong('handoff/code-by-redirect-uri') && open[0] !== undefined) return open[0][0];
  const own = open.find(([, one]) => one.session === grant?.session);
  if (varied('handoff-code-repeated') && own !== undefined) return own[0];
  if (wrong('handoff/code-timestamp')) return `ho_${world.now()}`;
  if (varied('handoff-code-digits')) return Array.from({ length: 40 }, () => randomInt(10)).join('');
  if (wrong('handoff/code-missing')) return undefined;
  if (wrong('handoff/code-empty')) return '';
  if (wrong('handoff/code-number')) return randomInt(1_000_000_000);
  if (wrong('handoff/code-constant')) return 'ho_3q2wJ9mYt0kXbV7uR5nZcL1s';
  if (wrong('handoff/code-is-token')) return grant?.token;
  if (wrong('handoff/code-four-digits')) return String(randomInt(1000, 10_000));
  if (wrong('handoff/code-counter')) return `handoff-${100_000 + world.handoffs.size}`;
  if (wrong('handoff/code-holds-token')) return Buffer.from(`${grant?.token}:handoff`).toString('base64url');
  if (wrong('handoff/code-of-session')) {
    return `ho_${createHash('sha256').update(String(grant?.session.id)).digest('base64url')}`;
  }
  if (wrong('handoff/code-four-characters-differ'))
    return `ho_3q2wJ9mYt0kXbV7uR5nZcL1s${randomBytes(2).toString('hex')}`;
  if (wrong('handoff/code-is-session')) return grant?.session.id;
  if (world.switches.varied('handoff-code-jwt')) {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ purpose: 'handoff' })}.${randomBytes(64).toString('base64url')}`;
  }
  return `ho_${randomBytes(24).toString('base64url')}`;
}

/** POST /handoff/init: a code of 30 seconds with which a user moves to another application. */
export async function handleHandoff(world: World, incoming: Incoming): Promise<Reply> {
  const { wrong, varied } = world.switches;
  if (varied('handoff-body-first')) checkBodyFirst(world, incoming);
  const grant = await readGrant(world, incoming);
  if (varied('body-before-client')) checkBody(world, incoming);
  if (grant !== undefined) checkRole(world, grant, incoming);
  const redirectUri = checkBody(world, incoming);
  checkRegistered(world, grant, redirectUri);
  if (wrong('handoff/once-a-session') && [...world.handoffs.values()].some((one) => one.session === grant?.session)) {
    throw invalid('A hand-off is under way');
  }
  world.counters.handoffs += 1;
  if (wrong('handoff/fifth-500') && world.counters.handoffs % 5 === 0) throw new Crash('pool is exhausted');
  const ofClient = [...world.handoffs.values()].filter(
    (one) => one.session.clientId === grant?.clientId && one.session !== grant?.session,
  );
  if (wrong('handoff/one-at-a-time-per-client') && ofClient.some((one) => world.now() < one.expiresAt)) {
    throw invalid('A hand-off is under way');
  }
  const code = await finishHandoff(world, grant, makeCode(world, grant, redirectUri));
  if (grant !== undefined) {
    grant.usedAt = world.now();
    if (wrong('handoff/revokes-token')) grant.revokedAt ??= world.now();
    const expiresAt = world.now() + LIFETIME_SECONDS * 1000;
    world.handoffs.set(String(code), { session: grant.session, redirectUri, expiresAt });
  }
  if (wrong('handoff/redirects')) {
    const headers = { Location: `${redirectUri}?code=${code}` };
    return { kind: 'handoff', status: 302, headers };
  }
  const json: Record<string, unknown> = { [varied('handoff-code-field') ? 'handoffCode' : 'code']: code };
  if (varied('extra-members')) json.expiresIn = LIFETIME_SECONDS;
  return {
    kind: 'handoff',
    status: wrong('handoff/status-201') ? 201 : 200,
    headers: { 'Cache-Control': 'no-store' },
    json: addHandoffMembers(world, json, redirectUri),
  };
}
