/** Mistakes in whose signature is accepted, over what, and how often (ERC-4361, ERC-191). */

import { getAddress, hashMessage, keccak256, recoverAddress, toUtf8Bytes, verifyMessage } from '../ethers.ts';
import { changed, type Policy } from '../policy/index.ts';
import { serverNonces } from '../siwe-settings.ts';
import type { Fault } from './types.ts';

type Siwe = Policy['siwe'];
const siwe = (decide: (own: Siwe) => Partial<Siwe>) => (policy: Policy) =>
  changed(policy, { siwe: decide(policy.siwe) });
const signature = (decide: (own: Siwe['verifiesSignature']) => Siwe['verifiesSignature']) =>
  siwe((own) => ({ verifiesSignature: decide(own.verifiesSignature) }));

/** The address that a recovery gives; undefined where it fails. */
function attempt(recover: () => string): string | undefined {
  try {
    return recover().toLowerCase();
  } catch {
    return undefined;
  }
}

/** What breaks where no signature is looked at. */
const everySignature = [
  'siwe/signature-verified',
  'siwe/signature-covers-message',
  'siwe/signature-prefix',
  'authenticate/no-chosen-wallet',
  'session/continuation-verified',
];

const forgeries: readonly Fault[] = [
  {
    id: 'siwe/signature-not-verified',
    title: 'The signature is not verified at all',
    breaks: everySignature,
    change: signature(() => () => true),
  },
  {
    id: 'siwe/signature-of-anybody',
    title: 'The address is recovered from the signature and compared with nothing',
    breaks: everySignature,
    change: signature(() => (text, value) => attempt(() => verifyMessage(text, value)) !== undefined),
  },
  {
    id: 'siwe/signature-of-known-wallet',
    title: 'The signature may be that of any wallet that has signed in before',
    breaks: ['siwe/signature-verified'],
    change: signature((own) => {
      const known = new Set<string>();
      return (text, value, address, facts) => {
        const signer = attempt(() => verifyMessage(text, value));
        if (own(text, value, address, facts)) known.add(address.toLowerCase());
        return signer !== undefined && known.has(signer);
      };
    }),
  },
  {
    id: 'siwe/signature-form-only',
    title: 'Only the form of the signature is checked for public clients',
    breaks: ['siwe/signature-verified'],
    change: signature(
      (own) => (text, value, address, facts) => facts?.method === 'none' || own(text, value, address, facts),
    ),
  },
  {
    id: 'siwe/signature-not-verified-with-post',
    title: 'The signature is not verified for clients with their secret in the body',
    breaks: ['siwe/signature-verified'],
    change: signature(
      (own) => (text, value, address, facts) =>
        facts?.method === 'client_secret_post' || own(text, value, address, facts),
    ),
  },
  {
    id: 'siwe/signature-of-zeros',
    title: 'A signature of zeros, which recovers no address, passes',
    breaks: ['siwe/signature-verified'],
    change: signature(
      (own) => (text, value, address, facts) => /^0x0+$/.test(value) || own(text, value, address, facts),
    ),
  },
  {
    id: 'siwe/signature-of-zero-address',
    title: 'Where no signer can be recovered the zero address stands for it, and may sign in',
    breaks: ['siwe/signature-verified'],
    change: signature(
      () => (text, value, address) =>
        (attempt(() => verifyMessage(text, value)) ?? `0x${'0'.repeat(40)}`) === address.toLowerCase(),
    ),
  },
  {
    id: 'siwe/signature-unreadable-passes',
    title: 'An exception in the verification counts as success',
    breaks: ['siwe/signature-verified'],
    change: siwe(() => ({
      signatureIsWellFormed: () => true,
      verifiesSignature: (text, value, address) => {
        const recovered = attempt(() => verifyMessage(text, value));
        return recovered === undefined || recovered === address.toLowerCase();
      },
    })),
  },
  {
    id: 'siwe/address-by-first-characters',
    title: 'Only the first 10 characters of the address are compared',
    breaks: ['siwe/signature-verified'],
    change: signature(
      () => (text, value, address) =>
        attempt(() => verifyMessage(text, value))?.slice(0, 10) === address.toLowerCase().slice(0, 10),
    ),
  },
  {
    id: 'siwe/address-by-last-characters',
    title: 'Only the last 8 characters of the address are compared',
    breaks: ['siwe/signature-verified'],
    change: signature(
      () => (text, value, address) =>
        attempt(() => verifyMessage(text, value))?.slice(-8) === address.toLowerCase().slice(-8),
    ),
  },
  {
    id: 'siwe/address-as-displayed',
    title: 'Addresses are compared as they are displayed, with their middle left out',
    breaks: ['siwe/signature-verified'],
    change: signature(() => (text, value, address) => {
      const shown = (one: string): string => `${one.slice(0, 6)}...${one.slice(-4)}`;
      return shown(attempt(() => verifyMessage(text, value)) ?? '') === shown(address.toLowerCase());
    }),
  },
  {
    id: 'siwe/address-from-body',
    title: 'The signature is verified against an address member of the body, and the message says who is signed in',
    breaks: ['authenticate/no-chosen-wallet'],
    change: siwe((own) => ({
      addressThatSigns: (message, body) =>
        typeof body.address === 'string' ? body.address : own.addressThatSigns(message, body),
    })),
  },
  {
    id: 'siwe/signature-without-prefix',
    title: 'A signature over the bare hash of the message is accepted too',
    breaks: ['siwe/signature-prefix'],
    change: signature(
      (own) => (text, value, address, facts) =>
        own(text, value, address, facts) ||
        attempt(() => recoverAddress(keccak256(toUtf8Bytes(text)), value)) === address.toLowerCase(),
    ),
  },
  {
    id: 'siwe/signature-over-hash',
    title: 'A personal signature over the hash of the message is accepted too',
    breaks: ['siwe/signature-prefix'],
    change: signature(
      (own) => (text, value, address, facts) =>
        own(text, value, address, facts) ||
        attempt(() => recoverAddress(hashMessage(Buffer.from(keccak256(toUtf8Bytes(text)).slice(2), 'hex')), value)) ===
          address.toLowerCase(),
    ),
  },
  {
    id: 'siwe/signature-without-optional-lines',
    title: 'The signature is also tried over the message without its optional fields, for wallets that drop them',
    breaks: ['siwe/signature-covers-message'],
    change: signature(
      (own) => (text, value, address, facts) =>
        own(text, value, address, facts) ||
        own(text.replace(/(\nIssued At: [^\n]*)(?:.|\n)*$/, '$1'), value, address, facts),
    ),
  },
  {
    id: 'siwe/signature-before-domain',
    title: 'A signature is accepted as well that was given for the same message at a partner site',
    breaks: ['siwe/signature-covers-message'],
    change: signature((own) => (text, value, address, facts) => {
      const tail = text.slice(text.indexOf(' wants you'));
      return own(text, value, address, facts) || own(`phishing.example${tail}`, value, address, facts);
    }),
  },
  {
    id: 'siwe/signature-remembered',
    title: 'A signature that was verified once passes for its address from then on',
    breaks: ['siwe/signature-covers-message'],
    change: signature((own) => {
      const verified = new Set<string>();
      return (text, value, address, facts) => {
        const key = `${address.toLowerCase()} ${value}`;
        const right = verified.has(key) || own(text, value, address, facts);
        if (right) verified.add(key);
        return right;
      };
    }),
  },
  {
    id: 'siwe/checksum-ignored',
    title: 'The checksum of an address in mixed case is not verified',
    breaks: ['siwe/address-checksum'],
    change: siwe((own) => ({
      parses: (text) => {
        const raw = text.split('\n')[1] ?? '';
        const fixed = checksummed(raw);
        const message = fixed === undefined ? own.parses(text) : own.parses(text.replace(raw, fixed));
        return message === undefined ? undefined : { ...message, address: raw };
      },
      addressIsChecksummed: (message) => /^0x[0-9a-fA-F]{40}$/.test(message.address),
    })),
  },
  {
    id: 'siwe/address-without-prefix',
    title: 'An address is found in whatever stands in its line',
    breaks: ['siwe/address-form'],
    change: siwe((own) => ({
      parses: (text) => {
        const raw = text.split('\n')[1] ?? '';
        const digits = /[0-9a-fA-F]{40}/.exec(raw.replace(/^0x/, ''))?.[0];
        const fixed = digits === undefined ? undefined : checksummed(`0x${digits}`);
        return own.parses(fixed === undefined ? text : text.replace(raw, fixed));
      },
    })),
  },
];

const replays: readonly Fault[] = [
  {
    id: 'siwe/replay-accepted',
    title: 'A message is accepted any number of times',
    breaks: ['siwe/nonce-replay'],
    change: siwe(() => ({ isFirstUse: () => true })),
  },
  {
    id: 'siwe/replay-by-another-client',
    title: 'Used messages are remembered for each client apart',
    breaks: ['siwe/nonce-replay'],
    change: siwe((own) => ({
      isFirstUse: (seen, key, facts) => own.isFirstUse(seen, `${facts?.client.id} ${key}`, facts),
      consumes: (seen, key, until, facts) => own.consumes(seen, `${facts.client.id} ${key}`, until, facts),
    })),
  },
  {
    id: 'siwe/replay-accepted-for-public-clients',
    title: 'Used messages are remembered for confidential clients only',
    breaks: ['siwe/nonce-replay'],
    change: siwe((own) => ({
      isFirstUse: (seen, key, facts) => facts?.method === 'none' || own.isFirstUse(seen, key, facts),
    })),
  },
  {
    id: 'siwe/replay-when-continuing',
    title: 'A used message is accepted together with a session_id',
    breaks: ['siwe/nonce-replay'],
    change: siwe((own) => ({
      isFirstUse: (seen, key, facts) => facts?.continues === true || own.isFirstUse(seen, key, facts),
    })),
  },
  {
    id: 'siwe/replay-third-time',
    title: 'The refusal of a used message forgets it, so that the third try gets through',
    breaks: ['siwe/nonce-replay'],
    change: siwe(() => ({ isFirstUse: (seen, key) => !(seen as Map<string, number>).delete(key) })),
  },
  {
    id: 'siwe/replay-after-three-others',
    title: 'Only the last three messages are remembered',
    breaks: ['siwe/nonce-replay'],
    change: siwe(() => ({ isFirstUse: (seen, key) => ![...seen.keys()].slice(-3).includes(key) })),
  },
  {
    id: 'siwe/replay-after-wrong-signature',
    title: 'A wrong signature under a used message forgets that it was used',
    breaks: ['siwe/nonce-replay'],
    change: siwe((own) => {
      const freed = new Set<string>();
      return {
        verifiesSignature(text, value, address, facts) {
          const right = own.verifiesSignature(text, value, address, facts);
          const message = right ? undefined : own.parses(text);
          if (message !== undefined) freed.add(own.replayKey(message));
          return right;
        },
        isFirstUse: (seen, key, facts) => freed.delete(key) || own.isFirstUse(seen, key, facts),
      };
    }),
  },
  {
    id: 'siwe/replay-with-signature-rewritten',
    title: 'Used messages are known by their signatures, which can be written in other ways',
    breaks: ['siwe/nonce-replay'],
    change: siwe((own) => {
      let last = '';
      return {
        verifiesSignature(text, value, address, facts) {
          last = value;
          return own.verifiesSignature(text, value, address, facts);
        },
        replayKey: () => last,
        signatureIsWellFormed: (value) => /^0x(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{130})$/.test(value),
      };
    }),
  },
  {
    id: 'siwe/replay-after-an-hour',
    title: 'Used messages are remembered for an hour, though they may be valid for longer',
    breaks: ['siwe/nonce-replay'],
    change: siwe(() => ({ remembersUntil: (message) => Date.parse(message.issuedAt ?? '') / 1000 + 3600 })),
  },
  {
    id: 'siwe/replay-race',
    title: 'Looking a message up and remembering it are two steps',
    breaks: ['siwe/nonce-replay-race'],
    change: siwe((own) => ({
      consumes: async (seen, key, until, facts) => {
        await new Promise((resolve) => setTimeout(resolve, 15));
        await own.consumes(seen, key, until, facts);
      },
    })),
  },
  {
    id: 'siwe/server-nonce-not-looked-up',
    title: 'The server gives out nonces and looks none of them up',
    breaks: ['siwe/server-nonce-issued', 'siwe/server-nonce-single-use'],
    config: serverNonces,
    change: siwe(() => ({ requiresIssuedNonce: () => false, isFirstUse: () => true })),
  },
  {
    id: 'siwe/server-nonce-of-anybody',
    title: 'A nonce that the server did not give out is accepted',
    breaks: ['siwe/server-nonce-issued'],
    config: serverNonces,
    change: siwe(() => ({ requiresIssuedNonce: () => false })),
  },
  {
    id: 'siwe/server-nonce-by-prefix',
    title: 'A nonce that begins like one given out is accepted',
    breaks: ['siwe/server-nonce-issued'],
    config: serverNonces,
    change: siwe(() => ({
      requiresIssuedNonce: () => true,
      knowsNonce: (nonces, nonce) => [...nonces].some((one) => one.startsWith(nonce) || nonce.startsWith(one)),
    })),
  },
  {
    id: 'siwe/server-nonce-in-any-case',
    title: 'The letter case of a nonce given out does not count',
    breaks: ['siwe/server-nonce-issued'],
    config: serverNonces,
    change: siwe(() => ({
      requiresIssuedNonce: () => true,
      knowsNonce: (nonces, nonce) => [...nonces].some((one) => one.toLowerCase() === nonce.toLowerCase()),
    })),
  },
  {
    id: 'siwe/server-nonce-kept',
    title: 'A used nonce is kept, and is good for messages of other wallets',
    breaks: ['siwe/server-nonce-single-use'],
    config: serverNonces,
    change: siwe(() => ({ requiresIssuedNonce: () => true, forgetsNonce: () => undefined })),
  },
  {
    id: 'siwe/server-nonce-replayed',
    title: 'A used nonce is kept, and its message accepted again',
    breaks: ['siwe/server-nonce-single-use'],
    config: serverNonces,
    change: siwe(() => ({ requiresIssuedNonce: () => true, forgetsNonce: () => undefined, isFirstUse: () => true })),
  },
  {
    id: 'siwe/server-nonce-race',
    title: 'A used nonce is deleted some milliseconds after it was accepted',
    breaks: ['siwe/server-nonce-single-use'],
    config: serverNonces,
    change: siwe((own) => ({
      requiresIssuedNonce: () => true,
      isFirstUse: () => true,
      forgetsNonce: (nonces, nonce) => void setTimeout(() => own.forgetsNonce(nonces, nonce), 15),
    })),
  },
];

function checksummed(address: string): string | undefined {
  try {
    return getAddress(address.toLowerCase());
  } catch {
    return undefined;
  }
}

export default [...forgeries, ...replays];
