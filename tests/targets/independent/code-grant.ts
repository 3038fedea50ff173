import { createHash, randomUUID } from 'node:crypto';
import { endSession } from './access.ts';
import type { Caller } from './clients.ts';
import { rememberVerified, verifiedBefore } from './forgotten.ts';
import type { Form } from './forms.ts';
import { Crash, claim, pause, Refusal } from './http.ts';
import { issuePair } from './issuing.ts';
import {
  challengeLost,
  endsLessOnReplay,
  reboundByTry,
  rememberTry,
  scopeOfExchange,
  slipsThroughCrowd,
} from './records.ts';
import { redirectMatches } from './redirects.ts';
import { findAsStored, sessionOfClient } from './stores.ts';
import { type AuthorizationCode, findLoosely, type Session, type World } from './world.ts';

const WRONG_VERIFIER = 'code_verifier is wrong';
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

function digest(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Situations in which a mistake leaves the verifier unlooked at. */
function verifierUnchecked(world: World, code: AuthorizationCode, form: Form, caller: Caller): boolean {
  const { wrong } = world.switches;
  const isPublic = caller.client.secret === undefined;
  const isMissing = !form.values.has('code_verifier');
  const isEmpty = form.empty.has('code_verifier');
  return (
    wrong('pkce/ignored') ||
    challengeLost(world, code, form) ||
    (wrong('pkce/optional') && isMissing) ||
    (wrong('pkce/optional-third-party') && isMissing && caller.client.role === 'third-party') ||
    (!isMissing && verifiedBefore(world, caller.client.id)) ||
    (wrong('pkce/optional-confidential') && isMissing && !isPublic) ||
    (wrong('pkce/empty-passes') && isEmpty) ||
    (wrong('pkce/confidential-unchecked') && !isMissing && !isPublic) ||
    (wrong('pkce/third-party-unchecked') && !isMissing && caller.client.role === 'third-party') ||
    (wrong('pkce/post-unchecked') && !isMissing && caller.method === 'client_secret_post') ||
    (wrong('pkce/public-unchecked') && !isMissing && isPublic) ||
    (wrong('pkce/basic-unchecked') && !isMissing && caller.method === 'client_secret_basic') ||
    (wrong('pkce/short-unchecked') && !isMissing && (form.values.get('code_verifier') ?? '').length < 43) ||
    (wrong('pkce/second-try-passes') && !isMissing && code.failures > 0)
  );
}

function verifierMatches(world: World, challenge: string, verifier: string): boolean {
  const { wrong } = world.switches;
  if (wrong('pkce/plain-too') && verifier === challenge) return true;
  if (wrong('pkce/truncated')) return digest(verifier.slice(0, 43)) === challenge;
  if (wrong('pkce/trimmed') && digest(verifier.trim()) === challenge) return true;
  if (wrong('pkce/challenge-case') && digest(verifier).toLowerCase() === challenge.toLowerCase()) return true;
  if (wrong('pkce/challenge-truncated') && digest(verifier).startsWith(challenge.slice(0, 32))) return true;
  if (wrong('pkce/longer-cut') && digest(verifier.slice(0, 128)) === challenge) return true;
  if (wrong('pkce/starts-with-letter-or-digit') && /^[^A-Za-z0-9]/.test(verifier)) return false;
  if (wrong('pkce/max-127') && verifier.length > 127) return false;
  if (wrong('pkce/max-64') && verifier.length > 64) return false;
  if (wrong('pkce/no-dot-tilde') && /[.~]/.test(verifier)) return false;
  if (wrong('pkce/base64') && /[-_]/.test(challenge)) return false;
  return digest(verifier) === challenge;
}

/** RFC 7636 4.6: what is wrong with the verifier, if anything. */
function checkVerifier(world: World, code: AuthorizationCode, form: Form, caller: Caller): Refusal | undefined {
  const { wrong, varied } = world.switches;
  if (verifierUnchecked(world, code, form, caller)) return undefined;
  const verifier = form.values.get('code_verifier');
  if (verifier === undefined) return new Refusal(400, 'invalid_request', 'code_verifier is required');
  if (wrong('pkce/too-long-500') && verifier.length > 128) throw new Crash('value too long for type varchar(128)');
  const ofClient = [...world.codes.values()].filter((other) => other.clientId === code.clientId);
  const stored = wrong('pkce/challenge-by-client') ? (ofClient.at(-1) ?? code) : code;
  const sent = wrong('pkce/challenge-from-exchange') ? form.values.get('code_challenge') : undefined;
  if (verifierMatches(world, sent ?? stored.challenge, verifier)) {
    rememberVerified(world, caller.client.id);
    return undefined;
  }
  if (wrong('pkce/verifier-of-another-code') && ofClient.some((other) => digest(verifier) === other.challenge)) {
    return undefined;
  }
  code.failures += 1;
  const badSyntax = varied('verifier-syntax-invalid-request') && !VERIFIER.test(verifier);
  const error = badSyntax || wrong('pkce/mismatch-invalid-request') ? 'invalid_request' : 'invalid_grant';
  return new Refusal(wrong('pkce/mismatch-401') ? 401 : 400, error, WRONG_VERIFIER);
}

/** Checks what binds a code to its request; nothing here waits, so that using a code up stays atomic. */
function checkBinding(world: World, code: AuthorizationCode, form: Form, caller: Caller): Refusal | undefined {
  const { wrong } = world.switches;
  const redirectUri = form.values.get('redirect_uri');
  if (wrong('redirect/no-url-500') && redirectUri !== undefined && !URL.canParse(redirectUri)) {
    throw new Crash('Invalid URL');
  }
  const letThrough =
    (wrong('redirect/second-try-passes') && code.redirectFailures > 0) ||
    (wrong('redirect/empty-passes') && form.empty.has('redirect_uri'));
  if (!letThrough && !redirectMatches(world, code.redirectUri, form.values.get('redirect_uri'), caller)) {
    code.redirectFailures += 1;
    const error = world.switches.wrong('redirect/mismatch-invalid-client') ? 'invalid_client' : 'invalid_grant';
    return new Refusal(400, error, 'redirect_uri is not the one of the authorization request');
  }
  return checkVerifier(world, code, form, caller);
}

async function refuseBinding(world: World, code: AuthorizationCode, caller: Caller, refusal: Refusal): Promise<never> {
  const { wrong, varied } = world.switches;
  if (varied('failure-burns-code')) code.usedAt ??= world.now();
  if (!wrong('pkce/mismatch-issues-session') || refusal.message !== WRONG_VERIFIER) throw refusal;
  const session = openSession(world, code);
  const pair = await issuePair(world, { session, client: caller.client, origin: 'code', scope: code.scope });
  throw new Refusal(refusal.status, refusal.code, refusal.message, {}, pair);
}

function openSession(world: World, code: AuthorizationCode): Session {
  const joined = sessionOfClient(world, code.clientId);
  if (joined !== undefined) return joined;
  const session: Session = { id: randomUUID(), clientId: code.clientId, account: `usr_${randomUUID()}` };
  world.sessions.set(session.id, session);
  return session;
}

function unknownCode(world: World): Refusal {
  const { wrong } = world.switches;
  if (wrong('code/unknown-500')) throw new Crash("Cannot read properties of null (reading 'clientId')");
  const status = wrong('code/unknown-404') ? 404 : wrong('code/unknown-401') ? 401 : 400;
  const code = wrong('code/unknown-invalid-request') ? 'invalid_request' : 'invalid_grant';
  return new Refusal(status, code, 'The code is not valid');
}

function mayUse(world: World, code: AuthorizationCode, caller: Caller): boolean {
  const { wrong } = world.switches;
  const owner = world.clients.find((client) => client.id === code.clientId);
  return (
    caller.client.id === code.clientId ||
    wrong('code/any-client') ||
    reboundByTry(world, 'code/other-client-second-try', code.value, caller) ||
    (wrong('code/any-public-client') && caller.client.secret === undefined) ||
    (wrong('code/any-client-of-role') && caller.client.role === owner?.role) ||
    (wrong('code/any-client-over-post') && caller.method === 'client_secret_post')
  );
}

function isExpired(world: World, code: AuthorizationCode): boolean {
  const { wrong } = world.switches;
  if (wrong('code/never-expires')) return false;
  if (wrong('code/ttl-lost-on-failure') && code.failures + code.redirectFailures > 0) return false;
  if (wrong('code/never-expires-public') && world.client(code.clientId)?.secret === undefined) return false;
  if (wrong('code/lives-eleven-minutes')) return world.now() >= code.expiresAt + 600_000;
  const more = wrong('code/expires-after-a-day') ? 86_400_000 : wrong('code/expires-after-half-hour') ? 1_740_000 : 0;
  return world.now() >= code.expiresAt + more;
}

/** Whether a used code is taken again, which is always a mistake. */
function usableAgain(world: World, code: AuthorizationCode, usedAt: number, caller: Caller): boolean {
  const { wrong } = world.switches;
  const age = world.now() - usedAt;
  const isPublic = caller.client.secret === undefined;
  return (
    wrong('code/reusable') ||
    (wrong('code/reusable-public') && isPublic) ||
    (wrong('code/reusable-confidential') && !isPublic) ||
    (wrong('code/reusable-ten-seconds') && age < 10_000) ||
    (wrong('code/spent-late') && age < 1500) ||
    (wrong('code/reusable-once') && code.uses < 2) ||
    (wrong('code/reusable-over-other-method') && world.records.usedWith.get(code.value) !== caller.method) ||
    (wrong('code/third-use') && code.replays > 0) ||
    (wrong('code/used-list-evicted') && !world.usedCodes.slice(-3).includes(code.value)) ||
    (wrong('code/revives-after-revocation') && code.session?.revokedAt !== undefined && code.replays === 0) ||
    (wrong('code/reusable-after-refresh') &&
      [...world.refresh.values()].some((grant) => grant.session === code.session && grant.generation > 0))
  );
}

/** RFC 6749 4.1.2: what was issued for a code that is used again SHOULD be revoked. */
function endSessionOfReplay(world: World, code: AuthorizationCode): void {
  const { wrong } = world.switches;
  const { session } = code;
  if (session === undefined || wrong('code/replay-keeps-tokens')) return;
  if (endsLessOnReplay(world, code, session)) return;
  if (wrong('code/replay-ends-newest')) {
    endSession(world, [...world.sessions.values()].filter((one) => one.clientId === code.clientId).at(-1) ?? session);
    return;
  }
  const now = world.now();
  const access = [...world.access.values()].filter((grant) => grant.session === session);
  const refresh = [...world.refresh.values()].filter((grant) => grant.session === session);
  if (wrong('code/replay-keeps-refresh')) {
    for (const grant of access) grant.revokedAt ??= now;
  } else if (wrong('code/replay-keeps-refreshed')) {
    for (const grant of [...access, ...refresh]) if (grant.origin === 'code') grant.revokedAt ??= now;
  } else {
    endSession(world, session);
  }
}

/** The session of an exchange; with one mistake, whichever was opened last when others were under way. */
async function sessionOfExchange(world: World, code: AuthorizationCode): Promise<Session> {
  const own = openSession(world, code);
  if (!world.switches.wrong('code/race-mixes-sessions')) return own;
  world.lastSession = own;
  await pause(10);
  return world.lastSession;
}

/** The authorization code grant (RFC 6749 4.1.3): the members of the answer, or `invalid_grant`. */
export async function exchangeCode(world: World, form: Form, caller: Caller): Promise<Record<string, unknown>> {
  const { wrong } = world.switches;
  const value = form.values.get('code') ?? '';
  const loose = { tailIgnored: wrong('code/tail-ignored'), anyCase: wrong('code/case') };
  const byPattern =
    wrong('code/wildcard') && value.endsWith('%')
      ? [...world.codes.values()].find((one) => one.usedAt === undefined && one.value.startsWith(value.slice(0, -1)))
      : undefined;
  const code = byPattern ?? findLoosely(world.codes, value, loose) ?? findAsStored(world, 'code', world.codes, value);
  if (code !== undefined && !mayUse(world, code, caller) && wrong('code/other-client-unauthorized')) {
    throw new Refusal(400, 'unauthorized_client', 'The code is for another client');
  }
  if (code !== undefined && !mayUse(world, code, caller) && world.switches.varied('foreign-code-burns')) {
    code.usedAt ??= world.now();
  }
  if (code === undefined || !mayUse(world, code, caller)) {
    rememberTry(world, value, caller);
    throw unknownCode(world);
  }
  if (isExpired(world, code)) {
    const error = wrong('code/expired-invalid-request') ? 'invalid_request' : 'invalid_grant';
    throw new Refusal(400, error, 'The code has expired');
  }
  const isThrough = await slipsThroughCrowd(world, 'code/fourth-at-a-time', code.value);
  if (code.usedAt !== undefined && !isThrough && !usableAgain(world, code, code.usedAt, caller)) {
    const foreign = world.switches.varied('replay-needs-verifier') && checkBinding(world, code, form, caller);
    if (foreign) throw foreign;
    if (wrong('code/reusable-same-answer') && code.answer !== undefined) return code.answer;
    endSessionOfReplay(world, code);
    code.replays += 1;
    if (wrong('code/replay-200-empty')) return {};
    const members = wrong('code/replay-400-with-tokens') ? code.answer : {};
    throw new Refusal(wrong('code/used-409') ? 409 : 400, 'invalid_grant', 'The code was used before', {}, members);
  }
  const refusal = checkBinding(world, code, form, caller);
  if (refusal !== undefined) return await refuseBinding(world, code, caller, refusal);
  if (wrong('code/race')) await pause(15);
  if (wrong('code/race-500')) await claim(world, code.value);
  code.usedAt ??= world.now();
  code.uses += 1;
  world.usedCodes.push(code.value);
  world.records.usedWith.set(code.value, caller.method);
  const session = await sessionOfExchange(world, code);
  code.session = session;
  const newest = [...world.codes.values()].filter((other) => other.clientId === code.clientId).at(-1);
  const { scope: granted } = wrong('code/scope-of-newest') ? (newest ?? code) : code;
  const scope = scopeOfExchange(world, granted, form);
  code.answer = await issuePair(world, { session, client: caller.client, origin: 'code', scope });
  return code.answer;
}
