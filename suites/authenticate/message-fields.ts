/** One field of the message wrong: what a server must expect of each (ERC-4361 "Message Fields", "Verifying a signed Message"). */

import {
  foreignChains,
  foreignDomains,
  foreignUris,
  noDates,
  wrongNonces,
  wrongVersions,
} from '../../generators/siwe-defects.ts';
import { freshNonce } from '../../generators/siwe-message.ts';
import { eachOptional, fewAndMany } from '../../generators/siwe-optional.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type ClientAuthMethod, methodCases } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { MessageOptions } from '../../harness/fixtures.ts';
import { continuableSession, submit } from '../../harness/sign-in.ts';

export interface FieldTopic {
  /** Last part of check ids. */
  readonly name: string;
  readonly requirement: string;
  /** "A message for another domain is refused". */
  readonly title: string;
  /** The client case with which every variation is tried; the others try the first. */
  readonly thorough: ClientAuthMethod;
  /** The most telling one first; `what` completes "a message ...". */
  readonly defects: (
    t: CheckContext,
  ) => readonly { readonly what: string; readonly fields: NonNullable<MessageOptions['fields']> }[];
}

/** A wrong field in the company of others: what reads the optional fields may forget to compare the rest. */
const beside = (
  t: CheckContext,
  which: typeof fewAndMany,
  defect: string,
  fields: NonNullable<MessageOptions['fields']>,
) =>
  which((seconds) => t.iso(seconds)).map((optional) => ({
    what: `${defect}, ${optional.what}`,
    fields: { ...optional.fields, ...fields },
  }));

/** RFC 3339 date-time of an instant in a time zone. @param hours offset from UTC, whole or half, from -9.5 to 9.5 */
export function inZone(milliseconds: number, hours: number): string {
  const minutes = Number.isInteger(hours) ? '00' : '30';
  const offset = `${hours < 0 ? '-' : '+'}0${Math.trunc(Math.abs(hours))}:${minutes}`;
  return new Date(milliseconds + hours * 3_600_000).toISOString().replace('Z', offset);
}

/** Every field whose value a server compares with what it expects. */
export const fieldTopics: readonly FieldTopic[] = [
  {
    name: 'domain',
    requirement: 'siwe/domain-binding',
    title: 'A message for another domain is refused',
    thorough: 'none',
    defects: (t) => [
      ...foreignDomains(t.config.siwe.domain).map(({ what, value }) => ({ what, fields: { domain: value } })),
      // Each field by itself may be compared with the other only.
      {
        what: 'for another domain, with a URI there',
        fields: { domain: 'phishing.example', uri: 'https://phishing.example/login' },
      },
      { what: 'for another domain, with a scheme before it', fields: { scheme: 'https', domain: 'phishing.example' } },
      ...beside(t, eachOptional, 'for another domain', { domain: 'phishing.example' }),
    ],
  },
  {
    name: 'uri',
    requirement: 'siwe/uri-expected',
    title: 'A message for a URI of another host is refused',
    thorough: 'client_secret_post',
    defects: (t) => [
      ...foreignUris(t.config.siwe.uri).map(({ what, value }) => ({ what, fields: { uri: value } })),
      ...beside(t, fewAndMany, 'for a URI of another host', { uri: 'https://phishing.example/login' }),
    ],
  },
  {
    name: 'chain-id',
    requirement: 'siwe/chain-id',
    title: 'A message for another chain is refused',
    thorough: 'client_secret_basic',
    defects: (t) => [
      ...foreignChains(t.config.siwe.chainId).map(({ what, value }) => ({ what, fields: { chainId: value } })),
      ...beside(t, fewAndMany, 'for another chain', { chainId: '4242424242' }),
    ],
  },
  {
    name: 'version',
    requirement: 'siwe/version',
    title: 'A message of another version is refused',
    thorough: 'none',
    defects: (t) => [
      ...wrongVersions.map(({ what, value }) => ({ what, fields: { version: value } })),
      ...beside(t, fewAndMany, 'of version 2', { version: '2' }),
    ],
  },
  {
    name: 'nonce',
    requirement: 'siwe/nonce-form',
    title: 'A message with a nonce that the grammar excludes is refused',
    thorough: 'client_secret_post',
    defects: (t) => [
      ...wrongNonces(freshNonce()).map(({ what, value }) => ({ what, fields: { nonce: value } })),
      ...beside(t, fewAndMany, 'with a nonce of 7 characters', { nonce: freshNonce(7) }),
    ],
  },
  {
    name: 'expiration-time',
    requirement: 'siwe/expiration-time',
    title: 'A message that has expired is refused',
    thorough: 'client_secret_basic',
    defects: (t) => [
      { what: 'that expired an hour ago', fields: { expirationTime: t.iso(-3600) } },
      { what: 'that expired ten minutes ago', fields: { expirationTime: t.iso(-600) } },
      {
        what: 'that expired two hours ago, written in a zone ahead of UTC',
        fields: { expirationTime: inZone(t.now - 7_200_000, 5) },
      },
      {
        what: 'that expired ten minutes ago, written in a zone of half an hour',
        fields: { expirationTime: inZone(t.now - 600_000, 5.5) },
      },
      {
        what: 'that expired an hour ago, with statement and resources',
        fields: { expirationTime: t.iso(-3600).replace(/\.\d+/, ''), resources: ['https://example.com/'] },
      },
      { what: 'that expired a year ago', fields: { expirationTime: t.iso(-365 * 86_400) } },
      // Each time may be compared with another of the message only.
      {
        what: 'that expired ten minutes ago, after it was issued',
        fields: { issuedAt: t.iso(-1200), expirationTime: t.iso(-600) },
      },
      {
        what: 'that became valid and expired before now',
        fields: { issuedAt: t.iso(-1200), notBefore: t.iso(-1200), expirationTime: t.iso(-600) },
      },
      {
        what: 'that expired ten minutes ago, with a not-before',
        fields: { notBefore: t.iso(-1200), expirationTime: t.iso(-600) },
      },
      {
        what: 'that expired an hour ago, with a request-id',
        fields: { expirationTime: t.iso(-3600), requestId: 'request-42' },
      },
      ...beside(t, fewAndMany, 'that expired half an hour ago', { expirationTime: t.iso(-1800) }),
    ],
  },
  {
    name: 'not-before',
    requirement: 'siwe/not-before',
    title: 'A message that is not valid yet is refused',
    thorough: 'none',
    defects: (t) => [
      { what: 'that becomes valid in an hour', fields: { notBefore: t.iso(3600) } },
      { what: 'that becomes valid in ten minutes', fields: { notBefore: t.iso(600) } },
      {
        what: 'that becomes valid in two hours, written in a zone behind UTC',
        fields: { notBefore: inZone(t.now + 7_200_000, -5) },
      },
      {
        what: 'that becomes valid in ten minutes, written in a zone of half an hour',
        fields: { notBefore: inZone(t.now + 600_000, -5.5) },
      },
      {
        what: 'that becomes valid in an hour and expires in two',
        fields: { notBefore: t.iso(3600), expirationTime: t.iso(7200) },
      },
      {
        what: 'that becomes valid in ten minutes, before it is issued',
        fields: { notBefore: t.iso(600), issuedAt: t.iso(1200) },
      },
      ...beside(t, fewAndMany, 'that becomes valid in half an hour', { notBefore: t.iso(1800) }),
    ],
  },
  {
    name: 'date-time',
    requirement: 'siwe/date-time-form',
    title: 'A message with a time that is no date-time is refused',
    thorough: 'client_secret_post',
    defects: () =>
      noDates.flatMap(({ what, value }) => [
        { what: `with an expiration-time ${what}`, fields: { expirationTime: value } },
        { what: `with a not-before ${what}`, fields: { notBefore: value } },
        { what: `with an issued-at ${what}`, fields: { issuedAt: value } },
      ]),
  },
];

const refusals = fieldTopics.flatMap((topic) =>
  methodCases.map(
    (id): Check => ({
      id: `authenticate/message-${topic.name}/${id}`,
      title: `${topic.title} (${id})`,
      verifies: [topic.requirement],
      control: signIn(id),
      async run(t) {
        const wallet = t.wallet();
        const all = topic.defects(t);
        for (const { what, fields } of id === topic.thorough ? t.trials(all) : all.slice(0, 1))
          t.expect.refused(await submit(t, t.case(id), { wallet, fields }), { because: `a message ${what}` });
      },
    }),
  ),
);

export default defineChecks([
  ...refusals,
  {
    id: 'authenticate/message-domain-by-header',
    title: 'A message for another domain is refused, whatever the header fields of the request say',
    verifies: ['siwe/domain-binding'],
    control: continuableSession,
    ample: true,
    async run(t) {
      const domain = 'phishing.example';
      const headers = {
        origin: `https://${domain}`,
        referer: `https://${domain}/login`,
        forwarded: `host=${domain};proto=https`,
        'x-forwarded-host': domain,
        'x-original-host': domain,
      };
      const fields = [{ domain }, { domain, uri: `https://${domain}/login` }];
      for (const one of fields) {
        const { json } = await t.message({ fields: one });
        t.expect.refused(await t.client.authenticate({ as: t.whitelabel(), json, headers }), {
          because: 'a message for a domain that Origin, Forwarded and X-Forwarded-Host name',
        });
      }
    },
  },
  {
    id: 'authenticate/message-times-by-clock',
    title: 'A message is refused once it has expired, by a clock by which another has become valid',
    verifies: ['siwe/expiration-time', 'siwe/not-before', 'siwe/optional-fields'],
    needs: ['operation authenticate', 'whitelabel client', 'clock'],
    consumes: 'clock',
    async run(t) {
      const as = t.whitelabel();
      const expirationTime = t.iso(600);
      const notBefore = t.iso(600);
      t.expect.accepted(await submit(t, as, { fields: { expirationTime } }), {
        because: 'a message that has not expired',
        requirement: 'siwe/optional-fields',
      });
      t.expect.refused(await submit(t, as, { fields: { notBefore } }), {
        because: 'a message that is not valid yet',
        requirement: 'siwe/not-before',
      });
      await t.advanceClock(1800);
      // The contract does not say that the clock that can be moved is the one by which messages are judged.
      if (!(await submit(t, as, { fields: { notBefore } })).ok)
        t.skip('Messages are judged by another clock here than the one that can be moved.');
      t.expect.refused(await submit(t, as, { fields: { expirationTime } }), {
        because: 'a message that expired meanwhile',
        requirement: 'siwe/expiration-time',
      });
    },
  },
  {
    id: 'refresh/usable-after-message-expiry',
    title: 'A refresh token works after the message that began its session has expired',
    verifies: ['refresh/usable-until-expiry'],
    needs: ['operation authenticate', 'operation token', 'whitelabel client', 'clock'],
    control: continuableSession,
    consumes: 'clock',
    ample: true,
    async run(t) {
      const as = t.whitelabel();
      const begun = await submit(t, as, { fields: { expirationTime: t.iso(600) } });
      const session = t.sessionOf(t.expect.given(begun, 'a sign-in with a message that expires'), as, 'authenticate');
      if ((session.refreshExpiresIn ?? 0) < 3600) t.skip('Nothing says that refresh tokens live for an hour here.');
      await t.advanceClock(1800);
      await t.refreshTokenLives(session, { because: 'after the message that began its session had expired' });
    },
  },
]);
