/**
 * Externally owned Ethereum accounts for signing in (ERC-191 personal messages), by viem, and what is wrong with signatures. The curve is
 * computed by WebAssembly, with the very bytes of viem's own accounts in a tenth of their time: a run signs hundreds of messages.
 */

import fc from 'fast-check';
import { checksum } from 'ox/Address';
import { keccak256 } from 'ox/Hash';
import { fromBytes, fromString, type Hex } from 'ox/Hex';
import { getSignPayload } from 'ox/PersonalMessage';
import { pointFromScalar, signRecoverable } from 'tiny-secp256k1';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount, toAccount } from 'viem/accounts';

export interface Wallet {
  /** ERC-55 mixed-case checksum address. */
  readonly address: `0x${string}`;
  /** ERC-191 version 0x45 signature of a text: 65 bytes in hex. */
  sign(message: string): Promise<`0x${string}`>;
  /** The account itself, for unusual signatures. */
  readonly account: Pick<PrivateKeyAccount, 'address' | 'sign' | 'signMessage'>;
  readonly privateKey: `0x${string}`;
}

/** Deterministic, with a low s (RFC 6979, EIP-2): as viem signs. */
function signed(hash: Hex, key: Uint8Array): Hex {
  const { signature, recoveryId } = signRecoverable(Buffer.from(hash.slice(2), 'hex'), key);
  return `${fromBytes(signature)}${(27 + recoveryId).toString(16)}`;
}

function accountOf(privateKey: Hex): Wallet['account'] {
  const key = Buffer.from(privateKey.slice(2), 'hex');
  const point = pointFromScalar(key, false);
  if (point === null) throw new RangeError('The private key is none of secp256k1.');
  const inFull = () => privateKeyToAccount(privateKey);
  const { address, signMessage } = toAccount({
    address: checksum(`0x${keccak256(point.subarray(1), { as: 'Hex' }).slice(-40)}`),
    signMessage: async ({ message }) => signed(getSignPayload(bytesOf(message)), key),
    signTransaction: (transaction, options) => inFull().signTransaction(transaction, options),
    signTypedData: (typedData) => inFull().signTypedData(typedData),
  });
  return { address, signMessage, sign: async ({ hash }) => signed(hash, key) };
}

const bytesOf = (message: string | { readonly raw: Hex | Uint8Array }): Hex => {
  if (typeof message === 'string') return fromString(message);
  return typeof message.raw === 'string' ? message.raw : fromBytes(message.raw);
};

export function wallet(privateKey: `0x${string}` = generatePrivateKey()): Wallet {
  const account = accountOf(privateKey);
  return { address: account.address, sign: (message) => account.signMessage({ message }), account, privateKey };
}

/** The signature of the bare Keccak-256 hash of a text: without the prefix of ERC-191. */
export function signUnprefixed(signer: Wallet, message: string): Promise<`0x${string}`> {
  return signer.account.sign({ hash: keccak256(fromString(message)) });
}

/** The personal signature of the hash of a text, as bytes, in place of the text. */
export function signHash(signer: Wallet, message: string): Promise<`0x${string}`> {
  return signer.account.signMessage({ message: { raw: keccak256(fromString(message)) } });
}

/** A changed signature; `what` completes "a signature ...". */
export interface WrongSignature {
  readonly what: string;
  readonly value: string;
}

/** Another digit of hexadecimal, whatever the letter case. */
const other = (digit: string | undefined): string => (digit === '7' ? '3' : '7');
const changeDigit = (signature: string, at: number): string =>
  signature.slice(0, at) + other(signature[at]) + signature.slice(at + 1);

/**
 * Signatures that are no longer that of the wallet, made from a right one. What recovers the same key in another form is left out: a high s, a
 * parity of 0 or 1, an EIP-155 v, the compact form of ERC-2098 (which 64 bytes of a signature with v 27 are), and v itself.
 */
export function wrongSignatures(signature: string): WrongSignature[] {
  const [r, s] = [signature.slice(2, 66), signature.slice(66, 130)];
  return [
    { what: 'of zeros', value: `0x${'0'.repeat(130)}` },
    { what: 'with one digit of s changed', value: changeDigit(signature, 129) },
    { what: 'with one digit of r changed', value: changeDigit(signature, 2) },
    { what: 'with s set to zero', value: `0x${r}${'0'.repeat(64)}${signature.slice(130)}` },
    { what: 'with r and s exchanged', value: `0x${s}${r}${signature.slice(130)}` },
    { what: 'cut to its first half', value: signature.slice(0, 66) },
    { what: 'without its last two bytes', value: signature.slice(0, -4) },
    { what: 'of ones', value: `0x${'f'.repeat(130)}` },
    { what: 'that is only 0x', value: '0x' },
    { what: 'that is no hexadecimal', value: `0x${'zz'.repeat(65)}` },
    { what: 'that is an address', value: signature.slice(0, 42) },
    // Contracts that are not there yet (ERC-6492): the suffix asks for a call to them, and is no proof.
    { what: 'that ends as those of undeployed contracts do', value: `0x${'0'.repeat(320)}${'6492'.repeat(16)}` },
  ];
}

/**
 * A right signature with bytes around it. Left out: bytes between its s and its v, which readers of v as a number of any length take for zeros
 * before it (an EIP-155 v may have several), and whatever a contract account would be asked about by its suffix.
 */
export function longerSignatures(signature: string): WrongSignature[] {
  const digits = signature.slice(2);
  return [
    { what: 'with a byte after it', value: `${signature}00` },
    { what: 'with a byte before it', value: `0x00${digits}` },
    { what: 'twice in a row', value: `${signature}${digits}` },
    { what: 'with 32 bytes after it', value: `${signature}${'11'.repeat(32)}` },
  ];
}

/** The order of the group of secp256k1 (SEC 2, 2.4.1). */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Signatures of 65 bytes from which no key is recovered (SEC 1, 4.1.6): whatever stands for a signer that is missing must not sign in. */
export const unrecoverable: readonly WrongSignature[] = [
  { what: 'of zeros', value: `0x${'0'.repeat(130)}` },
  { what: "with an r beyond the group's order", value: `0x${'f'.repeat(64)}${'1'.padStart(64, '0')}1b` },
];

/** Other writings of the same signature: whoever has one can make them without the key. */
export function sameSignature(signature: string): WrongSignature[] {
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)];
  const highS = (order - BigInt(`0x${s}`)).toString(16).padStart(64, '0');
  const parity = v === '1c' ? 1n << 255n : 0n;
  const compact = (BigInt(`0x${s}`) | parity).toString(16).padStart(64, '0');
  return [
    { what: 'in capital letters', value: `0x${signature.slice(2).toUpperCase()}` },
    { what: 'with the high s of the same signature', value: `0x${r}${highS}${v === '1b' ? '1c' : '1b'}` },
    { what: 'in the compact form of ERC-2098', value: `0x${r}${compact}` },
  ];
}

/** Changes one digit of r or s of a signature: it recovers another key, or none. */
export const oneDigitOff: fc.Arbitrary<(signature: string) => string> = fc
  .tuple(fc.integer({ min: 2, max: 129 }), fc.integer({ min: 1, max: 15 }))
  .map(([at, by]) => (signature) => {
    const digit = (Number.parseInt(signature.charAt(at), 16) + by) % 16;
    return signature.slice(0, at) + digit.toString(16) + signature.slice(at + 1);
  });
