/** What is taken in the place of a proof or of a value, because a library or a product would know how to (RFC 7523, ERC-6492, wildcards). */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

/** Stands for an assertion between the reading of a form and the comparison of secrets. */
const asserted = '~asserted~';

const faults: readonly Fault[] = [
  {
    id: 'stand-in/assertion-unverified',
    title: 'A client_assertion does for the secret, whoever made it',
    breaks: ['client-auth/secret-verified'],
    change: (policy) =>
      changed(policy, {
        requests: {
          parsesForm(text, operation) {
            const pairs = policy.requests.parsesForm(text, operation);
            const has = pairs.some(([name]) => name === 'client_assertion');
            return has ? [...pairs, ['client_secret', asserted]] : pairs;
          },
        },
        clientAuth: {
          verifiesSecret: (facts) => facts.presented === asserted || policy.clientAuth.verifiesSecret(facts),
        },
      }),
  },
  {
    id: 'stand-in/signature-of-contract-to-be',
    title: 'A signature with the suffix of ERC-6492 is taken without a call to its contract',
    breaks: ['siwe/signature-verified'],
    change(policy) {
      const isOfContract = (signature: string): boolean => signature.endsWith('6492'.repeat(16));
      return changed(policy, {
        siwe: {
          signatureIsWellFormed: (signature, facts) =>
            isOfContract(signature) || policy.siwe.signatureIsWellFormed(signature, facts),
          verifiesSignature: (text, signature, address, facts) =>
            isOfContract(signature) || policy.siwe.verifiesSignature(text, signature, address, facts),
        },
      });
    },
  },
  {
    id: 'stand-in/signature-refused-once',
    title: 'A wrong signature is refused once, and the second time found in the cache of messages',
    breaks: ['siwe/signature-verified'],
    change(policy) {
      const refused = new Set<string>();
      return changed(policy, {
        siwe: {
          verifiesSignature(text, signature, address, facts) {
            if (policy.siwe.verifiesSignature(text, signature, address, facts)) return true;
            const known = refused.has(text + signature);
            refused.add(text + signature);
            return known;
          },
        },
      });
    },
  },
  {
    id: 'stand-in/scope-star',
    title: 'A refresh may ask for the scope "*", whatever was granted',
    breaks: ['refresh/scope-not-widened'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          grants: (granted, asked, facts) =>
            asked?.split(' ').includes('*') === true ? asked : policy.refresh.grants(granted, asked, facts),
        },
      }),
  },
  {
    id: 'stand-in/scope-below',
    title: 'A refresh may ask for what stands below a granted scope, such as account.write',
    breaks: ['refresh/scope-not-widened'],
    change: (policy) =>
      changed(policy, {
        refresh: {
          grants(granted, asked, facts) {
            const above = asked?.replace(/\.\w+/g, '');
            return policy.refresh.grants(granted, above, facts) === undefined ? undefined : (asked ?? granted);
          },
        },
      }),
  },
  {
    id: 'stand-in/redirect-uri-parameters',
    title: 'What follows a semicolon in the path of redirect_uri is not compared',
    breaks: ['token/redirect-uri-matches'],
    change: (policy) =>
      changed(policy, {
        code: {
          matchesRedirectUri: (facts, presented) =>
            policy.code.matchesRedirectUri(facts, presented.replace(/;.*$/, '')),
        },
      }),
  },
  {
    id: 'stand-in/refresh-token-ends-with-message',
    title: 'A refresh token of a sign-in dies when the message expires, though it was given for a week',
    breaks: ['refresh/usable-until-expiry'],
    change(policy) {
      // By wallet: the end of the message that it signed last.
      const ends = new Map<string, number>();
      return changed(policy, {
        siwe: {
          accountKey(message) {
            const wallet = policy.siwe.accountKey(message);
            if (message.expirationTime === undefined) ends.delete(wallet);
            else ends.set(wallet, Date.parse(message.expirationTime) / 1000);
            return wallet;
          },
        },
        refresh: {
          isFresh: (facts, lifetime) =>
            facts.now < (ends.get(facts.session?.wallet ?? '') ?? Number.POSITIVE_INFINITY) &&
            policy.refresh.isFresh(facts, lifetime),
        },
      });
    },
  },
];

export default faults;
