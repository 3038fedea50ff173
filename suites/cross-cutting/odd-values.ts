/** Values that servers do not expect in a parameter or member: each is answered, with anything but a server error. */

import { oddTexts } from '../../generators/odd-text.ts';
import { freshNonce } from '../../generators/siwe-message.ts';
import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { anySignIn, codeExchange, handoff, refresh, revocation } from '../../harness/controls.ts';
import type { MessageOptions } from '../../harness/fixtures.ts';

const verifies = ['http/no-server-error', 'http/answers'] as const;
/** The same with markup and line breaks among the values: what comes back of them is judged by an observer. */
const verifiesValues = [...verifies, 'http/input-sanitized'] as const;

type SiweChanges = NonNullable<MessageOptions['fields']>;

/** Where a text is looked up, the names of inherited properties matter; everywhere else the first ones do. */
const few = oddTexts.slice(0, 5);

/** Names that parsers of nested forms turn into objects, arrays or inherited properties. */
const oddNames = [
  '__proto__',
  '__proto__[x]',
  'constructor[prototype][x]',
  'toString',
  `x${'[y]'.repeat(300)}`,
  'x[100000000]',
  'x[',
  '\u0000',
  '',
];

const oddlyNamed = (operation: 'token' | 'revoke'): Check => ({
  id: `http/odd-names/${operation}`,
  title: `Parameters of unexpected names are answered without a server error at ${operation}`,
  verifies,
  needs: [`operation ${operation}`, 'client none'],
  async run(t) {
    const right: [string, string][] =
      operation === 'token'
        ? [
            ['grant_type', 'refresh_token'],
            ['refresh_token', 'no-such-token'],
          ]
        : [['token', 'no-such-token']];
    for (const name of [...oddNames, ...right.map(([own]) => `${own}[]`), ...right.map(([own]) => `${own}[$ne]`)]) {
      const params = [...right.filter(([own]) => !name.startsWith(`${own}[`)), [name, 'x'] as const];
      await expectAnswer(t, () => t.client[operation]({ as: t.case('none'), params, malformed: true }), {
        what: `A parameter named ${JSON.stringify(name.slice(0, 30))}`,
      });
    }
  },
});

export default defineChecks([
  ...(['token', 'revoke'] as const).map(oddlyNamed),
  {
    id: 'client-auth/query-operator',
    title: 'A parameter that only resembles client_secret does not stand for the secret',
    verifies: ['client-auth/secret-verified'],
    control: codeExchange('client_secret_post'),
    async run(t) {
      const { client } = t.case('client_secret_post');
      for (const name of ['client_secret[$ne]', 'client_secret[$gt]', 'client_secret[]', 'client_secret[length]']) {
        const value = name.endsWith('[]') ? (client.secret ?? '').slice(0, -1) : name.endsWith('[$ne]') ? 'x' : '';
        const right = Object.entries(t.exchangeParams(await t.code('client_secret_post')));
        const params: [string, string][] = [...right, ['client_id', client.id], [name, value]];
        t.expect.refused(await t.client.token({ params, malformed: true }), {
          status: [400, 401],
          because: `the parameter ${name} in place of client_secret`,
        });
      }
    },
  },
  {
    id: 'refresh/query-operator',
    title: 'A parameter that only resembles refresh_token does not stand for one',
    verifies: ['refresh/token-valid'],
    control: refresh('none'),
    async run(t) {
      const session = await t.session('none');
      t.refreshTokenOf(session); // there is one that an operator could find
      for (const name of t.trials(['refresh_token[$ne]', 'refresh_token[$gt]', 'refresh_token[]'])) {
        const params: [string, string][] = [
          ['grant_type', 'refresh_token'],
          ['client_id', session.client.client.id],
          [name, name.endsWith('[$ne]') ? 'x' : '0'],
        ];
        t.expect.refused(await t.client.token({ params, malformed: true }), {
          because: `the parameter ${name} in place of refresh_token`,
        });
      }
    },
  },
  ...(['code', 'redirect_uri', 'code_verifier', 'scope', 'grant_type', 'client_id'] as const).map(
    (name): Check => ({
      id: `http/odd-values/token/${name}`,
      title: `An unexpected ${name} is answered without a server error`,
      verifies: verifiesValues,
      control: codeExchange('none'),
      async run(t) {
        const as = t.case('none');
        // The code is right where the server may look at the value only after it; a scope even needs everything else right.
        const needsCode = name === 'redirect_uri' || name === 'code_verifier' || name === 'scope';
        let right = t.exchangeParams(await t.code(as));
        for (const { value, what } of name === 'code' || name === 'client_id' ? oddTexts : few) {
          if (name === 'scope') right = t.exchangeParams(await t.code(as));
          const code = needsCode ? right.code : 'no-such-code';
          const params = { ...right, code, client_id: as.client.id, [name]: value };
          await expectAnswer(t, () => t.client.token({ params, malformed: true }), { what: `A ${name} with ${what}` });
        }
      },
    }),
  ),
  {
    id: 'http/odd-values/token/refresh_token',
    title: 'An unexpected refresh_token is answered without a server error',
    verifies: verifiesValues,
    control: refresh('none'),
    async run(t) {
      for (const { value, what } of oddTexts) {
        const params = { grant_type: 'refresh_token', refresh_token: value };
        await expectAnswer(t, () => t.client.token({ as: t.case('none'), params, malformed: true }), {
          what: `A refresh token with ${what}`,
        });
      }
    },
  },
  {
    id: 'http/odd-values/token/basic',
    title: 'Unexpected Basic credentials are answered without a server error',
    verifies: verifiesValues,
    control: codeExchange('client_secret_basic'),
    async run(t) {
      const as = t.case('client_secret_basic');
      const params = { grant_type: 'refresh_token', refresh_token: 'no-such-token' };
      for (const { value, what } of oddTexts)
        for (const credentials of [{ id: value }, { secret: value }])
          await expectAnswer(t, () => t.client.token({ as, credentials, params, malformed: true }), {
            what: `Basic credentials with ${what}`,
          });
    },
  },
  {
    id: 'http/odd-values/revoke',
    title: 'An unexpected token or hint is answered without a server error at /revoke',
    verifies: verifiesValues,
    control: revocation('none'),
    async run(t) {
      const as = t.case('none');
      for (const { value, what } of oddTexts)
        for (const params of [{ token: value }, { token: 'no-such-token', token_type_hint: value }])
          await expectAnswer(t, () => t.client.revoke({ as, params, malformed: true }), {
            what: `A revocation with ${what}`,
          });
      for (const name of ['token', 'token_type_hint', 'client_id']) {
        const params: [string, string][] = [
          ['token', 'no-such-token'],
          [name, 'x'],
          [name, 'x'],
        ];
        await expectAnswer(t, () => t.client.revoke({ as, params, malformed: true }), {
          what: `A revocation that repeats ${name}`,
        });
      }
    },
  },
  {
    id: 'http/odd-values/authenticate',
    title: 'Unexpected members are answered without a server error at /authenticate',
    verifies: verifiesValues,
    control: anySignIn,
    async run(t) {
      const as = t.whitelabel();
      for (const name of [t.config.siwe.messageField, 'signature', 'session_id', 'client_id'])
        for (const { value, what } of name === 'session_id' ? oddTexts : few) {
          const json = { ...(await t.message()).json, [name]: value };
          await expectAnswer(t, () => t.client.authenticate({ as, json, malformed: true }), {
            what: `A ${name} with ${what}`,
          });
        }
    },
  },
  {
    id: 'http/odd-values/authenticate-message',
    title: 'Signed messages with long and unusual fields are answered without a server error',
    verifies,
    control: anySignIn,
    ample: true,
    async run(t) {
      const long = 'a'.repeat(3000);
      const fields: readonly SiweChanges[] = [
        { statement: long },
        { requestId: long },
        { resources: Array.from({ length: 60 }, (_, index) => `https://example.com/${index}`) },
        { resources: [`https://example.com/${long}`] },
        { nonce: `${freshNonce()}${long}` },
        { expirationTime: '9999-12-31T23:59:59Z', notBefore: '0001-01-01T00:00:00Z' },
        { issuedAt: '1970-01-01T00:00:00Z' },
        // More digits than a number of a database holds, and than one is printed with.
        { chainId: '9'.repeat(80) },
        { chainId: '9'.repeat(2000) },
      ];
      for (const one of fields) {
        const { json } = await t.message({ fields: one });
        await expectAnswer(t, () => t.client.authenticate({ as: t.whitelabel(), json }), {
          what: `A signed message with an unusual ${Object.keys(one).join(' and ')}`,
        });
      }
    },
  },
  {
    id: 'http/odd-values/authenticate-signature',
    title: 'Signatures of unexpected form are answered without a server error',
    verifies,
    control: anySignIn,
    async run(t) {
      const as = t.whitelabel();
      const signatures = [
        '0x',
        '0',
        `0x${'00'.repeat(65)}`,
        `0x${'ff'.repeat(65)}`,
        `0x${'zz'.repeat(65)}`,
        `0x${'1'.repeat(131)}`,
      ];
      for (const signature of signatures) {
        const json = { ...(await t.message()).json, signature };
        await expectAnswer(t, () => t.client.authenticate({ as, json, malformed: true }), {
          what: `The signature ${signature.slice(0, 6)} of ${signature.length} characters`,
        });
      }
    },
  },
  {
    id: 'http/odd-values/handoff',
    title: 'Unexpected members are answered without a server error at /handoff/init',
    verifies: verifiesValues,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      for (const name of ['redirectUri', 'intent'])
        for (const { value, what } of oddTexts) {
          const json = t.handoffBody(client, { [name]: value });
          await expectAnswer(t, () => t.client.handoffInit({ accessToken, json, malformed: true }), {
            what: `A ${name} with ${what}`,
          });
        }
      for (const redirectUri of [
        'https://',
        'http://[::1',
        '//',
        'https://a b/',
        `https://${'a'.repeat(300)}.example`,
      ]) {
        const json = t.handoffBody(client, { redirectUri });
        await expectAnswer(t, () => t.client.handoffInit({ accessToken, json, malformed: true }), {
          what: `The redirectUri ${redirectUri.slice(0, 20)}`,
        });
      }
    },
  },
  {
    id: 'http/odd-values/access-token',
    title: 'Access tokens of unexpected form are answered without a server error',
    verifies,
    control: handoff,
    async run(t) {
      const { accessToken, client } = await t.sharedSession(t.whitelabel());
      const json = t.handoffBody(client);
      const [header = '', payload = ''] = accessToken.split('.');
      const tokens = [
        '.',
        '..',
        `${header}..`,
        `.${payload}.`,
        `${header}.${payload}`,
        `${header}.!!.x`,
        'e30.e30.e30',
        'bnVsbA.bnVsbA.',
      ];
      for (const token of tokens)
        await expectAnswer(t, () => t.client.handoffInit({ accessToken: token, json, malformed: true }), {
          what: 'An access token that is only half a JWT',
        });
      // obs-text, which a header may hold (RFC 9110 5.5); as UTF-8 it is none.
      for (const token of ['caf\u00e9', `${header}.${payload}.\u00e9`])
        await expectAnswer(t, () => t.client.handoffInit({ accessToken: token, json, malformed: true }), {
          what: 'An access token with an octet outside of ASCII',
        });
    },
  },
]);
