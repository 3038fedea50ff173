/** The Authorization header of a client at /token and /revoke: the scheme, and what cannot be read (RFC 6749 2.3.1, RFC 7617 2, RFC 9110 11.1). */

import { randomUUID } from 'node:crypto';
import { buildJwt, unsigned } from '../../generators/jwt.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials, escaped } from '../../harness/client-cases.ts';
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
          `Basic ${base64(':')}`,
          `Basic ${base64('')}`,
          `Basic ${base64(`${id}:%`)}`,
          `Basic ${base64(`${id}:%zz`)}`,
          `Basic ${base64(`%e0%a4%a:${secret}%4`)}`,
          `Basic ${base64(`${id}:%ff%c0%80`)}`,
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
        if (t.frugal) return;
        await sendEach(
          t,
          door,
          owner,
          [`Basic ${base64(':')}`, 'Basic '],
          (authorization) => ({ headers: { authorization }, params: { client_id: id }, malformed: true }),
          (exchange) =>
            t.expect.refused(exchange, {
              status: [400, 401],
              because: 'Basic credentials without id and secret, beside a client_id',
            }),
        );
      },
    },
    {
      id: `client-auth/${door.id}/assertion`,
      title: `An assertion that nobody has signed does not stand for the secret (${door.id})`,
      verifies: ['client-auth/secret-verified'],
      control: door.control('client_secret_basic'),
      ample: true,
      async run(t) {
        const owner = t.case('client_secret_basic');
        const { id } = owner.client;
        const claims = {
          iss: id,
          sub: id,
          aud: t.config.target,
          jti: randomUUID(),
          exp: Math.floor(t.now / 1000) + 60,
        };
        const assertions = [buildJwt({ alg: 'none' }, claims, unsigned), 'x'];
        await sendEach(
          t,
          door,
          owner,
          t.trials(assertions),
          (assertion) => ({
            headers: { authorization: undefined },
            params: {
              client_id: id,
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: assertion,
            },
            malformed: true,
          }),
          (exchange) =>
            t.expect.refused(exchange, { status: [400, 401], because: 'a client_assertion in place of the secret' }),
        );
      },
    },
    {
      id: `client-auth/${door.id}/basic-escapes`,
      title: `Escapes in Basic credentials are read, with capitals and with small letters (${door.id})`,
      verifies: ['client-auth/basic', 'client-auth/basic-form-decoded'],
      control: door.control('client_secret_basic'),
      ample: true,
      async run(t) {
        const owner = t.case('client_secret_basic');
        const { id, secret = '' } = owner.client;
        const request = (write: (text: string) => string) => {
          const pair = `${write(id)}:${write(secret)}`;
          return send(t, door, owner, {
            headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
            malformed: true,
          });
        };
        t.expect.accepted(await request(escaped), {
          requirement: 'client-auth/basic-form-decoded',
          because: 'Basic credentials of escapes only',
        });
        t.expect.accepted(await request((text) => escaped(text).toLowerCase()), {
          because: 'Basic credentials whose escapes have small letters',
        });
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
