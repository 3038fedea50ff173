/** Mistakes in proof keys (RFC 7636; RFC 9700 2.1.1, 4.8). */

import { randomUUID } from 'node:crypto';
import { keepingEmpty } from '../form-mistakes.ts';
import type { AuthenticatedClient } from '../model.ts';
import type { CodeFacts } from '../policy/code.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

type Who = (facts: AuthenticatedClient) => boolean;

const isPublic: Who = ({ method }) => method === 'none';
const isConfidential: Who = ({ client }) => client.secret !== undefined;
const usesBasic: Who = ({ method }) => method === 'client_secret_basic';
const usesPost: Who = ({ method }) => method === 'client_secret_post';
const isThirdParty: Who = ({ client }) => client.role === 'third-party';

const withCode = (policy: Policy, code: Partial<Policy['code']>): Policy => changed(policy, { code });

/** The verifier is not looked at. */
const unchecked = (id: string, whose: string, who: Who): Fault => ({
  id: `pkce/unchecked-${id}`,
  title: `The code_verifier of ${whose} must be there and is not compared`,
  breaks: ['token/pkce-verifier-matches', 'token/pkce-no-plain'],
  change: (policy) =>
    withCode(policy, { verifiesPkce: (facts, verifier) => who(facts) || policy.code.verifiesPkce(facts, verifier) }),
});

/** The verifier may be left out. */
const optional = (id: string, whose: string, who: Who): Fault => ({
  id: `pkce/optional-${id}`,
  title: `The code_verifier may be left out by ${whose}`,
  breaks: ['token/pkce-required'],
  change: (policy) =>
    withCode(policy, { requiresVerifier: (facts) => !who(facts) && policy.code.requiresVerifier(facts) }),
});

const plain = (id: string, whose: string, who: Who): Fault => ({
  id: `pkce/plain-${id}`,
  title: `The code_challenge itself is accepted as code_verifier from ${whose}`,
  breaks: ['token/pkce-no-plain'],
  change: (policy) =>
    withCode(policy, {
      verifiesPkce: (facts, verifier) =>
        (who(facts) && verifier === facts.record.codeChallenge) || policy.code.verifiesPkce(facts, verifier),
    }),
});

/** The verifier is changed before it is hashed. */
const reread = (id: string, title: string, breaks: string[], read: (verifier: string) => string): Fault => ({
  id: `pkce/${id}`,
  title,
  breaks,
  change: (policy) =>
    withCode(policy, {
      verifierIsWellFormed: (verifier, facts) => policy.code.verifierIsWellFormed(read(verifier), facts),
      verifiesPkce: (facts, verifier) => policy.code.verifiesPkce(facts, read(verifier)),
    }),
});

const grammar = (id: string, title: string, pattern: RegExp): Fault => ({
  id: `pkce/grammar-${id}`,
  title,
  breaks: ['token/pkce-verifier-grammar'],
  change: (policy) => withCode(policy, { verifierIsWellFormed: (verifier) => pattern.test(verifier) }),
});

const faults: readonly Fault[] = [
  unchecked('for-all', 'every client', () => true),
  unchecked('for-public-clients', 'public clients', isPublic),
  unchecked('for-confidential-clients', 'clients that have a secret', isConfidential),
  unchecked('with-basic', 'clients that authenticate with Basic', usesBasic),
  unchecked('with-post', 'clients that send their secret in the body', usesPost),
  unchecked('for-third-parties', 'third-party clients', isThirdParty),
  optional('for-all', 'every client', () => true),
  optional('for-public-clients', 'public clients', isPublic),
  optional('for-confidential-clients', 'clients that have a secret', isConfidential),
  optional('with-post', 'clients that send their secret in the body', usesPost),
  optional('for-third-parties', 'third-party clients', isThirdParty),
  plain('for-all', 'every client', () => true),
  plain('for-public-clients', 'public clients', isPublic),
  plain('with-basic', 'clients that authenticate with Basic', usesBasic),
  plain('for-third-parties', 'third-party clients', isThirdParty),
  {
    id: 'pkce/challenge-in-code',
    title: 'A code is a signed token whose claims hold the code_challenge',
    breaks: ['token/pkce-challenge-hidden'],
    change: (policy) =>
      withCode(policy, {
        mints: (codeChallenge) =>
          `${Buffer.from(JSON.stringify({ jti: randomUUID(), code_challenge: codeChallenge })).toString('base64url')}.${policy.code.mints()}`,
      }),
  },
  {
    id: 'pkce/challenge-after-code',
    title: 'A code ends with its code_challenge',
    breaks: ['token/pkce-challenge-hidden'],
    change: (policy) => withCode(policy, { mints: (codeChallenge) => `${policy.code.mints()}.${codeChallenge ?? ''}` }),
  },
  {
    id: 'pkce/empty-verifier-accepted',
    title: 'An empty code_verifier is there, is falsy, and is not compared',
    breaks: ['token/pkce-required'],
    change: (policy) =>
      changed(policy, {
        requests: keepingEmpty(policy, 'code_verifier'),
        code: {
          verifierIsWellFormed: (verifier, facts) =>
            verifier === '' || policy.code.verifierIsWellFormed(verifier, facts),
          verifiesPkce: (facts, verifier) => verifier === '' || policy.code.verifiesPkce(facts, verifier),
        },
      }),
  },
  {
    id: 'pkce/method-parameter-switches',
    title: 'code_challenge_method=plain in the token request makes the comparison plain',
    breaks: ['token/pkce-no-plain'],
    change: (policy) => {
      const mark = 'plain~';
      return changed(policy, {
        requests: {
          parsesForm(text, operation) {
            const pairs = policy.requests.parsesForm(text, operation);
            const isPlain = pairs.some(([name, value]) => name === 'code_challenge_method' && value === 'plain');
            return pairs.map(([name, value]) => [
              name,
              isPlain && name === 'code_verifier' ? `${mark}${value}` : value,
            ]);
          },
        },
        code: {
          verifiesPkce: (facts, verifier) =>
            verifier === `${mark}${facts.record.codeChallenge}` || policy.code.verifiesPkce(facts, verifier),
        },
      });
    },
  },
  {
    id: 'pkce/challenge-parameter-replaces',
    title: 'A code_challenge in the token request replaces that of the authorization request',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const challenges = new Map<string, string>();
      return changed(policy, {
        requests: {
          parsesForm(text, operation) {
            const pairs = policy.requests.parsesForm(text, operation);
            const values = new Map(pairs);
            const [code, challenge] = [values.get('code'), values.get('code_challenge')];
            if (code !== undefined && challenge !== undefined) challenges.set(code, challenge);
            return pairs;
          },
        },
        code: {
          verifiesPkce(facts: CodeFacts, verifier) {
            const codeChallenge = challenges.get(facts.record.code) ?? facts.record.codeChallenge;
            return policy.code.verifiesPkce({ ...facts, record: { ...facts.record, codeChallenge } }, verifier);
          },
        },
      });
    },
  },
  {
    id: 'pkce/any-challenge-of-the-client',
    title: 'The code_verifier is compared with the challenges of all codes of the client',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const seen = new Map<string, Set<string>>();
      return withCode(policy, {
        finds(codes, presented) {
          for (const { clientId, codeChallenge } of codes.values())
            seen.set(clientId, (seen.get(clientId) ?? new Set()).add(codeChallenge));
          return policy.code.finds(codes, presented);
        },
        verifiesPkce: (facts, verifier) =>
          [...(seen.get(facts.client.id) ?? [])].some((codeChallenge) =>
            policy.code.verifiesPkce({ ...facts, record: { ...facts.record, codeChallenge } }, verifier),
          ),
      });
    },
  },
  {
    id: 'pkce/forgotten-after-refusal',
    title: 'A wrong code_verifier is refused once; the challenge is deleted by that, and the next one is not compared',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const failed = new Set<string>();
      return withCode(policy, {
        verifiesPkce(facts, verifier) {
          if (failed.has(facts.record.code) || policy.code.verifiesPkce(facts, verifier)) return true;
          failed.add(facts.record.code);
          return false;
        },
      });
    },
  },
  reread('trimmed', 'White space around code_verifier is removed', ['token/pkce-verifier-matches'], (verifier) =>
    verifier.trim(),
  ),
  reread(
    'cut-to-43',
    'code_verifier is cut to 43 characters before it is hashed',
    ['token/pkce-verifier-matches', 'token/pkce-verifier-grammar'],
    (verifier) => verifier.slice(0, 43),
  ),
  reread(
    'cut-to-128',
    'A code_verifier of more than 128 characters is cut, not refused',
    ['token/pkce-verifier-matches'],
    (verifier) => verifier.slice(0, 128),
  ),
  reread(
    'unpadded',
    'Padding is removed from code_verifier before it is hashed',
    ['token/pkce-verifier-matches'],
    (verifier) => verifier.replace(/=+$/, ''),
  ),
  {
    id: 'pkce/ill-formed-unchecked',
    title: 'What a code_verifier outside the grammar makes fail is the comparison, and that counts as passed',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) =>
      withCode(policy, {
        verifierIsWellFormed: () => true,
        verifiesPkce: (facts, verifier) =>
          !policy.code.verifierIsWellFormed(verifier, facts) || policy.code.verifiesPkce(facts, verifier),
      }),
  },
  {
    id: 'pkce/grammar-44-at-least',
    title: 'A verifier of 43 characters is refused',
    breaks: ['token/code-exchange'], // every verifier of this length
    change: (policy) =>
      withCode(policy, { verifierIsWellFormed: (verifier) => /^[A-Za-z0-9\-._~]{44,128}$/.test(verifier) }),
  },
  grammar('43-only', 'Only verifiers of 43 characters are accepted', /^[A-Za-z0-9\-._~]{43}$/),
  grammar('64-at-most', 'Verifiers of more than 64 characters are refused', /^[A-Za-z0-9\-._~]{43,64}$/),
  grammar('127-at-most', 'A verifier of 128 characters is refused', /^[A-Za-z0-9\-._~]{43,127}$/),
  grammar('base64url-only', 'Verifiers with "." or "~" are refused', /^[A-Za-z0-9\-_]{43,128}$/),
  grammar('without-tilde', 'Verifiers with "~" are refused', /^[A-Za-z0-9\-._]{43,128}$/),
];

export default faults;
