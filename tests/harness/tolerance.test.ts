import { describe, expect, it } from 'vitest';
import type { CheckContext } from '../../harness/context.ts';
import { Expect } from '../../harness/expect.ts';
import { Inconclusive } from '../../harness/outcomes.ts';
import { type Tolerance, tolerates } from '../../harness/tolerance.ts';
import { exchangeOf } from './exchanges.ts';

const forms: readonly Tolerance[] = [
  { requirement: 'form/charset', what: 'with a charset' },
  { requirement: 'form/case', what: 'in capitals' },
];
const exchange = exchangeOf({ status: 400 });

/** What is left behind by a target that refuses a request with these forms, each named by its requirement. */
async function judged(refuses: (forms: readonly string[]) => boolean) {
  const t = { expect: new Expect(true) } as CheckContext;
  t.expect.finding('before', 'Seen before.');
  const tried: string[] = [];
  const run = tolerates(t, forms, async (these) => {
    const names = these.map(({ requirement }) => requirement);
    tried.push(names.length === 0 ? 'usual' : names.join('+'));
    return refuses(names) ? { message: `Refused ${tried.at(-1)}`, exchange } : undefined;
  });
  const ended = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  const findings = t.expect.findings.slice(1).map(({ message, requirements, expected, exchange }) => {
    return { message, requirements, expected, exchange };
  });
  return { tried, findings, ended };
}

const expected = 'The request is granted.';

describe('unusual forms of a request', () => {
  it('cost one request where all of them together are granted', async () => {
    expect(await judged(() => false)).toEqual({ tried: ['form/charset+form/case'], findings: [], ended: undefined });
  });
  it('are tried alone where they are refused together, and each that is refused is named', async () => {
    expect(await judged((names) => names.includes('form/case'))).toEqual({
      tried: ['form/charset+form/case', 'usual', 'form/charset', 'form/case'],
      findings: [
        {
          message: 'Refused form/case (a request in capitals).',
          requirements: ['form/case'],
          expected,
          exchange,
        },
      ],
      ended: undefined,
    });
  });
  it('that are refused only together are one finding of the check', async () => {
    expect((await judged((names) => names.length > 1)).findings).toEqual([
      {
        message:
          'Refused form/charset+form/case (a request with a charset, in capitals; each of these alone was granted).',
        requirements: [],
        expected,
        exchange,
      },
    ]);
  });
  it('are not judged where the usual form is refused too', async () => {
    const { tried, findings, ended } = await judged(() => true);
    expect(tried).toHaveLength(2);
    expect(findings).toEqual([]);
    expect(ended).toBeInstanceOf(Inconclusive);
    expect(ended).toMatchObject({
      message: 'The usual form of the request does not do either, which other checks report: Refused usual.',
    });
  });
});
