/** Whatever is granted can be looked up: token responses against GET /scopes (API reference "Get all available authorization scopes"). */

import { defineObservers } from '../observers.ts';
import { readScopeList } from '../scope-list.ts';

export default defineObservers([
  () => {
    const granted = new Set<string>();
    /** What every list so far has: one that is shorter than another lacks something. */
    let listed: ReadonlySet<string> | undefined;
    return {
      id: 'observer/granted-scopes-listed',
      title: 'Every scope that a token response grants is in the list of scopes',
      verifies: ['scopes/complete'],
      applies(exchange) {
        const { operation, method } = exchange.request;
        if (!exchange.ok) return false;
        if (operation === 'scopes' && method === 'GET') {
          const names = readScopeList(exchange.json);
          if (names === undefined) return false;
          const before = listed;
          listed = new Set(names.filter((name) => before?.has(name) !== false));
          return true;
        }
        if (operation !== 'token' && operation !== 'authenticate') return false;
        const scope = exchange.object?.scope;
        if (typeof scope !== 'string') return false;
        for (const name of scope.split(' ')) if (name !== '') granted.add(name);
        return true;
      },
      judge: () => [],
      conclude() {
        if (listed === undefined || granted.size === 0) return undefined;
        const missing = [...granted].filter((name) => listed?.has(name) === false);
        return missing.length === 0
          ? []
          : [{ message: `Granted by token responses, and not listed by GET /scopes: ${missing.join(', ')}.` }];
      },
    };
  },
]);
