import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/granted-scopes.ts';
import { exchangeOf } from './exchanges.ts';
import { concluded, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/granted-scopes-listed (Every scope that a token response grants is in the list of scopes): scopes/complete",
    ]
  `);
});

const list = (body: unknown, status = 200) => exchangeOf({ status, body }, { operation: 'scopes', method: 'GET' });
const grant = (scope: unknown, status = 200) => exchangeOf({ status, body: { scope } });
const run = (...exchanges: readonly ReturnType<typeof grant>[]) => {
  const rule = observer(observers, 'granted-scopes-listed');
  return { each: exchanges.map((exchange) => said(rule, exchange)), concluded: concluded(rule) };
};

describe('scopes that are granted', () => {
  it('are in the list, which may come later', () => {
    expect(run(grant('a'), list(['a', 'b']))).toEqual({ each: [[], []], concluded: [] });
    expect(run(list(['b', 'a']), list({ scopes: ['a', 'b', 'c'] }), grant('a b')).concluded).toEqual([]);
  });
  it('are in every list, also when it is asked for again', () => {
    const missing = ['scopes/complete: Granted by token responses, and not listed by GET /scopes: b.'];
    expect(run(list(['a', 'b']), list(['a']), grant('a b')).concluded).toEqual(missing);
    expect(run(list(['a']), list(['a', 'b']), grant('a b')).concluded).toEqual(missing);
  });
  it('are told, each, where they are not', () => {
    expect(run(grant('a  b c'), list(['b'])).concluded).toEqual([
      'scopes/complete: Granted by token responses, and not listed by GET /scopes: a, c.',
    ]);
  });
  it('are read at /authenticate as well', () => {
    const exchange = exchangeOf({ body: { scope: 'a' } }, { operation: 'authenticate' });
    expect(run(exchange, list(['b'])).concluded).toHaveLength(1);
  });
  it('are nothing to judge without a list, or without a grant', () => {
    expect(run(grant('a')).concluded).toBeUndefined();
    expect(run(grant('a'), list([])).concluded).toHaveLength(1);
    expect(run(list(['a'])).concluded).toBeUndefined();
    expect(run(list(['a']), grant('')).concluded).toBeUndefined();
  });
  it('are read from what is granted, in lawful shapes, and from nothing else', () => {
    const others = [
      list(['a'], 400),
      list('a'),
      exchangeOf({ body: ['a'] }, { method: 'GET' }),
      list({ scopes: [{}] }),
      exchangeOf({ body: ['a'] }, { operation: 'scopes', method: 'POST' }),
      grant('a', 400),
      grant(['a']),
      exchangeOf({ body: '' }),
      exchangeOf({ body: { scope: 'a' } }, { operation: 'handoffInit' }),
    ];
    expect(run(...others)).toEqual({ each: others.map(() => undefined), concluded: undefined });
  });
});
