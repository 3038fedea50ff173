/** Mistakes in reading the grant type (RFC 6749 4.1.3, 5.2; contract "The five operations"). */

import { randomUUID } from 'node:crypto';
import { misreading } from '../form-mistakes.ts';
import { changed, type Policy } from '../policy/index.ts';
import type { ExchangeFacts } from '../transform.ts';
import type { Fault } from './types.ts';

const names = ['authorization_code', 'refresh_token'];

/** Another reading takes a value for a grant type of the contract. */
const reads = (id: string, title: string, read: (value: string) => string | undefined): Fault => ({
  id: `grant-type/${id}`,
  title,
  breaks: ['token/grant-type-supported'],
  change: (policy) =>
    changed(policy, {
      requests: { readsGrantType: (value) => read(value) ?? policy.requests.readsGrantType(value) },
    }),
});

/** The form as the server reads it at /token. */
const formed = (policy: Policy, read: (values: ReadonlyMap<string, string>) => string | undefined): Policy =>
  changed(policy, {
    requests: misreading(policy, 'token', (pairs) => {
      const grantType = read(new Map(pairs));
      return grantType === undefined
        ? pairs
        : [...pairs.filter(([name]) => name !== 'grant_type'), ['grant_type', grantType]];
    }),
  });

const holds = (values: ReadonlyMap<string, string>, name: string): boolean => (values.get(name) ?? '') !== '';

/** A client gets a token pair for a grant that the contract does not have. */
const grants =
  (grantType: string, who: (form: URLSearchParams, exchange: ExchangeFacts) => boolean) =>
  async (exchange: ExchangeFacts, response: Response): Promise<Response> => {
    if (exchange.operation !== 'token' || response.status !== 400) return response;
    const form = new URLSearchParams(await exchange.body());
    if (form.get('grant_type') !== grantType || !who(form, exchange)) return response;
    return Response.json(
      { token_type: 'Bearer', access_token: randomUUID(), expires_in: 900 },
      { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } },
    );
  };

const faults: readonly Fault[] = [
  reads('letter-case', 'grant_type is compared without regard to case', (value) => value.toLowerCase()),
  reads('capitalised', 'grant_type may be written as in a heading: Authorization_Code', (value) =>
    value === 'Authorization_Code' ? 'authorization_code' : undefined,
  ),
  reads('trimmed', 'White space around grant_type is removed', (value) => value.trim()),
  reads('hyphen', 'grant_type may be written with a hyphen', (value) => value.replaceAll('-', '_')),
  reads('extended', 'What follows the name of a grant does not count', (value) =>
    names.find((name) => value.startsWith(name)),
  ),
  reads('abbreviated', 'The beginning of the name of a grant is enough', (value) =>
    value.length > 3 ? names.find((name) => name.startsWith(value)) : undefined,
  ),
  reads('unknown-is-code', 'Every grant type but refresh_token is taken for authorization_code', (value) =>
    value === 'refresh_token' ? value : 'authorization_code',
  ),
  {
    id: 'grant-type/missing-is-code',
    title: 'Without grant_type a code is redeemed',
    breaks: ['token/grant-type-required'],
    change: (policy) =>
      formed(policy, (values) =>
        holds(values, 'code') && !holds(values, 'grant_type') ? 'authorization_code' : undefined,
      ),
  },
  {
    id: 'grant-type/missing-is-code-with-secret',
    title: 'Without grant_type a code is redeemed by clients that send their secret in the body',
    breaks: ['token/grant-type-required'],
    change: (policy) =>
      formed(policy, (values) =>
        holds(values, 'code') && holds(values, 'client_secret') && !holds(values, 'grant_type')
          ? 'authorization_code'
          : undefined,
      ),
  },
  {
    id: 'grant-type/missing-is-refresh',
    title: 'Without grant_type a refresh token is used',
    breaks: ['token/grant-type-required'],
    change: (policy) =>
      formed(policy, (values) =>
        holds(values, 'refresh_token') && !holds(values, 'grant_type') ? 'refresh_token' : undefined,
      ),
  },
  {
    id: 'grant-type/empty-is-code',
    title: 'With an empty grant_type a code is redeemed',
    breaks: ['token/grant-type-required'],
    change: (policy) =>
      formed(policy, (values) =>
        holds(values, 'code') && values.get('grant_type') === '' ? 'authorization_code' : undefined,
      ),
  },
  {
    id: 'grant-type/by-credential',
    title: 'Which grant is meant follows from the credential that is there, whatever grant_type says',
    breaks: ['token/grant-type-supported'],
    change: (policy) =>
      formed(policy, (values) => {
        if (!holds(values, 'grant_type')) return undefined;
        if (holds(values, 'code')) return 'authorization_code';
        return holds(values, 'refresh_token') ? 'refresh_token' : undefined;
      }),
  },
  {
    id: 'grant-type/refresh-token-as-code-grant',
    title: 'A refresh token is used with grant_type=authorization_code as well',
    breaks: ['token/grant-type-supported'],
    change: (policy) =>
      formed(policy, (values) =>
        values.get('grant_type') === 'authorization_code' && !holds(values, 'code') && holds(values, 'refresh_token')
          ? 'refresh_token'
          : undefined,
      ),
  },
  {
    id: 'grant-type/password',
    title: 'A forgotten password grant gives tokens',
    breaks: ['token/grant-type-supported'],
    transform: grants('password', (form) => form.has('username')),
  },
  {
    id: 'grant-type/client-credentials-with-basic',
    title: 'Clients that authenticate with Basic get tokens by client_credentials',
    breaks: ['token/grant-type-supported'],
    transform: grants('client_credentials', (_form, { request }) => request.headers.has('authorization')),
  },
  {
    id: 'grant-type/client-credentials-for-third-parties',
    title: 'Third-party clients get tokens by client_credentials',
    breaks: ['token/grant-type-supported'],
    transform: grants('client_credentials', (_form, { request }) => {
      const [, encoded = ''] = (request.headers.get('authorization') ?? '').split(' ');
      return Buffer.from(encoded, 'base64').toString().startsWith('tp-');
    }),
  },
  {
    id: 'grant-type/token-exchange',
    title: 'A forgotten token exchange gives tokens for any subject',
    breaks: ['token/grant-type-supported'],
    transform: grants('urn:ietf:params:oauth:grant-type:token-exchange', () => true),
  },
  {
    id: 'grant-type/jwt-bearer',
    title: 'Any assertion gives tokens by the JWT bearer grant',
    breaks: ['token/grant-type-supported'],
    transform: grants('urn:ietf:params:oauth:grant-type:jwt-bearer', (form) => form.has('assertion')),
  },
];

export default faults;
