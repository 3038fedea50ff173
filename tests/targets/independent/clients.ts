import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client } from './config.ts';
import { believedClient, overlooksBasic } from './forgotten.ts';
import type { Form } from './forms.ts';
import { Crash, type Incoming, Refusal } from './http.ts';
import { secretSpared } from './records.ts';
import type { World } from './world.ts';

/** What the client is calling for; some servers treat these differently. */
export type Purpose = 'code' | 'refresh' | 'revoke' | 'authenticate';

/** The client that is calling, and how it said so. */
export interface Caller {
  readonly client: Client;
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** A wrong secret that a mistake lets pass until the work is done. */
  readonly refuseAfterwards?: Refusal;
}

interface Credentials {
  readonly id: string;
  readonly secret: string | undefined;
}

/** Header of a 401 that tells how to authenticate (RFC 6749 5.2, RFC 9110 11.6.1). */
function challenge(world: World): Record<string, string> {
  const { wrong, varied } = world.switches;
  if (wrong('client/failure-without-challenge')) return {};
  if (wrong('client/failure-bearer-challenge')) return { 'WWW-Authenticate': 'Bearer realm="auth"' };
  if (wrong('client/challenge-without-realm')) return { 'WWW-Authenticate': 'Basic' };
  if (wrong('client/challenge-malformed')) return { 'WWW-Authenticate': 'Basic realm=auth server, charset=UTF-8' };
  if (wrong('client/challenge-charset')) {
    return { 'WWW-Authenticate': 'Basic realm="auth", charset="ISO-8859-1"' };
  }
  if (varied('challenge-quoted')) {
    return { 'WWW-Authenticate': 'Basic realm="auth, \\"main\\" desk = 1", charset="UTF-8"' };
  }
  const basic = `${varied('challenge-lower-case') ? 'basic' : 'Basic'} realm="auth", charset="UTF-8"`;
  return { 'WWW-Authenticate': varied('several-challenges') ? `Negotiate, ${basic}, DPoP algs="ES256"` : basic };
}

function failure(
  world: World,
  reason: 'unknown' | 'secret' | 'missing' | 'absent',
  viaBasic: boolean,
  purpose: Purpose,
  expected = '',
): Refusal {
  const { wrong, varied } = world.switches;
  const tellsSecret = wrong('errors/expected-secret-shown') && reason === 'secret';
  const text = tellsSecret ? `expected ${expected}` : 'Client authentication failed';
  if (wrong('client/unknown-500') && reason === 'unknown')
    throw new Crash("Cannot read properties of null (reading 'secret')");
  if (wrong('client/unknown-404') && reason === 'unknown') return new Refusal(404, 'invalid_client', 'No such client');
  if (reason === 'absent' && varied('missing-client-invalid-request')) {
    return new Refusal(400, 'invalid_request', 'client_id is required');
  }
  if (wrong('client/failure-302')) return new Refusal(302, 'invalid_client', text, { Location: '/login' });
  if (wrong('client/failure-200')) return new Refusal(200, 'invalid_client', text);
  if (wrong('client/failure-403')) return new Refusal(403, 'invalid_client', text);
  if ((wrong('client/failure-400') || (wrong('client/failure-400-at-revoke') && purpose === 'revoke')) && viaBasic)
    return new Refusal(400, 'invalid_client', text);
  let code = 'invalid_client';
  if (wrong('client/failure-unauthorized-client') && reason === 'secret') code = 'unauthorized_client';
  if (wrong('client/failure-invalid-request') && reason === 'unknown') code = 'invalid_request';
  if (wrong('client/failure-invalid-grant') && reason === 'secret') code = 'invalid_grant';
  if (varied('body-client-400') && !viaBasic) return new Refusal(400, code, text);
  const isSilent =
    (wrong('client/no-challenge-for-unknown') && reason === 'unknown') ||
    (wrong('client/no-challenge-over-post') && !viaBasic);
  return new Refusal(401, code, text, isSilent ? {} : challenge(world));
}

function decodeCredential(text: string, world: World): string {
  if (world.switches.wrong('client/basic-not-decoded')) return text;
  if (world.switches.wrong('client/basic-hex-upper-only')) {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9A-F]{2})/g, '%25'));
  }
  if (world.switches.wrong('client/basic-plus-kept')) return decodeURIComponent(text);
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Credentials of an Authorization header (RFC 7617, form-encoded as RFC 6749 2.3.1 says). */
function readBasic(world: World, header: string | undefined, purpose: Purpose): Credentials | undefined {
  const { wrong, varied } = world.switches;
  if (header === undefined || wrong('client/basic-unsupported') || overlooksBasic(world, purpose)) return undefined;
  if (wrong('client/bearer-500') && /^bearer /i.test(header)) throw new Crash('credentials is undefined');
  if (wrong('client/basic-unsupported-at-revoke') && purpose === 'revoke') return undefined;
  const pattern = wrong('client/basic-two-spaces') ? /^(\S+) (\S+) *$/ : /^(\S+) +(\S+) *$/;
  const [, scheme = '', encoded = ''] = pattern.exec(header) ?? [];
  const isBasic = wrong('client/basic-scheme-case') ? scheme === 'Basic' : scheme.toLowerCase() === 'basic';
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (wrong('client/basic-without-colon') && isBasic && colon < 0) return { id: decoded, secret: undefined };
  if (!isBasic || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded) || colon < 0) {
    if (wrong('client/broken-basic-500')) throw new Crash("Cannot read properties of undefined (reading 'split')");
    if (varied('broken-basic-400')) throw new Refusal(400, 'invalid_request', 'The Authorization header is malformed');
    throw failure(world, 'missing', true, purpose);
  }
  if (wrong('client/basic-decoded-before-split')) {
    const [id = '', ...rest] = decodeURIComponent(decoded.replaceAll('+', ' ')).split(':');
    return { id, secret: rest.join(':') };
  }
  const secret = wrong('client/basic-split-colon') ? (decoded.split(':')[1] ?? '') : decoded.slice(colon + 1);
  try {
    return { id: decodeCredential(decoded.slice(0, colon), world), secret: decodeCredential(secret, world) };
  } catch {
    if (wrong('client/basic-percent-500')) throw new Crash('URI malformed');
    throw failure(world, 'unknown', true, purpose);
  }
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether a public caller of a confidential client is let through, which is always a mistake. */
function mayOmitSecret(world: World, client: Client, purpose: Purpose): boolean {
  const { wrong } = world.switches;
  return (
    wrong('client/confidential-without-secret') ||
    (wrong('client/pkce-instead-of-secret') && purpose === 'code') ||
    (wrong('client/confidential-without-secret-at-revoke') && purpose === 'revoke') ||
    (wrong('client/confidential-without-secret-at-refresh') && purpose === 'refresh') ||
    (wrong('client/confidential-without-secret-at-authenticate') && purpose === 'authenticate') ||
    (wrong('client/third-party-without-secret') && client.role === 'third-party')
  );
}

function isUnchecked(world: World, client: Client, viaBasic: boolean, purpose: Purpose): boolean {
  const { wrong } = world.switches;
  return (
    (wrong('client/basic-secret-unchecked') && viaBasic) ||
    (wrong('client/post-secret-unchecked') && !viaBasic) ||
    (wrong('client/basic-secret-unchecked-at-revoke') && viaBasic && purpose === 'revoke') ||
    (wrong('client/post-secret-unchecked-at-refresh') && !viaBasic && purpose === 'refresh') ||
    (wrong('client/post-secret-unchecked-at-authenticate') && !viaBasic && purpose === 'authenticate') ||
    (wrong('client/third-party-secret-unchecked') && client.role === 'third-party') ||
    (wrong('client/secret-unchecked-at-revoke') && purpose === 'revoke') ||
    (wrong('client/secret-unchecked-at-authenticate') && purpose === 'authenticate') ||
    (wrong('client/secret-unchecked-at-code') && purpose === 'code') ||
    (wrong('client/secret-unchecked-at-refresh') && purpose === 'refresh')
  );
}

function matchesLoosely(world: World, known: string, given: string): boolean {
  const { wrong } = world.switches;
  if (wrong('client/secret-empty-passes') && given === '') return true;
  if (given === '') return false;
  return (
    (wrong('client/secret-72-bytes') && given.length > 72 && given.slice(0, 72) === known.slice(0, 72)) ||
    (wrong('client/secret-hash-taken') && createHash('sha256').update(known).digest('hex') === given) ||
    (wrong('client/secret-nul') && given.split('\0')[0] === known) ||
    (wrong('client/secret-normalised') && given.normalize('NFKC') === known) ||
    (wrong('client/secret-prefix') && known.startsWith(given)) ||
    (wrong('client/secret-longer') && given.startsWith(known)) ||
    (wrong('client/secret-case') && given.toLowerCase() === known.toLowerCase()) ||
    (wrong('client/secret-trimmed') && given.trim() === known) ||
    (wrong('client/secret-eight-characters') && given.slice(0, 8) === known.slice(0, 8)) ||
    (wrong('client/secret-of-another') && world.clients.some((other) => other.secret === given))
  );
}

function secretIsRight(world: World, client: Client, given: string | undefined, viaBasic: boolean, purpose: Purpose) {
  const { wrong, varied } = world.switches;
  if (client.secret === undefined) {
    if (viaBasic) return given === '' && varied('public-basic');
    return given === undefined || varied('public-secret-ignored');
  }
  if (wrong('client/basic-empty-secret') && viaBasic && given === '') return true;
  if (wrong('client/long-secret-500') && (given ?? '').length > 72) throw new Crash('data must be 72 bytes at most');
  if (secretSpared(world, client.id, given)) return true;
  if (given === undefined) {
    return mayOmitSecret(world, client, purpose) || (viaBasic && wrong('client/basic-without-colon'));
  }
  if (same(client.secret, given)) {
    world.recentSuccess.set(client.id, world.now());
    return true;
  }
  if (isUnchecked(world, client, viaBasic, purpose) || matchesLoosely(world, client.secret, given)) return true;
  const last = world.recentSuccess.get(client.id);
  return wrong('client/secret-cached') && last !== undefined && world.now() - last < 5000;
}

function verify(world: World, credentials: Credentials, viaBasic: boolean, purpose: Purpose): Client | Refusal {
  const bySecret = world.clients.find(({ secret }) => secret !== undefined && secret === credentials.secret);
  const found = world.switches.wrong('client/found-by-secret') ? bySecret : undefined;
  const client = world.client(credentials.id) ?? found;
  if (client === undefined) return failure(world, 'unknown', viaBasic, purpose);
  const right = secretIsRight(world, client, credentials.secret, viaBasic, purpose);
  const failedAt = world.recentFailure.get(client.id);
  if (!right) world.recentFailure.set(client.id, world.now());
  const isBarred = world.switches.wrong('client/failure-cached') && failedAt !== undefined;
  if (right && !(isBarred && world.now() - failedAt < 5000)) {
    world.lastCaller = client;
    return client;
  }
  return failure(world, credentials.secret === undefined ? 'missing' : 'secret', viaBasic, purpose, client.secret);
}

/** RFC 6749 2.3: one method a request, and one client. */
function refuseMixture(world: World, basic: Credentials, { id, secret }: Partial<Credentials>, purpose: Purpose): void {
  const { wrong, varied } = world.switches;
  const anyMixture =
    wrong('client/two-methods') ||
    wrong('client/basic-falls-back') ||
    (wrong('client/two-methods-at-revoke') && purpose === 'revoke') ||
    (wrong('client/two-methods-at-refresh') && purpose === 'refresh') ||
    (wrong('client/two-methods-at-authenticate') && purpose === 'authenticate');
  if (id !== undefined && wrong('client/basic-with-id-refused')) {
    throw new Refusal(400, 'invalid_request', 'client_id is in the Authorization header already');
  }
  const equal = secret === basic.secret && (id === undefined || id === basic.id);
  if (secret !== undefined && !anyMixture && !(equal && wrong('client/two-methods-when-equal'))) {
    if (varied('two-methods-401')) throw failure(world, 'secret', true, purpose);
    throw new Refusal(400, 'invalid_request', 'Use one method of client authentication');
  }
  if (id !== undefined && id !== basic.id && !anyMixture && !wrong('client/body-id-wins')) {
    throw new Refusal(400, 'invalid_request', 'client_id differs from the Authorization header');
  }
}

function callerWithoutId(world: World, form: Form, purpose: Purpose): Client | undefined {
  const { wrong } = world.switches;
  const owner = (id: string | undefined) => world.clients.find((client) => client.id === id);
  if (wrong('client/id-optional-at-revoke') && purpose === 'revoke') {
    const token = form.values.get('token') ?? '';
    return owner((world.refresh.get(token) ?? world.access.get(token))?.clientId) ?? world.clients[0];
  }
  if (wrong('client/id-optional-at-refresh') && purpose === 'refresh') {
    return owner(world.refresh.get(form.values.get('refresh_token') ?? '')?.clientId);
  }
  if (wrong('client/id-optional-at-code') && purpose === 'code') {
    return owner(world.codes.get(form.values.get('code') ?? '')?.clientId);
  }
  return wrong('client/id-optional-at-authenticate') && purpose === 'authenticate' ? world.clients[0] : undefined;
}

/** Who is calling. Throws `invalid_client`, or `invalid_request` for two methods at once (RFC 6749 2.3, 3.2.1). */
export function authenticateClient(world: World, incoming: Incoming, form: Form, purpose: Purpose): Caller {
  const { wrong } = world.switches;
  const bearer = /^bearer (\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
  if (wrong('client/bearer-taken-at-revoke') && purpose === 'revoke' && world.access.has(bearer)) {
    const owner = world.client(world.access.get(bearer)?.clientId ?? '');
    if (owner !== undefined) return { client: owner, method: 'none' };
  }
  const believed = believedClient(world, incoming, form);
  if (believed !== undefined) return { client: believed, method: 'none' };
  const basic = readBasic(world, incoming.headers.authorization, purpose);
  const fromQuery = (name: string) =>
    wrong('client/query-credentials') ? (incoming.query.get(name) ?? undefined) : undefined;
  const id = form.values.get('client_id') ?? fromQuery('client_id');
  const emptyPasses = wrong('client/secret-empty-passes') && form.empty.has('client_secret');
  let secret = form.values.get('client_secret') ?? fromQuery('client_secret') ?? (emptyPasses ? '' : undefined);
  if (wrong('client/post-decoded-twice') && secret !== undefined)
    secret = new URLSearchParams(`s=${secret}`).get('s') ?? '';

  if (basic !== undefined) {
    refuseMixture(
      world,
      basic,
      { ...(id === undefined ? {} : { id }), ...(secret === undefined ? {} : { secret }) },
      purpose,
    );
    const verified = verify(world, basic, true, purpose);
    if (!(verified instanceof Refusal)) {
      const acting = wrong('client/body-id-wins') && id !== undefined ? world.client(id) : verified;
      return { client: acting ?? verified, method: 'client_secret_basic' };
    }
    const known = world.client(basic.id);
    if (wrong('revoke/bad-secret-yet-done') && purpose === 'revoke' && known !== undefined) {
      return { client: known, method: 'client_secret_basic', refuseAfterwards: verified };
    }
    if (!wrong('client/basic-falls-back') || id === undefined) throw verified;
  }
  if (id === undefined) {
    const guessed = callerWithoutId(world, form, purpose);
    if (guessed !== undefined) return { client: guessed, method: 'none' };
    throw failure(world, 'absent', false, purpose);
  }
  const verified = verify(world, { id, secret }, false, purpose);
  const known = world.client(id);
  if (verified instanceof Refusal) {
    if (wrong('revoke/bad-secret-yet-done') && purpose === 'revoke' && known !== undefined) {
      return { client: known, method: 'client_secret_post', refuseAfterwards: verified };
    }
    throw verified;
  }
  const isPublic = verified.secret === undefined;
  if (isPublic && wrong('client/public-empty-secret-refused') && form.empty.has('client_secret')) {
    throw failure(world, 'secret', false, purpose);
  }
  if (!isPublic && wrong('client/post-unsupported')) throw failure(world, 'missing', false, purpose);
  if (isPublic && wrong('client/public-refused-at-revoke') && purpose === 'revoke') {
    throw failure(world, 'missing', false, purpose);
  }
  if (isPublic && wrong('client/public-refused-at-authenticate') && purpose === 'authenticate') {
    throw failure(world, 'missing', false, purpose);
  }
  return { client: verified, method: secret === undefined ? 'none' : 'client_secret_post' };
}
