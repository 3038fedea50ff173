/** Mistakes that the examples of a scenario pass by, and that generated inputs find (RFC 6749 4.1.3 and appendix B, RFC 7636 4.6, ERC-4361). */

import { changed } from '../policy/index.ts';
import type { Fault } from './types.ts';

const faults: readonly Fault[] = [
  {
    id: 'generated/code-time-stamp',
    title: 'The fourth to the twentieth character of a code are taken for its time stamp and not compared',
    breaks: ['token/code-valid'],
    change: (policy) =>
      changed(policy, {
        code: {
          finds: (codes, presented) =>
            policy.code.finds(codes, presented) ??
            [...codes.values()].find(
              ({ code }) =>
                code.length === presented.length &&
                code.slice(0, 3) === presented.slice(0, 3) &&
                code.slice(20) === presented.slice(20),
            ),
        },
      }),
  },
  {
    id: 'generated/verifier-with-percent',
    title: 'A code_verifier that cannot be percent-decoded once more is not compared',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const decodes = (verifier: string): boolean => !/%(?![0-9A-Fa-f]{2})/.test(verifier);
      return changed(policy, {
        code: {
          verifierIsWellFormed: (verifier, facts) =>
            !decodes(verifier) || policy.code.verifierIsWellFormed(verifier, facts),
          verifiesPkce: (facts, verifier) => !decodes(verifier) || policy.code.verifiesPkce(facts, verifier),
        },
      });
    },
  },
  {
    id: 'generated/verifier-made-ascii',
    title: 'Characters outside ASCII are dropped from a code_verifier before it is hashed',
    breaks: ['token/pkce-verifier-matches'],
    change: (policy) => {
      const ascii = (verifier: string): string => verifier.replace(/[^\x20-\x7e]/g, '');
      return changed(policy, {
        code: {
          verifierIsWellFormed: (verifier, facts) => policy.code.verifierIsWellFormed(ascii(verifier), facts),
          verifiesPkce: (facts, verifier) => policy.code.verifiesPkce(facts, ascii(verifier)),
        },
      });
    },
  },
  {
    id: 'generated/parameter-name-not-ascii',
    title: 'A form with a parameter whose name is not ASCII is refused',
    breaks: ['form/equivalent-encodings', 'form/unknown-parameter'],
    change: (policy) =>
      changed(policy, {
        requests: {
          refusesUnknown: (operation, names) =>
            // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
            names.some((name) => /[^\x00-\x7f]/.test(name)) || policy.requests.refusesUnknown(operation, names),
        },
      }),
  },
  {
    id: 'generated/request-id-needs-statement',
    title: 'A message with a request-id and no statement is not understood',
    breaks: ['siwe/optional-fields'],
    change: (policy) =>
      changed(policy, {
        siwe: {
          parses(text) {
            const message = policy.siwe.parses(text);
            return message?.requestId !== undefined && message.statement === undefined ? undefined : message;
          },
        },
      }),
  },
  {
    id: 'generated/signature-unwrapped',
    title: 'A signature in a list of one is taken out of it',
    breaks: ['authenticate/member-types'],
    change: (policy) =>
      changed(policy, {
        requests: {
          readsString: (value, name) =>
            name === 'signature' && Array.isArray(value) && value.length === 1
              ? policy.requests.readsString(value[0], name)
              : policy.requests.readsString(value, name),
        },
      }),
  },
];

export default faults.map((fault): Fault => ({ ...fault, generatedOnly: true }));
