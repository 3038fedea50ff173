import type { Operation } from './config.ts';
import { Crash, type Incoming, Refusal, type Reply } from './http.ts';
import { isObject } from './json.ts';
import type { Switches } from './switches.ts';

const isForm = (operation: Operation | undefined) => operation === 'token' || operation === 'revoke';

/** What trips a framework up before an operation sees the request. */
export function tripOver(switches: Switches, incoming: Incoming, operation: Operation | undefined): void {
  const { wrong } = switches;
  if (!isForm(operation)) return;
  if (wrong('form/origin-500') && incoming.headers.origin !== undefined) throw new Crash('Not allowed by CORS');
  const override = /(?:^|&)_method=(\w+)/.exec(incoming.body.toString('utf8'))?.[1];
  if (wrong('form/method-parameter') && override !== undefined && override.toUpperCase() !== 'POST') {
    throw new Refusal(405, 'invalid_request', 'Method not allowed', { Allow: 'POST' });
  }
}

/** How a wrong method is refused where that goes wrong; `undefined`: as it should be. */
export function refuseMethodWrongly(switches: Switches): Refusal | undefined {
  if (switches.wrong('form/wrong-method-500')) throw new Crash('No handler for this method');
  if (switches.wrong('form/wrong-method-200')) return new Refusal(200, 'invalid_request', 'Use POST');
  return switches.wrong('form/405-without-allow')
    ? new Refusal(405, 'invalid_request', 'Method not allowed')
    : undefined;
}

function page(reply: Reply): Reply {
  const json = isObject(reply.json) ? reply.json : {};
  const rows = Object.entries(json).map(([name, value]) => `<dt>${name}</dt><dd>${String(value)}</dd>`);
  const headers = { ...reply.headers, 'Content-Type': 'text/html; charset=utf-8' };
  const { kind, status } = reply;
  return { kind, status, headers, text: `<!doctype html><dl>${rows.join('')}</dl>` };
}

function withText(reply: Reply, text: string, mediaType = 'application/json; charset=utf-8'): Reply {
  const { kind, status, headers } = reply;
  return { kind, status, headers: { ...headers, 'Content-Type': mediaType }, text };
}

/** Members once more at the end of a JSON object: what JSON.parse does not show. */
function repeatMember(reply: Reply, name: string, value: unknown): Reply {
  return withText(
    reply,
    `${JSON.stringify(reply.json).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`,
  );
}

/** Makes an answer of /token or /revoke wrong for what the request said besides its parameters. */
export function respell(switches: Switches, incoming: Incoming, operation: Operation | undefined, reply: Reply): Reply {
  const { wrong } = switches;
  if (!isForm(operation) || !isObject(reply.json)) return reply;
  const isError = reply.kind === 'error';
  const forBrowser = /^text\/html/.test(incoming.headers.accept ?? '');
  if (forBrowser && wrong(isError ? 'errors/html-for-browsers' : 'answer/html-for-browsers')) return page(reply);
  const callback = /(?:^|&)callback=(\w+)/.exec(incoming.body.toString('utf8'))?.[1];
  if (callback !== undefined && wrong('form/callback-parameter')) {
    return withText(reply, `${callback}(${JSON.stringify(reply.json)});`, 'application/javascript; charset=utf-8');
  }
  if (isError && wrong('errors/member-twice')) return repeatMember(reply, 'error', reply.json.error);
  if (reply.kind === 'pair' && wrong('answer/member-twice')) {
    return repeatMember(reply, 'token_type', reply.json.token_type);
  }
  return reply;
}

/** Makes single members of a token pair wrong. */
export function spoilMembers(switches: Switches, pair: Record<string, unknown>): Record<string, unknown> {
  const { wrong } = switches;
  const changed = { ...pair };
  if (wrong('answer/access-token-with-scheme')) changed.access_token = `Bearer ${String(pair.access_token)}`;
  if (wrong('answer/access-token-object')) changed.access_token = { token: pair.access_token };
  if (wrong('answer/token-type-space')) changed.token_type = `${String(pair.token_type)} `;
  if (wrong('answer/token-type-array')) changed.token_type = [pair.token_type];
  if (wrong('answer/expires-in-minutes')) changed.expires_in = Number(pair.expires_in) / 60;
  if (wrong('answer/refresh-expires-in-days')) changed.refresh_expires_in = Number(pair.refresh_expires_in) / 86_400;
  if (wrong('answer/scope-trailing-space') && typeof pair.scope === 'string') changed.scope = `${pair.scope} `;
  return changed;
}
