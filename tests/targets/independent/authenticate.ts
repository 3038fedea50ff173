import { randomUUID } from 'node:crypto';
import { endSession } from './access.ts';
import { authenticateClient, type Caller } from './clients.ts';
import type { Client } from './config.ts';
import { NO_STORE } from './errors.ts';
import type { Form } from './forms.ts';
import { Crash, type Incoming, Refusal, type Reply, splitContentType } from './http.ts';
import { issuePair } from './issuing.ts';
import { isObject, parseJson } from './json.ts';
import { SCOPES } from './scopes.ts';
import { formatSiwe } from './siwe.ts';
import { verifySiwe, WrongSignerError } from './siwe-checks.ts';
import type { Session, World } from './world.ts';

interface SignIn {
  readonly message: string;
  readonly signature: string;
  readonly sessionId: string | undefined;
}

const invalid = (text: string) => new Refusal(400, 'invalid_request', text);

function readJson(world: World, incoming: Incoming): Record<string, unknown> {
  const { wrong, varied } = world.switches;
  const { mediaType } = splitContentType(incoming.headers['content-type']);
  if (mediaType.toLowerCase() !== 'application/json') {
    throw new Refusal(varied('unsupported-media-415') ? 415 : 400, 'invalid_request', 'Send application/json');
  }
  let json: unknown;
  try {
    json = parseJson(incoming.body);
  } catch (error) {
    if (wrong('authenticate/broken-json-500')) throw new Crash('Unexpected token in JSON');
    throw error;
  }
  if (isObject(json)) return json;
  if (wrong('authenticate/odd-json-500')) throw new Crash("Cannot read properties of null (reading 'message')");
  throw invalid('Send a JSON object');
}

/** The credentials among the members, as if they had come in a form. */
function credentials(json: Record<string, unknown>): Form {
  const form: Form = { values: new Map(), empty: new Set() };
  for (const name of ['client_id', 'client_secret']) {
    const value = json[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw invalid(`${name} must be a string`);
    if (value === '') form.empty.add(name);
    else form.values.set(name, value);
  }
  return form;
}

function readMessage(world: World, json: Record<string, unknown>): string {
  const { wrong, varied } = world.switches;
  const name = varied('payload-field') ? 'payload' : 'message';
  const value = json[name];
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
  let { signature } = json;
  const sessionId = json.session_id ?? undefined;
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
  if (caller.client.role === 'whitelabel-customer' || wrong('authenticate/role-unchecked')) return;
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

function newSession(world: World, client: Client, wallet: string): Session {
  const session = { id: randomUUID(), clientId: client.id, account: `usr_${wallet.slice(2)}`, wallet };
  world.sessions.set(session.id, session);
  return session;
}

function mayContinue(world: World, session: Session, client: Client, wallet: string): boolean {
  const { wrong } = world.switches;
  const rightWallet =
    session.wallet === wallet ||
    (wrong('session/other-wallet') && session.wallet !== undefined) ||
    (wrong('session/code-session-open') && session.wallet === undefined);
  const rightClient =
    session.clientId === client.id ||
    wrong('session/other-client') ||
    (wrong('authenticate/role-unchecked-continuing') && client.role === 'third-party');
  return rightWallet && rightClient;
}

/** The session to continue: one of this wallet and this client that is alive. */
function continueSession(world: World, id: string, client: Client, wallet: string): Session {
  const { wrong, varied } = world.switches;
  const session = world.sessions.get(id);
  const refusal = new Refusal(403, 'invalid_grant', 'This session cannot be continued');
  if (session === undefined) {
    if (varied('unknown-session-new')) return newSession(world, client, wallet);
    if (varied('unknown-session-404')) throw new Refusal(404, 'invalid_grant', 'There is no such session');
    throw refusal;
  }
  if (!mayContinue(world, session, client, wallet)) {
    if (wrong('session/refused-yet-ended')) endSession(world, session);
    throw refusal;
  }
  const seen = `continued ${session.id}`;
  if (wrong('session/continued-once') && world.refusedOnce.has(seen)) throw refusal;
  world.refusedOnce.add(seen);
  if (world.dead(session)) {
    if (!wrong('revoke/session-continuable')) throw refusal;
    delete session.revokedAt;
  }
  return session;
}

/** What continuing a session ends of it, in some lawful servers. */
function endEarlier(world: World, session: Session): void {
  const { varied } = world.switches;
  const now = world.now();
  if (varied('continuing-rotates')) {
    for (const grant of world.refresh.values()) if (grant.session === session) grant.revokedAt ??= now;
  }
  if (varied('continuing-ends-access')) {
    for (const grant of world.access.values()) if (grant.session === session) grant.revokedAt ??= now;
  }
}

const GRANTED = ['account', 'connections'];

/** A refusal with a token pair beside it: what one of the mistakes sends. */
async function withTokens(world: World, client: Client, refusal: unknown): Promise<unknown> {
  const isMistake = world.switches.wrong('authenticate/failure-with-tokens');
  if (!(refusal instanceof WrongSignerError) || !isMistake) return refusal;
  const session = newSession(world, client, refusal.wallet);
  const pair = await issuePair(world, { session, client, origin: 'authenticate', scope: GRANTED });
  return new Refusal(refusal.status, refusal.code, refusal.message, {}, pair);
}

/** POST /authenticate: a signed message for a token pair, in a new session or one to continue. */
export async function handleAuthenticate(world: World, incoming: Incoming): Promise<Reply> {
  const { wrong, varied } = world.switches;
  const json = readJson(world, incoming);
  const early = varied('body-before-client') ? readSignIn(world, json) : undefined;
  const caller = authenticateClient(world, incoming, credentials(json), 'authenticate');
  checkRole(world, caller, typeof json.session_id === 'string');
  const { message, signature, sessionId } = early ?? readSignIn(world, json);
  let wallet: string;
  try {
    const isPublic = caller.client.secret === undefined;
    wallet = await verifySiwe(world, message, signature, { continuing: sessionId !== undefined, isPublic });
  } catch (error) {
    throw await withTokens(world, caller.client, error);
  }
  world.knownWallets.add(wallet);
  if (wrong('session/sign-in-revives')) {
    for (const old of world.sessions.values()) if (old.wallet === wallet) delete old.revokedAt;
  }
  const continued = sessionId === undefined ? undefined : continueSession(world, sessionId, caller.client, wallet);
  if (continued !== undefined) endEarlier(world, continued);
  const session = continued ?? newSession(world, caller.client, wallet);
  const origin = continued === undefined ? 'authenticate' : 'continue';
  const scope = varied('authenticate-all-scopes') ? SCOPES.map(({ name }) => name) : GRANTED;
  const pair = await issuePair(world, { session, client: caller.client, origin, scope });
  const shownId = continued !== undefined && wrong('session/other-id') ? randomUUID() : session.id;
  const idMember = wrong('authenticate/session-id-camel') ? { sessionId: shownId } : { session_id: shownId };
  const members = wrong('authenticate/no-session-id') ? {} : idMember;
  const status = wrong('authenticate/status-201') ? 201 : 200;
  return { kind: 'pair', status, headers: { ...NO_STORE }, json: { ...pair, ...members } };
}
