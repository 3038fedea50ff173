/** Mistakes in what a sign-in message must say (ERC-4361 "Message Fields", "Verifying a signed Message"). */

import { changed, type Policy } from '../policy/index.ts';
import { readsLeniently } from '../policy/lenient-siwe.ts';
import type { ParsedMessage } from '../policy/siwe.ts';
import type { Fault } from './types.ts';

type Decisions = Partial<Policy['siwe']>;
export const siwe = (decide: (own: Policy['siwe']) => Decisions) => (policy: Policy) =>
  changed(policy, { siwe: decide(policy.siwe) });

/** Reads a message whose line `label` the grammar excludes, as if it were written well; the value as it was stands in `key`. */
export function tolerating(own: Policy['siwe'], label: string, key: keyof ParsedMessage, harmless: string): Decisions {
  const line = new RegExp(`^${label}: (.*)$`, 'm');
  return {
    parses(text) {
      const raw = line.exec(text)?.[1];
      const message = own.parses(raw === undefined ? text : text.replace(line, `${label}: ${harmless}`));
      return message === undefined || raw === undefined ? message : { ...message, [key]: raw };
    },
  };
}

/** Reads a message without the line `label`, as if it stood before the line `next`. */
function defaulting(own: Policy['siwe'], label: string, next: string, value: string): Decisions {
  return {
    parses: (text) =>
      own.parses(text.includes(`\n${label}: `) ? text : text.replace(`\n${next}: `, `\n${label}: ${value}\n${next}: `)),
  };
}

/** What stands for a time of issue that is missing. */
const now = (): string => new Date().toISOString();

const bindings: readonly Fault[] = [
  {
    id: 'siwe/domain-ignored',
    title: 'The domain of the message is not compared with anything',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: () => true })),
  },
  {
    id: 'siwe/domain-by-forwarded-host',
    title: 'A domain is right when X-Forwarded-Host names it',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({
      domainMatches: (message, expected, facts) =>
        message.domain === facts?.headers.get('x-forwarded-host') || own.domainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/domain-by-origin',
    title: 'A domain is right when the page that asks is of it',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({
      domainMatches: (message, expected, facts) =>
        `https://${message.domain}` === facts?.headers.get('origin') || own.domainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/domain-after-scheme',
    title: 'The domain is not compared where a scheme stands before it',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({
      domainMatches: (message, expected, facts) =>
        message.scheme !== undefined || own.domainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/domain-by-suffix',
    title: 'Any domain that ends with ours is accepted',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: (message, expected) => message.domain.endsWith(expected.domain) })),
  },
  {
    id: 'siwe/domain-by-prefix',
    title: 'Any domain that begins with ours is accepted',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: (message, expected) => message.domain.startsWith(expected.domain) })),
  },
  {
    id: 'siwe/domain-by-substring',
    title: 'Any domain that contains ours is accepted',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: (message, expected) => message.domain.includes(expected.domain) })),
  },
  {
    id: 'siwe/domain-of-subdomains',
    title: 'Every subdomain of ours is accepted, also those that customers own',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({
      domainMatches: (message, expected) =>
        message.domain === expected.domain || message.domain.endsWith(`.${expected.domain}`),
    })),
  },
  {
    id: 'siwe/domain-of-parent',
    title: 'The parent of our domain is accepted',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: (message, expected) => expected.domain.endsWith(message.domain) })),
  },
  {
    id: 'siwe/domain-without-port',
    title: 'The port of the domain is not looked at',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({
      domainMatches: (message, expected) =>
        message.domain.replace(/:\d+$/, '') === expected.domain.replace(/:\d+$/, ''),
    })),
  },
  {
    id: 'siwe/domain-after-at',
    title: 'Of a domain with userinfo the part after the @ is compared',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({
      domainMatches: (message, expected) => message.domain.split('@').at(-1) === expected.domain,
    })),
  },
  {
    id: 'siwe/domain-of-uri',
    title: 'The domain is compared with the URI of the message alone, and the URI with the domain',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => {
      const agrees = ({ domain, uri }: ParsedMessage): boolean => URL.canParse(uri) && new URL(uri).host === domain;
      return {
        domainMatches: (message) => agrees(message),
        uriMatches: (message, expected, facts) => agrees(message) || own.uriMatches(message, expected, facts),
      };
    }),
  },
  {
    id: 'siwe/domain-as-pattern',
    title: 'The right domain is used as a regular expression, in which a dot is any character',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({
      domainMatches: (message, expected) => new RegExp(`^${expected.domain}$`).test(message.domain),
    })),
  },
  {
    id: 'siwe/domain-normalised',
    title: 'The message is brought into the form NFKC before its domain is compared',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({ parses: (text) => own.parses(text.normalize('NFKC')) })),
  },
  {
    id: 'siwe/domain-before-at',
    title: 'Of a domain with userinfo the part before the @ is compared',
    breaks: ['siwe/domain-binding'],
    change: siwe(() => ({ domainMatches: (message, expected) => message.domain.split('@')[0] === expected.domain })),
  },
  {
    id: 'siwe/domain-ignored-for-public-clients',
    title: 'The domain is compared for confidential clients only',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({
      domainMatches: (message, expected, facts) =>
        facts?.method === 'none' || own.domainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/domain-ignored-with-basic',
    title: 'The domain is not compared for clients that authenticate with Basic',
    breaks: ['siwe/domain-binding'],
    change: siwe((own) => ({
      domainMatches: (message, expected, facts) =>
        facts?.method === 'client_secret_basic' || own.domainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/uri-ignored',
    title: 'The URI of the message is not compared with anything',
    breaks: ['siwe/uri-expected'],
    change: siwe(() => ({ uriMatches: () => true })),
  },
  {
    id: 'siwe/uri-in-statement',
    title: 'The first line that begins like a field counts, be it the statement',
    breaks: ['siwe/uri-expected'],
    change: siwe((own) => ({
      uriMatches: (message, expected, facts) => {
        const uri = /^URI: (.*)$/.exec(message.statement ?? '')?.[1] ?? message.uri;
        return own.uriMatches({ ...message, uri }, expected, facts);
      },
    })),
  },
  {
    id: 'siwe/domain-at-second-try',
    title:
      'A message for another domain is refused once, and taken from the cache of verified messages when it comes again',
    breaks: ['siwe/domain-binding'],
    change: (policy) => {
      const seen = new Set<string>();
      return changed(policy, {
        siwe: {
          domainMatches: (message, expected, facts) => {
            const key = `${message.nonce} ${message.address}`;
            if (policy.siwe.domainMatches(message, expected, facts) || seen.has(key)) return true;
            seen.add(key);
            return false;
          },
        },
      });
    },
  },
  {
    id: 'siwe/uri-by-prefix',
    title: 'Any URI that begins with ours is accepted, so also a longer host',
    breaks: ['siwe/uri-expected'],
    change: siwe(() => ({ uriMatches: (message, expected) => message.uri.startsWith(expected.uri) })),
  },
  {
    id: 'siwe/uri-by-host-suffix',
    title: 'Any URI whose host ends with ours is accepted',
    breaks: ['siwe/uri-expected'],
    change: siwe(() => ({
      uriMatches: (message, expected) =>
        URL.canParse(message.uri) && new URL(message.uri).host.endsWith(new URL(expected.uri).host),
    })),
  },
  {
    id: 'siwe/uri-by-substring',
    title: 'Any URI that contains ours is accepted',
    breaks: ['siwe/uri-expected'],
    change: siwe(() => ({ uriMatches: (message, expected) => message.uri.includes(expected.uri) })),
  },
  {
    id: 'siwe/uri-ignored-with-post',
    title: 'The URI is not compared for clients with their secret in the body',
    breaks: ['siwe/uri-expected'],
    change: siwe((own) => ({
      uriMatches: (message, expected, facts) =>
        facts?.method === 'client_secret_post' || own.uriMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/chain-ignored',
    title: 'The chain id of the message is not compared with anything',
    breaks: ['siwe/chain-id'],
    change: siwe(() => ({ chainMatches: () => true })),
  },
  {
    id: 'siwe/chain-by-prefix',
    title: 'Chain ids are compared as text, and any that begins with ours is accepted',
    breaks: ['siwe/chain-id'],
    change: siwe(() => ({
      chainMatches: (message, expected) => String(message.chainId).startsWith(String(expected.chainId)),
    })),
  },
  {
    id: 'siwe/chain-read-loosely',
    title: 'Of the chain id the digits at its start count',
    breaks: ['siwe/chain-id'],
    change: siwe((own) => ({ parses: (text) => own.parses(text.replace(/^(Chain ID: \d+)[^\d\n].*$/m, '$1')) })),
  },
  {
    id: 'siwe/chain-read-as-number',
    title: 'The chain id is whatever JavaScript reads as a number, in hexadecimal too',
    breaks: ['siwe/chain-id'],
    change: siwe((own) => ({
      parses: (text) =>
        own.parses(
          text.replace(/^Chain ID: (.+)$/m, (line, value: string) =>
            Number.isInteger(Number(value)) ? `Chain ID: ${Number(value)}` : line,
          ),
        ),
    })),
  },
  {
    id: 'siwe/chain-in-32-bits',
    title: 'Chain ids are cut to 32 bits before they are compared',
    breaks: ['siwe/chain-id'],
    change: siwe(() => ({ chainMatches: (message, expected) => (message.chainId | 0) === expected.chainId })),
  },
  {
    id: 'siwe/chain-ignored-for-public-clients',
    title: 'The chain id is compared for confidential clients only',
    breaks: ['siwe/chain-id'],
    change: siwe((own) => ({
      chainMatches: (message, expected, facts) =>
        facts?.method === 'none' || own.chainMatches(message, expected, facts),
    })),
  },
  {
    id: 'siwe/version-ignored',
    title: 'The version of the message is not looked at',
    breaks: ['siwe/version'],
    change: siwe((own) => ({ ...tolerating(own, 'Version', 'version', '1'), versionMatches: () => true })),
  },
  {
    id: 'siwe/version-by-prefix',
    title: 'Any version that begins with 1 is accepted',
    breaks: ['siwe/version'],
    change: siwe((own) => ({
      ...tolerating(own, 'Version', 'version', '1'),
      versionMatches: (message) => message.version.startsWith('1'),
    })),
  },
  {
    id: 'siwe/version-at-least-1',
    title: 'Later versions are accepted',
    breaks: ['siwe/version'],
    change: siwe((own) => ({
      ...tolerating(own, 'Version', 'version', '1'),
      versionMatches: (message) => Number(message.version) >= 1,
    })),
  },
];

const nonces: readonly Fault[] = [
  {
    id: 'siwe/nonce-unchecked',
    title: 'The nonce may be any text',
    breaks: ['siwe/nonce-form'],
    change: siwe((own) => ({ ...tolerating(own, 'Nonce', 'nonce', '00000000'), nonceIsAcceptable: () => true })),
  },
  {
    id: 'siwe/nonce-of-seven',
    title: 'The nonce may have 7 characters',
    breaks: ['siwe/nonce-form'],
    change: siwe((own) => ({
      ...tolerating(own, 'Nonce', 'nonce', '00000000'),
      nonceIsAcceptable: (message) => /^[A-Za-z0-9]{7,}$/.test(message.nonce),
    })),
  },
  {
    id: 'siwe/nonce-with-punctuation',
    title: 'The nonce may have characters that are not alphanumeric',
    breaks: ['siwe/nonce-form'],
    change: siwe((own) => ({
      ...tolerating(own, 'Nonce', 'nonce', '00000000'),
      nonceIsAcceptable: (message) => message.nonce.length >= 8,
    })),
  },
  {
    id: 'siwe/nonce-pattern-not-anchored',
    title: 'The pattern of the nonce is not anchored at its end',
    breaks: ['siwe/nonce-form'],
    change: siwe((own) => ({
      ...tolerating(own, 'Nonce', 'nonce', '00000000'),
      nonceIsAcceptable: (message) => /^[A-Za-z0-9]{8}/.test(message.nonce),
    })),
  },
  {
    id: 'siwe/nonce-optional',
    title: 'A message without nonce is accepted',
    breaks: ['siwe/required-fields'],
    change: siwe((own) => {
      let count = 0;
      return {
        parses: (text) => {
          count += 1;
          return defaulting(own, 'Nonce', 'Issued At', `generated${count}`).parses?.(text);
        },
      };
    }),
  },
  {
    id: 'siwe/issued-at-optional',
    title: 'A message without issued-at is accepted',
    breaks: ['siwe/required-fields'],
    change: siwe((own) => ({
      parses: (text) =>
        own.parses(text.includes('\nIssued At: ') ? text : text.replace(/(\nNonce: .*)/, `$1\nIssued At: ${now()}`)),
    })),
  },
  {
    id: 'siwe/uri-optional',
    title: 'A message without URI is accepted',
    breaks: ['siwe/required-fields'],
    change: siwe((own) => defaulting(own, 'URI', 'Version', 'https://app.example.com')),
  },
  {
    id: 'siwe/chain-id-optional',
    title: 'A message without chain id counts for the main network',
    breaks: ['siwe/required-fields'],
    change: siwe((own) => defaulting(own, 'Chain ID', 'Nonce', '1')),
  },
  {
    id: 'siwe/version-optional',
    title: 'A message without version counts as version 1',
    breaks: ['siwe/required-fields'],
    change: siwe((own) => defaulting(own, 'Version', 'Chain ID', '1')),
  },
  {
    id: 'siwe/read-by-lines',
    title: 'The fields are looked for line by line, in any order and place',
    breaks: ['siwe/message-grammar', 'siwe/statement-one-line'],
    change: siwe(() => ({ parses: readsLeniently })),
  },
  {
    id: 'siwe/statement-of-many-lines',
    title: 'The statement may go on in further lines, and the first lines that look like fields count',
    breaks: ['siwe/statement-one-line'],
    change: siwe((own) => ({
      parses: (text) =>
        own.parses(text) ??
        own.parses(text.replace(/(\n\n[^\n]*\n\nURI: (?:.|\n)*?\nIssued At: [^\n]*)\n\nURI: (?:.|\n)*$/, '$1')),
    })),
  },
  {
    id: 'siwe/lines-after-the-last',
    title: 'Lines after the last field are ignored',
    breaks: ['siwe/message-grammar'],
    change: siwe((own) => ({ parses: (text) => own.parses(text) ?? own.parses(text.replace(/\n[^\n]*$/, '')) })),
  },
  {
    id: 'siwe/any-text-with-an-address',
    title: 'Any text of the wallet is accepted as a sign-in',
    breaks: ['siwe/message-grammar'],
    change: siwe((own) => {
      let count = 0;
      const expected = {
        domain: 'app.example.com',
        uri: 'https://app.example.com',
        version: '1',
        chainId: 1,
      };
      return {
        parses: (text) => {
          const strict = own.parses(text);
          if (strict !== undefined || text.length > 1000 || /^\S+ wants you to sign in/.test(text)) return strict;
          count += 1;
          return {
            ...expected,
            issuedAt: now(),
            nonce: `anyText${count}`,
            address: '0x0000000000000000000000000000000000000000',
          };
        },
        verifiesSignature: (text, signature, address, facts) =>
          /^0x0+$/.test(address) || own.verifiesSignature(text, signature, address, facts),
      };
    }),
  },
  {
    id: 'siwe/statement-of-lines',
    title: 'A statement may have several lines, while none of them looks like a field',
    breaks: ['siwe/statement-one-line'],
    change: siwe((own) => ({
      parses(text) {
        const [head = '', ...rest] = text.split('\n\n');
        const statement = rest.slice(0, -1).join('\n\n');
        if (!statement.includes('\n') || /^[A-Z][A-Za-z ]+: /m.test(statement)) return own.parses(text);
        return own.parses([head, statement.replaceAll('\n', ' '), rest.at(-1)].join('\n\n'));
      },
    })),
  },
  {
    id: 'siwe/blank-lines-skipped',
    title: 'Blank lines between the address and the statement may be missing',
    breaks: ['siwe/message-grammar'],
    change: siwe((own) => ({
      parses: (text) => own.parses(text.replace(/^(.*\n0x[0-9a-fA-F]{40})\n(?!\n)/, '$1\n\n')),
    })),
  },
  {
    id: 'siwe/statement-required',
    title: 'A message without statement is refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({
      parses: (text) => {
        const message = own.parses(text);
        return message?.statement === undefined ? undefined : message;
      },
    })),
  },
  {
    id: 'siwe/resources-refused',
    title: 'A message with resources is refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({ parses: (text) => (text.includes('\nResources:') ? undefined : own.parses(text)) })),
  },
  {
    id: 'siwe/offset-refused',
    title: 'A message with a time in another zone than UTC is refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({
      parses: (text) => (/^Issued At: .*[+-]\d\d:\d\d$/m.test(text) ? undefined : own.parses(text)),
    })),
  },
  {
    id: 'siwe/fraction-of-six-refused',
    title: 'Times with more than three digits after the seconds are refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({ parses: (text) => (/\.\d{4}/.test(text) ? undefined : own.parses(text)) })),
  },
  {
    id: 'siwe/fraction-of-one-refused',
    title: 'Times with one digit after the seconds are refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({ parses: (text) => (/:\d\d\.\dZ/.test(text) ? undefined : own.parses(text)) })),
  },
  {
    id: 'siwe/fraction-of-nine-refused',
    title: 'Times with more than six digits after the seconds are refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({ parses: (text) => (/\.\d{7}/.test(text) ? undefined : own.parses(text)) })),
  },
  {
    id: 'siwe/fraction-required',
    title: 'Times in whole seconds are refused',
    breaks: ['siwe/optional-fields'],
    change: siwe((own) => ({ parses: (text) => (/ At: [^.]*$/m.test(text) ? undefined : own.parses(text)) })),
  },
];

export default [...bindings, ...nonces];
