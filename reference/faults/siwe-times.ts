/** Mistakes in the times of a sign-in message (ERC-4361 "issued-at", "expiration-time", "not-before"), and in how much a message may hold. */

import { siwe, tolerating } from './siwe.ts';
import type { Fault } from './types.ts';

const withoutZone = (time: string): string => time.replace(/(?:Z|[+-]\d\d:\d\d)$/i, 'Z');
const inWholeHours = (time: string): string => time.replace(/([+-]\d\d):\d\d$/, '$1:00');
const hour = 3600;
/** Date-times that are always right where a field is not looked at. */
const past = '2020-01-01T00:00:00Z';
const future = '2120-01-01T00:00:00Z';

const comparisons: readonly Fault[] = [
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

const times: readonly Fault[] = [
  {
    id: 'siwe/expiration-ignored',
    title: 'The expiration time is not looked at',
    breaks: ['siwe/expiration-time'],
    change: siwe(() => ({ hasNotExpired: () => true })),
  },
  {
    id: 'siwe/expiration-in-wrong-unit',
    title: 'The expiration time in milliseconds is compared with the time in seconds',
    breaks: ['siwe/expiration-time'],
    change: siwe(() => ({
      hasNotExpired: (message, now) => message.expirationTime === undefined || now < Date.parse(message.expirationTime),
    })),
  },
  {
    id: 'siwe/expiration-without-zone',
    title: 'The time zone of the expiration time is dropped',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) =>
        own.hasNotExpired(
          message.expirationTime === undefined
            ? message
            : { ...message, expirationTime: withoutZone(message.expirationTime) },
          now,
          facts,
        ),
    })),
  },
  {
    id: 'siwe/expiration-without-minutes-of-zone',
    title: 'Of the time zone of the expiration time the hours count, and the minutes do not',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) =>
        own.hasNotExpired(
          message.expirationTime === undefined
            ? message
            : { ...message, expirationTime: inWholeHours(message.expirationTime) },
          now,
          facts,
        ),
    })),
  },
  {
    id: 'siwe/expiration-with-a-day-of-grace',
    title: 'An expired message is accepted for another day',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) => own.hasNotExpired(message, now - 24 * hour, facts),
    })),
  },
  {
    id: 'siwe/expiration-with-half-an-hour-of-grace',
    title: 'An expired message is accepted for another half hour',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) => own.hasNotExpired(message, now - hour / 2, facts),
    })),
  },
  {
    id: 'siwe/expiration-ignored-with-basic',
    title: 'The expiration time is not looked at for clients that authenticate with Basic',
    breaks: ['siwe/expiration-time'],
    change: siwe((own) => ({
      hasNotExpired: (message, now, facts) =>
        facts?.method === 'client_secret_basic' || own.hasNotExpired(message, now, facts),
    })),
  },
  {
    id: 'siwe/expiration-unreadable',
    title: 'An expiration time that cannot be read counts as none',
    breaks: ['siwe/date-time-form'],
    change: siwe((own) => ({
      ...tolerating(own, 'Expiration Time', 'expirationTime', future),
      hasNotExpired: (message, now) => !(Date.parse(message.expirationTime ?? '') <= now * 1000),
    })),
  },
  {
    id: 'siwe/not-before-ignored',
    title: 'The time before which the message is not valid is not looked at',
    breaks: ['siwe/not-before'],
    change: siwe(() => ({ isValidYet: () => true })),
  },
  {
    id: 'siwe/not-before-without-zone',
    title: 'The time zone of not-before is dropped',
    breaks: ['siwe/not-before'],
    change: siwe((own) => ({
      isValidYet: (message, now, facts) =>
        own.isValidYet(
          message.notBefore === undefined ? message : { ...message, notBefore: withoutZone(message.notBefore) },
          now,
          facts,
        ),
    })),
  },
  {
    id: 'siwe/not-before-without-minutes-of-zone',
    title: 'Of the time zone of not-before the hours count, and the minutes do not',
    breaks: ['siwe/not-before'],
    change: siwe((own) => ({
      isValidYet: (message, now, facts) =>
        own.isValidYet(
          message.notBefore === undefined ? message : { ...message, notBefore: inWholeHours(message.notBefore) },
          now,
          facts,
        ),
    })),
  },
  {
    id: 'siwe/not-before-with-an-hour-of-grace',
    title: 'A message is accepted up to an hour before it becomes valid',
    breaks: ['siwe/not-before'],
    change: siwe((own) => ({ isValidYet: (message, now, facts) => own.isValidYet(message, now + hour - 60, facts) })),
  },
  {
    id: 'siwe/not-before-only-without-expiration',
    title: 'Not-before is looked at only where no expiration time is given',
    breaks: ['siwe/not-before'],
    change: siwe((own) => ({
      isValidYet: (message, now, facts) => message.expirationTime !== undefined || own.isValidYet(message, now, facts),
    })),
  },
  {
    id: 'siwe/not-before-unreadable',
    title: 'A not-before that cannot be read counts as none',
    breaks: ['siwe/date-time-form'],
    change: siwe((own) => ({
      ...tolerating(own, 'Not Before', 'notBefore', past),
      isValidYet: (message, now) => !(Date.parse(message.notBefore ?? '') > now * 1000),
    })),
  },
  {
    id: 'siwe/issued-at-unread',
    title: 'The time of issue may be any text',
    breaks: ['siwe/date-time-form'],
    change: siwe((own) => ({ ...tolerating(own, 'Issued At', 'issuedAt', past), issuedAtIsSane: () => true })),
  },
];

export default [...comparisons, ...times];
