/** Small results and a small catalogue for the tests of the judge: `a` is a MUST, `b` a SHOULD, `c` a MAY. */

import type { TargetConfig } from '../../harness/config.ts';
import type { JudgeInput } from '../../harness/judge.ts';
import type { CheckResult, Outcome } from '../../specs/report.ts';
import type { Level, Requirement } from '../../specs/requirement.ts';

export const row = (id: string, level: Level = 'MUST'): Requirement => ({
  id,
  operation: 'token',
  level,
  statement: `${id} holds.`,
  source: { document: 'RFC 6749', section: '5.1', url: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1' },
  rationale: 'r',
  fix: 'f',
});

export const result = (
  id: string,
  outcome: Outcome,
  requirements: string[],
  extra: Partial<CheckResult> = {},
): CheckResult => ({
  id,
  title: id,
  requirements,
  outcome,
  durationMs: 1,
  message: outcome === 'pass' ? '' : `${id} says ${outcome}`,
  reproduce: '',
  exchanges: [],
  ...(outcome === 'fail' || outcome === 'warn' ? { broken: requirements } : {}),
  ...extra,
});

export const config = {
  target: 'http://127.0.0.1:1',
  profile: 'full',
  clients: { public: { id: 'p', redirectUri: 'https://a/', role: 'whitelabel-customer' } },
  operations: { authenticate: '/a', token: '/t', revoke: '/r', handoffInit: '/h', scopes: '/s' },
} as unknown as TargetConfig;

export const input = (results: CheckResult[], extra: Partial<JudgeInput> = {}): JudgeInput => ({
  results,
  suiteErrors: [],
  catalogue: {
    edition: '2026-11',
    digest: 'd',
    attacks: [],
    requirements: [row('a'), row('b', 'SHOULD'), row('c', 'MAY')],
  },
  config,
  version: '0.1.0',
  seed: 1,
  startedAt: '2026-11-24T00:00:00.000Z',
  durationMs: 1,
  waitedMs: 0,
  requests: { token: 2, revoke: 1 },
  strict: false,
  ...extra,
});
