import { expect, it } from 'vitest';
import { loadFaults } from '../../reference/faults/index.ts';
import { publicCases } from '../../reference/public-cases.ts';

it('at least twenty faults are known from a public case, and each case names a fault that there is', async () => {
  const faults = await loadFaults();
  const known = new Set(faults.map(({ id }) => id));
  expect(Object.keys(publicCases).filter((id) => !known.has(id))).toEqual([]);
  expect(faults.filter(({ reference }) => reference !== undefined).length).toBeGreaterThanOrEqual(20);
});

it.each(Object.entries(publicCases))('%s cites an issue, a pull request or a CVE record', (_id, url) => {
  expect(url).toMatch(
    /^https:\/\/(github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+|nvd\.nist\.gov\/vuln\/detail\/CVE-\d{4}-\d{4,})$/,
  );
});
