import { describe, expect, it } from 'vitest';
import observers, { variableBits } from '../../harness/observers/strength.ts';
import { exchangeOf, type Sent } from './exchanges.ts';
import { concluded, config, identities, observer, said } from './observing.ts';

it('names its rules', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/refresh-token-succession (A refresh token does not follow from the one before it): strength/refresh-token-entropy",
      "observer/code-entropy (Authorization codes cannot be guessed): strength/code-entropy strength/suggested-entropy",
      "observer/refresh-token-entropy (Refresh tokens cannot be guessed): strength/refresh-token-entropy strength/suggested-entropy",
      "observer/access-token-entropy (Access tokens without signature cannot be guessed): strength/access-token-entropy strength/suggested-entropy",
      "observer/handoff-code-entropy (Hand-off codes cannot be guessed): strength/handoff-code-entropy strength/suggested-entropy",
    ]
  `);
});

describe('the bits that vary between values', () => {
  it.each<[string, string[], number]>([
    ['none of one value', ['abc'], 0],
    ['none of the same', ['abc', 'abc'], 0],
    ['one letter of digits', ['a1', 'a2'], Math.log2(10)],
    ['one letter of hexadecimal digits', ['1a', '1f'], Math.log2(16)],
    ['the same in capitals', ['1A', '1F'], Math.log2(16)],
    ['hexadecimal digits in both cases', ['aF', 'Fa'], 2 * Math.log2(62)],
    ['small letters', ['xa', 'xz'], Math.log2(36)],
    ['capitals', ['xA', 'xZ'], Math.log2(36)],
    ['letters of both cases', ['z', 'Z'], Math.log2(62)],
    ['base64url', ['_z', '-Z'], 2 * Math.log2(64)],
    ['anything', ['.', '!'], Math.log2(95)],
    ['as many letters as the shortest has', ['12', '234', '3456'], 2 * Math.log2(10)],
    ['a letter that differs in one value', ['10', '10', '11'], Math.log2(10)],
    ['digits at the end of letters', ['1x', '2x'], Math.log2(10)],
    ['letters after digits', ['1z', '2y'], 2 * Math.log2(36)],
    ['a mark before a letter', ['.z', '-y'], 2 * Math.log2(95)],
    ['a mark after a letter', ['z.', 'y-'], 2 * Math.log2(95)],
  ])('are %s', (_, values, bits) => {
    expect(variableBits(values)).toBeCloseTo(bits, 10);
  });
});

it('128 random bits are told from 160 by eight values', () => {
  const random = (bytes: number): string[] =>
    Array.from({ length: 8 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url'));
  for (let round = 0; round < 200; round += 1) {
    expect(variableBits(random(16))).toBeLessThan(150);
    expect(variableBits(random(20))).toBeGreaterThanOrEqual(150);
  }
});

const form = (body: string): Sent => ({ headers: [['content-type', 'application/x-www-form-urlencoded']], body });
/** Eight values that vary in so many hexadecimal digits. */
const values = (letters: number) => [...'0123456f'].map((digit) => `value-${digit.repeat(letters)}`);

describe.each<[string, string, string, (value: string) => Parameters<typeof exchangeOf>]>([
  ['code-entropy', 'Authorization codes', 'code-entropy', (code) => [{}, form(`code=${code}`)]],
  [
    'refresh-token-entropy',
    'Refresh tokens',
    'refresh-token-entropy',
    (refresh_token) => [{ body: { refresh_token } }],
  ],
  [
    'refresh-token-entropy',
    'Refresh tokens',
    'refresh-token-entropy',
    (refresh_token) => [{ body: { refresh_token } }, { operation: 'authenticate' }],
  ],
  [
    'access-token-entropy',
    'Access tokens without signature',
    'access-token-entropy',
    (access_token) => [{ body: { access_token } }],
  ],
  [
    'handoff-code-entropy',
    'Hand-off codes',
    'handoff-code-entropy',
    (code) => [{ body: { code } }, { operation: 'handoffInit' }],
  ],
])('%s', (name, what, requirement, exchangeWith) => {
  const run = (all: readonly string[], status = 200) => {
    const rule = observer(observers, name);
    const each = all.map((value) => {
      const [answer, sent] = exchangeWith(value);
      return said(rule, exchangeOf({ status, ...answer }, sent));
    });
    return { each, concluded: concluded(rule) };
  };
  it('is told where less than 120 bits vary, and where less than 150 do', () => {
    expect(run(values(29)).concluded).toEqual([
      `strength/${requirement}: ${what}: 8 values of this run differ in 116 bits at most; 128 are asked for.`,
    ]);
    expect(run(values(30)).concluded).toEqual([
      `strength/suggested-entropy: ${what}: 8 values of this run differ in 120 bits at most; 160 are suggested.`,
    ]);
    expect(run(values(37)).concluded).toHaveLength(1);
    expect(run([...'01aBcD-_'].map((letter) => letter.repeat(25))).concluded).toEqual([]);
    expect(run(values(38)).concluded).toEqual([]);
  });
  it('is nothing to judge below eight values', () => {
    expect(run(values(1).slice(1)).concluded).toBeUndefined();
    expect(run([...values(1).slice(1), 'value-1']).concluded).toBeUndefined();
  });
  it('is judged by what is granted', () => {
    expect(run(values(1), 400)).toMatchObject({ each: [undefined, ...Array(7).fill(undefined)], concluded: undefined });
    expect(run(['v', '']).each).toEqual([[], undefined]);
  });
});

describe('values of other exchanges', () => {
  it.each<[string, ...Parameters<typeof exchangeOf>]>([
    ['code-entropy', {}, { ...form('code=c'), operation: 'revoke' }],
    ['refresh-token-entropy', { body: { refresh_token: 'r' } }, { operation: 'revoke' }],
    ['access-token-entropy', { body: { access_token: 'a' } }, { operation: 'probe' }],
    ['handoff-code-entropy', { body: { code: 'c' } }],
    ['refresh-token-entropy', { body: { refresh_token: 7 } }],
    ['refresh-token-entropy', { body: '' }],
    ['access-token-entropy', { body: '' }],
    ['handoff-code-entropy', { body: '' }, { operation: 'handoffInit' }],
    ['access-token-entropy', { body: { access_token: 'eyJ.a-_1.b-_2' } }],
    ['access-token-entropy', { body: { access_token: 'eyJab.a.b' } }],
  ])('say nothing of %s', (name, answer, sent) => {
    expect(said(observer(observers, name), exchangeOf(answer, sent))).toBeUndefined();
  });
  it.each(['xeyJ.a.b', 'eyJ.a.b.', 'eyJ.a', 'eyJ.!.b', 'eyJ!.a.b', 'eyJ..b'])(
    'that are no JWT, such as %s, are tokens without signature',
    (access_token) => {
      expect(said(observer(observers, 'access-token-entropy'), exchangeOf({ body: { access_token } }))).toEqual([]);
    },
  );
  it('that are no text are not counted', () => {
    const rule = observer(observers, 'refresh-token-entropy');
    for (let refresh_token = 0; refresh_token < 9; refresh_token += 1)
      said(rule, exchangeOf({ body: { refresh_token } }));
    expect(concluded(rule)).toBeUndefined();
  });
  it('are read from the field that the configuration names', () => {
    const named = { ...config, handoff: { ...config.handoff, codeField: 'ticket' } };
    const rule = observer(observers, 'handoff-code-entropy');
    const sent = { operation: 'handoffInit' } as const;
    expect(said(rule, exchangeOf({ body: { ticket: 't' } }, sent), named)).toEqual([]);
    expect(said(rule, exchangeOf({ body: { code: 't' } }, sent), named)).toBeUndefined();
  });
});

describe('a refresh token that a refresh gives', () => {
  const judged = (...[answer, sent]: Parameters<typeof exchangeOf>) =>
    said(observer(observers, 'refresh-token-succession'), exchangeOf(answer, sent));
  const of = (used: string, next: string) => judged({ body: { refresh_token: next } }, form(`refresh_token=${used}`));
  it('is reported where it follows from the one before', () => {
    expect(of('f00dfeedf00dfeed-1', 'f00dfeedf00dfeed-2')).toEqual([
      'strength/refresh-token-entropy: A refresh gave a refresh token that differs from the one before it in 1 characters only.',
    ]);
    expect(of('a'.repeat(30), `${'a'.repeat(15)}${'b'.repeat(15)}`)).toHaveLength(1);
  });
  it('is right where enough of it is new, and not judged where it is the same', () => {
    expect(of('a'.repeat(30), `${'a'.repeat(14)}${'b'.repeat(16)}`)).toEqual([]);
    expect(of('short', 'a-longer-one-altogether')).toEqual([]);
    expect(of('same', 'same')).toBeUndefined();
  });
  it('is judged where it was granted for another one', () => {
    const body = { refresh_token: 'one' };
    const sent = form('refresh_token=two');
    expect(judged({ body }, sent)).toHaveLength(1);
    expect(judged({ body, status: 400 }, sent)).toBeUndefined();
    expect(judged({ body }, { ...sent, operation: 'revoke' })).toBeUndefined();
    expect(judged({ body }, form('code=two'))).toBeUndefined();
    expect(judged({ body: { refresh_token: 1 } }, sent)).toBeUndefined();
    expect(judged({ body: '' }, sent)).toBeUndefined();
  });
});
