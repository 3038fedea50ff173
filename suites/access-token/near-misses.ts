/** Values that resemble a live access token, of every client and grant, opaque tokens included (RFC 6749 7). */

import { nearMisses } from '../../generators/near-miss.ts';
import { liveAccessToken, presentToken } from '../../harness/bearer.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { caseIds, methodCases } from '../../harness/client-cases.ts';

/** Changed within the alphabet, so that no decoder reads the same octets: what is left out here may be another spelling of the same token. */
const telling = new Set([
  'without its first character',
  'cut to its first half',
  'with one character more at its start',
  'with its first character changed',
  'with a character in its middle changed',
  'twice',
]);

/** Hexadecimal values, UUIDs among them, are the same in either letter case. */
const hexadecimal = /^[0-9a-f-]+$/i;

function resembling(token: string): readonly (readonly [what: string, value: string])[] {
  const near = nearMisses(token)
    .filter(({ what }) => telling.has(what) || (what === 'in the other letter case' && !hexadecimal.test(token)))
    .map(({ what, value }) => [what, value] as const);
  // Four characters are three octets of base64 and two of hexadecimal: more than any padding or unused bit.
  return [
    ['without its last eight characters', token.slice(0, -8)],
    ['with eight characters more at its end', `${token}q7K3q7K3`],
    ...near,
    ['with its first 16 characters alone', token.slice(0, 16)],
    ['with only its last half', token.slice(Math.floor(token.length / 2))],
  ].filter((entry): entry is [string, string] => entry[1] !== token && entry[1] !== '');
}

// /authenticate is for whitelabel clients only (API reference "Access restriction").
const perClient = (['code', 'authenticate'] as const).flatMap((via) =>
  (via === 'authenticate' ? methodCases : caseIds).map(
    (id): Check => ({
      id: `access-token/near-miss/${via}/${id}`,
      title: `A value that resembles an access token ${via === 'code' ? 'by code' : 'by /authenticate'} is refused (${id})`,
      verifies: ['access-token/validated'],
      needs: [
        'access token probe',
        'whitelabel client',
        `client ${id}`,
        'session source',
        ...(via === 'authenticate' ? (['operation authenticate'] as const) : (['code source'] as const)),
      ],
      control: liveAccessToken,
      async run(t) {
        const owner = t.case(id);
        if (!t.canTryAccessToken(owner)) t.skip(`An access token of the ${id} client cannot be tried anywhere.`);
        if (via === 'authenticate' && owner.client.role !== 'whitelabel-customer')
          t.skip('/authenticate is for whitelabel clients only.');
        const { accessToken } = via === 'code' ? await t.sharedSession(owner) : await t.signIn(owner);
        t.expect.given(await presentToken(t, owner, accessToken), 'the use of the token as it is');
        for (const [what, value] of resembling(accessToken))
          t.expect.refused(await presentToken(t, owner, value), { because: `an access token ${what}` });
      },
    }),
  ),
);

export default defineChecks(perClient);
