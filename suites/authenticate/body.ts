/** How the body is read: missing members, other types, texts that are no JSON (API reference "Authenticate request body"). */

import fc from 'fast-check';
import { nested, notAnObject, notAString, prototypeMembers } from '../../generators/json.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { Unanswered } from '../../harness/outcomes.ts';
import { holdsFor } from '../../harness/property.ts';
import { continuableSession, needsJson, send } from '../../harness/sign-in.ts';

const missing = (member: 'message' | 'signature', requirement: string): Check[] =>
  methodCases.map(
    (id): Check => ({
      id: `authenticate/${member}-missing/${id}`,
      title: `A sign-in without ${member} is refused (${id})`,
      verifies: [requirement],
      control: signIn(id),
      profile: id === (member === 'message' ? 'none' : 'client_secret_post') ? 'gate' : 'full',
      async run(t) {
        const message = await t.message();
        const name = member === 'message' ? t.config.siwe.messageField : 'signature';
        for (const value of t.trials([undefined, '']))
          t.expect.refused(
            await t.client.authenticate({ as: t.case(id), json: { ...message.json, [name]: value }, malformed: true }),
            { because: value === undefined ? `a sign-in without ${name}` : `an empty ${name}` },
          );
      },
    }),
  );

export default defineChecks([
  ...missing('message', 'authenticate/message-required'),
  ...missing('signature', 'authenticate/signature-required'),
  {
    id: 'authenticate/member-types',
    title: 'A message or signature of another JSON type is refused',
    verifies: ['authenticate/member-types'],
    control: continuableSession,
    profile: 'gate',
    async run(t) {
      needsJson(t);
      const message = await t.message();
      const { messageField, messageEncoding } = t.config.siwe;
      const values = t.trials<unknown>([{ $ne: null }, true, null, 42, [], {}, { length: 132 }, { toString: 1 }]);
      for (const value of values)
        for (const name of t.trials(['signature', messageField])) {
          if (name === messageField && messageEncoding === 'object' && typeof value === 'object') continue;
          t.expect.refused(
            await t.client.authenticate({
              as: t.whitelabel(),
              json: { ...message.json, [name]: value },
              malformed: true,
            }),
            { because: `a ${name} that is ${JSON.stringify(value)}` },
          );
        }
    },
  },
  {
    id: 'authenticate/malformed-body',
    title: 'A body that is no JSON object is refused',
    verifies: ['authenticate/malformed-body', 'http/answers'],
    control: signIn('client_secret_basic'),
    profile: 'gate',
    async run(t) {
      needsJson(t);
      const message = await t.message();
      const right = JSON.stringify(message.json);
      const bodies = t.trials<readonly [string, string | Uint8Array]>([
        ['JSON that is cut off', right.slice(0, -1)],
        ['an empty body', ''],
        ['the object in an array', `[${right}]`],
        ['the object as a string', JSON.stringify(right)],
        ['null', 'null'],
        ['binary data', Uint8Array.from({ length: 256 }, (_, index) => index)],
        ['JSON in UTF-16', Buffer.from(right, 'utf16le')],
        ['deeply nested arrays', nested(5000)],
        ['a message that is nested deeply', `{"${t.config.siwe.messageField}":${nested(5000)}}`],
      ]);
      for (const [what, body] of bodies)
        t.expect.refused(await t.client.authenticate({ as: t.case('client_secret_basic'), body, malformed: true }), {
          because: what,
        });
    },
  },
  {
    id: 'authenticate/malformed-body-property',
    title: 'Any text that is no JSON object, and any member of another type, is refused',
    verifies: ['authenticate/malformed-body', 'authenticate/member-types'],
    control: signIn('client_secret_basic'),
    async run(t) {
      needsJson(t);
      const as = t.case('client_secret_basic');
      const message = await t.message();
      await holdsFor(
        t,
        'authenticate/malformed-body-property',
        fc.oneof(
          notAnObject.map((body) => ({ body })),
          notAString.map((value) => ({ body: JSON.stringify({ ...message.json, signature: value }), member: true })),
        ),
        async (input) => {
          const requirement = 'member' in input ? 'authenticate/member-types' : 'authenticate/malformed-body';
          t.expect.refused(await t.client.authenticate({ as, body: input.body, malformed: true }), {
            requirement,
            because: 'such a body',
          });
        },
        { runs: Math.ceil(t.propertyRuns / 2), shrinkBudget: 30 },
      );
    },
  },
  {
    id: 'authenticate/prototype-members',
    title: 'Members that are named like those of every object do no harm',
    verifies: ['http/no-server-error', 'http/answers'],
    control: continuableSession,
    async run(t) {
      needsJson(t);
      const message = await t.message();
      for (const text of prototypeMembers) {
        const { client, method } = t.whitelabel();
        const credentials =
          method === 'none'
            ? { client_id: client.id }
            : method === 'client_secret_post'
              ? { client_id: client.id, client_secret: client.secret }
              : {};
        const body = `${JSON.stringify({ ...message.json, ...credentials, signature: '0x' }).slice(0, -1)},${text.slice(1)}`;
        t.expect.refused(await t.client.authenticate({ as: t.whitelabel(), body, malformed: true }), {
          requirement: 'http/no-server-error',
          because: 'a sign-in with an empty signature and members named like those of every object',
        });
      }
      t.expect.accepted(await send(t, t.whitelabel(), await t.message()), {
        requirement: 'http/no-server-error',
        because: 'a right sign-in after them',
      });
    },
  },
  {
    id: 'authenticate/huge-body',
    title: 'A message of a megabyte is answered, and not accepted',
    verifies: ['http/answers', 'siwe/message-grammar'],
    control: continuableSession,
    disruptive: true,
    async run(t) {
      const message = await t.message();
      const { messageField, messageEncoding } = t.config.siwe;
      if (messageEncoding === 'object') t.skip('Messages travel as objects (`siwe.messageEncoding`).');
      try {
        t.expect.refused(await send(t, t.whitelabel(), message, { [messageField]: 'A'.repeat(1_000_000) }), {
          requirement: 'siwe/message-grammar',
          because: 'a message of a million characters',
        });
      } catch (error) {
        // A server may close the connection on a body that is too large (RFC 9110 15.5.14); one that hangs does not.
        if (!(error instanceof Unanswered) || error.kind !== 'reset') throw error;
      }
      t.expect.accepted(await send(t, t.whitelabel(), await t.message()), {
        requirement: 'http/answers',
        because: 'a right sign-in after it',
      });
    },
  },
]);
