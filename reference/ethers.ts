/** The ethers that siwe has loaded already: the module of the same name would be a second copy of all of it. */

import { createRequire } from 'node:module';
import type * as Ethers from 'ethers';
import { recover } from 'tiny-secp256k1';

const ethers = createRequire(import.meta.url)('ethers') as typeof Ethers;

export const { getAddress, hashMessage, keccak256, toUtf8Bytes } = ethers;

/**
 * The address whose key has signed a hash, as `recoverAddress` of ethers gives it, whose curve takes ten times as long.
 * @param digest 32 bytes in hex
 * @throws Error when the signature is malformed or no key is recovered
 */
export function recoverAddress(digest: string, signature: string): string {
  const { r, s, yParity } = ethers.Signature.from(signature);
  const point = recover(ethers.getBytes(digest), ethers.getBytes(ethers.concat([r, s])), yParity, false);
  if (point === null) throw new RangeError('No key is recovered from the signature.');
  return getAddress(ethers.dataSlice(keccak256(point.subarray(1)), 12));
}

/** The address whose key has signed a text (ERC-191, version 0x45). @throws Error as `recoverAddress` */
export function verifyMessage(text: string, signature: string): string {
  return recoverAddress(hashMessage(text), signature);
}
