/** Client authentication at /authenticate (API reference "Authenticate user"; RFC 6749 2.3): the message is right, the client is not. */

import { nearMisses, secretNearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { JsonRequest } from '../../harness/client.ts';
import { basicCredentials, type ClientCase, secretCases, withSecondColon } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { needsJson } from '../../harness/sign-in.ts';

const wrong = 'not-the-secret-of-this-client';

/** A fresh right message with this client authentication. */
async function send(
  t: CheckContext,
  variation: Omit<JsonRequest, 'json'>,
  members: Readonly<Record<string, unknown>> = {},
): Promise<Exchange> {
  const message = await t.message();
  return t.client.authenticate({ malformed: true, ...variation, json: { ...message.json, ...members } });
}

const secretOf = ({ client }: ClientCase): string => client.secret ?? '';

/** Values that a database takes for a query: they find every secret. */
const queries = [{ $ne: '' }, { $gt: '' }, { $exists: true }, true];

const queried: Check = {
  id: 'client-auth/authenticate/query-operator',
  title: 'A client_secret that is a query and no string does not sign in',
  verifies: ['client-auth/secret-verified'],
  control: signIn('client_secret_post'),
  async run(t) {
    needsJson(t);
    const { client } = t.case('client_secret_post');
    for (const value of t.trials(queries))
      t.expect.refused(await send(t, {}, { client_id: client.id, client_secret: value }), {
        because: `a client_secret of ${JSON.stringify(value)}`,
      });
  },
};

const perSecret = secretCases.flatMap((id): Check[] => [
  {
    id: `client-auth/authenticate/wrong-secret/${id}`,
    title: `A wrong secret does not sign in (${id})`,
    verifies: ['client-auth/secret-verified'],
    control: signIn(id),
    async run(t) {
      const as = t.case(id);
      t.expect.refused(await send(t, { as, credentials: { secret: wrong } }), { because: 'a wrong secret' });
    },
  },
  {
    id: `client-auth/authenticate/inexact-secret/${id}`,
    title: `A secret that is cut, lengthened or changed does not sign in (${id})`,
    verifies: ['client-auth/secret-verified'],
    control: signIn(id),
    async run(t) {
      const as = t.case(id);
      for (const { what, value } of t.trials(secretNearMisses(secretOf(as))))
        t.expect.refused(await send(t, { as, credentials: { secret: value } }), { because: `the secret ${what}` });
      if (t.frugal || id !== 'client_secret_basic') return;
      const authorization = withSecondColon(as.client.id, secretOf(as));
      t.expect.refused(await send(t, { headers: { authorization } }), {
        because: 'the secret with a colon and a character after it',
      });
    },
  },
  {
    id: `client-auth/authenticate/empty-secret/${id}`,
    title: `An empty secret of a confidential client does not sign in (${id})`,
    verifies: ['client-auth/confidential-must-authenticate'],
    control: signIn(id),
    async run(t) {
      const as = t.case(id);
      t.expect.refused(await send(t, { as, credentials: { secret: '' } }), { because: 'an empty secret' });
    },
  },
  {
    id: `client-auth/authenticate/secret-of-another/${id}`,
    title: `The secret of another client does not sign in (${id})`,
    verifies: ['client-auth/secret-verified'],
    needs: ['client third-party'],
    control: signIn(id),
    async run(t) {
      const as = t.case(id);
      const { secret = '' } = t.case('third-party').client;
      if (secret === '' || secret === as.client.secret)
        t.skip('No second client with a secret of its own is configured.');
      t.expect.refused(await send(t, { as, credentials: { secret } }), { because: 'the secret of another client' });
    },
  },
  {
    id: `client-auth/authenticate/unknown-client/${id}`,
    title: `An unknown client does not sign in (${id})`,
    verifies: ['client-auth/known-client'],
    control: signIn(id),
    async run(t) {
      const as = t.case(id);
      t.expect.refused(await send(t, { as, credentials: { id: 'no-such-client-5f3a' } }), {
        because: 'an unknown client id',
      });
    },
  },
]);

export default defineChecks([
  queried,
  ...perSecret,
  {
    id: 'client-auth/authenticate/unknown-client/none',
    title: 'An unknown public client does not sign in',
    verifies: ['client-auth/known-client'],
    control: signIn('none'),
    async run(t) {
      const as = t.case('none');
      const names = ['no-such-client-5f3a', ...nearMisses(as.client.id).map(({ value }) => value)];
      for (const id of t.trials(names))
        t.expect.refused(await send(t, { as, credentials: { id } }), {
          because: `the client id ${JSON.stringify(id)}`,
        });
    },
  },
  {
    id: 'client-auth/authenticate/secret-missing',
    title: 'A confidential client that sends its client_id alone is not signed in',
    verifies: ['client-auth/confidential-must-authenticate'],
    control: signIn('client_secret_post'),
    async run(t) {
      const { id } = t.case('client_secret_post').client;
      const members = [{ client_id: id }, { client_id: id, client_secret: null }];
      for (const member of t.trials(members))
        t.expect.refused(await send(t, {}, member), { because: 'a confidential client without its secret' });
    },
  },
  ...(['client_secret_basic', 'none'] as const).map(
    (id): Check => ({
      id: `client-auth/authenticate/id-missing/${id}`,
      title: `A sign-in without any client id is refused (of ${id})`,
      verifies: ['client-auth/id-required'],
      control: signIn(id),
      async run(t) {
        for (const members of t.trials([{}, { client_id: '' }]))
          t.expect.refused(await send(t, {}, members), { because: 'a sign-in that names no client' });
      },
    }),
  ),
  {
    id: 'client-auth/authenticate/two-methods',
    title: 'Basic together with client_secret in the body does not sign in',
    verifies: ['client-auth/one-method'],
    control: [signIn('client_secret_basic'), signIn('client_secret_post')],
    async run(t) {
      const as = t.case('client_secret_basic');
      const { id, secret = '' } = as.client;
      for (const members of t.trials([{ client_id: id, client_secret: secret }, { client_secret: secret }]))
        t.expect.refused(await send(t, { as }, members), { because: 'Basic and client_secret in one request' });
    },
  },
  {
    id: 'client-auth/authenticate/two-methods-one-wrong',
    title: 'Right credentials do not excuse wrong ones beside them at a sign-in',
    verifies: ['client-auth/secret-verified', 'client-auth/one-method'],
    control: [signIn('client_secret_basic'), signIn('client_secret_post')],
    async run(t) {
      const as = t.case('client_secret_basic');
      const { id, secret = '' } = as.client;
      t.expect.refused(await send(t, { as }, { client_id: id, client_secret: wrong }), {
        because: 'right Basic and a wrong client_secret',
      });
      const credentials = { secret: wrong };
      t.expect.refused(await send(t, { as, credentials }, { client_id: id, client_secret: secret }), {
        because: 'wrong Basic and a right client_secret',
      });
      t.expect.refused(await send(t, { as, credentials }, { client_id: id }), {
        because: 'wrong Basic and the client_id',
      });
    },
  },
  {
    id: 'client-auth/authenticate/in-uri',
    title: 'Client credentials in the request URI do not sign in',
    verifies: ['client-auth/not-in-uri'],
    control: signIn('client_secret_post'),
    async run(t) {
      const { id, secret = '' } = t.case('client_secret_post').client;
      const query = new URLSearchParams({ client_id: id, client_secret: secret }).toString();
      t.expect.refused(await send(t, { query }), { because: 'credentials in the query' });
      if (t.frugal) return;
      const split = new URLSearchParams({ client_secret: secret }).toString();
      t.expect.refused(await send(t, { query: split }, { client_id: id }), { because: 'client_secret in the query' });
    },
  },
  {
    id: 'client-auth/authenticate/scheme-case',
    title: 'The Basic scheme is recognised in any letter case at a sign-in',
    verifies: ['client-auth/scheme-case'],
    control: signIn('client_secret_basic'),
    async run(t) {
      const as = t.case('client_secret_basic');
      const credentials = basicCredentials(as.client.id, secretOf(as)).slice('Basic '.length);
      for (const scheme of t.trials(['basic', 'BASIC']))
        t.expect.accepted(await send(t, { headers: { authorization: `${scheme} ${credentials}` } }), {
          because: `the scheme written "${scheme}"`,
        });
    },
  },
  {
    id: 'client-auth/authenticate/basic-malformed',
    title: 'Basic credentials that cannot be read do not sign in',
    verifies: ['client-auth/basic-malformed'],
    control: signIn('client_secret_basic'),
    async run(t) {
      const { id, secret = '' } = t.case('client_secret_basic').client;
      const base64 = (text: string): string => Buffer.from(text).toString('base64');
      const values = [
        base64(id),
        '!!!',
        base64(`${id}${secret}`),
        `${id}:${secret}`,
        base64(`:${secret}`),
        base64(`${secret}:${id}`),
      ];
      for (const value of t.trials(values))
        t.expect.refused(await send(t, { headers: { authorization: `Basic ${value}` } }), {
          because: 'Basic credentials that cannot be read',
        });
    },
  },
  {
    id: 'client-auth/authenticate/other-scheme',
    title: 'Another scheme than Basic does not authenticate a confidential client at a sign-in',
    verifies: ['client-auth/other-scheme'],
    control: signIn('client_secret_basic'),
    async run(t) {
      const { id, secret = '' } = t.case('client_secret_basic').client;
      const session = await t.sharedSession('client_secret_basic');
      const credentials = basicCredentials(id, secret).slice('Basic '.length);
      for (const authorization of t.trials([
        `Bearer ${session.accessToken}`,
        `Bearer ${secret}`,
        `Token ${credentials}`,
      ]))
        t.expect.refused(await send(t, { headers: { authorization } }, { client_id: id }), {
          because: 'an Authorization header of another scheme',
        });
    },
  },
]);
