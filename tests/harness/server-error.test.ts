import { describe, expect, it } from 'vitest';
import { isServerError } from '../../harness/server-error.ts';
import { exchangeOf, type Sent } from './exchanges.ts';

const scopes: Sent = { operation: 'scopes', method: 'GET' };

describe('a failure of the server', () => {
  it.each<[number, Sent?]>([[500], [502], [503], [599], [501], [501, scopes], [500, { method: 'PUT' }]])(
    'is %i %j',
    (status, sent) => {
      expect(isServerError(exchangeOf({ status }, sent))).toBe(true);
    },
  );
  it.each<[number, Sent?]>([[499], [400], [200], [501, { method: 'GET' }], [501, { ...scopes, method: 'POST' }]])(
    'is not %i %j',
    (status, sent) => {
      expect(isServerError(exchangeOf({ status }, sent))).toBe(false);
    },
  );
  it('is not 503 that names when to come again, and is any other status that does', () => {
    const headers = [['Retry-After', '5']] as const;
    expect(isServerError(exchangeOf({ status: 503, headers }))).toBe(false);
    expect(isServerError(exchangeOf({ status: 500, headers }))).toBe(true);
  });
  it('is not one where the request was beyond what a server must be able to read', () => {
    expect(isServerError(exchangeOf({ status: 500 }, { beyondLimits: true }))).toBe(false);
    expect(isServerError(exchangeOf({ status: 500 }, { beyondLimits: false }))).toBe(true);
  });
});
