/** The authorization code grant: who may redeem which code, how often and how long (RFC 6749 4.1). */

import { nearMisses } from '../../generators/near-miss.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, caseIds, otherMethod } from '../../harness/client-cases.ts';
import { codeExchange } from '../../harness/controls.ts';
import { onOneCode } from '../../harness/one-grant.ts';
import { atOnce, inRounds, raceRounds, raceWidth } from '../../harness/race.ts';

const invalidGrant = { status: [400], error: ['invalid_grant'], errorRequirement: 'errors/invalid-grant' } as const;
const invalidRequest = {
  status: [400],
  error: ['invalid_request'],
  errorRequirement: 'errors/invalid-request',
} as const;
/** A value that may fail already as a malformed parameter. */
const eitherWay = {
  status: [400],
  error: ['invalid_grant', 'invalid_request'],
  errorRequirement: 'errors/invalid-grant',
} as const;

const granted = caseIds.map(
  (id): Check => ({
    id: `token/code-exchange/${id}`,
    title: `A right code exchange is granted (${id})`,
    verifies: ['token/code-exchange'],
    needs: ['operation token', `client ${id}`, 'code source'],
    profile: id === 'third-party' ? undefined : 'smoke',
    async run(t) {
      t.expect.accepted(await t.control(codeExchange(id)));
    },
  }),
);

/** A text that has every kind of near miss. */
const alphabet = 'ABCabc123-_~';

const telling = new Set([
  'without its last character',
  'cut to its first half',
  'with one character more at its end',
  'with its last character changed',
  'in the other letter case',
  'with white space after it',
]);

const perCase = caseIds.flatMap((id): Check[] => [
  {
    id: `token/code-missing/${id}`,
    title: `An exchange without a code is refused (${id})`,
    verifies: ['token/code-required', 'errors/invalid-request'],
    control: codeExchange(id),
    async run(t) {
      const code = await t.code(id);
      for (const value of t.trials([undefined, ''])) {
        const exchange = await t.client.token({
          as: t.case(id),
          params: { ...t.exchangeParams(code), code: value },
          malformed: true,
        });
        t.expect.refused(exchange, {
          // An empty one may be looked up like any other that is unknown.
          ...(value === undefined ? invalidRequest : eitherWay),
          because: value === undefined ? 'an exchange without code' : 'an exchange with an empty code',
        });
      }
    },
  },
  {
    id: `token/code-single-use/${id}`,
    title: `A used code is refused, and the tokens of its first use are revoked (${id})`,
    verifies: ['token/code-single-use', 'token/code-replay-revokes'],
    control: codeExchange(id),
    async run(t) {
      const code = await t.code(id);
      const first = t.sessionOf(
        t.expect.given(await t.exchangeCode(id, code), 'the first exchange'),
        t.case(id),
        'code',
      );
      t.expect.refused(await t.exchangeCode(id, code), { ...invalidGrant, because: 'a code that was used before' });
      if (t.frugal) return;
      const requirement = 'token/code-replay-revokes';
      if (t.canTryAccessToken(first.client)) {
        const tried = await t.tryAccessToken(first.accessToken, first.client);
        t.expect.soft(!tried.ok, 'The access token of the first use was still accepted after the code was replayed.', {
          requirement,
          expected: 'Both tokens are revoked.',
          exchange: tried,
        });
      }
      if (first.refreshToken !== undefined) {
        const refreshed = await t.refresh(first);
        t.expect.soft(
          !refreshed.ok,
          'The refresh token of the first use was still accepted after the code was replayed.',
          { requirement, expected: 'Both tokens are revoked.', exchange: refreshed },
        );
      }
      t.expect.refused(await t.exchangeCode(id, code), {
        ...invalidGrant,
        because: 'a code that was used before, at the third try',
      });
      // A client may be registered for one method: how the other is refused is not looked at.
      const other = otherMethod(first.client);
      if (other !== undefined)
        t.expect.refused(await t.exchangeCode(other, code), {
          because: `a code that was used before, with ${other.method} now`,
        });
    },
  },
  {
    id: `token/code-replay-after-refresh/${id}`,
    title: `A code that is replayed after its tokens were rotated is refused (${id})`,
    verifies: ['token/code-single-use'],
    control: codeExchange(id),
    async run(t) {
      const code = await t.code(id);
      const first = t.sessionOf(
        t.expect.given(await t.exchangeCode(id, code), 'the first exchange'),
        t.case(id),
        'code',
      );
      if (first.refreshToken !== undefined) await t.refreshed(first);
      t.expect.refused(await t.exchangeCode(id, code), {
        ...invalidGrant,
        because: 'a code that was used before its tokens were rotated',
      });
    },
  },
  {
    id: `token/code-replay-after-revocation/${id}`,
    title: `A code that is replayed after its session was revoked is refused (${id})`,
    verifies: ['token/code-single-use'],
    needs: ['operation revoke'],
    control: codeExchange(id),
    async run(t) {
      const code = await t.code(id);
      const first = t.sessionOf(
        t.expect.given(await t.exchangeCode(id, code), 'the first exchange'),
        t.case(id),
        'code',
      );
      await t.revoke(first.refreshToken ?? first.accessToken, first.client);
      t.expect.refused(await t.exchangeCode(id, code), {
        ...invalidGrant,
        because: 'a used code whose session was revoked',
      });
    },
  },
  {
    id: `token/code-inexact/${id}`,
    title: `A code that is cut, lengthened or changed is refused (${id})`,
    verifies: ['token/code-valid'],
    control: codeExchange(id),
    async run(t) {
      // All near misses for one client; for the others those that tell most: comparisons differ by server, bindings by client.
      const isFirst = availableCases(t.config)[0]?.id === id;
      const kinds = nearMisses(alphabet)
        .map(({ what }) => what)
        .filter((what) => isFirst || telling.has(what));
      await onOneCode(t, id, kinds, async (kind, code) => {
        const miss = nearMisses(code.code).find(({ what }) => what === kind);
        if (miss === undefined) return; // a code of digits alone has no other letter case
        t.expect.refused(
          await t.client.token({ as: t.case(id), params: { ...t.exchangeParams(code), code: miss.value } }),
          { ...eitherWay, because: `a code ${kind}` },
        );
      });
    },
  },
  {
    id: `token/code-race/${id}`,
    title: `Of eight simultaneous exchanges of one code one at most is granted (${id})`,
    verifies: ['token/code-single-use-race'],
    control: codeExchange(id),
    disruptive: true,
    async run(t) {
      await inRounds(t, Array.from({ length: raceRounds(t) }), async () => {
        const code = await t.code(id);
        const wins = (await atOnce(() => t.exchangeCode(id, code))).filter((exchange) => exchange.ok);
        t.expect.that(
          wins.length <= 1,
          `${wins.length} of ${raceWidth} simultaneous exchanges of one code were granted.`,
          { expected: 'One at most is granted.', ...(wins[1] === undefined ? {} : { exchange: wins[1] }) },
        );
      });
    },
  },
]);

const foreign = caseIds.map(
  (id): Check => ({
    id: `token/code-foreign-client/${id}`,
    title: `A code of another client is refused (${id})`,
    verifies: ['token/code-client-binding'],
    needs: ['two clients'],
    control: codeExchange(id),
    async run(t) {
      const thief = t.case(id);
      const owner = t.otherCase(thief);
      for (const redirectUri of t.trials(['of the code', 'of its own'])) {
        const code = await t.code(owner);
        const params = {
          ...t.exchangeParams(code),
          redirect_uri: redirectUri === 'of the code' ? code.redirectUri : thief.client.redirectUri,
        };
        for (const time of t.trials(['', ', a second time']))
          t.expect.refused(await t.client.token({ as: thief, params }), {
            ...invalidGrant,
            because: `a code of another client, with the redirect URI ${redirectUri}${time}`,
          });
      }
    },
  }),
);

const single: Check[] = [
  {
    id: 'token/code-unknown',
    title: 'A code that was never issued is refused',
    verifies: ['token/code-valid', 'errors/invalid-grant'],
    control: codeExchange('none'),
    async run(t) {
      const code = await t.code('none');
      const send = (value: string) =>
        t.client.token({ as: t.case('none'), params: { ...t.exchangeParams(code), code: value } });
      const unknown = await send(t.pkce().codeVerifier);
      t.expect.refused(unknown, { ...invalidGrant, because: 'a code that was never issued' });
      if (t.frugal) return;
      const pattern = `${code.code.slice(0, -4)}%`;
      t.expect.refused(await send(pattern), { ...eitherWay, because: 'a pattern that fits the code' });
    },
  },
  {
    id: 'token/code-not-a-token',
    title: 'An access or refresh token is not accepted as a code',
    verifies: ['token/code-valid'],
    control: codeExchange('none'),
    async run(t) {
      const session = await t.session('none');
      for (const value of [session.accessToken, session.refreshToken].filter((one) => one !== undefined)) {
        const code = await t.code('none');
        t.expect.refused(
          await t.client.token({ as: t.case('none'), params: { ...t.exchangeParams(code), code: value } }),
          { ...eitherWay, because: 'a token in place of a code' },
        );
      }
    },
  },
  {
    id: 'token/code-own-session',
    title: 'Two codes begin two sessions: ending one leaves the other alive',
    verifies: ['token/code-session'],
    needs: ['operation revoke'],
    control: codeExchange('none'),
    async run(t) {
      const first = await t.session('none', { via: 'code' });
      const second = t.frugal ? await t.sharedSession('none') : await t.session('none', { via: 'code' });
      t.expect.that(
        first.accessToken !== second.accessToken &&
          (first.refreshToken === undefined || first.refreshToken !== second.refreshToken),
        'Two exchanges issued the same token.',
        { expected: 'Each exchange issues tokens of its own.', exchange: second.exchange },
      );
      await t.revoke(first.refreshToken ?? first.accessToken, first.client);
      const because = 'after the session of another code was revoked';
      if (t.frugal && t.canTryAccessToken(second.client)) await t.accessTokenLives(second, { because });
      else if (second.refreshToken !== undefined) await t.refreshTokenLives(second, { because });
    },
  },
];

export default defineChecks([...granted, ...perCase, ...foreign, ...single]);
