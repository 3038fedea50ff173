/** Externally owned Ethereum accounts for signing in (ERC-191 personal messages), by viem. */

import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

export interface Wallet {
  /** ERC-55 mixed-case checksum address. */
  readonly address: `0x${string}`;
  /** ERC-191 version 0x45 signature of a text: 65 bytes in hex. */
  sign(message: string): Promise<`0x${string}`>;
  /** The account itself, for unusual signatures. */
  readonly account: PrivateKeyAccount;
  readonly privateKey: `0x${string}`;
}

export function wallet(privateKey: `0x${string}` = generatePrivateKey()): Wallet {
  const account = privateKeyToAccount(privateKey);
  return { address: account.address, sign: (message) => account.signMessage({ message }), account, privateKey };
}
