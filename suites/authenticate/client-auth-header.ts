/** The Authorization header of a client at /authenticate, beside what the body says (RFC 6749 2.3.1; API reference "Authenticate user"). */

import { parseJwt } from '../../generators/jwt.ts';
import { defineChecks } from '../../harness/check.ts';
import { type ClientCase, escaped } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { signIn } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { submit } from '../../harness/sign-in.ts';

/**
 * Whether the tokens of a sign-in are those of this client: whether it can use the refresh token, while it cannot use another one of the client that
 * has authenticated. Without a refresh token the access token tells (RFC 9068 2.2), where it is a JWT that names its client.
 */
async function isIssuedTo(t: CheckContext, exchange: Exchange, owner: ClientCase, as: ClientCase): Promise<boolean> {
  const session = t.sessionOf(exchange, as, 'authenticate');
  if (session.refreshToken === undefined || t.config.operations.token === false) {
    const claims = parseJwt(session.accessToken)?.claims ?? {};
    return (claims.client_id ?? claims.azp) === owner.client.id;
  }
  if (!(await t.refresh(session, owner)).ok) return false;
  const own = await t.signIn(as);
  return own.refreshToken === undefined || !(await t.refresh(own, owner)).ok;
}

export default defineChecks([
  {
    id: 'client-auth/authenticate/contradiction',
    title: 'A client that authenticates as itself does not sign in as another one whose client_id it adds to the body',
    verifies: ['client-auth/no-contradiction'],
    needs: ['client client_secret_basic', 'client none'],
    control: [signIn('client_secret_basic'), signIn('none')],
    async run(t) {
      const as = t.case('client_secret_basic');
      const owner = t.case('none');
      const members = { client_id: owner.client.id };
      const exchange = await submit(t, as, {}, members);
      // Whoever reads the body only where there is no header signs the client in that has authenticated.
      if (!exchange.ok) t.expect.refused(exchange, { because: "Basic credentials with another client's client_id" });
      else if (typeof exchange.object?.access_token === 'string')
        t.expect.that(
          !(await isIssuedTo(t, exchange, owner, as)),
          `A sign-in by ${as.client.id} gave tokens of ${owner.client.id}, whose client_id the body named.`,
          { expected: 'The sign-in is refused, or the tokens are those of the client that authenticated.', exchange },
        );
      const { thirdParty } = t.config.clients;
      if (t.frugal || thirdParty?.secret === undefined || thirdParty.role !== 'third-party') return;
      const stranger = t.case('third-party');
      const borrowed = await submit(t, stranger, {}, members);
      // One that needs no borrowed id is another finding.
      if (borrowed.ok && (await submit(t, stranger)).ok) return;
      t.expect.refused(borrowed, {
        because: "a third-party client's credentials with a whitelabel client's client_id",
      });
    },
  },
  {
    id: 'client-auth/authenticate/basic-escapes',
    title: 'Escapes in Basic credentials are read at a sign-in, with capitals and with small letters',
    verifies: ['client-auth/basic', 'client-auth/basic-form-decoded'],
    control: signIn('client_secret_basic'),
    ample: true,
    async run(t) {
      const { id, secret = '' } = t.case('client_secret_basic').client;
      const request = async (write: (text: string) => string): Promise<Exchange> => {
        const pair = Buffer.from(`${write(id)}:${write(secret)}`).toString('base64');
        const { json } = await t.message();
        return t.client.authenticate({ json, headers: { authorization: `Basic ${pair}` }, malformed: true });
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
]);
