/** Codes as time passes: how long they live, and that what they are bound to lasts as long (RFC 6749 4.1.2, 4.1.3; RFC 7636 4.6). */

import { pkce } from '../../generators/pkce.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import { availableCases, type ClientCase } from '../../harness/client-cases.ts';
import type { CheckContext } from '../../harness/context.ts';
import { codeExchange } from '../../harness/controls.ts';

const invalidGrant = { status: [400], error: ['invalid_grant'], errorRequirement: 'errors/invalid-grant' } as const;

/** Seconds after which codes are tried that may be alive still: within a cache of half a minute, beyond it, and beyond one of five minutes. */
const ages = [20, 40, 310] as const;

/** One thing that is wrong with the exchange of a code. */
interface Attempt {
  readonly requirement: string;
  readonly words: string;
  readonly as: ClientCase;
  readonly params: Readonly<Record<string, string>>;
}

/** Each on a code of its own, as a server may give up a code that it has refused. */
async function attempts(t: CheckContext, owner: ClientCase, kind: 'values' | 'client'): Promise<Attempt[]> {
  const params = async () => t.exchangeParams(await t.code(owner));
  const thief = availableCases(t.config).find(({ client }) => client.id !== owner.client.id);
  if (kind === 'client') {
    const foreign = { requirement: 'token/code-client-binding', words: 'another client' };
    return thief === undefined ? [] : [{ ...foreign, as: thief, params: await params() }];
  }
  return [
    {
      requirement: 'token/pkce-verifier-matches',
      words: 'the code_verifier of another code',
      as: owner,
      params: { ...(await params()), code_verifier: t.pkce().codeVerifier },
    },
    {
      requirement: 'token/redirect-uri-matches',
      words: 'another redirect_uri',
      as: owner,
      params: { ...(await params()), redirect_uri: 'https://other.example/callback' },
    },
  ];
}

const bindings = (kind: 'values' | 'client'): Check => ({
  id: `token/code-bindings-last/${kind}`,
  title: `As long as a code lives it is bound to its ${kind === 'client' ? 'client' : 'challenge and its redirect URI'}`,
  verifies:
    kind === 'client' ? ['token/code-client-binding'] : ['token/pkce-verifier-matches', 'token/redirect-uri-matches'],
  needs: ['clock', 'unlimited codes', ...(kind === 'client' ? (['two clients'] as const) : [])],
  control: codeExchange('none'),
  consumes: 'clock',
  ample: true,
  async run(t) {
    const all = availableCases(t.config);
    const steps: { age: number; owner: ClientCase; right: Readonly<Record<string, string>>; wrong: Attempt[] }[] = [];
    for (const age of ages)
      for (const owner of age === 40 ? all : all.slice(0, 1))
        steps.push({
          age,
          owner,
          right: t.exchangeParams(await t.code(owner)),
          wrong: await attempts(t, owner, kind),
        });
    let now = 0;
    for (const { age, owner, right, wrong } of steps) {
      if (age > now) await t.advanceClock(age - now);
      now = age;
      // Once codes of that age have expired a refusal says nothing of what they are bound to.
      if (!(await t.client.token({ as: owner, params: right })).ok) {
        if (age === ages[0]) t.skip(`Codes live less than ${age} seconds here.`);
        return;
      }
      for (const { requirement, words, as, params } of wrong)
        t.expect.refused(await t.client.token({ as, params }), {
          status: [400],
          error: ['invalid_grant', 'invalid_request'],
          requirement,
          errorRequirement: 'errors/invalid-grant',
          because: `a code ${age} seconds old with ${words} (${owner.id})`,
        });
    }
  },
});

const ends = (
  [
    [601, 'token/code-lifetime-ten-minutes', 'ten minutes'],
    [3700, 'token/code-expires', 'an hour'],
  ] as const
).map(
  ([seconds, requirement, words]): Check => ({
    id: `token/code-expired/${seconds}`,
    title: `A code is refused ${words} after it was issued`,
    verifies: [requirement],
    needs: ['clock'],
    control: codeExchange('none'),
    consumes: 'clock',
    async run(t) {
      const cases = t.trials(availableCases(t.config));
      const codes = await Promise.all(cases.map(async (owner) => ({ owner, code: await t.code(owner) })));
      const [owner] = cases;
      if (!t.frugal && owner !== undefined) {
        const code = await t.code(owner);
        const params = { ...t.exchangeParams(code), code_verifier: pkce().codeVerifier };
        const exchange = await t.client.token({ as: owner, params });
        if (!exchange.ok) codes.push({ owner, code }); // refused once: its end is still where it was
      }
      await t.advanceClock(seconds);
      for (const { owner, code } of codes)
        t.expect.refused(await t.exchangeCode(owner, code), {
          ...invalidGrant,
          because: `a code ${seconds} seconds old (${owner.id})`,
        });
    },
  }),
);

export default defineChecks([...ends, bindings('values'), bindings('client')]);
