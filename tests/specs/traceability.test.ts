import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disagreements, type Traced, traced } from '../../cli/coverage.ts';
import { stalePages } from '../../cli/docs.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { packageRoot } from '../../specs/package-root.ts';

describe('catalogue, checks, faults and docs', () => {
  it('agree', async () => {
    expect(disagreements(await traced())).toEqual([]);
  });

  it('are published as they are', async () => {
    expect(await stalePages()).toEqual([]);
  });

  it('cite headings of docs/contract.md that exist', () => {
    const text = readFileSync(join(packageRoot(), 'docs', 'contract.md'), 'utf8');
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
    const anchors = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading)));
    const { requirements } = loadCatalogue();
    const cited = requirements
      .flatMap(({ source, alsoIn = [] }) => [source, ...alsoIn])
      .filter(({ url }) => url.startsWith('docs/contract.md'))
      .map(({ url }) => url.split('#')[1] ?? '');
    expect([...new Set(cited)].filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('account for at least 200 requirements', () => {
    expect(loadCatalogue().requirements.length).toBeGreaterThanOrEqual(200);
  });
});

describe('a disagreement is found when', () => {
  const right: Traced = {
    requirements: [
      { id: 'a', level: 'MUST', attacks: ['theft'] },
      { id: 'b', level: 'SHOULD', untested: 'internal' },
    ],
    judges: [{ id: 'check', title: 'It MUST hold', verifies: ['a'] }],
    faults: [{ id: 'fault', breaks: ['a'] }],
    attacks: [{ id: 'theft' }],
    shipped: ['a', 'old'],
    aliases: { old: 'b' },
  };
  it('nothing is wrong: there is none', () => expect(disagreements(right)).toEqual([]));
  it.each<[string, Partial<Traced>, RegExp]>([
    ['a requirement has neither check nor reason', { judges: [] }, /a has neither/],
    [
      'an untested one has a check',
      { judges: [...right.judges, { id: 'c', title: 'c', verifies: ['b'] }] },
      /b is called untested/,
    ],
    [
      'a check verifies what does not exist',
      { judges: [...right.judges, { id: 'c', title: 'c', verifies: ['x'] }] },
      /c verifies x/,
    ],
    ['a fault breaks what does not exist', { faults: [{ id: 'fault', breaks: ['x'] }] }, /fault breaks x/],
    ['an attack is unknown', { attacks: [] }, /unknown attack theft/],
    ['an id has gone without an alias', { aliases: {} }, /old has shipped and is gone/],
    [
      'a title says MUST where the row says SHOULD',
      { requirements: [{ id: 'a', level: 'SHOULD' }], shipped: [] },
      /title of check says MUST/,
    ],
  ])('%s', (_, change, sentence) => {
    expect(disagreements({ ...right, ...change }).join('\n')).toMatch(sentence);
  });
});

it('the comparison with other suites names requirements that exist', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'comparison.md'), 'utf8');
  const named = [...text.matchAll(/`([a-z-]+\/[a-z0-9-]+)`/g)].map(([, id = '']) => id);
  const known = new Set(loadCatalogue().requirements.map(({ id }) => id));
  expect(named.length).toBeGreaterThan(50);
  expect([...new Set(named)].filter((id) => !known.has(id))).toEqual([]);
});
