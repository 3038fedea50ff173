/** Signing in and continuing sessions, as the checks of /authenticate do it. */

import { encodeMessage, type SiweFields, siweText } from '../generators/siwe-message.ts';
import type { Wallet } from '../generators/wallet.ts';
import type { Control } from './check.ts';
import type { CaseId, ClientCase } from './client-cases.ts';
import type { CheckContext } from './context.ts';
import { signIn } from './controls.ts';
import type { Exchange } from './exchange.ts';
import { answered } from './expect.ts';
import { isYoung, type MessageOptions, type Session, type SignedMessage } from './fixtures.ts';

/**
 * The statuses and the code by which another role is refused (contract, "What the seed leaves open"). Frameworks keep `error` for the name of the
 * status and put the code elsewhere in the body.
 */
export const isRoleRefusal = (exchange: Exchange): boolean =>
  exchange.status === 401 ||
  exchange.status === 403 ||
  (exchange.status === 400 && exchange.text.includes('unauthorized_client'));

/** Sends a signed message; whatever the answer, returns the exchange. */
export function send(
  t: CheckContext,
  as: ClientCase,
  message: SignedMessage,
  members: Readonly<Record<string, unknown>> = {},
): Promise<Exchange> {
  return t.client.authenticate({ as, json: { ...message.json, ...members } });
}

/** Signs a message with these options and sends it. */
export async function submit(
  t: CheckContext,
  as: ClientCase,
  options: MessageOptions = {},
  members: Readonly<Record<string, unknown>> = {},
): Promise<Exchange> {
  return send(t, as, await t.message(options), members);
}

/** A message whose fields were changed after it was signed: the signature is that of the right one. */
export function changedAfterSigning(
  t: CheckContext,
  message: SignedMessage,
  changes: { readonly [K in keyof SiweFields]?: SiweFields[K] | undefined },
): Readonly<Record<string, unknown>> {
  const { siwe } = t.config;
  const merged = Object.entries({ ...message.fields, ...changes }).filter(([, value]) => value !== undefined);
  const fields = Object.fromEntries(merged) as unknown as SiweFields;
  return { ...message.json, [siwe.messageField]: encodeMessage(fields, siweText(fields), siwe.messageEncoding) };
}

/** Ends the check where messages travel as objects, which have no lines to be wrong. */
export function needsText(t: CheckContext): void {
  if (t.config.siwe.messageEncoding === 'object')
    t.skip('Messages travel as objects (`siwe.messageEncoding`), so their text cannot be malformed.');
}

/** Ends the check where bodies are forms, whose members have no JSON type. */
export function needsJson(t: CheckContext): void {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(t.config.authenticate.mediaType))
    t.skip('The body of /authenticate is no JSON here (`authenticate.mediaType`).');
}

/** A session of /authenticate whose id the target has told. */
export interface Continuable extends Session {
  readonly sessionId: string;
  readonly wallet: Wallet;
}

/** Signs in and reads the session id. @throws Inconclusive without one: `authenticate/session-id` reports it */
export async function signedIn(t: CheckContext, as: ClientCase, wallet?: Wallet): Promise<Continuable> {
  const session = await t.signIn(as, wallet === undefined ? {} : { wallet });
  const { sessionId, wallet: own } = session;
  if (sessionId === undefined || own === undefined)
    t.inconclusive('The sign-in told no session_id, so nothing can be continued.');
  return { ...session, sessionId, wallet: own };
}

const wallets = new WeakMap<Exchange, Wallet>();

/** One session of the preferred whitelabel client for all checks that only try to get into it. */
export const continuableSession: Control = {
  id: 'control/continuable-session',
  title: 'A right sign-in',
  needs: ['operation authenticate', 'whitelabel client'],
  async run(t) {
    const message = await t.message();
    const exchange = t.expect.accepted(await send(t, t.whitelabel(), message));
    wallets.set(exchange, message.wallet);
    return exchange;
  },
};

/** The session of `continuableSession`. @throws Inconclusive without a session id */
export async function sharedContinuable(t: CheckContext): Promise<Continuable> {
  const exchange = await t.control(continuableSession);
  const wallet = wallets.get(exchange);
  const session = t.sessionOf(exchange, t.whitelabel(), 'authenticate');
  if (session.sessionId === undefined || wallet === undefined)
    t.inconclusive('The sign-in told no session_id, so nothing can be continued.');
  return { ...session, sessionId: session.sessionId, wallet };
}

const continuations = new WeakMap<Exchange, Continuable>();

/** A right continuation by this client case. */
export const continuation = (id: CaseId): Control => ({
  id: `control/continuation/${id}`,
  title: `A right continuation of a session (${id})`,
  needs: signIn(id).needs,
  async run(t) {
    await t.control(signIn(id)); // skips where the client is no whitelabel client
    const session = await signedIn(t, t.case(id));
    const exchange = await submit(t, session.client, { wallet: session.wallet }, { session_id: session.sessionId });
    continuations.set(t.expect.accepted(exchange), session);
    return exchange;
  },
});

/** The session of `continuation`, or one of its own where that has aged. */
export async function continuedSession(t: CheckContext, id: CaseId): Promise<Continuable> {
  const session = continuations.get(await t.control(continuation(id)));
  return session !== undefined && isYoung(session) ? session : signedIn(t, t.case(id));
}

/** A session for attempts that leave it alive: one of its own, or in `gate`, where requests are few, the shared one. */
export async function victimOf(t: CheckContext, as: ClientCase): Promise<Continuable> {
  if (!t.frugal) return signedIn(t, as);
  const shared = await sharedContinuable(t);
  // A sign-in of its wallet in another check may have ended it, which no document forbids.
  const isAlive = !t.canTryAccessToken(shared.client) || (await t.tryAccessToken(shared.accessToken, shared.client)).ok;
  return isYoung(shared) && isAlive ? shared : signedIn(t, shared.client);
}

/** The whitelabel cases of this target whose client has another id. @throws Skip */
export function otherWhitelabel(t: CheckContext, than: ClientCase): ClientCase {
  return t.otherCase(than, (candidate) => candidate.client.role === 'whitelabel-customer');
}

export interface NotContinued {
  readonly requirement: string;
  /** Completes "an attempt ...": "with the session_id of another wallet". */
  readonly because: string;
  /** The session that nobody else gets into; absent: the id names none. */
  readonly victim?: Continuable;
  /** The id that was presented, where it is a string. */
  readonly presented?: string;
}

/**
 * A session_id that does not fit gives no access to the session: the attempt is refused, or begins a new session under an id of the server's own
 * (API reference "Session id to continue, if not provided a new session is created": what happens to an id that does not fit is left open).
 * @returns the session that began, if one did
 */
export function notContinued(
  t: CheckContext,
  exchange: Exchange,
  as: ClientCase,
  detail: NotContinued,
): Session | undefined {
  if (exchange.status >= 500) t.expect.refused(exchange, { because: detail.because });
  if (!exchange.ok) return undefined;
  const began = t.sessionOf(exchange, as, 'authenticate');
  const forbidden = [detail.victim?.sessionId, detail.presented].filter((id) => id !== undefined);
  if (began.sessionId !== undefined && forbidden.includes(began.sessionId))
    t.expect.fail(`${answered(exchange)} to an attempt ${detail.because}, and returned that session_id.`, {
      requirement: detail.requirement,
      expected: 'The attempt is refused, or begins another session with an id of its own.',
      exchange,
    });
  return began;
}

/**
 * Ends the check where the sign-in that has just been made ended an earlier session of its wallet, which no document forbids.
 * @returns the session as it goes on: where its access token cannot be tried it has been refreshed to see that it is alive
 */
export async function earlierLives(t: CheckContext, earlier: Session): Promise<Session> {
  const ends = 'A sign-in ends the earlier sessions of its wallet here, which no document forbids.';
  if (t.canTryAccessToken(earlier.client)) {
    if (!(await t.tryAccessToken(earlier.accessToken, earlier.client)).ok) t.skip(ends);
    return earlier;
  }
  if (earlier.refreshToken === undefined || t.config.operations.token === false) return earlier;
  const exchange = await t.refresh(earlier);
  return exchange.ok ? t.sessionOf(exchange, earlier.client) : t.skip(ends);
}
