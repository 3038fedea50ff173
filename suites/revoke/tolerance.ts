/** One revocation that is unusual in every way that a server must take (RFC 6749 3.2, appendix B; RFC 7009 2.1; RFC 9110 8.3.1). */

import { equivalentEncodings, type FormPairs } from '../../generators/form.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { revocation } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';
import { type Tolerance, tolerates } from '../../harness/tolerance.ts';

const mediaType = 'Application/X-WWW-Form-Urlencoded;charset=UTF-8';
const escaped = equivalentEncodings.find(({ how }) => how.startsWith('every character'));

interface Form extends Tolerance {
  readonly more?: FormPairs;
}

const encoded: Form = {
  requirement: 'form/revoke-equivalent-encodings',
  what: 'with every character percent-encoded',
};
const labelled: Form = {
  requirement: 'form/revoke-media-type-parameters',
  what: 'labelled in another letter case, with a charset',
};
const forms: readonly Form[] = [
  {
    requirement: 'form/revoke-unknown-parameter',
    what: 'with parameters that the contract does not know',
    more: [
      ['x_unknown', 'value'],
      ['resource', 'https://api.example.com'],
    ],
  },
  { requirement: 'revoke/hint-right', what: 'with the right hint', more: [['token_type_hint', 'refresh_token']] },
  encoded,
  labelled,
];

const check: Check = {
  id: 'revoke/tolerance',
  title: 'A revocation that is unusual in every way that a server must take is carried out',
  verifies: [
    'form/revoke-equivalent-encodings',
    'form/revoke-unknown-parameter',
    'form/revoke-media-type-parameters',
    'revoke/hint-right',
  ],
  needs: ['access token probe', 'whitelabel client'],
  control: revocation('client_secret_post'),
  async run(t) {
    const owner = t.case('client_secret_post');
    if (!t.canTryAccessToken(owner)) t.skip(`No access token of the ${owner.id} client can be tried on this target.`);
    await tolerates(t, forms, async (tried) => {
      const session = await t.endingSession(owner);
      const pairs: FormPairs = [
        ...tried.flatMap(({ more = [] }) => more),
        ['token', t.refreshTokenOf(session)],
        ['client_id', owner.client.id],
        ['client_secret', owner.client.secret ?? ''],
      ];
      const exchange = await t.client.revoke({
        ...(tried.includes(encoded) && escaped !== undefined
          ? { body: escaped.encode(pairs) }
          : { params: pairs as readonly (readonly [string, string])[] }),
        ...(tried.includes(labelled) ? { mediaType } : {}),
      });
      if (exchange.status !== 200) return { message: answered(exchange), exchange };
      const after = await t.tryAccessToken(session.accessToken, owner);
      return after.ok ? { message: 'The session was alive after its revocation', exchange: after } : undefined;
    });
  },
};

export default defineChecks([check]);
