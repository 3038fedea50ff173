import { describe, expect, it } from 'vitest';
import { readScopeList, scopeToken } from '../../harness/scope-list.ts';

describe('the list of scopes', () => {
  it.each([
    [['a', 'b']],
    [[{ name: 'a' }, { name: 'b', description: 'x' }]],
    [[{ scope: 'a' }, { id: 'b' }]],
    [{ scopes: ['a', 'b'] }],
    [{ scopes: [{ id: 'a' }, { id: 'b' }], total: 2 }],
  ])('is read in the shape %j', (json) => {
    expect(readScopeList(json)).toEqual(['a', 'b']);
  });

  it.each([['a b'], [null], [{ data: ['a'] }], [[{ title: 'a' }]], [[1]], [{ a: true }]])(
    'is not read from %j',
    (json) => {
      expect(readScopeList(json)).toBeUndefined();
    },
  );

  it('has scope-tokens for names (RFC 6749 3.3)', () => {
    expect(['openid', 'a:b', "!#[]^~'"].every((name) => scopeToken.test(name))).toBe(true);
    expect(['', 'a b', 'a"b', 'a\\b', 'é', 'a\n'].some((name) => scopeToken.test(name))).toBe(false);
  });
});
