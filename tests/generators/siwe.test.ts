import { keccak256, toUtf8Bytes, verifyMessage } from 'ethers';
import fc from 'fast-check';
import { SiweMessage } from 'siwe';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { anyMessage, nonceForm, oneCharacterOff, optionalFields } from '../../generators/siwe-arbitrary.ts';
import {
  foreignChains,
  foreignDomains,
  foreignUris,
  linesInStatement,
  missingFields,
  noAddresses,
  noDates,
  similarAddresses,
  wrongChecksum,
  wrongNonces,
  wrongTexts,
  wrongVersions,
} from '../../generators/siwe-defects.ts';
import { freshNonce, type SiweFields, siweText } from '../../generators/siwe-message.ts';
import { nearMisses, repeatedFields } from '../../generators/siwe-near-misses.ts';
import { eachOptional } from '../../generators/siwe-optional.ts';
import {
  longerSignatures,
  oneDigitOff,
  sameSignature,
  signHash,
  signUnprefixed,
  wallet,
  wrongSignatures,
} from '../../generators/wallet.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const signer = wallet('0x0123456789012345678901234567890123456789012345678901234567890123');
const right: SiweFields = {
  domain: 'app.example.com',
  address: signer.address,
  statement: 'Sign in.',
  uri: 'https://app.example.com',
  version: '1',
  chainId: 1,
  nonce: 'a1B2c3D4e5',
  issuedAt: new Date(now).toISOString(),
};
const reads = (text: string): boolean => {
  try {
    return new SiweMessage(text) !== undefined;
  } catch {
    return false;
  }
};
/** The address that a signature recovers to; undefined where it recovers none. */
const recovered = (text: string, signature: string): string | undefined => {
  try {
    return verifyMessage(text, signature);
  } catch {
    return undefined;
  }
};

describe('right messages', () => {
  it('are read by the library of the authors of ERC-4361, field by field', () => {
    fc.assert(
      fc.property(anyMessage(signer.address, now), (fields) => {
        const message = new SiweMessage(siweText(fields));
        for (const [name, value] of Object.entries(fields))
          expect(message[name as keyof SiweMessage], name).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it('hold each optional field sometimes, and sometimes not', () => {
    const samples = fc.sample(optionalFields(now), { numRuns: 200, seed: 1 });
    for (const name of ['statement', 'expirationTime', 'notBefore', 'requestId', 'resources'] as const) {
      const present = samples.filter((fields) => fields[name] !== undefined).length;
      expect(present, name).toBeGreaterThan(40);
      expect(present, name).toBeLessThan(190);
    }
  });

  it('have times that hold', () => {
    for (const { expirationTime, notBefore } of fc.sample(optionalFields(now), { numRuns: 200, seed: 2 })) {
      if (expirationTime !== undefined) expect(Date.parse(expirationTime)).toBeGreaterThan(now);
      if (notBefore !== undefined) expect(Date.parse(notBefore)).toBeLessThan(now);
    }
  });

  it('are read with each optional field and with all of them', () => {
    const iso = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
    for (const { what, fields } of eachOptional(iso)) {
      const written = Object.entries({ ...right, ...fields }).filter(([, value]) => value !== undefined);
      const message = new SiweMessage(siweText(Object.fromEntries(written) as unknown as SiweFields));
      for (const [name, value] of Object.entries(fields))
        expect(message[name as keyof SiweMessage], what).toEqual(value);
    }
  });

  it('have nonces of every form that the grammar allows', () => {
    for (const { length, alphabet } of fc.sample(nonceForm, { numRuns: 100, seed: 3 })) {
      const nonce = freshNonce(length, alphabet);
      expect(nonce).toHaveLength(length);
      expect([...nonce].every((character) => alphabet.includes(character))).toBe(true);
      expect(reads(siweText({ ...right, nonce }))).toBe(true);
    }
  });

  it('have a nonce of their own', () => {
    expect(new Set(Array.from({ length: 500 }, () => freshNonce())).size).toBe(500);
  });
});

describe('messages that are wrong in one field', () => {
  it('name another domain, and still follow the grammar where it is of ASCII', () => {
    for (const { what, value } of foreignDomains(right.domain)) {
      expect(value, what).not.toBe(right.domain);
      expect(reads(siweText({ ...right, domain: value })), what).toBe(value === value.normalize('NFKC'));
    }
  });

  it('name other domains also where ours has a port or is an address', () => {
    for (const domain of ['localhost:3000', '127.0.0.1:8443', 'example.com']) {
      const values = foreignDomains(domain).map(({ value }) => value);
      expect(values).not.toContain(domain);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it('name a URI of another host', () => {
    for (const { what, value } of foreignUris(right.uri)) {
      expect(new URL(value).host, what).not.toBe(new URL(right.uri).host);
      expect(reads(siweText({ ...right, uri: value })), what).toBe(true);
    }
  });

  it('name another chain', () => {
    for (const { what, value } of foreignChains(1)) {
      const isNumber = /^\d+$/.test(value);
      expect(reads(siweText({ ...right, chainId: value })), what).toBe(isNumber);
      expect(isNumber && Number(value) === 1, what).toBe(false);
      if (isNumber) expect(Number.isSafeInteger(Number(value)), what).toBe(true);
    }
  });

  it('break the grammar by version, nonce, date or address', () => {
    const wrong = [
      ...wrongVersions.map(({ what, value }) => ({ what, fields: { ...right, version: value } })),
      ...wrongNonces(right.nonce).map(({ what, value }) => ({ what, fields: { ...right, nonce: value } })),
      ...noDates.map(({ what, value }) => ({ what, fields: { ...right, expirationTime: value } })),
      ...noAddresses(right.address).map(({ what, value }) => ({ what, fields: { ...right, address: value } })),
      { what: 'lines in the statement', fields: { ...right, statement: linesInStatement(right) } },
    ];
    for (const { what, fields } of wrong) expect(reads(siweText(fields)), what).toBe(false);
  });

  it('break the grammar by lines that are missing or out of place', () => {
    const text = siweText(right);
    for (const { what, rewrite } of [...missingFields, ...wrongTexts(right)]) {
      expect(rewrite(text), what).not.toBe(text);
      expect(reads(rewrite(text)), what).toBe(false);
    }
  });

  it('break the grammar by a field that is there twice, or by a character', () => {
    const iso = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
    for (const { what, rewrite, fields } of [...repeatedFields(right, iso), ...nearMisses]) {
      const text = siweText({ ...right, ...fields });
      expect(reads(text), what).toBe(true);
      expect(rewrite(text), what).not.toBe(text);
      expect(reads(rewrite(text)), what).toBe(false);
    }
  });

  it('say both values of a repeated field, in either order', () => {
    const iso = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
    const last = repeatedFields(right, iso).find(({ what }) => what === 'with URI twice, the wrong one last');
    const first = repeatedFields(right, iso).find(({ what }) => what === 'with URI twice, the wrong one first');
    const lines = ['URI: https://app.example.com', 'URI: https://phishing.example/login'];
    expect(last?.rewrite(siweText(right))).toContain(`\n${lines.join('\n')}\n`);
    expect(first?.rewrite(siweText(right))).toContain(`\n${lines.reverse().join('\n')}\n`);
  });

  it('name addresses that differ from the signer in one digit and have a right checksum', () => {
    for (const { what, value } of similarAddresses(right.address)) {
      expect(value.toLowerCase(), what).not.toBe(right.address.toLowerCase());
      expect(reads(siweText({ ...right, address: value })), what).toBe(true);
    }
  });

  it('break the checksum without changing the address', () => {
    for (let round = 0; round < 20; round += 1) {
      const { address } = wallet();
      const wrong = wrongChecksum(address);
      if (wrong === undefined) continue;
      expect(wrong.toLowerCase()).toBe(address.toLowerCase());
      expect(reads(siweText({ ...right, address: wrong }))).toBe(false);
    }
  });
});

describe('signatures', () => {
  const text = siweText(right);

  it('recover to the address that signed', async () => {
    expect(recovered(text, await signer.sign(text))).toBe(signer.address);
  });

  it('and addresses are those of the accounts of viem, byte for byte', async () => {
    for (let round = 0; round < 40; round += 1) {
      const one = wallet();
      const account = privateKeyToAccount(one.privateKey);
      const message = `${text}${'é'.repeat(round)}`;
      const hash = keccak256(toUtf8Bytes(message)) as `0x${string}`;
      expect(one.address).toBe(account.address);
      expect(await one.sign(message)).toBe(await account.signMessage({ message }));
      expect(await signUnprefixed(one, message)).toBe(await account.sign({ hash }));
      expect(await signHash(one, message)).toBe(await account.signMessage({ message: { raw: hash } }));
    }
    for (const key of ['0', 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'])
      expect(() => wallet(`0x${key.padStart(64, '0')}`)).toThrow();
  });

  it('that are wrong recover to another address or to none, whatever the key', async () => {
    for (let round = 0; round < 20; round += 1) {
      const one = wallet();
      for (const { what, value } of wrongSignatures(await one.sign(text)))
        expect(recovered(text, value), what).not.toBe(one.address);
    }
  });

  it('with bytes around them recover to nobody by ethers', async () => {
    const signature = await signer.sign(text);
    for (const { what, value } of longerSignatures(signature)) {
      expect(value.length, what).toBeGreaterThan(signature.length);
      expect(value, what).toContain(signature.slice(2));
      expect(recovered(text, value), what).toBeUndefined();
    }
  });

  it('in another writing recover to the signer, where they can be read', async () => {
    for (const { what, value } of sameSignature(await signer.sign(text))) {
      expect(value, what).not.toBe(await signer.sign(text));
      expect([signer.address, undefined], what).toContain(recovered(text, value));
    }
  });

  it('with one digit changed recover to another address or to none', async () => {
    const signature = await signer.sign(text);
    fc.assert(
      fc.property(oneDigitOff, (change) => {
        const changed = change(signature);
        expect(changed.toLowerCase()).not.toBe(signature.toLowerCase());
        expect(recovered(text, changed)).not.toBe(signer.address);
      }),
      { numRuns: 60 },
    );
  });

  it('over the bare hash, or over the hash as a text, are none of the message', async () => {
    for (const signature of [await signUnprefixed(signer, text), await signHash(signer, text)])
      expect(recovered(text, signature)).not.toBe(signer.address);
  });

  it('do not stand for a text with one character changed', async () => {
    const signature = await signer.sign(text);
    fc.assert(
      fc.property(oneCharacterOff, (change) => {
        const changed = change(text);
        expect(changed.toLowerCase()).not.toBe(text.toLowerCase());
        expect(changed.split('\n')).toHaveLength(text.split('\n').length);
        expect(recovered(changed, signature)).not.toBe(signer.address);
      }),
      { numRuns: 60 },
    );
  });
});
