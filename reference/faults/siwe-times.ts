/** Messages whose times are compared with each other and not with the clock (ERC-4361 "expiration-time", "not-before"), and those that are long. */

import { changed, type Policy } from '../policy/index.ts';
import type { Fault } from './types.ts';

const siwe = (decide: (own: Policy['siwe']) => Partial<Policy['siwe']>) => (policy: Policy) =>
  changed(policy, { siwe: decide(policy.siwe) });

const faults: readonly Fault[] = [
  {
    id: 'siwe/statement-in-short-column',
    title: 'A statement of more than 1000 characters does not fit into its column and ends in 500',
    breaks: ['http/no-server-error'],
    change: siwe((own) => ({
      domainMatches(message, expected, facts) {
        if ((message.statement ?? '').length > 1000) throw new Error('value too long for type character varying(1000)');
        return own.domainMatches(message, expected, facts);
      },
    })),
  },
  {
    id: 'siwe/expiry-after-issue',
    title: 'Expiration Time is compared with Issued At, not with the clock',
    breaks: ['siwe/expiration-time'],
    change: siwe(() => ({
      hasNotExpired: ({ expirationTime, issuedAt }) =>
        expirationTime === undefined || Date.parse(expirationTime) > Date.parse(issuedAt ?? ''),
    })),
  },
  {
    id: 'siwe/expiry-without-not-before',
    title: 'Expiration Time is looked at only where there is no Not Before',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) => message.notBefore !== undefined || own.hasNotExpired(message, now, facts),
    })),
  },
  {
    id: 'siwe/not-before-by-issue',
    title: 'Not Before is compared with Issued At, not with the clock',
    breaks: ['siwe/not-before'],
    change: siwe(() => ({
      issuedAtIsSane: ({ issuedAt }) => issuedAt !== undefined,
      isValidYet: ({ notBefore, issuedAt }, now) =>
        notBefore === undefined ||
        Date.parse(notBefore) <= Date.parse(issuedAt ?? '') ||
        now * 1000 >= Date.parse(notBefore),
    })),
  },
];

export default faults;
