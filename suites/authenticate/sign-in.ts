/** Who may sign in, and what a sign-in returns (API reference "Authenticate user"). */

import fc from 'fast-check';
import { parseJwt } from '../../generators/jwt.ts';
import { nonceForm, optionalFields } from '../../generators/siwe-arbitrary.ts';
import { freshNonce } from '../../generators/siwe-message.ts';
import { everyOptional } from '../../generators/siwe-optional.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { type ClientCase, methodCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';
import { isYoung } from '../../harness/fixtures.ts';
import { holdsFor } from '../../harness/property.ts';
import { continuableSession, isRoleRefusal, sharedContinuable, submit } from '../../harness/sign-in.ts';
import { inZone } from './message-fields.ts';

const perMethod = methodCases.flatMap((id): Check[] => [
  {
    id: `authenticate/sign-in/${id}`,
    title: `A right sign-in is granted with a token pair and a session_id (${id})`,
    verifies: ['authenticate/sign-in', 'authenticate/session-id', 'authenticate/refresh-token'],
    needs: ['operation authenticate', `client ${id}`, 'whitelabel client'],
    profile: 'smoke',
    async run(t) {
      const exchange = t.expect.accepted(await t.control(signIn(id)));
      const { session_id: sessionId, access_token: accessToken, refresh_token: refreshToken } = exchange.object ?? {};
      t.expect.soft(typeof accessToken === 'string' && accessToken !== '', 'A granted sign-in has no access_token.', {
        requirement: 'authenticate/sign-in',
        expected: 'The response holds a token pair.',
        exchange,
      });
      // To public clients a server may give none (RFC 6749 5.1, RFC 9700 4.14), whatever the API reference says.
      t.expect.soft(
        id === 'none' || (typeof refreshToken === 'string' && refreshToken !== ''),
        'A granted sign-in has no refresh_token.',
        {
          requirement: 'authenticate/refresh-token',
          expected: 'The response holds refresh_token, a string ("Returns access and refresh tokens").',
          exchange,
        },
      );
      t.expect.soft(typeof sessionId === 'string' && sessionId !== '', 'A granted sign-in has no session_id.', {
        requirement: 'authenticate/session-id',
        expected: 'The response holds session_id, a string.',
        exchange,
      });
    },
  },
  {
    id: `authenticate/tokens-alive/${id}`,
    title: `The tokens of a sign-in work (${id})`,
    verifies: ['authenticate/tokens-alive'],
    control: signIn(id),
    async run(t) {
      const issued = t.sessionOf(await t.control(signIn(id)), t.case(id), 'authenticate');
      const session = isYoung(issued) ? issued : await t.signIn(id);
      const because = 'right after the sign-in that issued it';
      const tried = t.canTryAccessToken(session.client);
      if (tried) await t.accessTokenLives(session, { because });
      if (session.refreshToken !== undefined && t.config.operations.token !== false)
        await t.refreshTokenLives(session, { because });
      else if (!tried) t.skip('Neither token of a sign-in can be tried on this target.');
    },
  },
]);

export default defineChecks([
  ...perMethod,
  {
    id: 'authenticate/role',
    title: 'A third-party client is not signed in',
    verifies: ['authenticate/role'],
    needs: ['third-party role', 'client third-party'],
    control: continuableSession,
    async run(t) {
      const thief = t.case('third-party');
      if (thief.client.role !== 'third-party') t.skip('The third client of the configuration has another role.');
      // The role is that of the client, whoever signs: also a wallet that a whitelabel client has signed in.
      const known = (await sharedContinuable(t)).wallet;
      const attempts = [...thirdParties(thief).map((as) => ({ as, wallet: t.wallet() })), { as: thief, wallet: known }];
      for (const { as, wallet } of t.trials(attempts)) {
        const exchange = t.expect.refused(await submit(t, as, { wallet }), {
          because: `a sign-in by a third-party client (${as.method})`,
        });
        // By another method than its best the client may fail to authenticate already, with a code of its own.
        if (exchange.status < 500 && as === thief)
          t.expect.soft(isRoleRefusal(exchange), `${answered(exchange)} to a right sign-in by a third-party client.`, {
            expected: 'The role is refused: 401, 403, or 400 unauthorized_client.',
            exchange,
          });
      }
    },
  },
  {
    id: 'session/role-binding',
    title: 'A session_id does not let a third-party client in',
    verifies: ['session/role-binding'],
    needs: ['third-party role', 'client third-party'],
    control: continuableSession,
    async run(t) {
      const victim = await sharedContinuable(t);
      const thief = t.case('third-party');
      if (thief.client.role !== 'third-party') t.skip('The third client of the configuration has another role.');
      for (const as of t.trials(thirdParties(thief)))
        t.expect.refused(await submit(t, as, { wallet: victim.wallet }, { session_id: victim.sessionId }), {
          because: `the continuation of a session by a third-party client (${as.method})`,
        });
    },
  },
  {
    id: 'authenticate/optional-fields',
    title: 'A message is accepted with and without each optional field',
    verifies: ['siwe/optional-fields'],
    control: continuableSession,
    async run(t) {
      const messages = t.trials([
        { what: 'without statement', fields: { statement: undefined } },
        { what: 'with an expiration-time to come', fields: { expirationTime: t.iso(3600) } },
        { what: 'with a not-before that has passed', fields: { notBefore: t.iso(-3600) } },
        { what: 'with a request-id', fields: { requestId: 'request-42' } },
        { what: 'with a resource', fields: { resources: ['https://example.com/terms', 'ipfs://example/claim'] } },
        { what: 'with times in whole seconds', fields: { issuedAt: t.iso().replace(/\.\d+/, '') } },
        { what: 'with six digits after the seconds', fields: { issuedAt: withFraction(t.iso(), 6) } },
        { what: 'with one digit after the seconds', fields: { issuedAt: withFraction(t.iso(), 1) } },
        { what: 'with nine digits after the seconds', fields: { issuedAt: withFraction(t.iso(), 9) } },
        { what: 'with times in another time zone', fields: { issuedAt: inZone(t.now, -7) } },
        { what: 'with a nonce of 32 characters', fields: { nonce: freshNonce(32) } },
        { what: 'with a nonce of 64 characters', fields: { nonce: freshNonce(64) } },
        { what: 'with a nonce of 8 characters', fields: { nonce: freshNonce(8) } },
        { what: 'with a nonce of digits', fields: { nonce: freshNonce(17, '0123456789') } },
        { what: 'with every optional field', fields: everyOptional((seconds) => t.iso(seconds)).fields },
      ]);
      for (const { what, fields } of messages) {
        if ('nonce' in fields && t.config.siwe.nonce.source === 'http') continue;
        t.expect.accepted(await submit(t, t.whitelabel(), { fields }), { because: `a right message ${what}` });
      }
    },
  },
  {
    id: 'authenticate/optional-fields-property',
    title: 'Any combination of optional fields that hold is accepted',
    verifies: ['siwe/optional-fields'],
    control: continuableSession,
    generated: true,
    async run(t) {
      const wallet = t.wallet();
      await holdsFor(
        t,
        'authenticate/optional-fields-property',
        fc.tuple(optionalFields(t.now), nonceForm),
        async ([optional, { length, alphabet }]) => {
          // A message is for one sign-in: only the form of its nonce is generated.
          const nonce = t.config.siwe.nonce.source === 'client' ? { nonce: freshNonce(length, alphabet) } : {};
          // Messages have a statement unless told otherwise.
          const fields = { statement: undefined, ...optional, ...nonce };
          t.expect.accepted(await submit(t, t.whitelabel(), { wallet, fields }), {
            because: 'a right message with these optional fields and a nonce of this form',
          });
        },
        { shrinkBudget: 30 },
      );
    },
  },
  {
    id: 'session/account-of-address',
    title: 'Different wallets are different accounts',
    verifies: ['session/account-of-address'],
    needs: ['jwt access tokens'],
    control: continuableSession,
    async run(t) {
      const one = await sharedContinuable(t);
      const other = t.sessionOf(await t.control(signIn(t.whitelabel().id)), t.whitelabel(), 'authenticate');
      const subjects = [one, other].map((session) => subjectOf(session.accessToken));
      if (subjects.includes(undefined)) t.skip('The access tokens name no subject.');
      if (subjects[0] === one.client.client.id) t.skip('The subject of the access tokens is the client.');
      t.expect.that(subjects[0] !== subjects[1], 'Two wallets were signed in with the same sub.', {
        expected: 'Each address has an account of its own.',
        exchange: other.exchange,
      });
    },
  },
]);

/** The date-time with so many digits after its seconds (RFC 3339 5.6, `time-secfrac = "." 1*DIGIT`): cut or with zeros, so not later. */
function withFraction(dateTime: string, digits: number): string {
  return dateTime.replace(/\.(\d+)/, (_, fraction: string) => `.${fraction.padEnd(digits, '0').slice(0, digits)}`);
}

/** The third-party client by each method that its secret allows. */
function thirdParties(client: ClientCase): ClientCase[] {
  return client.client.secret === undefined ? [client] : [client, { ...client, method: 'client_secret_post' }];
}

function subjectOf(accessToken: string): string | undefined {
  const subject = parseJwt(accessToken)?.claims.sub;
  return typeof subject === 'string' ? subject : undefined;
}
