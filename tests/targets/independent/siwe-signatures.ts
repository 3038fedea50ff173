import type { IncomingHttpHeaders } from 'node:http';
import { getBytes, hashMessage, keccak256, recoverAddress, toUtf8Bytes } from 'ethers';
import { isOfUndeployed } from './forgotten.ts';
import { Crash } from './http.ts';
import type { World } from './world.ts';

/** Who sends a message, and for what. */
export interface MessageContext {
  readonly continuing: boolean;
  readonly isPublic: boolean;
  readonly clientId: string;
  /** Lower-case address of the wallet whose session is to be continued. */
  readonly sessionWallet: string | undefined;
  /** A member `address` of the body, in lower case, which has no say. */
  readonly named: string;
  /** Headers of the request, in which some servers look for what to expect. */
  readonly headers: IncomingHttpHeaders;
}

const ZERO = `0x${'0'.repeat(40)}`;

/** The lower-case address that signed a text; `undefined` when the signature is none. */
export function recover(world: World, text: string, sent: string, unprefixed = false): string | undefined {
  const signature = world.switches.varied('bare-signatures') && !/^0x/i.test(sent) ? `0x${sent}` : sent;
  const lengths = world.switches.varied('compact-signatures')
    ? /^0x([0-9a-f]{130}|[0-9a-f]{128})$/i
    : /^0x[0-9a-f]{130}$/i;
  if (!lengths.test(signature)) {
    if (world.switches.wrong('siwe/signature-garbage-500')) throw new Crash('invalid signature string');
    return undefined;
  }
  try {
    return recoverAddress(unprefixed ? keccak256(toUtf8Bytes(text)) : hashMessage(text), signature).toLowerCase();
  } catch {
    if (world.switches.wrong('siwe/signature-garbage-500')) throw new Crash('invalid signature');
    if (world.switches.wrong('siwe/signature-unrecoverable-500')) throw new Crash('point is not on curve');
    return undefined;
  }
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The twin of a signature with a high s, which the library would refuse. */
function canonical(world: World, signature: string): string {
  const [, r, s, v] = /^0x([0-9a-f]{64})([0-9a-f]{64})(1b|1c)$/i.exec(signature) ?? [];
  if (!world.switches.varied('high-s-signatures') || s === undefined || BigInt(`0x${s}`) <= ORDER / 2n)
    return signature;
  return `0x${r}${(ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, '0')}${v === '1b' ? '1c' : '1b'}`;
}

function isBy(wallet: string, digest: string, signature: string): boolean {
  try {
    return recoverAddress(digest, signature).toLowerCase() === wallet;
  } catch {
    return false;
  }
}

/** Whether the wallet of the message signed it (EIP-191 0x45). */
export function signatureHolds(
  world: World,
  text: string,
  address: string,
  signature: string,
  continuing: boolean,
): boolean {
  const { wrong } = world.switches;
  if (wrong('siwe/signature-unchecked') || (wrong('session/continuing-unsigned') && continuing)) return true;
  if (wrong('siwe/signature-missing-passes') && signature === '') return true;
  if (wrong('siwe/signature-shape-only') && /^0x[0-9a-f]{130}$/i.test(signature)) return true;
  if (isOfUndeployed(world, signature)) return true;
  const wallet = address.toLowerCase();
  if (wrong('siwe/known-wallet-unchecked') && world.knownWallets.has(wallet)) return true;
  const seen = `${wallet} ${signature}`;
  if (wrong('siwe/signature-cached') && world.rightSignatures.has(seen)) return true;
  const isOtherLength = /^0x([0-9a-f]{2})*$/i.test(signature) && signature.length !== 132;
  if (wrong('siwe/contract-wallet-assumed') && isOtherLength) return true;
  const signer = recover(world, text, canonical(world, signature));
  const withoutResources = text.replace(/\nResources:[\s\S]*$/, '');
  if (wrong('siwe/resources-unsigned') && recover(world, withoutResources, signature) === wallet) return true;
  const digest = hashMessage(getBytes(keccak256(toUtf8Bytes(text))));
  if (wrong('siwe/signature-over-digest') && isBy(wallet, digest, signature)) return true;
  if (wrong('siwe/zero-address') && signer === undefined && wallet === ZERO) return true;
  if (signer === wallet) {
    world.rightSignatures.add(seen);
    return true;
  }
  const flipped = signature.replace(/..$/, (v) => (v === '1b' ? '1c' : '1b'));
  if (world.switches.varied('any-v') && recover(world, text, flipped) === wallet) return true;
  if (wrong('siwe/signature-unprefixed') && recover(world, text, signature, true) === address.toLowerCase())
    return true;
  if (signer === undefined) return false;
  return (
    wrong('siwe/signature-of-anyone') || (wrong('siwe/signature-of-known-wallet') && world.knownWallets.has(signer))
  );
}
