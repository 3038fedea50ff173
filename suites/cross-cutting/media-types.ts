/** Labels of bodies: JSON in any spelling of its media type is read; a wrong label is answered (RFC 9110 8.3.1, 15.5.16). */

import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { anySignIn, handoff } from '../../harness/controls.ts';

const spellings = ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"'];

/**
 * Labels that do not fit the body, or none. No document says whether a server refuses them or looks at the body itself, so what is asked is
 * an answer without a server error.
 */
const labels: readonly (readonly [what: string, headers: Readonly<Record<string, string | undefined>>])[] = [
  ['no Content-Type', { 'content-type': undefined }],
  ['text/plain', { 'content-type': 'text/plain' }],
  ['multipart/form-data without a boundary', { 'content-type': 'multipart/form-data' }],
  ['an unknown charset', { 'content-type': 'application/json; charset=x-no-such' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['JSON', { 'content-type': 'application/json' }],
  ['a form of an unknown charset', { 'content-type': 'application/x-www-form-urlencoded; charset=x-no-such' }],
  ['XML', { 'content-type': 'application/xml' }],
  ['no media type at all', { 'content-type': ';;;' }],
  ['gzip, which it is not', { 'content-encoding': 'gzip' }],
  ['an unknown content coding', { 'content-encoding': 'x-no-such' }],
];

export default defineChecks([
  {
    id: 'http/json-media-type/authenticate',
    title: 'The media type of JSON is recognised in any letter case and with parameters at /authenticate',
    verifies: ['http/json-media-type'],
    control: anySignIn,
    async run(t) {
      if (t.config.authenticate.mediaType !== 'application/json')
        t.skip('The configuration says that /authenticate takes another media type (`authenticate.mediaType`).');
      for (const mediaType of spellings) {
        const { json } = await t.message();
        t.expect.accepted(await t.client.authenticate({ as: t.whitelabel(), json, mediaType }), {
          because: `JSON labelled ${mediaType}`,
        });
      }
    },
  },
  {
    id: 'http/json-media-type/handoff',
    title: 'The media type of JSON is recognised in any letter case and with parameters at /handoff/init',
    verifies: ['http/json-media-type'],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const mediaType of spellings)
        t.expect.accepted(await t.client.handoffInit({ accessToken, json: t.handoffBody(client), mediaType }), {
          because: `JSON labelled ${mediaType}`,
        });
    },
  },
  ...(['token', 'revoke'] as const).map(
    (operation): Check => ({
      id: `http/mislabelled/${operation}`,
      title: `A body with another label than its own is answered at ${operation}`,
      verifies: ['http/answers', 'http/no-server-error'],
      needs: [`operation ${operation}`, 'client none'],
      async run(t) {
        const as = t.case('none');
        const params =
          operation === 'revoke'
            ? { token: 'no-such-token' }
            : { grant_type: 'refresh_token', refresh_token: 'no-such-token' };
        for (const [what, headers] of labels)
          await expectAnswer(t, () => t.client[operation]({ as, params, headers, malformed: true }), {
            what: `A form labelled as ${what}`,
          });
      },
    }),
  ),
  {
    id: 'http/mislabelled/authenticate',
    title: 'A body with another label than its own is answered at /authenticate',
    verifies: ['http/answers', 'http/no-server-error'],
    needs: ['operation authenticate', 'whitelabel client'],
    async run(t) {
      const json = { [t.config.siwe.messageField]: 'no message', signature: '0x00' };
      for (const [what, headers] of labels)
        await expectAnswer(t, () => t.client.authenticate({ as: t.whitelabel(), json, headers, malformed: true }), {
          what: `A JSON body labelled as ${what}`,
        });
    },
  },
  {
    id: 'http/mislabelled/handoff',
    title: 'A body with another label than its own is answered at /handoff/init',
    verifies: ['http/answers', 'http/no-server-error'],
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const [what, headers] of labels) {
        const json = t.handoffBody(client);
        await expectAnswer(t, () => t.client.handoffInit({ accessToken, json, headers, malformed: true }), {
          what: `A JSON body labelled as ${what}`,
        });
      }
    },
  },
]);
