import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../harness/challenges.ts';

describe('challenges of WWW-Authenticate', () => {
  it.each([
    ['Bearer', [{ scheme: 'bearer', params: [] }]],
    ['BEARER Realm="a"', [{ scheme: 'bearer', params: [['realm', 'a']] }]],
    [
      'Bearer realm="a, b", error=invalid_token',
      [
        {
          scheme: 'bearer',
          params: [
            ['realm', 'a, b'],
            ['error', 'invalid_token'],
          ],
        },
      ],
    ],
    ['Bearer error="a \\" b"', [{ scheme: 'bearer', params: [['error', 'a " b']] }]],
    [
      'Basic realm="x", Bearer',
      [
        { scheme: 'basic', params: [['realm', 'x']] },
        { scheme: 'bearer', params: [] },
      ],
    ],
    ['', []],
  ])('reads %j', (line, challenges) => {
    expect(parseChallenges([line])).toEqual(challenges);
  });

  it('keeps a parameter that comes twice', () => {
    const [challenge] = parseChallenges(['Bearer error="a", error="b"']);
    expect(challenge?.params.map(([name]) => name)).toEqual(['error', 'error']);
  });

  it('reads several field lines as one list', () => {
    expect(parseChallenges(['Basic realm="x"', 'Bearer realm="y"']).map(({ scheme }) => scheme)).toEqual([
      'basic',
      'bearer',
    ]);
  });
});
