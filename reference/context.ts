/** Everything that one reference instance shares among its routes. */

import type { CryptoKey, JWK } from 'jose';
import type { Client, Store } from './model.ts';
import type { Policy } from './policy/index.ts';
import type { Expected } from './policy/siwe.ts';

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** Public members only. */
  readonly publicJwk: JWK;
  readonly keyId: string;
}

export interface Reference {
  readonly policy: Policy;
  readonly store: Store;
  readonly clients: ReadonlyMap<string, Client>;
  /** What a SIWE message must say. */
  readonly expected: Expected;
  readonly issuer: string;
  readonly audience: string;
  readonly key: () => Promise<SigningKey>;
  /** Seconds since the epoch on the reference's clock, with fractions. */
  readonly now: () => number;
  /** Moves the clock forward. @param seconds */
  readonly advance: (seconds: number) => void;
}
