import { describe, expect, it } from 'vitest';
import { pkce } from '../../generators/pkce.ts';
import { freshNonce, siweText } from '../../generators/siwe-message.ts';
import { wallet } from '../../generators/wallet.ts';
import { createReference, generateSigningKey } from '../../reference/app.ts';

const signingKey = await generateSigningKey();
const app = createReference({ signingKey });
const basic = `Basic ${Buffer.from('wl-confidential:wl-secret').toString('base64')}`;

async function post(path: string, body: Record<string, string> | string, headers: Record<string, string> = {}) {
  const json = typeof body === 'string';
  const response = await app.request(path, {
    method: 'POST',
    body: json ? body : new URLSearchParams(body).toString(),
    headers: { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded', ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, string>,
  };
}

async function code(client = 'wl-confidential', redirectUri = 'https://app.example.com/callback') {
  const proof = pkce();
  const answer = await post(
    '/__control/codes',
    JSON.stringify({
      client_id: client,
      redirect_uri: redirectUri,
      code_challenge: proof.codeChallenge,
      code_challenge_method: 'S256',
      scope: 'account',
    }),
  );
  return {
    grant_type: 'authorization_code',
    code: answer.body.code ?? '',
    redirect_uri: redirectUri,
    code_verifier: proof.codeVerifier,
  };
}

const token = (params: Record<string, string>, headers = { authorization: basic }) =>
  post('/api/v1/auth/token', params, headers);
const pair = async () => (await token(await code())).body;
const handoff = (accessToken: string | undefined) =>
  post(
    '/api/v1/auth/handoff/init',
    JSON.stringify({ redirectUri: 'https://app.example.com/callback', intent: 'connections' }),
    { authorization: `Bearer ${accessToken}` },
  );

describe('POST /token', () => {
  it('exchanges a code once, and a replay ends what was issued', async () => {
    const params = await code();
    const first = await token(params);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect((await handoff(first.body.access_token)).status).toBe(200);
    expect((await token(params)).body.error).toBe('invalid_grant');
    expect((await handoff(first.body.access_token)).status).toBe(401);
  });

  it('rotates refresh tokens, and a replay ends the session', async () => {
    const first = await pair();
    const refresh = (refreshToken: string | undefined) =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it.each([
    ['a wrong verifier', { code_verifier: pkce().codeVerifier }, 'invalid_grant'],
    ['another redirect URI', { redirect_uri: 'https://app.example.com/callback/' }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['an unknown code', { code: 'x' }, 'invalid_grant'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuses %s', async (_, change, error) => {
    const answer = await token({ ...(await code()), ...change });
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses two client authentication methods, a wrong secret, and a missing one', async () => {
    expect(
      (await token({ ...(await code()), client_id: 'wl-confidential', client_secret: 'wl-secret' })).body.error,
    ).toBe('invalid_request');
    const wrong = await post('/api/v1/auth/token', {
      ...(await code()),
      client_id: 'wl-confidential',
      client_secret: 'wrong',
    });
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await post('/api/v1/auth/token', { ...(await code()), client_id: 'wl-confidential' })).status).toBe(401);
  });
});

describe('POST /revoke', () => {
  it.each(['access_token', 'refresh_token'])('ends the whole session by its %s', async (kind) => {
    const tokens = await pair();
    const revoked = await post('/api/v1/auth/revoke', { token: tokens[kind] ?? '' }, { authorization: basic });
    expect(revoked).toMatchObject({ status: 200, text: '' });
    expect((await handoff(tokens.access_token)).status).toBe(401);
    expect((await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' })).body.error).toBe(
      'invalid_grant',
    );
  });

  it("refuses another client's token and leaves it alive", async () => {
    const tokens = await pair();
    const foreign = await post('/api/v1/auth/revoke', { token: tokens.access_token ?? '', client_id: 'wl-public' });
    expect(foreign.status).toBe(400);
    expect((await handoff(tokens.access_token)).status).toBe(200);
  });
});

describe('POST /authenticate', () => {
  const fields = (address: string) => ({
    domain: 'app.example.com',
    address,
    statement: 'Hello.',
    uri: 'https://app.example.com',
    version: '1',
    chainId: 1,
    nonce: freshNonce(),
    issuedAt: new Date().toISOString(),
  });
  const signIn = async (signer = wallet(), changes: object = {}, more: object = {}) => {
    const message = siweText({ ...fields(signer.address), ...changes });
    return post(
      '/api/v1/auth/authenticate',
      JSON.stringify({ message, signature: await signer.sign(message), ...more }),
      { authorization: basic },
    );
  };

  it('signs in, continues the session for the same wallet, and for no other', async () => {
    const signer = wallet();
    const first = await signIn(signer);
    expect(first.status).toBe(200);
    const again = await signIn(signer, {}, { session_id: first.body.session_id });
    expect(again.body.session_id).toBe(first.body.session_id);
    expect((await signIn(wallet(), {}, { session_id: first.body.session_id })).status).toBe(400);
    expect((await signIn(signer)).body.session_id).not.toBe(first.body.session_id);
  });

  it.each([
    ['another domain', { domain: 'evil.example.com' }],
    ['a foreign URI', { uri: 'https://evil.example.com' }],
    ['a message that has expired', { expirationTime: new Date(Date.now() - 1000).toISOString() }],
    ['a message that is not valid yet', { notBefore: new Date(Date.now() + 60_000).toISOString() }],
    ['a short nonce', { nonce: 'abc' }],
    ['version 2', { version: '2' }],
  ])('refuses %s', async (_, changes) => {
    const answer = await signIn(wallet(), changes);
    expect([400, 401]).toContain(answer.status);
  });

  it('refuses the same message twice, and third-party clients', async () => {
    const signer = wallet();
    const message = siweText(fields(signer.address));
    const body = JSON.stringify({ message, signature: await signer.sign(message) });
    expect((await post('/api/v1/auth/authenticate', body, { authorization: basic })).status).toBe(200);
    expect((await post('/api/v1/auth/authenticate', body, { authorization: basic })).status).toBe(401);
    const thirdParty = `Basic ${Buffer.from('tp-confidential:tp-secret').toString('base64')}`;
    expect((await post('/api/v1/auth/authenticate', body, { authorization: thirdParty })).status).toBe(403);
  });
});

describe('time', () => {
  const advance = (advanceSeconds: number) => post('/__control/clock', JSON.stringify({ advanceSeconds }));

  it.each([
    ['a code after 60 s', 61, 400],
    ['a code within 60 s', 50, 200],
  ])('decides on %s', async (_, seconds, status) => {
    const params = await code();
    expect((await advance(seconds)).status).toBe(204);
    expect((await token(params)).status).toBe(status);
  });

  it('ends access tokens after 900 s and refresh tokens after 604800 s', async () => {
    const [first, second] = [await pair(), await pair()];
    await advance(890);
    expect((await handoff(first.access_token)).status).toBe(200);
    await advance(20);
    expect((await handoff(first.access_token)).status).toBe(401);
    expect((await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })).status).toBe(200);
    await advance(604_800);
    expect((await token({ grant_type: 'refresh_token', refresh_token: second.refresh_token ?? '' })).body.error).toBe(
      'invalid_grant',
    );
  });

  it('does not go backwards', async () => {
    expect((await advance(-1)).status).toBe(400);
  });
});
