/** A message is for one sign-in (ERC-4361 "Preventing Replay Attacks"; contract: SHOULD with nonces of the client, MUST with those of the server). */

import { fewAndMany } from '../../generators/siwe-optional.ts';
import { sameSignature } from '../../generators/wallet.ts';
import { type Check, defineChecks, type Need } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { continuableSession, otherWhitelabel, send, signedIn, submit } from '../../harness/sign-in.ts';

const otherCase = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

/** The checks of replay, for one source of nonces. */
function replay(source: 'client' | 'server', requirement: string, raceRequirement: string): Check[] {
  const needs: readonly Need[] = [`${source} nonces`];
  const level = source === 'client' ? 'SHOULD' : 'MUST';
  const prefix = source === 'client' ? 'authenticate/replay' : 'authenticate/server-nonce';
  return [
    ...methodCases.map(
      (id): Check => ({
        id: `${prefix}/${id}`,
        title: `A message that was accepted before ${level} be refused (${id})`,
        verifies: [requirement],
        needs,
        control: signIn(id),
        async run(t) {
          const message = await t.message();
          const owner = t.case(id);
          const first = t.expect.given(await send(t, owner, message), 'the first sign-in');
          t.expect.refused(await send(t, owner, message), { because: 'a message that was accepted before' });
          if (t.frugal) return;
          t.expect.refused(await send(t, owner, message), { because: 'a used message at the third try' });
          const { session_id: begun } = first.object ?? {};
          const members = typeof begun === 'string' && begun !== '' ? { session_id: begun } : {};
          t.expect.refused(await send(t, owner, message, members), {
            because: 'a used message, with the session_id of the session that it began',
          });
          for (const { what, value } of sameSignature(message.signature))
            t.expect.refused(await send(t, owner, message, { signature: value }), {
              because: `a used message, its signature ${what}`,
            });
        },
      }),
    ),
    {
      id: `${prefix}-by-another-client`,
      title: `A message that was accepted from one client ${level} be refused from another`,
      verifies: [requirement],
      needs: [...needs, 'two clients'],
      control: continuableSession,
      async run(t) {
        const owner = t.whitelabel();
        const other = otherWhitelabel(t, owner);
        const message = await t.message();
        t.expect.given(await send(t, owner, message), 'the first sign-in');
        t.expect.refused(await send(t, other, message), { because: 'a message that another client has used' });
      },
    },
    {
      id: `${prefix}-after-others`,
      title: `A message that was accepted before ${level} be refused, whatever was sent since`,
      verifies: [requirement],
      needs,
      control: continuableSession,
      ample: true,
      async run(t) {
        const owner = t.whitelabel();
        const message = await t.message();
        t.expect.given(await send(t, owner, message), 'the first sign-in');
        const signature = await t.wallet().sign(message.text);
        t.expect.refused(await send(t, owner, message, { signature }), {
          because: "a used message with another key's signature",
        });
        t.expect.refused(await send(t, owner, message), {
          because: "a used message, after it was refused with another key's signature",
        });
        for (let count = 0; count < 5; count += 1)
          t.expect.given(await submit(t, owner), 'a sign-in of another wallet in between');
        t.expect.refused(await send(t, owner, message), { because: 'a used message, after five other sign-ins' });
      },
    },
    {
      id: `${prefix}-of-fewest-and-most-fields`,
      title: `A message without optional fields, and one with all of them, ${level} be refused the second time`,
      verifies: [requirement],
      needs,
      control: continuableSession,
      ample: true,
      async run(t) {
        const owner = t.whitelabel();
        for (const { what, fields } of fewAndMany((seconds) => t.iso(seconds))) {
          const message = await t.message({ fields });
          t.expect.given(await send(t, owner, message), `the sign-in with a message ${what}`);
          t.expect.refused(await send(t, owner, message), { because: `a message ${what} that was accepted before` });
        }
      },
    },
    {
      id: `${prefix}-of-continuation`,
      title: `A message that continued a session ${level} be refused afterwards`,
      verifies: [requirement],
      needs,
      control: continuableSession,
      ample: true,
      async run(t) {
        const owner = t.whitelabel();
        const session = await signedIn(t, owner);
        const message = await t.message({ wallet: session.wallet });
        const members = { session_id: session.sessionId };
        t.expect.given(await send(t, owner, message, members), 'the continuation of a live session');
        t.expect.refused(await send(t, owner, message, members), { because: 'a message that has continued a session' });
        if (!t.frugal)
          t.expect.refused(await send(t, owner, message), {
            because: 'a message that has continued a session, without session_id',
          });
      },
    },
    {
      id: `${prefix}-after-revocation`,
      title: `A message whose session was revoked ${level} be refused`,
      verifies: [requirement],
      needs: [...needs, 'operation revoke'],
      control: continuableSession,
      async run(t) {
        const owner = t.whitelabel();
        const message = await t.message();
        const session = t.sessionOf(
          t.expect.given(await send(t, owner, message), 'the first sign-in'),
          owner,
          'authenticate',
        );
        await t.revoke(session.refreshToken ?? session.accessToken, owner);
        t.expect.refused(await send(t, owner, message), { because: 'a used message whose session was revoked' });
      },
    },
    {
      id: `${prefix}-later`,
      title: `A message that was accepted a day ago ${level} be refused`,
      verifies: [requirement],
      needs: [...needs, 'clock'],
      control: continuableSession,
      consumes: 'clock',
      async run(t) {
        const message = await t.message();
        t.expect.given(await send(t, t.whitelabel(), message), 'the first sign-in');
        await t.advanceClock(26 * 3600);
        if (!(await submit(t, t.whitelabel())).ok)
          t.skip('Messages are judged by another clock here than the one that can be moved.');
        t.expect.refused(await send(t, t.whitelabel(), message), {
          because: 'a message that was used 26 hours ago',
        });
      },
    },
    {
      id: `${prefix}-race`,
      title: `Of simultaneous sign-ins with one message no more than one ${level} be accepted`,
      verifies: [raceRequirement],
      needs,
      control: continuableSession,
      disruptive: true,
      async run(t) {
        for (let round = 0; round < 2; round += 1) {
          const message = await t.message();
          const answers = await Promise.all(Array.from({ length: 6 }, () => send(t, t.whitelabel(), message)));
          const granted = answers.filter((answer) => answer.ok);
          t.expect.that(
            granted.length <= 1,
            `${granted.length} of 6 simultaneous sign-ins with one message were accepted.`,
            {
              expected: 'One is accepted, the others are refused.',
              ...(granted[1] === undefined ? {} : { exchange: granted[1] }),
            },
          );
        }
      },
    },
  ];
}

export default defineChecks([
  ...replay('client', 'siwe/nonce-replay', 'siwe/nonce-replay-race'),
  ...replay('server', 'siwe/server-nonce-single-use', 'siwe/server-nonce-single-use'),
  {
    id: 'authenticate/server-nonce-unknown',
    title: 'A nonce that the server did not give out is refused',
    verifies: ['siwe/server-nonce-issued'],
    needs: ['server nonces'],
    control: continuableSession,
    async run(t) {
      const { nonce } = (await t.message()).fields;
      const last = nonce.slice(-1) === '7' ? '3' : '7';
      const unknown = [
        nonce.slice(0, -1) + last,
        [...nonce].reverse().join(''),
        nonce.slice(0, Math.max(8, nonce.length - 1)),
        `${nonce}7`,
        nonce.replace(/[a-z]/gi, otherCase),
      ];
      for (const value of t.trials(unknown.filter((one) => one !== nonce)))
        t.expect.refused(await submit(t, t.whitelabel(), { fields: { nonce: value } }), {
          because: 'a nonce that differs from those given out',
        });
    },
  },
  {
    id: 'authenticate/server-nonce-in-another-message',
    title: 'A used nonce is refused in another message, also of another wallet or client',
    verifies: ['siwe/server-nonce-single-use'],
    needs: ['server nonces'],
    control: continuableSession,
    async run(t) {
      const session = await signedIn(t, t.whitelabel());
      const first = await t.message();
      t.expect.given(await send(t, t.whitelabel(), first), 'the first sign-in');
      const { nonce } = first.fields;
      t.expect.refused(
        await submit(t, t.whitelabel(), { wallet: first.wallet, fields: { nonce, statement: 'Another text.' } }),
        {
          because: 'a used nonce in another message of the same wallet',
        },
      );
      t.expect.refused(await submit(t, t.whitelabel(), { fields: { nonce } }), {
        because: 'a used nonce in a message of another wallet',
      });
      t.expect.refused(
        await submit(
          t,
          t.whitelabel(),
          { wallet: session.wallet, fields: { nonce } },
          { session_id: session.sessionId },
        ),
        { because: 'a used nonce in the continuation of a session' },
      );
    },
  },
]);
