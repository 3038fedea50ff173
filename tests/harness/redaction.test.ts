import { describe, expect, it } from 'vitest';
import { Exchange, type WireRequest } from '../../harness/exchange.ts';
import { Recorder } from '../../harness/recorder.ts';
import { mark, Redactor } from '../../harness/redaction.ts';

const client = {
  id: 'wl',
  secret: 's3cr+t/va:lue',
  redirectUri: 'https://app.example.com/cb',
  role: 'whitelabel-customer',
} as const;
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

function request(parts: Partial<WireRequest>): WireRequest {
  return {
    operation: 'token',
    method: 'POST',
    url: 'http://127.0.0.1/token',
    headers: [],
    body: undefined,
    malformed: false,
    ...parts,
  };
}

function answer(to: WireRequest, body: string, headers: [string, string][] = []): Exchange {
  return new Exchange(to, { status: 200, headers, body: Buffer.from(body) }, 0, 1);
}

function recorded(to: WireRequest, body: string, headers: [string, string][] = []): string {
  const recorder = new Recorder(new Redactor({ clients: [client], codeField: 'handoff' }));
  recorder.record(answer(to, body, headers));
  return JSON.stringify(recorder.exchanges);
}

describe('what is recorded holds no secret', () => {
  const form = (params: Record<string, string>) =>
    request({
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: Buffer.from(new URLSearchParams(params).toString()),
    });

  it.each(['code', 'code_verifier', 'refresh_token', 'token', 'client_secret'])('a form parameter %s', (name) => {
    const text = recorded(form({ [name]: 'very-secret value/1' }), '{}');
    expect(text).not.toContain('very-secret');
    expect(text).toContain(mark(name, 'very-secret value/1'));
  });

  it('a form parameter whose name is written as that of a list', () => {
    expect(recorded(form({ 'client_secret[]': 'very-secret value/1' }), '{}')).not.toContain('very-secret');
  });

  it('a token pair in a response, and the same tokens echoed in a header', () => {
    const text = recorded(
      form({}),
      JSON.stringify({ access_token: 'opaque-access-1', refresh_token: 'opaque-refresh-1', handoff: 'handoff-code-1' }),
      [['x-echo', 'opaque-refresh-1']],
    );
    for (const secret of ['opaque-access-1', 'opaque-refresh-1', 'handoff-code-1']) expect(text).not.toContain(secret);
  });

  it('a configured client secret, whatever its encoding', () => {
    const pair = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
    const encoded = encodeURIComponent(client.secret);
    const text = recorded(
      request({ url: `http://127.0.0.1/token?x=${encoded}`, headers: [['authorization', `Basic ${pair}`]] }),
      client.secret,
    );
    for (const form of [client.secret, pair, encoded, Buffer.from(client.secret).toString('base64')])
      expect(text).not.toContain(form);
  });

  it('JWTs and signatures wherever they stand', () => {
    const signature = `0x${'ab'.repeat(65)}`;
    const text = recorded(request({}), `<html>${jwt} and ${signature}</html>`);
    expect(text).not.toContain(jwt);
    expect(text).not.toContain(signature);
  });

  it('a truncated or malformed JSON body', () => {
    expect(recorded(request({}), '{"access_token":"opaque-access-1","expires')).not.toContain('opaque-access-1');
  });

  it('the code in a Location header', () => {
    expect(
      recorded(request({}), '', [['location', 'https://app.example.com/cb?code=secret-code-1&state=x']]),
    ).not.toContain('secret-code-1');
  });
});

it('gives the same value the same mark', () => {
  expect(mark('code', 'a')).toBe(mark('code', 'a'));
  expect(mark('code', 'a')).not.toBe(mark('code', 'b'));
});

describe('a recorder', () => {
  const recorder = (): Recorder => new Recorder(new Redactor({ clients: [client] }));
  const body = (value: string): WireRequest =>
    request({
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: Buffer.from(`code=${value}`),
    });

  it('hides in an exchange what only a later one shows to be a secret', () => {
    const all = recorder();
    all.record(answer(request({}), '{"note":"a-later-secret"}'));
    all.record(answer(request({}), '{"access_token":"a-later-secret"}'));
    expect(JSON.stringify(all.exchanges)).not.toContain('a-later-secret');
  });

  it('gives the last exchanges in order, and those of a control before its own', () => {
    const [control, own] = [recorder(), recorder()];
    control.record(answer(body('control-secret-1'), '{"n":1}'));
    own.include(control);
    own.record(answer(body('own-secret-2'), '{"n":2}'));
    own.record(answer(body('own-secret-3'), '{"n":3}'));
    expect(own.last(2).map(({ response }) => response?.body)).toEqual(['{"n":2}', '{"n":3}']);
    expect(own.exchanges.map(({ response }) => response?.body)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(JSON.stringify(own.exchanges)).not.toMatch(/(control|own)-secret/);
  });

  it('takes for deciding the last exchange that is no talk with the control routes', () => {
    const all = recorder();
    expect(all.deciding).toBeUndefined();
    all.record(answer(request({}), '{"n":1}'));
    all.record(answer(request({ operation: 'control' }), '{"n":2}'));
    expect(all.deciding?.response?.body).toBe('{"n":1}');
  });

  it('records a request that got no answer with the reason, and hides its secrets in it', () => {
    const all = recorder();
    all.recordUnanswered(body('a-code-in-vain'), 0, 1, 'closed after a-code-in-vain');
    expect(all.exchanges[0]?.error).toBe(`closed after ${mark('code', 'a-code-in-vain')}`);
  });
});
