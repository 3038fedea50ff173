import { expect, it } from 'vitest';
import { loadFaults } from '../../reference/faults/index.ts';
import { loadVariants } from '../../reference/variants/index.ts';

it('a variant undoes no fault that there is not', async () => {
  const known = new Set((await loadFaults()).map(({ id }) => id));
  const undone = (await loadVariants()).flatMap(({ undoes = [] }) => undoes);
  expect(undone.length).toBeGreaterThan(0);
  expect(undone.filter((id) => !known.has(id))).toEqual([]);
});
