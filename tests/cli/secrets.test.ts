import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { oddTexts } from '../../generators/odd-text.ts';
import { applyFaults, findFaults } from '../../reference/faults/index.ts';
import { type RunningReference, startReference } from '../../reference/server.ts';
import type { ResponseTransformer } from '../../reference/transform.ts';
import { emptyFolder, run } from './program.ts';

const canaries = {
  confidential: 'Canary+Secret/one:%"é\\',
  thirdParty: 'canary secret two & more',
  control: 'canary-control-token',
};
const open: RunningReference[] = [];
afterAll(async () => {
  for (const reference of open) await reference.close();
});

/** Every form in which a value may be written down. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  return [
    value,
    encodeURIComponent(value),
    new URLSearchParams([['', value]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    JSON.stringify(value).slice(1, -1),
  ];
}

/** Every run of characters that tokens and their encodings consist of, each once: what is searched for a thousand values. */
const wordsOf = (text: string): string => [...new Set(text.match(/[\w.~+/%=-]{20,}/g))].join('\n');

const secretNames = ['code', 'code_verifier', 'refresh_token', 'token', 'client_secret', 'signature', 'access_token'];
/** Values of fewer characters, and those that tests send in place of a secret, are none. */
const isSecret = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length >= 20 &&
  !/^[./]*[a-z/]+$/.test(value) &&
  !oddTexts.some((odd) => odd.value === value);

/** Notes every secret that the suite sends or the server issues. */
function witness(seen: Set<string>, challenges: Set<string>): ResponseTransformer {
  const note = (members: Iterable<readonly [string, unknown]>): void => {
    for (const [name, value] of members) if (secretNames.includes(name) && isSecret(value)) seen.add(value);
  };
  const noteJson = (text: string): void => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) note(Object.entries(value));
    } catch {
      // not JSON: looked at as a form
    }
  };
  return async ({ body, request }, response) => {
    const text = await body();
    if (new URL(request.url).pathname.startsWith('/__control')) {
      const { code_challenge: challenge } = JSON.parse(text === '' ? '{}' : text) as { code_challenge?: string };
      if (challenge !== undefined) challenges.add(challenge); // no secret, also where a check sends it as a verifier
      return response;
    }
    note(new URLSearchParams(text));
    noteJson(text);
    if (response.ok) noteJson(await response.clone().text());
    return response;
  };
}

async function judged(
  faultIds: readonly string[],
): Promise<{ written: string; seen: Set<string>; status: number | null }> {
  const seen = new Set<string>();
  const challenges = new Set<string>();
  const applied = applyFaults(await findFaults(faultIds));
  const reference = await startReference({
    ...applied,
    transform: [witness(seen, challenges), ...(applied.transform ?? [])],
    secrets: { 'wl-confidential': canaries.confidential, 'tp-confidential': canaries.thirdParty },
    controlToken: canaries.control,
  });
  open.push(reference);
  const { url } = reference;
  const cwd = emptyFolder();
  writeFileSync(
    join(cwd, 'target.yaml'),
    `target: ${url}
clients:
  confidential: { id: wl-confidential, secret: "\${WL_SECRET}", redirectUri: https://app.example.com/callback }
  public:       { id: wl-public, redirectUri: https://spa.example.com/callback }
  thirdParty:   { id: tp-confidential, secret: "\${TP_SECRET}", redirectUri: https://partner.example.com/callback }
scope: account connections
authorizationCode: { source: http, url: ${url}/__control/codes, token: "\${CONTROL}" }
siwe: { domain: app.example.com, uri: https://app.example.com, chainId: 1 }
jwksUri: ${url}/.well-known/jwks.json
control: { clock: ${url}/__control/clock, token: "\${CONTROL}" }
`,
  );
  const env = { WL_SECRET: canaries.confidential, TP_SECRET: canaries.thirdParty, CONTROL: canaries.control };
  const { status, stdout, stderr } = await run(['--config', 'target.yaml', '--out', 'out'], { cwd, env });
  const files = readdirSync(join(cwd, 'out')).map((name) => readFileSync(join(cwd, 'out', name), 'utf8'));
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const challenge of challenges) seen.delete(challenge);
  return { written: [stdout, stderr, ...files].join('\n'), seen, status };
}

describe('nothing that is written or printed holds a secret', () => {
  it.each([
    ['on a right server', [], 0],
    ['on a server that echoes them', ['server/error-echoes-request'], 1],
  ])('%s', async (_, faults, expected) => {
    const { written, seen, status } = await judged(faults);
    expect(status).toBe(expected);
    expect(seen.size).toBeGreaterThan(200);
    const words = wordsOf(written);
    const leaked = [
      ...Object.values(canaries).filter((value) => formsOf(value).some((form) => written.includes(form))),
      ...[...seen].filter((value) => formsOf(value).some((form) => words.includes(form))),
    ];
    expect(leaked).toEqual([]);
  });
});
