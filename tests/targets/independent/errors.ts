import type { Operation } from './config.ts';
import { Crash, type Incoming, Refusal, type Reply } from './http.ts';
import { addErrorMembers } from './products.ts';
import type { World } from './world.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Headers of every answer that holds tokens (RFC 6749 5.1). */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

const REASONS: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  422: 'Unprocessable Entity',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

function frameworkBody(world: World, status: number, message: string): Record<string, unknown> {
  const { varied } = world.switches;
  const error = REASONS[status] ?? 'Error';
  if (varied('error-text-in-error')) return { error: message };
  if (varied('errors-in-japanese'))
    return { statusCode: status, message: `リクエストを処理できません（${status}）`, error };
  if (varied('problem-json')) return { type: 'about:blank', title: error, status, detail: message, message };
  const isArray = varied('message-arrays') && status === 400;
  return { statusCode: status, message: isArray ? [message] : message, error };
}

function oauthBody(world: World, refusal: Refusal): Record<string, unknown> {
  const { varied } = world.switches;
  const body: Record<string, unknown> = { error: refusal.code };
  if (!varied('no-descriptions')) body.error_description = refusal.message;
  if (varied('long-descriptions')) body.error_description = `${refusal.message}. `.repeat(100).slice(0, 2000).trim();
  if (varied('errors-extra-members')) {
    Object.assign(body, { statusCode: refusal.status, timestamp: new Date().toISOString(), request_id: 'req-7f3a' });
  }
  if (varied('error-uri')) body.error_uri = `https://docs.example.com/errors/${refusal.code}`;
  return addErrorMembers(world.switches, body);
}

/** Makes OAuth errors wrong in their body (RFC 6749 5.2). */
function spoilOauthBody(
  world: World,
  incoming: Incoming,
  refusal: Refusal,
  right: Record<string, unknown>,
  isRevoke: boolean,
): unknown {
  const { wrong } = world.switches;
  const isOwn = wrong('errors/framework-body') || (wrong('errors/revoke-framework-body') && isRevoke);
  if (isOwn) return frameworkBody(world, refusal.status, refusal.message);
  if (wrong('errors/description-empty')) return { ...right, error_description: '' };
  if (wrong('errors/description-null')) return { ...right, error_description: null };
  if (wrong('errors/error-code-member')) return { error_code: refusal.code, error_message: refusal.message };
  if (wrong('errors/description-array')) return { ...right, error_description: [refusal.message] };
  if (wrong('errors/own-codes') && refusal.code === 'invalid_grant') {
    const code = /expired/.test(refusal.message)
      ? 'expired'
      : /used/.test(refusal.message)
        ? 'already_used'
        : 'not_found';
    return { ...right, error: code };
  }
  if (wrong('errors/class-name-in-description')) {
    return { ...right, error_description: `App\\OAuth\\Exceptions: ${refusal.message}` };
  }
  if (wrong('errors/nested')) return { error: { code: refusal.code, message: refusal.message } };
  if (wrong('errors/upper-case')) return { ...right, error: refusal.code.toUpperCase() };
  if (wrong('errors/quotes-in-description')) {
    return { ...right, error_description: `"${refusal.code}":\n${refusal.message} — "sorry"` };
  }
  if (wrong('errors/echo-secret')) return { ...right, request: incoming.body.toString('utf8') };
  if (wrong('errors/description-non-ascii')) return { ...right, error_description: `Désolé – ${refusal.message}` };
  if (wrong('errors/error-number')) return { ...right, error: refusal.status };
  if (wrong('errors/uri-with-spaces')) return { ...right, error_uri: 'see "Errors" in the documentation' };
  if (wrong('errors/echo-token')) {
    const form = new URLSearchParams(incoming.body.toString('utf8'));
    const sent = form.get('refresh_token') ?? form.get('code');
    return sent === null ? right : { ...right, error_description: `${refusal.message}: ${sent}` };
  }
  if (wrong('errors/stack')) return { ...right, stack: refusal.stack };
  return right;
}

function errorStatus(world: World, refusal: Refusal): number {
  const { wrong } = world.switches;
  if (wrong('errors/grant-200') && refusal.code === 'invalid_grant') return 200;
  if (wrong('errors/grant-422') && refusal.code === 'invalid_request' && refusal.status === 400) return 422;
  return refusal.status;
}

function renderOauth(world: World, operation: Operation, incoming: Incoming, refusal: Refusal): Reply {
  const { wrong } = world.switches;
  const status = errorStatus(world, refusal);
  const uncached = world.switches.varied('errors-no-cache-headers') ? {} : NO_STORE;
  const headers: Record<string, string> = { ...uncached, ...refusal.headers };
  if (world.switches.varied('challenge-on-400') && status === 400) headers['WWW-Authenticate'] = 'Basic realm="auth"';
  if (wrong('client/no-challenge-at-revoke') && operation === 'revoke') delete headers['WWW-Authenticate'];
  const isClientError = refusal.code === 'invalid_client';
  if (wrong('errors/html') || (wrong('errors/html-for-client') && isClientError)) {
    const text = `<!doctype html><title>${status}</title><h1>${refusal.message}</h1>`;
    return { kind: 'error', status, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' }, text };
  }
  const viaBasic = /^basic /i.test(incoming.headers.authorization ?? '');
  if (wrong('errors/empty-for-basic') && isClientError && viaBasic) return { kind: 'error', status, headers };
  if (wrong('errors/problem-media-type')) headers['Content-Type'] = 'application/problem+json';
  if (wrong('errors/form-encoded')) {
    const text = new URLSearchParams({ error: refusal.code, error_description: refusal.message }).toString();
    return { kind: 'error', status, headers: { ...headers, 'Content-Type': FORM_TYPE }, text };
  }
  if (wrong('errors/empty-body')) return { kind: 'error', status, headers };
  if (wrong('errors/text-plain')) headers['Content-Type'] = 'text/plain; charset=utf-8';
  const right = oauthBody(world, refusal);
  if (wrong('errors/array')) return { kind: 'error', status, headers, json: [right] };
  if (wrong('errors/no-content-type')) return { kind: 'error', status, headers, text: JSON.stringify(right) };
  const json = {
    ...refusal.members,
    ...Object(spoilOauthBody(world, incoming, refusal, right, operation === 'revoke')),
  };
  return { kind: 'error', status, headers, json };
}

/** Makes errors at /authenticate and the hand-off wrong. */
function spoilFramework(world: World, operation: Operation, reply: Reply): Reply {
  const { wrong } = world.switches;
  const text = { ...reply.headers, 'Content-Type': 'text/plain; charset=utf-8' };
  if (operation === 'authenticate') {
    if (wrong('client/no-challenge-at-authenticate')) {
      const { 'WWW-Authenticate': _, ...headers } = reply.headers;
      return { ...reply, headers };
    }
    if (wrong('authenticate/failure-200')) return { ...reply, status: 200 };
    if (wrong('authenticate/failure-number')) return { ...reply, json: { code: 17 } };
    if (wrong('authenticate/failure-empty')) return { kind: 'error', status: reply.status, headers: reply.headers };
    if (wrong('authenticate/failure-text'))
      return { kind: 'error', status: reply.status, headers: text, text: 'Refused' };
  }
  if (operation === 'handoffInit') {
    if (wrong('handoff/failure-200') && reply.status === 400) return { ...reply, status: 200 };
    if (wrong('handoff/failure-text')) return { kind: 'error', status: reply.status, headers: text, text: 'Refused' };
  }
  return reply;
}

/** Writes a refusal in the manner of its operation: RFC 6749 5.2 at /token and /revoke, the framework's elsewhere. */
export function renderRefusal(
  world: World,
  operation: Operation | undefined,
  incoming: Incoming,
  refusal: Refusal,
): Reply {
  const { varied } = world.switches;
  const isOauth = (operation === 'token' || operation === 'revoke') && refusal.status !== 429;
  if (isOauth) return renderOauth(world, operation, incoming, refusal);
  const isInvalid = refusal.status === 400 && refusal.code === 'invalid_request' && operation !== undefined;
  const status = isInvalid && varied('validation-422') ? 422 : refusal.status;
  const body = varied('oauth-errors-everywhere')
    ? oauthBody(world, refusal)
    : frameworkBody(world, status, refusal.message);
  const isProblem = varied('problem-json') && !varied('oauth-errors-everywhere');
  const headers: Record<string, string> = { ...refusal.headers };
  if (isProblem) headers['Content-Type'] = 'application/problem+json';
  const reply: Reply = { kind: 'error', status, headers, json: { ...refusal.members, ...body } };
  return operation === undefined ? reply : spoilFramework(world, operation, reply);
}

/** Writes whatever was thrown; what nobody foresaw becomes 500. */
export function renderError(world: World, operation: Operation | undefined, incoming: Incoming, error: unknown): Reply {
  if (error instanceof Refusal) return renderRefusal(world, operation, incoming, error);
  if (!(error instanceof Crash)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const refusal = new Refusal(500, 'server_error', 'Internal server error');
  return { kind: 'error', status: 500, headers: {}, json: frameworkBody(world, refusal.status, refusal.message) };
}
