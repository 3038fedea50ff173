/** GET /scopes: every available scope, for everybody (API reference, "Get all available authorization scopes"). */

import { defineChecks } from '../../harness/check.ts';
import { availableCases, basicCredentials } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { readScopeList, scopeToken } from '../../harness/scope-list.ts';

/** The names of a list that was answered. */
function namesOf(t: CheckContext, exchange: Exchange): readonly string[] {
  t.expect.accepted(exchange, { requirement: 'scopes/status-200' });
  const names = readScopeList(exchange.json);
  if (names === undefined)
    t.expect.fail('The list of scopes has none of the three shapes.', {
      requirement: 'scopes/shape',
      expected:
        'An array of strings, an array of objects with name, scope or id, or an object with one under `scopes`.',
      exchange,
    });
  return names;
}

/** In an order of our own: the list's order means nothing. */
const set = (names: readonly string[]): string => [...new Set(names)].sort().join(' ');

export default defineChecks([
  {
    id: 'scopes/list',
    title: 'The list of scopes is answered without authentication, in a lawful shape',
    verifies: ['scopes/status-200', 'scopes/json', 'scopes/shape', 'scopes/not-empty', 'scopes/names-are-scope-tokens'],
    needs: ['operation scopes'],
    profile: 'smoke',
    async run(t) {
      const exchange = await t.client.scopes();
      t.expect.accepted(exchange);
      const mediaType = exchange.headerValues('content-type').join(', ');
      t.expect.soft(
        exchange.json !== undefined && /^application\/json\s*(;|$)/i.test(mediaType),
        `The list of scopes is no JSON sent as application/json (Content-Type: ${mediaType}).`,
        { requirement: 'scopes/json', expected: 'JSON, sent as application/json.', exchange },
      );
      const names = namesOf(t, exchange);
      if (names.length === 0 && t.config.scope === '')
        t.skip('The configuration asks for no scope, and a server without scopes has none to list.');
      t.expect.that(names.length > 0, 'The list of scopes is empty.', {
        requirement: 'scopes/not-empty',
        expected: 'At least one scope.',
        exchange,
      });
      const wrong = names.filter((name) => !scopeToken.test(name));
      t.expect.that(wrong.length === 0, `Not scope-tokens: ${JSON.stringify(wrong)}.`, {
        requirement: 'scopes/names-are-scope-tokens',
        expected: 'Printable ASCII without space, quotation mark and backslash (RFC 6749 3.3).',
        exchange,
      });
    },
  },
  {
    id: 'scopes/authorization-irrelevant',
    title: 'Credentials that are right do not keep the list from being answered, nor change it',
    verifies: ['scopes/authorization-irrelevant', 'scopes/same-for-everybody'],
    needs: ['operation scopes', 'session source'],
    async run(t) {
      const first = set(namesOf(t, await t.client.scopes()));
      const clients = availableCases(t.config).filter((one) => one.id !== 'client_secret_post');
      const basics = clients
        .filter((one) => one.method === 'client_secret_basic')
        .map((one) => basicCredentials(one.client.id, one.client.secret ?? ''));
      const sessions = [];
      for (const one of t.trials(clients))
        if (t.config.authorizationCode !== undefined || one.client.role === 'whitelabel-customer')
          sessions.push(await t.sharedSession(one));
      for (const authorization of [...sessions.map((session) => `Bearer ${session.accessToken}`), ...basics]) {
        const exchange = await t.client.scopes({ headers: { authorization } });
        t.expect.accepted(exchange, { because: 'a request with right credentials' });
        t.expect.that(set(namesOf(t, exchange)) === first, 'With credentials the list of scopes is another one.', {
          requirement: 'scopes/same-for-everybody',
          expected: 'All available scopes, whoever asks.',
          exchange,
        });
      }
    },
  },
  {
    id: 'scopes/stable',
    title: 'The list of scopes is the same each time',
    verifies: ['scopes/same-for-everybody'],
    needs: ['operation scopes'],
    async run(t) {
      const first = set(namesOf(t, await t.client.scopes()));
      for (const _ of t.trials([2, 3])) {
        const exchange = await t.client.scopes();
        t.expect.that(set(namesOf(t, exchange)) === first, 'The list of scopes is another one than before.', {
          expected: 'All available scopes, however often they are asked for.',
          exchange,
        });
      }
    },
  },
]);
