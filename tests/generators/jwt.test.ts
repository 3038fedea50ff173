import { type CryptoKey, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  foreignKeyForgeries,
  hmacForgeries,
  hmacSecrets,
  keyIdForgeries,
  ownKeyForgeries,
  payloadForgeries,
  serializationForgeries,
  signatureForgeries,
  unsignedForgeries,
} from '../../generators/forged-jwt.ts';
import { forgerKeys, type ParsedJwt, parseJwt } from '../../generators/jwt.ts';

const claims = { sub: 'user-1', sid: 'session-1', scope: 'account', exp: Math.floor(Date.now() / 1000) + 900 };

describe('forged JWTs', () => {
  let publicKey: CryptoKey;
  let token: string;
  let jwt: ParsedJwt;
  let other: ParsedJwt;

  const verify = (text: string) => jwtVerify(text, publicKey, { algorithms: ['RS256'] });
  const parsed = (text: string): ParsedJwt => {
    const found = parseJwt(text);
    if (found === undefined) throw new Error('no JWT');
    return found;
  };

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    publicKey = pair.publicKey;
    const mint = (more: object): Promise<string> =>
      new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(pair.privateKey);
    token = await mint({});
    jwt = parsed(token);
    other = parsed(await mint({ sub: 'user-2' }));
  });

  it('start from one that jose accepts', async () => {
    expect((await verify(token)).payload.sub).toBe('user-1');
    expect(jwt.claims).toMatchObject(claims);
  });

  it('are each refused by jose', async () => {
    const keys = await forgerKeys();
    const forgeries = [
      ...unsignedForgeries(jwt),
      ...hmacForgeries(jwt, hmacSecrets(keys.rsa.jwk, [])),
      ...foreignKeyForgeries(jwt, keys),
      ...ownKeyForgeries(jwt, keys),
      ...keyIdForgeries(jwt, keys),
      ...signatureForgeries(jwt, other),
      ...payloadForgeries(jwt, other),
      ...serializationForgeries(jwt),
    ];
    expect(forgeries.length).toBeGreaterThan(60);
    for (const { what, token: forged } of forgeries) {
      expect(forged, what).not.toBe(token);
      await expect(verify(forged), what).rejects.toThrow();
    }
  });

  it.each(['', 'a.b', 'a.b.c', '!.e30.e30', 'e30.W10.AAAA', 'e30.e30.AAAA.AAAA'])('takes no %j for a JWT', (text) => {
    expect(parseJwt(text)).toBeUndefined();
  });
});
