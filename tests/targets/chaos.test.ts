import { describe, expect, it } from 'vitest';
import type { ResponseTransformer } from '../../reference/app.ts';
import { noAnswer, rewritten } from '../../reference/transform.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runAgainstReference } from '../kill-matrix/job.ts';

const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };

/** A sequence that can be repeated (mulberry32), 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const bodies = [
  '',
  'null',
  '[]',
  '{}',
  '{"access_token":"x","token_type":"Bearer","expires_in":1}',
  '{"access_token":"eyJhbGciOiJSUzI1NiJ9.bnVsbA.x","refresh_token":{"a":1},"session_id":"\\ud800\\ud800\\ud800\\ud800"}',
  '{"access_token":"eyJhbGciOm51bGx9.W10.","refresh_token":"a\\r\\nb","scope":" , ","expires_in":"9"}',
  '{"code":"c\\u0000\\r\\n","error":["x"],"error_description":{"y":1},"scopes":[{"name":null}]}',
  '<html>',
  '{"error":',
  '{"keys":[{"kty":"RSA","n":"","e":""}],"message":[["x"]]}',
];

/** Replaces a part of the answers by others of every status and shape. */
function chaos(seed: number, share: number): ResponseTransformer {
  const next = random(seed);
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(next() * all.length)];
  return (_, response) => {
    if (next() > share) return response;
    if (next() < 0.05) return noAnswer;
    const status = pick([200, 200, 200, 201, 202, 302, 400, 400, 401, 403, 404, 405, 413, 418, 500, 501]) ?? 200;
    const headers = {
      'content-type': pick(['application/json', 'text/html', ';', '', 'application/json; charset=x']),
      'www-authenticate': pick([
        undefined,
        '',
        'Basic',
        'Bearer error',
        ',,="',
        'Bearer realm="a',
        'Basic, Bearer x=y',
      ]),
      'cache-control': pick([undefined, '', 'no-store', '"', 'max-age=x']),
      allow: pick([undefined, '', ',']),
    };
    return rewritten(response, { status, headers, body: pick(bodies) });
  };
}

describe('the whole suite against a right server whose answers are garbled now and then', () => {
  it.each([1, 2])('never fails itself (seed %i)', { timeout: 120_000 }, async (seed) => {
    const report = await runAgainstReference(suite, { transform: [chaos(seed, seed % 2 === 0 ? 0.03 : 0.2)] });
    expect(report.suiteErrors).toEqual([]);
    expect(report.verdict).not.toBe('conformant');
  });
});
