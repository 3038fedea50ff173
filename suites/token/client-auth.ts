/** Client authentication at /token and /revoke (RFC 6749 2.3, 3.2.1, 5.2; contract "Client authentication"). */

import { nearMisses, secretNearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { FormRequest } from '../../harness/client.ts';
import { type ClientCase, methodCases, secretCases, withSecondColon } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { isAlive, liveSession } from '../../harness/revocation.ts';
import { doors, failed, loose, send, sendEach, withSecret } from './client-doors.ts';

/** RFC 6749 5.2: 401 and a challenge of the same scheme when the Authorization header was used. */
function expectBasicRefusal(t: CheckContext, exchange: Exchange, because: string): void {
  t.expect.refused(exchange, {
    status: [401],
    error: ['invalid_client', 'invalid_request'],
    statusRequirement: 'client-auth/basic-401',
    errorRequirement: 'errors/invalid-client',
    because,
  });
  if (exchange.status === 401)
    t.expect.soft(
      /\bbasic\b/i.test(exchange.header('www-authenticate') ?? ''),
      `A 401 to Basic credentials has the challenge ${exchange.header('www-authenticate') ?? '(none)'}.`,
      {
        requirement: 'client-auth/basic-401',
        expected: 'WWW-Authenticate names the Basic scheme.',
        exchange,
      },
    );
}

interface Attempt extends Pick<FormRequest, 'as' | 'credentials' | 'headers'> {
  readonly what: string;
}

const secondColon = ({ client }: ClientCase): Attempt => ({
  what: 'with a colon and a character after it',
  headers: { authorization: withSecondColon(client.id, client.secret ?? '') },
});

/** What a sloppy comparison of secrets lets through most often. */
const likely = /last character$|first half|more at its end|letter case|space after/;

const acceptance: Record<string, string> = {
  client_secret_basic: 'client-auth/basic',
  client_secret_post: 'client-auth/post',
  none: 'client-auth/none',
};

const checks = doors.flatMap((door): Check[] => [
  ...methodCases.map(
    (id): Check => ({
      id: `client-auth/${door.id}/accepted/${id}`,
      title: `A right request is granted with ${id} (${door.id})`,
      verifies: [acceptance[id] ?? ''],
      needs: door.control(id).needs,
      async run(t) {
        t.expect.accepted(await t.control(door.control(id)));
      },
    }),
  ),
  ...([...secretCases, 'third-party'] as const).flatMap((id): Check[] => [
    {
      id: `client-auth/${door.id}/wrong-secret/${id}`,
      title: `A wrong secret is refused (${door.id}, ${id})`,
      verifies: ['client-auth/secret-verified', 'client-auth/basic-401'],
      control: door.control(id),
      async run(t) {
        const exchange = await send(t, door, withSecret(t, id), {
          as: t.case(id),
          credentials: { secret: 'not-the-secret-of-this-client' },
        });
        if (t.case(id).method === 'client_secret_basic') expectBasicRefusal(t, exchange, 'a wrong secret by Basic');
        else t.expect.refused(exchange, { ...failed, status: [400, 401], because: 'a wrong secret in the body' });
      },
    },
    {
      id: `client-auth/${door.id}/inexact-secret/${id}`,
      title: `A secret that is cut, lengthened or changed is refused (${door.id}, ${id})`,
      verifies: ['client-auth/secret-verified'],
      control: door.control(id),
      async run(t) {
        const owner = withSecret(t, id);
        const all = secretNearMisses(owner.client.secret ?? '');
        // Every variation where it costs one code; the likeliest at the other doors, which cost a session each.
        const values = door.id === 'code' && id !== 'third-party' ? all : all.filter(({ what }) => likely.test(what));
        const attempts = values.map(
          ({ what, value }): Attempt => ({ what, as: owner, credentials: { secret: value } }),
        );
        if (owner.method === 'client_secret_basic') attempts.push(secondColon(owner));
        await sendEach(
          t,
          door,
          owner,
          t.trials(attempts),
          ({ what: _, ...variation }) => ({ ...variation, malformed: true }),
          (exchange, { what }) => t.expect.refused(exchange, { status: [400, 401], because: `the secret ${what}` }),
        );
      },
    },
    {
      id: `client-auth/${door.id}/empty-secret/${id}`,
      title: `An empty secret of a confidential client is refused (${door.id}, ${id})`,
      verifies: ['client-auth/confidential-must-authenticate'],
      control: door.control(id),
      async run(t) {
        const exchange = await send(t, door, withSecret(t, id), {
          as: t.case(id),
          credentials: { secret: '' },
          malformed: true,
        });
        t.expect.refused(exchange, { ...loose, because: 'an empty secret' });
      },
    },
    {
      id: `client-auth/${door.id}/secret-of-another/${id}`,
      title: `The secret of another client is refused (${door.id}, ${id})`,
      verifies: ['client-auth/secret-verified'],
      needs: ['client third-party', 'client client_secret_basic'],
      control: door.control(id),
      async run(t) {
        const owner = withSecret(t, id);
        const { secret = '' } = t.case(id === 'third-party' ? 'client_secret_basic' : 'third-party').client;
        if (secret === '' || secret === owner.client.secret)
          t.skip('No second client with a secret of its own is configured.');
        t.expect.refused(await send(t, door, owner, { as: t.case(id), credentials: { secret } }), {
          ...failed,
          status: [400, 401],
          because: 'the secret of another client',
        });
      },
    },
    {
      id: `client-auth/${door.id}/unknown-client/${id}`,
      title: `An unknown client id is refused (${door.id}, ${id})`,
      verifies: ['client-auth/known-client'],
      control: door.control(id),
      async run(t) {
        const exchange = await send(t, door, withSecret(t, id), {
          as: t.case(id),
          credentials: { id: 'no-such-client-5f3a' },
        });
        t.expect.refused(exchange, { ...failed, status: [400, 401], because: 'an unknown client id' });
      },
    },
  ]),
  {
    id: `client-auth/${door.id}/unknown-client/none`,
    title: `An unknown public client is refused (${door.id})`,
    verifies: ['client-auth/known-client'],
    control: door.control('none'),
    async run(t) {
      const names = ['no-such-client-5f3a', ...nearMisses(t.case('none').client.id).map(({ value }) => value)];
      const owner = t.case('none');
      await sendEach(
        t,
        door,
        owner,
        t.trials(names.slice(0, door.id === 'code' ? 14 : 1)),
        (id) => ({ as: owner, credentials: { id }, malformed: true }),
        (exchange, id) => t.expect.refused(exchange, { ...loose, because: `the client id ${JSON.stringify(id)}` }),
      );
    },
  },
  {
    id: `client-auth/${door.id}/secret-missing`,
    title: `A confidential client that sends its client_id alone is refused (${door.id})`,
    verifies: ['client-auth/confidential-must-authenticate'],
    control: door.control('client_secret_post'),
    async run(t) {
      const owner = t.case('client_secret_post');
      t.expect.refused(await send(t, door, owner, { params: { client_id: owner.client.id } }), {
        ...loose,
        because: 'a confidential client without its secret',
      });
    },
  },
  {
    id: `client-auth/${door.id}/secret-missing/third-party`,
    title: `A confidential third-party client that sends its client_id alone is refused (${door.id})`,
    verifies: ['client-auth/confidential-must-authenticate'],
    control: door.control('third-party'),
    async run(t) {
      const owner = t.case('third-party');
      if (owner.client.secret === undefined) t.skip('The third-party client has no secret.');
      t.expect.refused(await send(t, door, owner, { params: { client_id: owner.client.id } }), {
        ...loose,
        because: 'a confidential client without its secret',
      });
    },
  },
  ...methodCases.map(
    (id): Check => ({
      id: `client-auth/${door.id}/id-missing/${id}`,
      title: `A request without any client id is refused (${door.id}, of ${id})`,
      verifies: ['client-auth/id-required'],
      control: door.control(id),
      async run(t) {
        // Who looks at the grant first finds that it is nobody's (RFC 6749 5.2: "was issued to another client").
        const error = [...loose.error, 'invalid_grant'];
        const expected = { ...loose, error, because: 'a request that names no client' };
        t.expect.refused(await send(t, door, t.case(id), {}), expected);
      },
    }),
  ),
  {
    id: `client-auth/${door.id}/two-methods`,
    title: `Basic together with client_secret in the body is refused (${door.id})`,
    verifies: ['client-auth/one-method'],
    control: [door.control('client_secret_basic'), door.control('client_secret_post')],
    async run(t) {
      const owner = t.case('client_secret_basic');
      const { id, secret = '' } = owner.client;
      const both = await send(t, door, owner, { as: owner, params: { client_id: id, client_secret: secret } });
      t.expect.refused(both, {
        status: [400, 401],
        error: ['invalid_request', 'invalid_client'],
        errorRequirement: 'errors/invalid-request',
        because: 'Basic and client_secret in one request',
      });
      if (t.frugal) return;
      const secretOnly = await send(t, door, owner, { as: owner, params: { client_secret: secret } });
      t.expect.refused(secretOnly, {
        status: [400, 401],
        error: ['invalid_request', 'invalid_client'],
        errorRequirement: 'errors/invalid-request',
        because: 'Basic and a client_secret without client_id',
      });
    },
  },
  {
    id: `client-auth/${door.id}/two-methods-one-wrong`,
    title: `Right credentials do not excuse wrong ones beside them (${door.id})`,
    verifies: ['client-auth/one-method', 'client-auth/secret-verified'],
    control: [door.control('client_secret_basic'), door.control('client_secret_post')],
    async run(t) {
      const owner = t.case('client_secret_basic');
      const { id, secret = '' } = owner.client;
      const wrongBody = await send(t, door, owner, {
        as: owner,
        params: { client_id: id, client_secret: 'not-the-secret-of-this-client' },
      });
      t.expect.refused(wrongBody, { status: [400, 401], because: 'right Basic and a wrong client_secret' });
      const wrongBasic = await send(t, door, owner, {
        as: owner,
        credentials: { secret: 'not-the-secret-of-this-client' },
        params: { client_id: id, client_secret: secret },
      });
      t.expect.refused(wrongBasic, { status: [400, 401], because: 'wrong Basic and a right client_secret' });
    },
  },
  {
    id: `client-auth/${door.id}/contradiction`,
    title: `A client that authenticates as itself does not act as another one (${door.id})`,
    verifies: ['client-auth/no-contradiction'],
    needs: ['client client_secret_basic', 'client none'],
    control: [door.control('client_secret_basic'), door.control('none')],
    async run(t) {
      const owner = t.case('none');
      const params = { client_id: owner.client.id };
      const thief = t.case('client_secret_basic');
      if (door.id === 'revoke') {
        // RFC 7009 2.1 lets a server answer 200 to a foreign token, as long as nothing is revoked.
        const session = await liveSession(t, owner);
        const token = session.refreshToken ?? session.accessToken;
        await t.client.revoke({ as: thief, params: { ...params, token } });
        const because = "after another client had added the owner's client_id to a revocation";
        return isAlive(t, session, 'client-auth/no-contradiction', because);
      }
      const exchange = await send(t, door, owner, { as: thief, params });
      t.expect.refused(exchange, {
        status: [400, 401],
        because: "one client's Basic credentials with another's client_id and grant",
      });
    },
  },
  {
    id: `client-auth/${door.id}/in-uri`,
    title: `Client credentials in the request URI are refused (${door.id})`,
    verifies: ['client-auth/not-in-uri'],
    control: door.control('client_secret_post'),
    async run(t) {
      const { client } = t.case('client_secret_post');
      const query = new URLSearchParams({ client_id: client.id, client_secret: client.secret ?? '' }).toString();
      t.expect.refused(await send(t, door, t.case('client_secret_post'), { query }), {
        status: [400, 401],
        because: 'credentials in the query',
      });
      if (t.frugal) return;
      const split = new URLSearchParams({ client_secret: client.secret ?? '' }).toString();
      t.expect.refused(
        await send(t, door, t.case('client_secret_post'), { query: split, params: { client_id: client.id } }),
        { status: [400, 401], because: 'client_secret in the query' },
      );
    },
  },
]);

export default defineChecks(checks);
