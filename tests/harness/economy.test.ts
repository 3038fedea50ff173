import { describe, expect, it } from 'vitest';
import { balancedCover, cover, filled, type Market, type PricedCheck, priceOf } from '../../harness/economy.ts';

const check = (id: string, verifies: string[], cost: Record<string, number>, controls: string[] = []): PricedCheck => ({
  id,
  verifies,
  cost,
  controls,
});
const market = (checks: PricedCheck[], controls: Market['controls'] = {}): Market => ({
  checks,
  controls,
  scarce: ['token', 'revoke'],
});

describe('priceOf', () => {
  it('adds up what the chosen checks send to each scarce operation, and shared controls once', () => {
    const shop = market(
      [
        check('a', ['x'], { token: 2, scopes: 9 }, ['control']),
        check('b', ['y'], { revoke: 1 }, ['control']),
        check('c', ['z'], { token: 50 }),
      ],
      { control: { token: 1 } },
    );
    expect(priceOf(shop, ['a', 'b'])).toEqual({ token: 3, revoke: 1 });
    expect(priceOf(shop, [])).toEqual({ token: 0, revoke: 0 });
  });
});

describe('cover', () => {
  it('takes one check that verifies much before several that verify little', () => {
    const shop = market([
      check('one', ['x'], { token: 1 }),
      check('other', ['y'], { token: 1 }),
      check('both', ['x', 'y'], { token: 1 }),
    ]);
    expect(cover(shop, new Set(['x', 'y']))).toEqual(['both']);
  });

  it('drops what later choices made superfluous', () => {
    const shop = market([check('cheap', ['x'], { token: 1 }), check('dear', ['y', 'x'], { token: 3 })]);
    expect(cover(shop, new Set(['x', 'y']))).toEqual(['dear']);
  });

  it('counts a control that is there already as nothing', () => {
    const shop = market(
      [
        check('first', ['x'], { token: 1 }, ['known']),
        check('with-known', ['y'], { token: 2 }, ['known']),
        check('with-new', ['y'], { token: 1 }, ['new']),
      ],
      { known: { token: 5 }, new: { token: 5 } },
    );
    expect(cover(shop, new Set(['x', 'y']), ['first'])).toEqual(['first', 'with-known']);
  });

  it('covers only what some check verifies, and wants nothing else', () => {
    const shop = market([check('a', ['x'], { token: 1 }), check('b', ['y'], {})]);
    expect(cover(shop, new Set(['x', 'nobody']))).toEqual(['a']);
  });

  it('heeds what requests to an operation weigh', () => {
    const shop = market([check('by-token', ['x'], { token: 1 }), check('by-revoke', ['x'], { revoke: 2 })]);
    expect(cover(shop, new Set(['x']))).toEqual(['by-token']);
    expect(cover(shop, new Set(['x']), [], { token: 5, revoke: 1 })).toEqual(['by-revoke']);
  });
});

describe('balancedCover', () => {
  it('relieves the operation that gets most', () => {
    const names = Array.from({ length: 10 }, (_, index) => `row-${index}`);
    const shop = market(
      names.flatMap((name) => [check(`a-${name}`, [name], { token: 1 }), check(`b-${name}`, [name], { revoke: 1.2 })]),
    );
    const wanted = new Set(names);
    expect(priceOf(shop, cover(shop, wanted)).token).toBe(10);
    const ids = balancedCover(shop, wanted);
    expect(new Set(ids.map((id) => id.slice(2)))).toEqual(wanted);
    expect(Math.max(...Object.values(priceOf(shop, ids)))).toBeLessThanOrEqual(12);
  });
});

describe('filled', () => {
  it('adds the cheapest as long as no operation exceeds the budget', () => {
    const shop = market([
      check('given', ['x'], { token: 2 }),
      check('two', ['y'], { token: 2 }),
      check('one', ['z'], { token: 1 }),
      check('free', ['w'], {}),
      check('elsewhere', ['v'], { revoke: 4 }),
    ]);
    expect(filled(shop, ['given'], 4)).toEqual(['given', 'one', 'free', 'elsewhere']);
    expect(filled(shop, ['given'], 3)).toEqual(['given', 'one', 'free']);
  });
});
