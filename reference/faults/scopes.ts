/** Mistakes of GET /scopes. */

import { changed, type Policy } from '../policy/index.ts';
import { rewritten } from '../transform.ts';
import type { Fault } from './types.ts';

const scopes = (
  id: string,
  title: string,
  breaks: readonly string[],
  change: (policy: Policy) => Partial<Policy['scopes']>,
): Fault => ({
  id: `scopes/${id}`,
  title,
  breaks,
  change: (policy) => changed(policy, { scopes: change(policy) }),
});

const faults: readonly Fault[] = [
  scopes('needs-authentication', 'The list requires an Authorization header', ['scopes/status-200'], () => ({
    needsAuthentication: (authorization) => authorization === undefined,
  })),
  scopes('refuses-bearer', 'The list is refused to access tokens', ['scopes/authorization-irrelevant'], () => ({
    needsAuthentication: (authorization) => /^bearer /i.test(authorization ?? ''),
  })),
  scopes('refuses-basic', 'The list is refused to Basic credentials', ['scopes/authorization-irrelevant'], () => ({
    needsAuthentication: (authorization) => /^basic /i.test(authorization ?? ''),
  })),
  scopes('empty', 'The list is empty', ['scopes/not-empty'], () => ({ body: () => [] })),
  scopes('one-string', 'The names are one string with spaces', ['scopes/shape'], () => ({
    body: (names) => names.join(' '),
  })),
  scopes('spaces', 'All names are one entry of the list', ['scopes/names-are-scope-tokens'], () => ({
    body: (names) => [names.join(' ')],
  })),
  scopes('labels', 'The list has labels for people instead of names', ['scopes/names-are-scope-tokens'], () => ({
    body: (names) => [...names, 'Your profile'],
  })),
  scopes('map', 'The list is an object of names', ['scopes/shape'], () => ({
    body: (names) => Object.fromEntries(names.map((name) => [name, true])),
  })),
  scopes('entries-without-name', 'Entries have a title and no name', ['scopes/shape'], () => ({
    body: (names) => names.map((title) => ({ title })),
  })),
  scopes('missing-one', 'A scope that is granted is missing from the list', ['scopes/complete'], () => ({
    body: (names) => names.filter((name) => name !== 'connections'),
  })),
  scopes('paged', 'Every other request gets another page', ['scopes/same-for-everybody'], () => {
    let count = 0;
    return {
      body: (names) => {
        count += 1;
        return count % 2 === 1 ? [...names] : names.slice(0, -1);
      },
    };
  }),
  scopes(
    'complete-once',
    'The list is complete at the first request, and lacks a name when it comes from the cache',
    ['scopes/complete'],
    () => {
      let count = 0;
      return {
        body: (names) => {
          count += 1;
          return count === 1 ? [...names] : names.filter((name) => name !== 'connections');
        },
      };
    },
  ),
  {
    id: 'scopes/filtered-by-caller',
    title: 'A caller with credentials sees only some scopes',
    breaks: ['scopes/same-for-everybody'],
    transform: ({ operation, request }, response) =>
      operation === 'scopes' && request.headers.has('authorization')
        ? rewritten(response, { body: '["account","connections"]' })
        : response,
  },
  {
    id: 'scopes/as-text',
    title: 'The list is labelled text/plain',
    breaks: ['scopes/json'],
    transform: ({ operation }, response) =>
      operation === 'scopes' ? rewritten(response, { headers: { 'content-type': 'text/plain' } }) : response,
  },
];

export default faults;
