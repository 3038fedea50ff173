/** What mistakes in reading forms have in common. */

import type { Policy } from './policy/index.ts';
import type { Pairs } from './policy/requests.ts';

type Requests = Policy['requests'];

/** The parameters of the forms of one operation are others than were sent. */
export const misreading = (
  policy: Policy,
  at: 'token' | 'revoke',
  read: (pairs: Pairs, text: string) => Pairs,
): Pick<Requests, 'parsesForm'> => ({
  parsesForm(text, operation) {
    const pairs = policy.requests.parsesForm(text, operation);
    return operation === at ? read(pairs, text) : pairs;
  },
});

/** One parameter of /token counts as there although it is empty. */
export const keepingEmpty = (policy: Policy, kept: string): Pick<Requests, 'parsesForm' | 'treatsEmptyAsOmitted'> => ({
  ...misreading(policy, 'token', (pairs) => pairs.filter(([name, value]) => value !== '' || name === kept)),
  treatsEmptyAsOmitted: (operation) => operation !== 'token',
});
