import { randomUUID } from 'node:crypto';
import { authenticateClient, type Caller } from './clients.ts';
import type { Client } from './config.ts';
import { clientOfWallet, endSessionsOf, spoilSignIn } from './crossing.ts';
import { NO_STORE } from './errors.ts';
import type { Form } from './forms.ts';
import { Crash, claim, type Incoming, Refusal, type Reply, splitContentType } from './http.ts';
import { issuePair } from './issuing.ts';
import { isObject, parseJson } from './json.ts';
import { allowedByPath, keepDecision } from './later.ts';
import { SCOPES } from './scopes.ts';
import { ANY_SESSION, beginSession, continueSession, endEarlier, newSession } from './sessions.ts';
import { formatSiwe } from './siwe.ts';
import { verifySiwe, WrongSignerError } from './siwe-checks.ts';
import { insertUser } from './stores.ts';
import type { Session, World } from './world.ts';

interface SignIn {
  readonly message: string;
  readonly signature: string;
  readonly sessionId: string | undefined;
}

const invalid = (text: string) => new Refusal(400, 'invalid_request', text);

function readJson(world: World, incoming: Incoming): Record<string, unknown> {
  const { wrong, varied } = world.switches;
  if (incoming.method === 'GET') return Object.fromEntries(incoming.query);
  const { mediaType, parameters } = splitContentType(incoming.headers['content-type']);
  const isRefused = wrong('authenticate/charset-refused') && parameters !== '';
  const isForm = varied('form-at-authenticate') && mediaType.toLowerCase() === 'application/x-www-form-urlencoded';
  if (isRefused || (mediaType.toLowerCase() !== 'application/json' && !isForm)) {
    throw new Refusal(varied('unsupported-media-415') ? 415 : 400, 'invalid_request', 'Send application/json');
  }
  let json: unknown;
  try {
    json = isForm ? Object.fromEntries(new URLSearchParams(incoming.body.toString('utf8'))) : parseJson(incoming.body);
  } catch (error) {
    if (wrong('authenticate/broken-json-500')) throw new Crash('Unexpected token in JSON');
    throw error;
  }
  if (isObject(json)) {
    const known = ['message', 'signature', 'session_id', 'client_id', 'client_secret'];
    if (varied('unknown-members-refused') && Object.keys(json).some((name) => !known.includes(name))) {
      throw invalid('A member should not exist');
    }
    return json;
  }
  if (wrong('authenticate/odd-json-500')) throw new Crash("Cannot read properties of null (reading 'message')");
  throw invalid('Send a JSON object');
}

/** The credentials among the members, as if they had come in a form. */
function credentials(world: World, json: Record<string, unknown>): Form {
  const { wrong } = world.switches;
  const form: Form = { values: new Map(), empty: new Set() };
  for (const name of ['client_id', 'client_secret']) {
    let value = json[name];
    if (name === 'client_id' && wrong('client/id-array') && Array.isArray(value)) [value] = value;
    if (name === 'client_secret' && wrong('client/secret-operator') && isObject(value) && '$ne' in value) {
      value = world.client(form.values.get('client_id') ?? '')?.secret;
    }
    if (name === 'client_secret' && value === null && wrong('client/secret-null-passes')) {
      value = world.client(form.values.get('client_id') ?? '')?.secret;
    }
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') {
      if (wrong('authenticate/credentials-type-500')) throw new Crash('clientId.trim is not a function');
      throw invalid(`${name} must be a string`);
    }
    if (value === '') form.empty.add(name);
    else form.values.set(name, value);
  }
  return form;
}

/** The only entry of an array, where a mistake takes that for its entry. */
function unwrapped(world: World, value: unknown): unknown {
  const isOne = Array.isArray(value) && value.length === 1;
  return isOne && world.switches.wrong('authenticate/arrays-coerced') ? value[0] : value;
}

function readMessage(world: World, json: Record<string, unknown>): string {
  const { wrong, varied } = world.switches;
  const name = varied('payload-field') ? 'payload' : 'message';
  const value = unwrapped(world, json[name]);
  if (varied('siwe-object')) {
    if (!isObject(value)) throw invalid(`${name} must be an object`);
    return formatSiwe(value);
  }
  if (typeof value !== 'string' || value === '') {
    if (wrong('authenticate/odd-members-500') && value !== undefined)
      throw new Crash('message.split is not a function');
    throw invalid(`${name} must be a non-empty string`);
  }
  return varied('siwe-base64') ? Buffer.from(value, 'base64').toString('utf8') : value;
}

function readSignIn(world: World, json: Record<string, unknown>): SignIn {
  const { wrong } = world.switches;
  const message = readMessage(world, json);
  let signature = unwrapped(world, json.signature);
  if (json.session_id === null && wrong('session/null-500')) throw new Crash('sessionId is null');
  let sessionId = json.session_id ?? undefined;
  if (sessionId === '' && world.switches.varied('empty-session-id-new')) sessionId = undefined;
  if (isObject(sessionId) && '$ne' in sessionId && wrong('session/id-operator')) sessionId = ANY_SESSION;
  if (signature === undefined && wrong('siwe/signature-missing-passes')) signature = '';
  if (typeof signature !== 'string' || (signature === '' && !wrong('siwe/signature-missing-passes'))) {
    if (wrong('authenticate/odd-members-500') && signature !== undefined)
      throw new Crash('signature.slice is not a function');
    throw invalid('signature must be a non-empty string');
  }
  if (sessionId !== undefined && typeof sessionId !== 'string') {
    if (wrong('session/id-type-500')) throw new Crash('sessionId.trim is not a function');
    throw invalid('session_id must be a string');
  }
  return { message, signature, sessionId: wrong('session/id-ignored') ? undefined : sessionId };
}

/** Only whitelabel customers' clients may authenticate users. */
function checkRole(world: World, caller: Caller, continuing: boolean): void {
  const { wrong, varied } = world.switches;
  if (caller.client.role === 'whitelabel-customer') {
    keepDecision(world, 'authenticate');
    return;
  }
  if (wrong('authenticate/role-unchecked') || allowedByPath(world, 'authenticate')) return;
  if (wrong('authenticate/role-unchecked-post') && caller.method === 'client_secret_post') return;
  if (wrong('authenticate/role-unchecked-continuing') && continuing) return;
  const text = 'This client may not authenticate users';
  const authorize = { 'WWW-Authenticate': 'Basic realm="auth"' };
  if (wrong('authenticate/role-200-error')) throw new Refusal(200, 'unauthorized_client', text);
  if (wrong('authenticate/role-404')) throw new Refusal(404, 'unauthorized_client', text);
  if (varied('role-401')) throw new Refusal(401, 'unauthorized_client', text, authorize);
  if (varied('role-400')) throw new Refusal(400, 'unauthorized_client', `unauthorized_client: ${text}`);
  throw new Refusal(403, 'unauthorized_client', text);
}

const GRANTED = ['account', 'connections'];

/** A refusal with a token pair beside it: what one of the mistakes sends. */
async function withTokens(world: World, client: Client, refusal: unknown): Promise<unknown> {
  const isMistake = world.switches.wrong('authenticate/failure-with-tokens');
  if (!(refusal instanceof WrongSignerError) || !isMistake) return refusal;
  return await withPair(world, client, refusal, newSession(world, client, refusal.wallet));
}

async function withPair(world: World, client: Client, refusal: unknown, session: Session): Promise<unknown> {
  if (!(refusal instanceof Refusal)) return refusal;
  const pair = await issuePair(world, { session, client, origin: 'authenticate', scope: GRANTED });
  return new Refusal(refusal.status, refusal.code, refusal.message, refusal.headers, pair);
}

/** POST /authenticate: a signed message for a token pair, in a new session or one to continue. */
export async function handleAuthenticate(world: World, incoming: Incoming): Promise<Reply> {
  const { wrong, varied } = world.switches;
  const json = readJson(world, incoming);
  const early = varied('body-before-client') ? readSignIn(world, json) : undefined;
  const caller = authenticateClient(world, incoming, credentials(world, json), 'authenticate');
  const known = /0x[0-9a-f]{40}/i.exec(incoming.body.toString())?.[0].toLowerCase() ?? '';
  const isKnown = wrong('authenticate/role-unchecked-known-wallet') && world.knownWallets.has(known);
  if (wrong('authenticate/role-refused-yet-sessions-ended') && caller.client.role === 'third-party') {
    endSessionsOf(world, known);
  }
  try {
    if (!isKnown) checkRole(world, caller, typeof json.session_id === 'string');
  } catch (refusal) {
    if (!wrong('authenticate/role-403-with-tokens')) throw refusal;
    throw await withPair(world, caller.client, refusal, newSession(world, caller.client, known));
  }
  const { message, signature, sessionId } = early ?? readSignIn(world, json);
  let wallet: string;
  try {
    const isPublic = caller.client.secret === undefined;
    const clientId = caller.client.id;
    const sessionWallet = world.sessions.get(sessionId ?? '')?.wallet;
    const continuing = sessionId !== undefined;
    const { headers } = incoming;
    const named = String(json.address).toLowerCase();
    const context = { continuing, isPublic, clientId, sessionWallet, headers, named };
    wallet = await verifySiwe(world, message, signature, context);
  } catch (error) {
    const isForged = error instanceof WrongSignerError;
    if (wrong('authenticate/refused-yet-sessions-ended') && isForged) endSessionsOf(world, error.wallet);
    throw await withTokens(world, caller.client, error);
  }
  if (wrong('authenticate/first-sign-in-race-500') && !world.knownWallets.has(wallet)) await claim(world, wallet);
  insertUser(world, caller.client, wallet, sessionId !== undefined);
  world.knownWallets.add(wallet);
  const client = await clientOfWallet(world, caller.client, wallet);
  if (wrong('session/sign-in-revives')) {
    for (const old of world.sessions.values()) if (old.wallet === wallet) delete old.revokedAt;
  }
  let continued: Session | undefined;
  try {
    if (sessionId !== undefined) continued = continueSession(world, sessionId, client, wallet);
  } catch (refusal) {
    const session = world.sessions.get(sessionId ?? '');
    if (!wrong('session/refused-yet-tokens') || session === undefined) throw refusal;
    throw await withPair(world, client, refusal, session);
  }
  if (continued !== undefined) endEarlier(world, continued);
  if (continued !== undefined && wrong('session/continuing-revives-spent')) {
    for (const grant of world.refresh.values()) if (grant.session === continued) delete grant.spentAt;
  }
  const session = continued ?? (await beginSession(world, client, wallet));
  const origin = continued === undefined ? 'authenticate' : 'continue';
  const all = varied('authenticate-all-scopes') ? SCOPES.map(({ name }) => name) : GRANTED;
  const scope = varied('authenticate-one-scope') ? all.slice(0, 1) : all;
  const granted = wrong('authenticate/scope-unlisted') ? [...scope, 'wallet'] : scope;
  const pair = await issuePair(world, { session, client, origin, scope: granted });
  await spoilSignIn(world, session, pair, continued !== undefined);
  const shownId = continued !== undefined && wrong('session/other-id') ? randomUUID() : session.id;
  const idMember = wrong('authenticate/session-id-camel')
    ? { sessionId: shownId }
    : {
        session_id: wrong('session/id-number') ? Number(shownId) : wrong('session/id-empty') ? '' : shownId,
      };
  if (varied('authenticate-no-scope')) delete pair.scope;
  const isLeftOut = wrong('session/id-missing-when-continued') && continued !== undefined;
  const members = wrong('authenticate/no-session-id') || isLeftOut ? {} : idMember;
  const status = wrong('authenticate/status-201') ? 201 : 200;
  const headers = wrong('answer/continuing-cacheable') && continued !== undefined ? {} : { ...NO_STORE };
  return { kind: 'pair', status, headers, json: { ...pair, ...members } };
}
