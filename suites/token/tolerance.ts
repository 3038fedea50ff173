/** One exchange that is unusual in every way that a server must take (RFC 6749 3.1, 3.2, appendix B; RFC 7636 4.1; RFC 9110 8.3.1, 11.1). */

import { equivalentEncodings, type FormPairs } from '../../generators/form.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { basicCredentials } from '../../harness/client-cases.ts';
import { codeExchange } from '../../harness/controls.ts';
import { answered } from '../../harness/expect.ts';
import { type Tolerance, tolerates } from '../../harness/tolerance.ts';

interface Exchange {
  readonly pairs: FormPairs;
  readonly mediaType?: string;
  readonly scheme?: string;
  readonly escaped?: boolean;
}

interface Form extends Tolerance {
  readonly codeVerifier?: string;
  readonly change: (exchange: Exchange) => Exchange;
}

/** Of the greatest length, with every unreserved character (RFC 7636 4.1). */
const longest = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'.repeat(2).slice(0, 128);

const forms: readonly Form[] = [
  {
    requirement: 'form/unknown-parameter',
    what: 'with parameters that the contract does not know',
    change: (one) => ({
      ...one,
      pairs: [['x_unknown', 'value'], ...one.pairs, ['audience', 'https://api.example.com']],
    }),
  },
  {
    requirement: 'form/empty-parameter',
    what: 'with an empty scope',
    change: (one) => ({ ...one, pairs: [...one.pairs, ['scope', '']] }),
  },
  {
    requirement: 'form/equivalent-encodings',
    what: 'with every character percent-encoded',
    change: (one) => ({ ...one, escaped: true }),
  },
  {
    requirement: 'form/media-type-parameters',
    what: 'labelled in another letter case, with a charset',
    change: (one) => ({ ...one, mediaType: 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }),
  },
  {
    requirement: 'client-auth/scheme-case',
    what: 'with the scheme written "basic"',
    change: (one) => ({ ...one, scheme: 'basic' }),
  },
  {
    requirement: 'token/pkce-verifier-grammar',
    what: 'with a code_verifier of 128 characters, all unreserved ones',
    codeVerifier: longest,
    change: (one) => one,
  },
];
const [plain, escaped] = ['upper-case hex', 'every character percent-encoded'].map((name) =>
  equivalentEncodings.find(({ how }) => how === name),
);

const check: Check = {
  id: 'token/tolerance',
  title: 'An exchange that is unusual in every way that a server must take is granted',
  verifies: [
    'form/equivalent-encodings',
    'form/unknown-parameter',
    'form/empty-parameter',
    'form/media-type-parameters',
    'client-auth/scheme-case',
    'token/pkce-verifier-grammar',
  ],
  control: codeExchange('client_secret_basic'),
  async run(t) {
    const owner = t.case('client_secret_basic');
    const credentials = basicCredentials(owner.client.id, owner.client.secret ?? '').slice('Basic '.length);
    await tolerates(t, forms, async (tried) => {
      const codeVerifier = tried.find((form) => form.codeVerifier !== undefined)?.codeVerifier;
      const code = await t.code(owner, codeVerifier === undefined ? {} : { pkce: t.pkce(codeVerifier) });
      const usual: Exchange = { pairs: Object.entries(t.exchangeParams(code)) };
      const request = tried.reduce((one, form) => form.change(one), usual);
      const exchange = await t.client.token({
        headers: { authorization: `${request.scheme ?? 'Basic'} ${credentials}` },
        body: (request.escaped === true ? escaped : plain)?.encode(request.pairs) ?? '',
        ...(request.mediaType === undefined ? {} : { mediaType: request.mediaType }),
      });
      return exchange.status === 200 ? undefined : { message: answered(exchange), exchange };
    });
  },
};

export default defineChecks([check]);
