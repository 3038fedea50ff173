/** The members of the body: what is required, and of which type (API reference "Authenticate request body"). */

import { otherThanString } from '../../generators/json.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { methodCases } from '../../harness/client-cases.ts';
import { signIn } from '../../harness/controls.ts';
import { holdsFor } from '../../harness/property.ts';
import { continuableSession, needsJson } from '../../harness/sign-in.ts';

const missing = (member: 'message' | 'signature', requirement: string): Check[] =>
  methodCases.map(
    (id): Check => ({
      id: `authenticate/${member}-missing/${id}`,
      title: `A sign-in without ${member} is refused (${id})`,
      verifies: [requirement],
      control: signIn(id),
      async run(t) {
        const name = member === 'message' ? t.config.siwe.messageField : 'signature';
        for (const value of t.trials([undefined, ''])) {
          const { json } = await t.message();
          t.expect.refused(
            await t.client.authenticate({ as: t.case(id), json: { ...json, [name]: value }, malformed: true }),
            { because: value === undefined ? `a sign-in without ${name}` : `an empty ${name}` },
          );
        }
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
    async run(t) {
      needsJson(t);
      const { messageField, messageEncoding } = t.config.siwe;
      const values = t.trials<unknown>([{ $ne: null }, true, null, 42, [], {}, { length: 132 }, { toString: 1 }]);
      for (const value of values)
        for (const name of t.trials(['signature', messageField])) {
          if (name === messageField && messageEncoding === 'object' && typeof value === 'object') continue;
          const { json } = await t.message();
          t.expect.refused(
            await t.client.authenticate({
              as: t.whitelabel(),
              json: { ...json, [name]: value },
              malformed: true,
            }),
            { because: `a ${name} that is ${JSON.stringify(value)}` },
          );
        }
    },
  },
  {
    id: 'authenticate/member-types-property',
    title: 'A signature of any other JSON type is refused',
    verifies: ['authenticate/member-types'],
    control: continuableSession,
    generated: true,
    async run(t) {
      needsJson(t);
      await holdsFor(
        t,
        'authenticate/member-types-property',
        otherThanString,
        async (value) => {
          const { json, signature } = await t.message();
          t.expect.refused(
            await t.client.authenticate({
              as: t.whitelabel(),
              json: { ...json, signature: value(signature) },
              malformed: true,
            }),
            { because: 'a signature that is no string' },
          );
        },
        { shrinkBudget: 20, tell: (value: (right: string) => unknown) => JSON.stringify(value('a right signature')) },
      );
    },
  },
]);
