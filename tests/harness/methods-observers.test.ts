import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/methods.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/method-status (Methods that an operation does not have are answered with 405 or 501): http/method-status",
      "observer/options-allow (A successful answer to OPTIONS names the methods): http/options-allow",
    ]
  `);
});

describe('a method that an operation does not have', () => {
  const answered = (status: number, sent: Sent) =>
    said(observer(observers, 'method-status'), exchangeOf({ status }, sent));

  it('is answered with 405 or 501', () => {
    for (const status of [405, 501]) expect(answered(status, { method: 'PUT' })).toEqual([]);
    for (const status of [200, 400])
      expect(answered(status, { method: 'PUT' })).toEqual([
        `http/method-status: PUT at token is answered with ${status}.`,
      ]);
  });
  it.each([401, 403, 404, 413, 415, 429, 503])('is not looked at where the answer is %i', (status) => {
    expect(answered(status, { method: 'PUT' })).toBeUndefined();
  });
  it('is any but POST, and at the scopes POST as well', () => {
    expect(answered(200, { method: 'POST' })).toBeUndefined();
    expect(answered(200, { operation: 'scopes', method: 'POST' })).toEqual([
      'http/method-status: POST at scopes is answered with 200.',
    ]);
  });
  it('is answered as the server likes where every resource may have it', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(answered(200, { method })).toBeUndefined();
  });
  it('is judged at the five operations', () => {
    expect(answered(200, { operation: 'probe', method: 'PUT' })).toBeUndefined();
  });
});

describe('the answer to OPTIONS', () => {
  const options = (answer: Answer, sent: Sent = {}) =>
    said(observer(observers, 'options-allow'), exchangeOf(answer, { method: 'OPTIONS', ...sent }));

  it('names the methods, to whoever asks or to browsers', () => {
    expect(options({ status: 204, headers: [['Allow', 'POST']] })).toEqual([]);
    expect(options({ status: 204, headers: [['Access-Control-Allow-Methods', 'POST']] })).toEqual([]);
    expect(options({ status: 204 })).toEqual([
      'http/options-allow: OPTIONS at token answered 204 and names no methods.',
    ]);
  });
  it('is judged where OPTIONS is granted, at the five operations', () => {
    expect(options({ status: 404 })).toBeUndefined();
    expect(options({ status: 204 }, { method: 'GET' })).toBeUndefined();
    expect(options({ status: 204 }, { operation: 'jwks' })).toBeUndefined();
  });
});
