/** POST /authenticate: signing in with Ethereum. */

import type { Context } from 'hono';
import type { Reference } from '../context.ts';
import { beginSession, issuePair } from '../domain.ts';
import { type AuthenticatedClient, Refusal, type Session } from '../model.ts';
import type { ParsedMessage } from '../policy/siwe.ts';
import { authenticateClient, readJsonObject, stringMember } from '../read-request.ts';

/** Seconds for which an accepted message without Expiration Time is remembered. */
const remembered = 86_400;

export async function authenticate(reference: Reference, c: Context): Promise<Response> {
  const { policy, store } = reference;
  const body = await readJsonObject(reference, c);
  const authenticated = authenticateClient(reference, c, {
    operation: 'authenticate',
    clientId: stringMember(body, 'client_id'),
    clientSecret: stringMember(body, 'client_secret'),
  });
  if (!policy.session.mayAuthenticate(authenticated)) throw new Refusal(403, 'unauthorized_client', 'This operation is for whitelabel customer clients only.');
  const text = stringMember(body, 'message');
  const signature = stringMember(body, 'signature');
  const sessionId = stringMember(body, 'session_id');
  if (text === undefined || text === '') throw new Refusal(400, 'invalid_request', 'message is required.');
  if (signature === undefined || signature === '') throw new Refusal(400, 'invalid_request', 'signature is required.');
  const message = verify(reference, text, signature);
  const wallet = policy.siwe.accountKey(message);
  const continued = sessionId === undefined || sessionId === '' ? undefined : continuedSession(reference, authenticated, sessionId, wallet);
  remember(reference, message);
  const session = continued ?? policy.session.beginsNew([...store.sessions.values()].filter((one) => one.wallet === wallet)) ?? newSession(reference, authenticated, wallet);
  return issuePair(reference, { ...authenticated, session, operation: 'authenticate', grant: 'siwe', askedScope: undefined, scope: session.scope });
}

/** @throws Refusal when any field or the signature is not right */
function verify(reference: Reference, text: string, signature: string): ParsedMessage {
  const { siwe } = reference.policy;
  const now = reference.now();
  const message = siwe.parses(text);
  if (message === undefined) throw new Refusal(400, 'invalid_request', 'The message is not a Sign-In with Ethereum message.');
  const invalid = (why: string): Refusal => new Refusal(401, 'invalid_grant', why);
  if (!siwe.signatureIsWellFormed(signature)) throw new Refusal(400, 'invalid_request', 'The signature is malformed.');
  if (!siwe.versionMatches(message)) throw invalid('The version is not 1.');
  if (!siwe.domainMatches(message, reference.expected)) throw invalid('The domain is not ours.');
  if (!siwe.uriMatches(message, reference.expected)) throw invalid('The URI is not ours.');
  if (!siwe.chainMatches(message, reference.expected)) throw invalid('The chain is not accepted.');
  if (!siwe.nonceIsAcceptable(message)) throw invalid('The nonce is not acceptable.');
  if (!siwe.issuedAtIsSane(message, now)) throw invalid('The message was issued in the future.');
  if (!siwe.hasNotExpired(message, now)) throw invalid('The message has expired.');
  if (!siwe.isValidYet(message, now)) throw invalid('The message is not valid yet.');
  if (!siwe.verifiesSignature(siwe.signedText(text, message), signature, message.address)) throw invalid('The signature is not that of the address.');
  if (!siwe.isFirstUse(reference.store.seenMessages, seenKey(message))) throw invalid('The message was used before.');
  return message;
}

const seenKey = (message: ParsedMessage): string => `${message.nonce} ${message.address.toLowerCase()}`;

function remember(reference: Reference, message: ParsedMessage): void {
  const until = message.expirationTime === undefined ? reference.now() + remembered : Date.parse(message.expirationTime) / 1000;
  reference.store.seenMessages.set(seenKey(message), until);
}

function continuedSession(reference: Reference, authenticated: AuthenticatedClient, id: string, wallet: string): Session | undefined {
  const { session: policy } = reference.policy;
  const session = policy.finds(reference.store.sessions, id);
  const refused = new Refusal(400, 'invalid_request', 'The session cannot be continued.');
  if (session === undefined) {
    if (policy.refusesUnknown(id)) throw refused;
    return undefined;
  }
  const facts = { ...authenticated, session, wallet };
  if (!policy.continuesForClient(facts) || !policy.continuesForWallet(facts) || !policy.continuesAlive(facts)) throw refused;
  return session;
}

function newSession(reference: Reference, authenticated: AuthenticatedClient, wallet: string): Session {
  const { store, policy } = reference;
  const account = store.accounts.get(wallet) ?? policy.tokens.sessionId();
  store.accounts.set(wallet, account);
  return beginSession(reference, { ...authenticated, account, wallet, scope: policy.scopes.byDefault() });
}
