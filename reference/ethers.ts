/** The ethers that siwe has loaded already: the module of the same name would be a second copy of all of it. */

import { createRequire } from 'node:module';
import type * as Ethers from 'ethers';

const ethers = createRequire(import.meta.url)('ethers') as typeof Ethers;

export const { getAddress, hashMessage, keccak256, recoverAddress, toUtf8Bytes, verifyMessage } = ethers;
