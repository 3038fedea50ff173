/** POST /authenticate: signing in with Ethereum (API reference; ERC-4361). */

import type { Context } from 'hono';
import { authenticateClient } from '../authenticate-client.ts';
import type { Reference } from '../context.ts';
import { beginSession, issuePair } from '../domain.ts';
import { type AuthenticatedClient, Refusal, type Session } from '../model.ts';
import type { SignInFacts } from '../policy/siwe.ts';
import { readForm, readJsonObject, stringMember } from '../read-request.ts';
import { verifyMessage } from '../verify-message.ts';

interface SignIn {
  readonly text: string;
  readonly signature: string;
  readonly sessionId: string | undefined;
}

export async function authenticate(reference: Reference, c: Context): Promise<Response> {
  const { policy, store } = reference;
  const body = policy.requests.signsInByForm()
    ? Object.fromEntries(await readForm(reference, c, 'authenticate'))
    : await readJsonObject(reference, c, 'authenticate');
  if (policy.requests.checksParametersFirst('authenticate')) readSignIn(reference, body);
  const client = authenticateClient(reference, c, {
    operation: 'authenticate',
    clientId: stringMember(reference, body, 'client_id'),
    clientSecret: stringMember(reference, body, 'client_secret'),
    continues: body.session_id !== undefined,
  });
  if (!policy.session.mayAuthenticate(client, body.session_id !== undefined)) {
    const { status, error } = policy.session.roleRefusal(client);
    throw new Refusal(status, error, 'This operation is for whitelabel customer clients only.');
  }
  const { text, signature, sessionId } = readSignIn(reference, body, policy.siwe.requiresSignature(client));
  const facts: SignInFacts = { ...client, continues: sessionId !== undefined, headers: c.req.raw.headers };
  const message = verifyMessage(reference, facts, text, signature, body);
  const wallet = policy.siwe.accountKey(message);
  const continued = sessionId === undefined ? undefined : sessionToContinue(reference, client, sessionId, wallet);
  // Nothing is remembered before this line: a refused attempt changes nothing.
  forgetOutdated(reference);
  policy.siwe.forgetsNonce(store.nonces, message.nonce);
  const replayKey = policy.siwe.replayKey(message);
  await policy.siwe.consumes(store.seenMessages, replayKey, policy.siwe.remembersUntil(message), facts);

  const ofWallet = [...store.sessions.values()].filter((one) => one.wallet === wallet);
  const session =
    continued ?? policy.session.beginsNew(ofWallet, client.client) ?? newSession(reference, client, wallet);
  const issue = { operation: 'authenticate', grant: 'siwe', askedScope: undefined } as const;
  return issuePair(reference, { ...client, ...issue, session, scope: session.scope });
}

/** @throws Refusal */
function readSignIn(reference: Reference, body: Readonly<Record<string, unknown>>, signatureRequired = true): SignIn {
  const { siwe } = reference.policy;
  const bad = (description: string): Refusal => new Refusal(400, 'invalid_request', description);
  const field = siwe.messageField();
  const sent = Object.hasOwn(body, field) && body[field] !== '' ? body[field] : undefined;
  const value = sent ?? siwe.standsForMissingMessage();
  if (value === undefined) throw bad(`${field} is required.`);
  const text = siwe.readsMessage(value);
  if (text === undefined) throw bad(`${field} is not of the right type.`);
  const signature = stringMember(reference, body, 'signature');
  if (signature === undefined && signatureRequired) throw bad('signature is required.');
  return { text, signature: signature ?? '', sessionId: stringMember(reference, body, 'session_id') };
}

/** The session that `session_id` names, for the same client and wallet, while it is alive. @throws Refusal */
function sessionToContinue(
  reference: Reference,
  client: AuthenticatedClient,
  id: string,
  wallet: string,
): Session | undefined {
  const policy = reference.policy.session;
  const refused = (problem: Parameters<typeof policy.continuationRefusal>[0]): Refusal => {
    const { status, error } = policy.continuationRefusal(problem);
    return new Refusal(status, error, 'The session cannot be continued.');
  };
  const session = policy.finds(reference.store.sessions, id, client);
  if (session === undefined) {
    if (policy.refusesUnknown(id)) throw refused('unknown');
    return undefined;
  }
  const facts = { ...client, session, wallet };
  const misfit = ((): 'client' | 'wallet' | 'ended' | undefined => {
    if (!policy.continuesForClient(facts)) return 'client';
    if (!policy.continuesForWallet(facts)) return 'wallet';
    return policy.continuesAlive(facts) ? undefined : 'ended';
  })();
  if (misfit !== undefined) {
    if (policy.refusesMisfit(misfit)) throw refused(misfit);
    return undefined;
  }
  policy.continuing(facts);
  return session;
}

/** Any wallet may sign in; its account is made with its first session. */
function newSession(reference: Reference, client: AuthenticatedClient, wallet: string): Session {
  const { store, policy } = reference;
  const account = store.accounts.get(wallet) ?? policy.tokens.sessionId();
  store.accounts.set(wallet, account);
  return beginSession(reference, { ...client, account, wallet, scope: policy.scopes.byDefault() });
}

/** Messages that have expired since are refused for that; they need no memory. */
function forgetOutdated({ store, now }: Reference): void {
  for (const [key, until] of store.seenMessages) if (until <= now()) store.seenMessages.delete(key);
}
