import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose';

/** The keys of a server: one in use, an older one, and one that is published nowhere. */
export interface KeyRing {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly publicPem: string;
  readonly olderJwk: JWK;
  readonly olderKey: CryptoKey;
  readonly unpublished: CryptoKey;
}

async function makeKeyRing(): Promise<KeyRing> {
  const make = () => generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const [current, older, hidden] = await Promise.all([make(), make(), make()]);
  return {
    kid: 'key-2',
    privateKey: current.privateKey,
    publicKey: current.publicKey,
    publicJwk: await exportJWK(current.publicKey),
    privateJwk: await exportJWK(current.privateKey),
    publicPem: await exportSPKI(current.publicKey),
    olderJwk: await exportJWK(older.publicKey),
    olderKey: older.privateKey,
    unpublished: hidden.privateKey,
  };
}

let shared: Promise<KeyRing> | undefined;

/** The key ring of this process: making RSA keys is slow, and servers may share it. */
export function keyRing(): Promise<KeyRing> {
  shared ??= makeKeyRing();
  return shared;
}
