/** The steps of "Verifying a signed message" (ERC-4361), one decision each. */

import type { Reference } from './context.ts';
import { Refusal } from './model.ts';
import type { ParsedMessage, SignInFacts, SignInProblem } from './policy/siwe.ts';

/** @throws Refusal when any field or the signature is not right */
export function verifyMessage(
  reference: Reference,
  facts: SignInFacts,
  text: string,
  signature: string,
  body: Readonly<Record<string, unknown>>,
): ParsedMessage {
  const { siwe } = reference.policy;
  const { expected, store } = reference;
  const now = reference.now();
  const need = (right: boolean, problem: SignInProblem, description: string): void => {
    if (!right) throw refusal(reference, facts, problem, description);
  };
  need(siwe.signatureIsWellFormed(signature, facts), 'signature form', 'The signature is malformed.');
  const message = siwe.parses(text);
  if (message === undefined)
    throw refusal(reference, facts, 'message', 'The message is not a Sign-In with Ethereum message.');
  need(siwe.versionMatches(message, facts), 'version', 'The version is not 1.');
  need(siwe.schemeMatches(message, expected, facts), 'scheme', 'The scheme is not ours.');
  need(siwe.domainMatches(message, expected, facts), 'domain', 'The domain is not ours.');
  need(siwe.addressIsChecksummed(message, facts), 'address', 'The address is not written with its checksum.');
  need(siwe.uriMatches(message, expected, facts), 'uri', 'The URI is not ours.');
  need(siwe.chainMatches(message, expected, facts), 'chain', 'The chain is not accepted.');
  need(siwe.nonceIsAcceptable(message, facts), 'nonce', 'The nonce is not acceptable.');
  need(
    !siwe.requiresIssuedNonce(facts) || siwe.knowsNonce(store.nonces, message.nonce, facts),
    'nonce',
    'The nonce is not ours.',
  );
  need(siwe.issuedAtIsSane(message, now, facts), 'issued at', 'The message was issued in the future.');
  need(siwe.hasNotExpired(message, now, facts), 'expired', 'The message has expired.');
  need(siwe.isValidYet(message, now, facts), 'not yet valid', 'The message is not valid yet.');
  const signed = siwe.signedText(text, message);
  need(
    siwe.verifiesSignature(signed, signature, siwe.addressThatSigns(message, body), facts),
    'signature',
    'The signature is not that of the address.',
  );
  need(siwe.isFirstUse(store.seenMessages, siwe.replayKey(message), facts), 'replay', 'The message was used before.');
  return message;
}

function refusal(reference: Reference, facts: SignInFacts, problem: SignInProblem, description: string): Refusal {
  const { siwe } = reference.policy;
  const { status, error } = siwe.refusal(problem, facts);
  const challenge = siwe.challenge(problem);
  const headers = status === 401 && challenge !== undefined ? { 'www-authenticate': challenge } : undefined;
  return new Refusal(status, error, description, headers);
}
