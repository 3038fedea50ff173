import { afterEach, describe, expect, it } from 'vitest';
import { Driver, newWallet } from './driver.ts';
import { isVariantId, variants } from './lawful.ts';
import { mistakes } from './mistakes.ts';
import { type Independent, startIndependent } from './server.ts';
import { combinedVariants } from './variants/combined.ts';

let running: Independent | undefined;

async function start(mistakeIds: string[] = [], variantIds: string[] = []) {
  running = await startIndependent({ mistakes: mistakeIds, variants: variantIds });
  const driver = new Driver(running.config);
  return { driver, clients: running.config.clients };
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('the right server', () => {
  it('takes a code once, refreshes, opens a hand-off and revokes', async () => {
    const { driver, clients } = await start();
    const first = await driver.exchange(clients.confidential);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.json).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'account connections' });
    const second = await driver.refresh(clients.confidential, first.json.refresh_token);
    expect(second.status).toBe(200);
    expect((await driver.handoff(second.json.access_token)).json.code).toMatch(/^ho_/);
    const revoked = await driver.revoke(clients.confidential, { token: String(second.json.refresh_token) });
    expect([revoked.status, revoked.text]).toEqual([200, '']);
    expect((await driver.handoff(second.json.access_token)).status).toBe(401);
    expect((await driver.refresh(clients.confidential, second.json.refresh_token)).status).toBe(400);
  });

  it('authenticates a wallet and continues its session', async () => {
    const { driver, clients } = await start();
    const wallet = newWallet();
    const first = await driver.signIn(clients.public, wallet);
    expect(first.status).toBe(200);
    const again = await driver.signIn(clients.public, wallet, {}, { session_id: first.json.session_id });
    expect(again.json.session_id).toBe(first.json.session_id);
    const stranger = await driver.signIn(clients.public, newWallet(), {}, { session_id: first.json.session_id });
    expect(stranger.status).toBe(403);
  });

  it('lists scopes for anyone', async () => {
    const { driver } = await start();
    expect(JSON.parse((await driver.scopes()).text)).toContainEqual({
      name: 'account',
      description: 'See the account',
    });
  });

  it('refuses what the grants need but do not get', async () => {
    const { driver, clients } = await start();
    const errors = [
      await driver.exchange(clients.public, { code_verifier: driver.verifier() }),
      await driver.exchange(clients.public, { redirect_uri: `${clients.public.redirectUri}/` }),
      await driver.exchange(clients.public, { code: 'code_unknown' }),
      await driver.exchange(clients.public, { code_verifier: '' }),
      await driver.exchange(clients.public, { grant_type: 'password' }),
      await driver.refresh(clients.public, 'rt_unknown'),
      await driver.token({ ...clients.confidential, secret: 'wrong' }, { grant_type: 'refresh_token' }),
    ].map(({ status, json }) => `${status} ${json.error}`);
    const grant = '400 invalid_grant';
    const request = '400 invalid_request';
    expect(errors).toEqual([grant, grant, grant, request, '400 unsupported_grant_type', grant, '401 invalid_client']);
  });

  it('ends the session when a refresh token is used again', async () => {
    const { driver, clients } = await start();
    const first = await driver.exchange(clients.public);
    const second = await driver.refresh(clients.public, first.json.refresh_token);
    expect((await driver.refresh(clients.public, first.json.refresh_token)).json.error).toBe('invalid_grant');
    expect((await driver.handoff(second.json.access_token)).status).toBe(401);
  });

  it('refuses messages that are for others, too late, or signed by others', async () => {
    const { driver, clients } = await start();
    const wallet = newWallet();
    const past = new Date(Date.now() - 1000).toISOString();
    for (const changes of [
      { domain: 'evil.example.com' },
      { uri: 'https://evil.example.com' },
      { chainId: 5 },
      { expirationTime: past },
      { notBefore: new Date(Date.now() + 60_000).toISOString() },
    ]) {
      expect((await driver.signIn(clients.public, wallet, changes)).status).toBe(400);
    }
    const members = await driver.signed(newWallet(), await driver.siweFields(wallet));
    expect((await driver.post(clients.public, members)).status).toBe(400);
    expect((await driver.signIn(clients.thirdParty, wallet)).status).toBe(403);
  });

  it('lets tokens expire by its clock', async () => {
    const { driver, clients } = await start();
    const { json } = await driver.exchange(clients.public);
    await driver.advance(901);
    expect((await driver.handoff(json.access_token)).status).toBe(401);
    expect((await driver.refresh(clients.public, json.refresh_token)).status).toBe(200);
  });

  it('uses a code once when many ask at a time', async () => {
    const { driver, clients } = await start();
    const verifier = driver.verifier();
    const code = await driver.code(clients.public, verifier);
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: clients.public.redirectUri,
      code_verifier: verifier,
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => driver.token(clients.public, fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('mistakes', () => {
  it('are at least 130, with at most one in ten that breaks only a SHOULD', () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(130);
    expect(mistakes.filter(({ level }) => level === 'SHOULD').length).toBeLessThanOrEqual(mistakes.length / 10);
  });

  it('let a wrong verifier pass', async () => {
    const { driver, clients } = await start(['pkce/ignored']);
    expect((await driver.exchange(clients.public, { code_verifier: driver.verifier() })).status).toBe(200);
  });

  it('keep the access token alive after its refresh token was revoked', async () => {
    const { driver, clients } = await start(['revoke/refresh-leaves-access']);
    const { json } = await driver.exchange(clients.public);
    await driver.revoke(clients.public, { token: String(json.refresh_token) });
    expect((await driver.handoff(json.access_token)).status).toBe(200);
  });

  it('let two refreshings at a time succeed', async () => {
    const { driver, clients } = await start(['refresh/race']);
    const { json } = await driver.exchange(clients.public);
    const both = await Promise.all([1, 2].map(() => driver.refresh(clients.public, json.refresh_token)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('are refused when unknown', async () => {
    await expect(startIndependent({ mistakes: ['no/such-mistake'] })).rejects.toThrow('no/such-mistake');
  });
});

describe('lawful variants', () => {
  it('that are combined consist of variants that exist', () => {
    const parts = Object.values(combinedVariants).flatMap((row) => [...row[2]]);
    expect(parts.filter((id) => !isVariantId(id))).toEqual([]);
  });

  it.each(variants.map(({ id }) => id))('%s: the happy paths work', async (id) => {
    const { driver, clients } = await start([], [id]);
    const operations = running?.config.operations;
    const first = await driver.exchange(clients.confidential);
    expect(first.status).toBe(200);
    const second = await driver.refresh(clients.confidential, first.json.refresh_token);
    expect(second.status).toBe(200);
    expect((await driver.scopes()).status).toBe(200);
    if (operations?.handoffInit !== false)
      expect(
        (await driver.handoff(second.json.access_token, { redirectUri: clients.confidential.redirectUri })).status,
      ).toBe(200);
    if (operations?.authenticate !== false) {
      const wallet = newWallet();
      const signedIn = await driver.signIn(clients.public, wallet);
      expect(signedIn.status).toBe(200);
      const session = { session_id: signedIn.json.session_id };
      expect((await driver.signIn(clients.public, wallet, {}, session)).json).toMatchObject(session);
    }
    const revoked = await driver.revoke(clients.confidential, { token: String(second.json.access_token) });
    expect([revoked.status, revoked.text]).toEqual([200, '']);
  });
});
