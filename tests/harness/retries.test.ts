import { expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import type { Check } from '../../harness/check.ts';
import { Exchange, type WireRequest } from '../../harness/exchange.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { Run } from '../../harness/run.ts';

const config = referenceConfig('http://127.0.0.1:1');

/** Runs one check over a transport that loses the first requests. @returns outcome, and what was sent */
async function run(act: Check['run'], lost: number, retries?: number): Promise<{ outcome: string; sent: string[] }> {
  const sent: string[] = [];
  const transport = {
    async send(wire: WireRequest): Promise<Exchange> {
      sent.push(`${wire.method} ${new URL(wire.url).pathname}`);
      if (sent.length <= lost) throw new Unanswered('reset', 'The connection was lost.');
      return new Exchange(
        wire,
        { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from('["account"]') },
        0,
        1,
      );
    },
    close: async () => undefined,
  };
  const parts = retries === undefined ? {} : { retries };
  const runner = new Run({ config, seed: 1, requirements: [], ...parts }, { transport });
  const { outcome } = await runner.execute({ id: 'x', title: 'x', verifies: ['x'], run: act });
  return { outcome, sent };
}

it('a lost GET is sent again, twice at most', async () => {
  const scopes: Check['run'] = async (t) => void (await t.client.scopes());
  expect(await run(scopes, 2)).toEqual({ outcome: 'pass', sent: Array(3).fill('GET /api/v1/auth/scopes') });
  expect((await run(scopes, 3)).outcome).toBe('inconclusive');
  expect(await run(scopes, 1, 0)).toEqual({ outcome: 'inconclusive', sent: ['GET /api/v1/auth/scopes'] });
});

it('a lost exchange, which may have been carried out, is not', async () => {
  const exchange: Check['run'] = async (t) =>
    void (await t.client.token({ params: { grant_type: 'x' }, malformed: true }));
  expect(await run(exchange, 1)).toEqual({ outcome: 'inconclusive', sent: ['POST /api/v1/auth/token'] });
});
