import { CONTROL_TOKEN, DEFAULT_SCOPE } from './config.ts';
import { type Incoming, Refusal, type Reply } from './http.ts';
import { lifetimes } from './issuing.ts';
import { isObject, parseJson } from './json.ts';
import { manyKeys } from './products.ts';
import { keepOneCode } from './stores.ts';
import { spoilJwks } from './tokens.ts';
import type { World } from './world.ts';

function checkToken(world: World, incoming: Incoming): void {
  if (!world.switches.varied('control-token')) return;
  if (incoming.headers.authorization !== `Bearer ${CONTROL_TOKEN}`) {
    throw new Refusal(401, 'invalid_token', 'Control routes need their token', { 'WWW-Authenticate': 'Bearer' });
  }
}

function readObject(incoming: Incoming): Record<string, unknown> {
  const json = parseJson(incoming.body);
  if (!isObject(json)) throw new Refusal(400, 'invalid_request', 'Send a JSON object');
  return json;
}

function text(json: Record<string, unknown>, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw new Refusal(400, 'invalid_request', `${name} must be a string`);
  return value;
}

/** POST /__control/codes: an authorization code as if a user had agreed. */
export function handleCodes(world: World, incoming: Incoming): Reply {
  checkToken(world, incoming);
  const json = readObject(incoming);
  const client = world.clients.find((known) => known.id === text(json, 'client_id'));
  if (client === undefined) throw new Refusal(400, 'invalid_request', 'Unknown client');
  if ((json.code_challenge_method ?? 'S256') !== 'S256') throw new Refusal(400, 'invalid_request', 'S256 only');
  const value = world.secret('code');
  const asked = typeof json.scope === 'string' && json.scope !== '' ? json.scope : DEFAULT_SCOPE;
  const scope = world.switches.varied('scope-partly-granted') ? (asked.split(' ')[0] ?? asked) : asked;
  keepOneCode(world, client);
  world.codes.set(value, {
    value,
    clientId: client.id,
    redirectUri: text(json, 'redirect_uri'),
    challenge: text(json, 'code_challenge'),
    scope: [...new Set([...scope.split(' '), ...(world.switches.varied('scope-added') ? ['openid'] : [])])],
    expiresAt: world.now() + lifetimes(world).code * 1000,
    uses: 0,
    failures: 0,
    redirectFailures: 0,
    replays: 0,
  });
  return { kind: 'other', status: 201, headers: {}, json: { code: value } };
}

/** POST /__control/clock: moves the server's time forward. */
export function handleClock(world: World, incoming: Incoming): Reply {
  checkToken(world, incoming);
  const { advanceSeconds } = readObject(incoming);
  if (typeof advanceSeconds !== 'number') throw new Refusal(400, 'invalid_request', 'advanceSeconds must be a number');
  world.advance(advanceSeconds);
  return { kind: 'other', status: 204, headers: {} };
}

/** Keys of other kinds, as sets have them that serve several purposes. */
function strangers(world: World): Record<string, unknown>[] {
  if (!world.switches.varied('jwks-mixed')) return [];
  const { olderJwk } = world.keys;
  const point = { x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' };
  return [
    { ...olderJwk, kid: 'for-encryption', use: 'enc', alg: 'RSA-OAEP-256' },
    { kty: 'EC', crv: 'P-256', ...point, kid: 'elliptic', use: 'sig', alg: 'ES256' },
    {
      kty: 'OKP',
      crv: 'X448',
      x: 'mwj3zDG34-Z9ItWuoSEHSic70rg94Jxj-qc9LCLF2bvINmRyQdlT1AxbEtqIEg1TF3-A5TLEH6A',
      kid: 'odd',
    },
  ];
}

/** GET /.well-known/jwks.json: the public keys of access tokens (RFC 7517 5). */
export function handleJwks(world: World): Reply {
  const { wrong, varied } = world.switches;
  const { publicJwk, privateJwk, olderJwk, kid } = world.keys;
  let about: object = varied('bare-jwks') ? {} : { use: 'sig', alg: 'RS256' };
  if (varied('jwks-key-ops')) about = { key_ops: ['verify'], alg: 'RS256' };
  const named = (name: string) => ({ ...about, ...(varied('no-kid') ? {} : { kid: name }) });
  const current = { ...(wrong('access/jwks-private') ? privateJwk : publicJwk), ...named(kid) };
  const older = varied('two-keys') || varied('keys-alternate') ? [{ ...olderJwk, ...named('key-1') }] : [];
  const headers: Record<string, string> = varied('jwks-typed') ? { 'Content-Type': 'application/jwk-set+json' } : {};
  if (varied('jwks-alien-members')) {
    const alien = { ...current, iat: 1_700_000_000, status: 'active', 'x-owner': { team: 'auth' } };
    return { kind: 'other', status: 200, headers, json: { keys: [...older, alien], refresh_hint: 300, next: null } };
  }
  const json = spoilJwks(world, manyKeys(world, [...older, ...strangers(world), current]));
  return { kind: 'other', status: 200, headers, json };
}

/** GET /nonce: a nonce for one sign-in message, for five minutes. */
export function handleNonce(world: World): Reply {
  const nonce = world
    .secret('n')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 24);
  world.issuedNonces.set(nonce, world.now() + 300_000);
  return { kind: 'other', status: 200, headers: { 'Cache-Control': 'no-store' }, json: { nonce } };
}
