import { describe, expect, it } from 'vitest';
import { Turns } from '../../harness/turns.ts';

/** Actions that tell when they begin, and end when they are told to. */
function actions() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    action: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      }),
    end: (name: string) => ends.get(name)?.(),
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('let actions go on beside each other', async () => {
    const { begun, action, end } = actions();
    const turns = new Turns();
    const both = Promise.all([turns.beside(action('a')), turns.beside(action('b'))]);
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    end('a');
    expect(await both).toEqual(['a', 'b']);
  });

  it('give one the place alone when the others have ended, and let nobody pass who came later', async () => {
    const { begun, action, end } = actions();
    const turns = new Turns();
    const all = [
      turns.beside(action('a')),
      turns.alone(action('b')),
      turns.alone(action('c')),
      turns.beside(action('d')),
    ];
    await settled();
    expect(begun).toEqual(['a']);
    for (const name of ['a', 'b', 'c', 'd']) {
      end(name);
      await settled();
    }
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('go on after an action that throws', async () => {
    const turns = new Turns();
    await expect(turns.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(turns.beside(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.alone(async () => 1)).toBe(1);
  });
});
