/** Histories of sessions: every one can be taken, all kinds of steps are frequent, and what is shorter is of the same kind. The model of what is alive. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histories } from '../../generators/session-histories.ts';
import {
  type History,
  type Possibilities,
  plainer,
  type Step,
  validHistory,
} from '../../generators/session-history.ts';
import { leeway, SessionModel } from '../../generators/session-model.ts';

const everything: Possibilities = {
  clients: [
    { id: 'one', canSignIn: true, canTryAccess: true, canHandOff: true, hasOther: true },
    { id: 'two', canSignIn: false, canTryAccess: false, canHandOff: false, hasOther: true },
  ],
  codes: true,
  revocation: true,
  scopes: true,
  clock: true,
};
const little: Possibilities = {
  clients: [{ id: 'one', canSignIn: false, canTryAccess: false, canHandOff: false, hasOther: false }],
  codes: true,
  revocation: false,
  scopes: false,
  clock: false,
};
const sample = (possible: Possibilities): History[] => fc.sample(histories(possible), { numRuns: 400, seed: 1 });

const kindOf = (step: Step): string =>
  'by' in step ? `${step.do} by ${step.by}` : step.do === 'refresh' ? `refresh ${step.scope}` : step.do;

describe('histories', () => {
  it.each([
    ['everything', everything],
    ['little', little],
  ])('can be taken as they are on a target that allows %s', (_, possible) => {
    for (const history of sample(possible)) {
      expect(validHistory(history, possible)).toEqual(history);
      expect(history.steps.length).toBeGreaterThan(0);
    }
  });

  it('name each kind of step in at least one of fifty', () => {
    const counts = new Map<string, number>();
    const all = sample(everything);
    for (const { steps } of all)
      for (const kind of new Set(steps.map(kindOf))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const kinds = [
      'begin',
      'continue by its own wallet',
      'continue by another wallet',
      'continue by another client',
      'refresh as granted',
      'refresh less',
      'refresh more',
      'refresh again',
      'refresh as another client',
      'redeem its code again',
      'revoke by its own client',
      'revoke by another client',
      'hand off',
      'try access',
      'let time pass',
    ];
    expect(kinds.filter((kind) => (counts.get(kind) ?? 0) < all.length / 50)).toEqual([]);
    expect(counts.get('redeem a code late') ?? 0).toBeGreaterThan(0);
  });

  it('have several sessions in at least a third, of one wallet at several clients and of several wallets', () => {
    const clients = [...everything.clients, { ...everything.clients[0]!, id: 'three' }];
    const all = sample({ ...everything, clients, clock: false });
    const several = all.filter(({ steps }) => new Set(steps.map(({ of }) => of)).size > 1);
    expect(several.length).toBeGreaterThan(all.length / 3);
    const apart = (differ: 'client' | 'wallet') =>
      several.filter(({ owners: [a, b] }) => a?.via === 'sign-in' && b?.via === 'sign-in' && a[differ] !== b[differ]);
    expect(apart('client').length).toBeGreaterThan(10);
    expect(apart('wallet').length).toBeGreaterThan(10);
  });

  it('revoke by either token, with every hint and with none, by either client', () => {
    const revocations = sample(everything)
      .flatMap(({ steps }) => steps)
      .filter((step) => step.do === 'revoke');
    const ways = new Set(revocations.map(({ token, hint, by }) => `${token} ${hint ?? 'none'} ${by}`));
    const all = ['access_token', 'refresh_token'].flatMap((token) =>
      ['access_token', 'refresh_token', 'none'].flatMap((hint) =>
        ['its own client', 'another client'].map((by) => `${token} ${hint} ${by}`),
      ),
    );
    expect(all.filter((way) => !ways.has(way))).toEqual([]);
  });

  it('get shorter or plainer, and end', () => {
    for (const history of sample(everything).slice(0, 50))
      for (const next of plainer(history)) {
        const valid = validHistory(next, everything);
        expect(valid.steps.length).toBeLessThanOrEqual(history.steps.length);
        expect(valid).not.toEqual(history);
      }
  });

  it('are shrunk to the two steps that matter', () => {
    const wrong = ({ steps }: History): boolean => {
      const handedOff = steps.findIndex((step) => step.do === 'hand off');
      return handedOff >= 0 && steps.slice(handedOff).some((step) => step.do === 'revoke');
    };
    const details = fc.check(
      fc.property(histories(everything), (history) => !wrong(history)),
      { seed: 3, numRuns: 500 },
    );
    expect(details.counterexample?.[0].steps.map(({ do: what }) => what)).toEqual(['hand off', 'revoke']);
  });
});

describe('the model', () => {
  const hour = 3600;
  it('knows a revoked session as ended, one whose token was replayed as open, and one that was refreshed after that as alive', () => {
    const model = new SessionModel<string>();
    const [one, two] = [model.begin('a'), model.begin('b')];
    model.end(one);
    model.leaveOpen(two);
    expect([one.life, two.life]).toEqual(['ended', 'open']);
    model.leaveOpen(one);
    model.showsLife(one);
    model.showsLife(two);
    expect([one.life, two.life]).toEqual(['ended', 'alive']);
  });

  it('lets each token of a session expire in its own time, and only once time was moved', () => {
    let now = 0;
    const model = new SessionModel<string>(() => now);
    const session = model.begin('a', { access: 900, refresh: hour });
    const [pair] = session.pairs;
    if (pair === undefined) throw new Error('A session begins with a pair.');
    const lives = () => (['access', 'refresh'] as const).map((kind) => model.lifeOf(session, pair, kind));
    now = 10 * hour;
    expect(lives()).toEqual(['alive', 'alive']);
    model.timeMoved();
    const at = (seconds: number) => {
      now = seconds;
      return lives();
    };
    expect(at(800)).toEqual(['alive', 'alive']);
    expect(at(899)).toEqual(['open', 'alive']);
    expect(at(900 + leeway + 1)).toEqual(['ended', 'alive']);
    expect(model.lifeOfSession(session)).toBe('alive');
    expect(at(hour + leeway + 1)).toEqual(['ended', 'ended']);
    expect(model.lifeOfSession(session)).toBe('open');
    model.end(session);
    expect(at(0)).toEqual(['ended', 'ended']);
  });

  it('demands nothing of a token whose lifetime nobody told, once time was moved', () => {
    const model = new SessionModel<string>();
    const session = model.begin('a');
    model.timeMoved();
    expect(session.pairs.map((pair) => model.lifeOf(session, pair, 'refresh'))).toEqual(['open']);
  });
});
