/** A report with one of everything, every text of it hostile to some format. */

import type { CheckResult, RecordedExchange, Report, RequirementResult } from '../../specs/report.ts';

/** Markup, an XML section end, a terminal escape, forbidden control characters, a bidi override, a lone surrogate, quotes. */
export const hostile = '<script>alert(1)</script> & ]]> \u001b[31m\u0000\u0008\u202e\ud800 "quoted" \'single\'';

const source = { document: 'RFC 6749', section: '4.1.2', url: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2' };

const requirement = (id: string, extra: Partial<RequirementResult>): RequirementResult => ({
  id,
  operation: 'token',
  level: 'MUST',
  statement: `What ${id} says.`,
  source,
  outcome: 'pass',
  checks: [],
  ...extra,
});

const check = (id: string, extra: Partial<CheckResult>): CheckResult => ({
  id,
  title: `Title of ${id}`,
  requirements: ['token/code-single-use'],
  outcome: 'pass',
  durationMs: 12.5,
  message: '',
  reproduce: `auth-conformance --only '${id}' --seed 7`,
  exchanges: [],
  ...extra,
});

const exchange: RecordedExchange = {
  operation: 'token',
  startedAt: '2026-11-24T12:00:00.000Z',
  durationMs: 3.2,
  request: {
    method: 'POST',
    url: 'http://127.0.0.1:4010/api/v1/auth/token',
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: 'grant_type=authorization_code&code=‹code:0123abcd›',
  },
  response: { status: 200, headers: [['x-hostile', hostile]], body: `{"note":"${hostile}"}`, bytes: 99 },
};

export const sample: Report = {
  schemaVersion: 1,
  verdict: 'non-conformant',
  verdictReason: '1 requirement is broken: token/code-single-use.',
  suite: { name: 'auth-conformance', version: '0.1.0', edition: '2026-11-24', digest: 'd'.repeat(64) },
  target: 'http://127.0.0.1:4010',
  profile: 'full',
  operations: ['token', 'scopes'],
  clients: ['public'],
  startedAt: '2026-11-24T12:00:00.000Z',
  durationMs: 66_500,
  waitedMs: 65_000,
  seed: 7,
  strict: false,
  summary: { pass: 1, fail: 1, warn: 1, skip: 2, inconclusive: 1 },
  requests: { token: 10, total: 10 },
  requirements: [
    requirement('token/code-single-use', {
      level: 'MUST NOT',
      outcome: 'fail',
      statement: 'A code is not accepted a second time.',
      reason: hostile,
      rationale: 'A thief gets tokens.',
      fix: 'Mark the code as used.',
      attacks: ['code-replay'],
      checks: ['token/code-single-use/none', 'token/passes'],
    }),
    requirement('scopes/described', {
      operation: 'scopes',
      level: 'SHOULD',
      outcome: 'warn',
      checks: ['scopes/warns'],
    }),
    requirement('token/expiry', { outcome: 'skip', reason: 'No clock.', checks: ['token/skips', 'token/skips-too'] }),
    requirement('http/answers', {
      operation: 'any',
      outcome: 'inconclusive',
      reason: 'No answer.',
      checks: ['http/inconclusive'],
      source: { document: 'Contract', section: 'Errors', url: 'docs/contract.md#errors' },
    }),
  ],
  checks: [
    check('token/code-single-use/none', {
      outcome: 'fail',
      message: hostile,
      expected: 'The request is refused: 400 with error invalid_grant.',
      broken: ['token/code-single-use'],
      controls: ['A right exchange'],
      reproduce:
        "auth-conformance --only 'token/code-single-use/none' --seed 7\ncurl -i -X POST 'http://127.0.0.1:4010/api/v1/auth/token'",
      exchanges: [{ ...exchange, operation: 'control' }, exchange],
    }),
    check('token/passes', { runs: 25 }),
    check('scopes/warns', {
      outcome: 'warn',
      message: 'No description.',
      requirements: ['scopes/described'],
      broken: ['scopes/described'],
    }),
    check('token/skips', { outcome: 'skip', message: 'No clock.', requirements: ['token/expiry'] }),
    check('token/skips-too', { outcome: 'skip', message: 'No clock.', requirements: ['token/expiry'] }),
    check('http/inconclusive', {
      outcome: 'inconclusive',
      message: 'No answer.',
      requirements: ['http/answers'],
      exchanges: [
        {
          operation: 'other',
          startedAt: exchange.startedAt,
          durationMs: 1,
          request: exchange.request,
          error: 'The connection was reset.',
        },
      ],
    }),
  ],
  openAttacks: [
    {
      id: 'code-replay',
      title: 'An authorization code is used a second time',
      requirements: ['token/code-single-use'],
    },
  ],
  suiteErrors: [],
};
