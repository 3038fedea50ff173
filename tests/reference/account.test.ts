import { expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import { startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadChecks, loadObservers } from '../../suites/index.ts';
import { runChecks } from '../kill-matrix/job.ts';

it('the account of the reference takes the access tokens of third-party clients, which a hand-off refuses', async () => {
  const server = await startReference();
  try {
    const suite = { checks: await loadChecks(), observers: await loadObservers(), catalogue: loadCatalogue() };
    const config = { ...referenceConfig(server.url), probe: { method: 'GET', path: '/api/v1/account' } };
    const accepted = 'access-token/accepted/code/third-party';
    const report = await runChecks(suite, config, ({ id }) => id === accepted);
    expect(report.checks.find(({ id }) => id === accepted)?.outcome).toBe('pass');
  } finally {
    await server.close();
  }
});

it('the account is refused without a token, with a challenge that names no error', async () => {
  const server = await startReference();
  try {
    const response = await fetch(`${server.url}/api/v1/account`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="auth"');
  } finally {
    await server.close();
  }
});
