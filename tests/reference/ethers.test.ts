/** The reference recovers signers by a curve of its own: whatever the signature is, as ethers would. */

import { randomBytes } from 'node:crypto';
import { hashMessage, recoverAddress, verifyMessage } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneDigitOff, sameSignature, unrecoverable, wallet, wrongSignatures } from '../../generators/wallet.ts';
import * as own from '../../reference/ethers.ts';

const text = 'app.example.com wants you to sign in: é';

const outcome = (recover: () => string): string => {
  try {
    return recover();
  } catch {
    return 'none';
  }
};
const alike = (signature: string, what = signature): void => {
  const theirs = outcome(() => verifyMessage(text, signature));
  expect(
    outcome(() => own.verifyMessage(text, signature)),
    what,
  ).toBe(theirs);
  expect(
    outcome(() => own.recoverAddress(hashMessage(text), signature)),
    what,
  ).toBe(outcome(() => recoverAddress(hashMessage(text), signature)));
};

describe('the signer', () => {
  it('is who signed', async () => {
    const signer = wallet();
    expect(own.verifyMessage(text, await signer.sign(text))).toBe(signer.address);
  });
  it('of right, respelt and wrong signatures is that of ethers', async () => {
    for (let round = 0; round < 5; round += 1) {
      const right = await wallet().sign(text);
      for (const { what, value } of [...sameSignature(right), ...wrongSignatures(right), ...unrecoverable])
        alike(value, what);
      for (const v of ['00', '01', '02', '1a', '1b', '1c', '1d', '25', 'ff']) alike(`${right.slice(0, 130)}${v}`);
      fc.assert(
        fc.property(oneDigitOff, (change) => alike(change(right))),
        { numRuns: 20 },
      );
    }
  });
  it('of random bytes is that of ethers', () => {
    for (let round = 0; round < 60; round += 1) {
      const [r, s] = [randomBytes(32), randomBytes(32)];
      s[0] = (s[0] ?? 0) & 0x7f;
      alike(`0x${r.toString('hex')}${s.toString('hex')}${round % 2 === 0 ? '1b' : '1c'}`);
    }
  });
});
