/** A run ends the sessions that it has begun (RFC 7009 1: a client tells the server that it no longer needs its tokens). */

import { afterEach, describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import type { Profile } from '../../harness/config.ts';
import { planChecks } from '../../harness/planner.ts';
import { Run } from '../../harness/run.ts';
import type { ResponseTransformer } from '../../reference/app.ts';
import { startReference } from '../../reference/server.ts';
import { noAnswer, rewritten } from '../../reference/transform.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';

const parts = { observers: await loadObservers() };
const checks = await loadChecks();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function begin(profile: Profile, transform: readonly ResponseTransformer[] = [], endSessions = true) {
  const { url, reference, close } = await startReference({ transform });
  const config = { ...referenceConfig(url), profile, rateLimit: { revoke: 1000 } };
  const run = new Run({ config, seed: 1, requirements: loadCatalogue().requirements, endSessions }, parts);
  open.push(
    () => run.close(),
    () => close(),
  );
  const { concurrent, serial } = planChecks(checks, { profile, config });
  const alive = (): number =>
    [...reference.store.sessions.values()].filter(({ endedAt }) => endedAt === undefined).length;
  return { run, alive, chosen: [...concurrent, ...serial] };
}

describe('a run that is asked to end its sessions', () => {
  it.each<Profile>(['smoke', 'gate'])('leaves none alive after %s, with one revocation each', async (profile) => {
    const { run, alive, chosen } = await begin(profile);
    for (const check of chosen) await run.execute(check);
    const [left, before] = [alive(), run.requests.revoke ?? 0];
    expect(left).toBeGreaterThan(0);
    await run.cleanUp();
    expect(alive()).toBe(0);
    // A session may have ended by a replay, which the run cannot know.
    expect((run.requests.revoke ?? 0) - before).toBeLessThanOrEqual(left + 3);
    expect(run.suiteErrors).toEqual([]);
  });
  it('ends them also when it was stopped half way', async () => {
    const { run, alive, chosen } = await begin('smoke');
    for (const check of chosen.slice(0, 5)) await run.execute(check);
    run.stop('interrupted');
    expect(alive()).toBeGreaterThan(0);
    await run.cleanUp();
    expect(alive()).toBe(0);
  });
  it('waits where the target limits its revocations, and ends them nevertheless', async () => {
    let ending = false;
    let limited = 0;
    const slowDown: ResponseTransformer = ({ operation }, response) => {
      if (!ending || operation !== 'revoke' || limited >= 2) return response;
      limited += 1;
      return rewritten(response, { status: 429, headers: { 'retry-after': '6' }, body: '{}' });
    };
    // The answer is changed after the session was ended; the run must not believe that it was, and asks again.
    const { run, chosen } = await begin('smoke', [slowDown]);
    for (const check of chosen) await run.execute(check);
    const before = run.requests.revoke ?? 0;
    ending = true;
    let told = 0;
    await run.cleanUp((sessions) => {
      told = sessions;
    });
    expect(limited).toBe(2);
    expect((run.requests.revoke ?? 0) - before).toBe(told + 2);
  });
  it('goes on with the others where one revocation gets no answer', async () => {
    let ending = false;
    let lost = 0;
    const lose: ResponseTransformer = ({ operation }, response) => {
      if (!ending || operation !== 'revoke' || lost >= 1) return response;
      lost += 1;
      return noAnswer;
    };
    const { run, alive, chosen } = await begin('smoke', [lose]);
    for (const check of chosen) await run.execute(check);
    ending = true;
    await run.cleanUp();
    expect([lost, alive()]).toEqual([1, 0]);
  });
  it('takes a 200 for the token of another client for no end (RFC 7009 2.2)', async () => {
    const foreignIsFine: ResponseTransformer = ({ operation }, response) =>
      operation === 'revoke' && !response.ok ? rewritten(response, { status: 200, body: '' }) : response;
    const { run, alive } = await begin('full', [foreignIsFine]);
    for (const check of checks.filter(({ id }) => id.startsWith('revoke/foreign-client/'))) await run.execute(check);
    await run.cleanUp();
    expect(alive()).toBe(0);
  });
});

it('a run that is not asked to leaves its sessions, and sends no more', async () => {
  const { run, alive, chosen } = await begin('smoke', [], false);
  for (const check of chosen) await run.execute(check);
  const before = { ...run.requests };
  await run.cleanUp();
  expect(run.requests).toEqual(before);
  expect(alive()).toBeGreaterThan(0);
});
