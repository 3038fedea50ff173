import { randomUUID } from 'node:crypto';
import { authenticateClient, type Caller, type Purpose } from './clients.ts';
import { exchangeCode } from './code-grant.ts';
import { NO_STORE } from './errors.ts';
import { type Form, readForm } from './forms.ts';
import { Crash, type Incoming, Refusal, type Reply } from './http.ts';
import { issuePair } from './issuing.ts';
import { isObject } from './json.ts';
import { refuseRole, resolveOperators, throughGlobal } from './records.ts';
import { refreshPair } from './refresh-grant.ts';
import { remint } from './tokens.ts';
import type { World } from './world.ts';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'password'
  | typeof TOKEN_EXCHANGE
  | typeof JWT_BEARER;

function readGrantType(world: World, form: Form): GrantType {
  const { wrong } = world.switches;
  let given = form.values.get('grant_type');
  if (wrong('grant/case')) given = given?.toLowerCase();
  if (given === undefined && wrong('grant/missing-guessed')) {
    given = form.values.has('code')
      ? 'authorization_code'
      : form.values.has('refresh_token')
        ? 'refresh_token'
        : undefined;
  }
  if (given === undefined) {
    const code = world.switches.varied('missing-grant-unsupported') ? 'unsupported_grant_type' : 'invalid_request';
    throw new Refusal(400, code, 'grant_type is required');
  }
  if (wrong('grant/prefix')) {
    if (given.startsWith('authorization_code')) return 'authorization_code';
    if (given.startsWith('refresh_token')) return 'refresh_token';
  }
  if (wrong('grant/by-parameter') && form.values.has('refresh_token')) return 'refresh_token';
  if (given === 'authorization_code' || given === 'refresh_token') return given;
  if (given === 'client_credentials' && wrong('grant/client-credentials')) return given;
  if (given === 'password' && wrong('grant/password')) return given;
  if (given === JWT_BEARER && wrong('grant/jwt-bearer')) return given;
  if (given === TOKEN_EXCHANGE && wrong('grant/token-exchange')) return given;
  if (wrong('grant/unknown-500')) throw new Crash('No handler for grant');
  const code = wrong('grant/unknown-invalid-request')
    ? 'invalid_request'
    : wrong('grant/unknown-invalid-grant')
      ? 'invalid_grant'
      : wrong('grant/unknown-unauthorized-client')
        ? 'unauthorized_client'
        : 'unsupported_grant_type';
  const text = 'This grant type is not supported';
  throw new Refusal(400, code, wrong('errors/grant-type-echoed') ? `${text}: ${given}` : text);
}

/** Which parameters a grant cannot do without. */
function requireParameters(world: World, form: Form, grant: GrantType, caller?: Caller): void {
  const { wrong } = world.switches;
  const missing = (name: string, code = 'invalid_request') => {
    if (!form.values.has(name)) throw new Refusal(400, code, `${name} is required`);
  };
  if (grant === 'authorization_code') {
    missing('code', wrong('code/missing-invalid-grant') ? 'invalid_grant' : 'invalid_request');
    const isEmpty = wrong('redirect/empty-passes') && form.empty.has('redirect_uri');
    const mayOmit = wrong('redirect/optional-third-party') && caller?.client.role !== 'whitelabel-customer';
    if (!wrong('redirect/optional') && !isEmpty && !mayOmit) missing('redirect_uri');
  }
  if (grant === 'refresh_token') {
    if (!wrong('refresh/missing-finds-any'))
      missing('refresh_token', wrong('refresh/missing-invalid-grant') ? 'invalid_grant' : 'invalid_request');
    if (wrong('refresh/needs-redirect-uri')) missing('redirect_uri');
  }
}

/** Tells of an unknown code or refresh token before it looks at who is calling, as some lawful servers do. */
function refuseUnknown(world: World, form: Form): void {
  const [code, token] = [form.values.get('code'), form.values.get('refresh_token')];
  const isUnknown =
    (code !== undefined && !world.codes.has(code)) || (token !== undefined && !world.refresh.has(token));
  if (isUnknown) throw new Refusal(400, 'invalid_grant', 'There is no such grant');
}

/** The subject that an assertion names, believed without a look at its signature. */
function assertedSubject(form: Form): string {
  const body = form.values.get('assertion')?.split('.')[1] ?? '';
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    if (isObject(claims) && typeof claims.sub === 'string') return claims.sub;
  } catch {
    // no JSON: refused below
  }
  throw new Refusal(400, 'invalid_grant', 'The assertion is no JWT');
}

async function carryOut(world: World, form: Form, grant: GrantType, caller: Caller): Promise<Record<string, unknown>> {
  if (grant === 'authorization_code') return await exchangeCode(world, form, caller);
  if (grant === 'refresh_token') return await refreshPair(world, form, caller);
  const given = grant === TOKEN_EXCHANGE ? world.access.get(form.values.get('subject_token') ?? '') : undefined;
  if (grant === TOKEN_EXCHANGE && given === undefined) throw new Refusal(400, 'invalid_grant', 'Unknown subject_token');
  const account = (grant === JWT_BEARER ? assertedSubject(form) : given?.session.account) ?? `svc_${caller.client.id}`;
  const session = { id: randomUUID(), clientId: caller.client.id, account };
  world.sessions.set(session.id, session);
  return await issuePair(world, { session, client: caller.client, origin: 'code', scope: ['account'] });
}

/** POST /token: the authorization code grant and the refresh grant (RFC 6749 4.1.3 and 6). */
export async function handleToken(world: World, incoming: Incoming): Promise<Reply> {
  const { wrong } = world.switches;
  const form = readForm(incoming, world.switches);
  resolveOperators(world, form);
  const purpose: Purpose = form.values.get('grant_type') === 'refresh_token' ? 'refresh' : 'code';
  const parametersFirst = world.switches.varied('body-before-client');
  const check = (caller?: Caller) => {
    const grant = readGrantType(world, form);
    requireParameters(world, form, grant, caller);
    return grant;
  };
  if (parametersFirst) check();
  if (world.switches.varied('grant-before-client')) refuseUnknown(world, form);
  let caller: Caller;
  try {
    caller = authenticateClient(world, incoming, form, purpose);
  } catch (error) {
    const code = world.codes.get(form.values.get('code') ?? '');
    if (world.switches.varied('bad-secret-burns-code') && code !== undefined) code.usedAt ??= world.now();
    throw error;
  }
  caller = await throughGlobal(world, 'client/race-mixes-clients', caller);
  refuseRole(world, caller, purpose);
  const grant = check(caller);
  const pair = remint(world, await carryOut(world, form, grant, caller), incoming, form);
  const leaked = wrong('answer/client-secret')
    ? { client_id: caller.client.id, client_secret: caller.client.secret }
    : {};
  const ofSession = world.switches.varied('session-id-at-token')
    ? { session_id: world.access.get(String(pair.access_token))?.session.id }
    : {};
  const json = { ...pair, ...ofSession, ...leaked };
  const isCacheable = wrong('answer/cacheable-third-party') && caller.client.role === 'third-party';
  return { kind: 'pair', status: 200, headers: isCacheable ? {} : { ...NO_STORE }, json };
}
