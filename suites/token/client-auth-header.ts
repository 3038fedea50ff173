/** The Authorization header of a client at /token and /revoke: the scheme, and what cannot be read (RFC 6749 2.3.1, RFC 7617 2, RFC 9110 11.1). */

import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials } from '../../harness/client-cases.ts';
import { doors, send, sendEach } from './client-doors.ts';

export default defineChecks(
  doors.flatMap((door): Check[] => [
    {
      id: `client-auth/${door.id}/scheme-case`,
      title: `The Basic scheme is recognised in any letter case (${door.id})`,
      verifies: ['client-auth/scheme-case'],
      control: door.control('client_secret_basic'),
      async run(t) {
        const owner = t.case('client_secret_basic');
        const credentials = basicCredentials(owner.client.id, owner.client.secret ?? '').slice('Basic '.length);
        for (const scheme of t.trials(['basic', 'BASIC']))
          t.expect.accepted(await send(t, door, owner, { headers: { authorization: `${scheme} ${credentials}` } }), {
            because: `the scheme written "${scheme}"`,
          });
      },
    },
    {
      id: `client-auth/${door.id}/basic-malformed`,
      title: `Basic credentials that cannot be read are refused (${door.id})`,
      verifies: ['client-auth/basic-malformed'],
      control: door.control('client_secret_basic'),
      async run(t) {
        const owner = t.case('client_secret_basic');
        const { id, secret = '' } = owner.client;
        const base64 = (text: string): string => Buffer.from(text).toString('base64');
        const values = [
          `Basic ${base64(id)}`,
          'Basic',
          'Basic ',
          'Basic !!!',
          `Basic ${base64(`${id}${secret}`)}`,
          `Basic ${id}:${secret}`,
          `Basic ${base64(`:${secret}`)}`,
          `Basic ${base64(`${secret}:${id}`)}`,
          `Basic ${base64('\u0000:\u0000')}`,
        ];
        await sendEach(
          t,
          door,
          owner,
          t.trials(values),
          (authorization) => ({ headers: { authorization }, malformed: true }),
          (exchange) =>
            t.expect.refused(exchange, { status: [400, 401], because: 'Basic credentials that cannot be read' }),
        );
      },
    },
    {
      id: `client-auth/${door.id}/other-scheme`,
      title: `Another scheme than Basic does not authenticate a confidential client (${door.id})`,
      verifies: ['client-auth/other-scheme'],
      needs: ['session source'],
      control: door.control('client_secret_basic'),
      async run(t) {
        const owner = t.case('client_secret_basic');
        const { id, secret = '' } = owner.client;
        const session = t.frugal ? await t.sharedSession(owner) : await t.session(owner);
        const credentials = basicCredentials(id, secret).slice('Basic '.length);
        const values = [
          `Bearer ${session.accessToken}`,
          `Bearer ${secret}`,
          `Digest ${credentials}`,
          `Token ${credentials}`,
          credentials,
        ];
        await sendEach(
          t,
          door,
          owner,
          t.trials(values),
          (authorization) => ({ headers: { authorization }, params: { client_id: id }, malformed: true }),
          (exchange) =>
            t.expect.refused(exchange, { status: [400, 401], because: 'an Authorization header of another scheme' }),
        );
      },
    },
  ]),
);
