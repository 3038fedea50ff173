import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../specs/report.ts';
import { emptyFolder, run } from './program.ts';

/** A folder with one file. */
function folderWith(name: string, text: string): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, name), text);
  return folder;
}

const minimal = 'target: http://127.0.0.1:1\n';

describe('wrong usage or configuration ends with status 2 and one sentence', () => {
  const cases: readonly [string, readonly string[], RegExp, string?][] = [
    ['an unknown option', ['--targt', 'http://127.0.0.1:1'], /unknown option '--targt'[\s\S]*--target/],
    ['an unknown command', ['serv'], /unknown command|too many arguments/],
    ['an unknown profile', ['--profile', 'fulll'], /smoke, gate, full, deep/],
    ['a seed that is no number', ['--seed', 'abc'], /whole number/],
    ['a shard that does not exist', ['--shard', '3/2'], /I\/N/],
    ['a configuration that is missing', ['--config', 'nope.yaml'], /nope\.yaml does not exist.*init/],
    ['--only that matches nothing', ['--only', 'no/such/thing'], /no\/such\/thing matches no check.*list/],
    ['a target that is no URL', ['--target', 'localhost:4010'], /http or https URL|http/],
    ['an unknown fault', ['serve', '--fault', 'no-such-fault'], /no fault no-such-fault.*--list-faults/],
    ['an unknown id', ['explain', 'token/code-singel-use'], /did you mean "token\/code-single-use"/],
    ['a folder without a report', ['--resume', 'nowhere'], /nowhere holds no report\.json/],
    ['merge without parts', ['merge', 'nowhere'], /nowhere holds no report\.json/],
    ['an edition that does not ship', ['--edition', '1999-01-01'], /1999-01-01/],
    ['an unknown key', [], /unknown key "clientz".*"clients"/, `${minimal}clientz: {}\n`],
    [
      'an unknown key deep inside',
      [],
      /unknown key "siwe\.messageFeild".*"messageField"/,
      `${minimal}siwe: { messageFeild: x }\n`,
    ],
    ['a configuration that is no YAML', [], /neither JSON nor YAML/, 'target: [\n'],
    ['a configuration that is no object', [], /must hold an object/, '- a\n'],
    [
      'a variable that is not set',
      [],
      /clients\.confidential\.secret uses \$\{NOT_SET_ANYWHERE\}, which is not set/,
      `${minimal}clients: { confidential: { id: a, secret: "\${NOT_SET_ANYWHERE}", redirectUri: "https://a.example/" } }\n`,
    ],
    ['a configuration without a target', [], /names no target.*--target/, 'profile: gate\n'],
    ['a value of the wrong type', [], /scope must be of type string/, `${minimal}scope: 3\n`],
    [
      'a value outside an enumeration',
      [],
      /accessToken\.format must be one of jwt, opaque/,
      `${minimal}accessToken: { format: paseto }\n`,
    ],
    [
      'a browser that is not there',
      [],
      /authorizationCode\.browser\.executable names \/no\/such, which is no program/,
      `${minimal}authorizationCode: { source: browser, browser: { executable: /no/such } }\n`,
    ],
    [
      'a step of a browser that fills nothing in',
      [],
      /authorizationCode\.steps\.0 has "fill" and lacks "value"/,
      `${minimal}authorizationCode: { source: browser, steps: [{ fill: "#a" }] }\n`,
    ],
    [
      'a step of a browser that fills and clicks',
      [],
      /authorizationCode\.steps\.0 both fills and clicks/,
      `${minimal}authorizationCode: { source: browser, steps: [{ fill: "#a", value: b, click: "#c" }] }\n`,
    ],
    [
      'a target that is not this machine, without a terminal',
      ['--target', 'http://localhost.example.invalid', '--config', 'auth-conformance.yaml', '--profile', 'wrong'],
      /smoke, gate/,
      minimal,
    ],
  ];
  it.each(cases)('%s', async (_, args, sentence, config) => {
    const cwd = config === undefined ? emptyFolder() : folderWith('auth-conformance.yaml', config);
    const { status, stderr, stdout } = await run(args, { cwd });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('a target that cannot be judged ends with status 3, and the report says why', () => {
  it.each([
    ['that refuses connections', 'http://127.0.0.1:1', /127\.0\.0\.1:1 could not be reached \(ECONNREFUSED\)/],
    ['of an unknown host', 'http://no-such-host.invalid', /host name is unknown/],
  ])('%s', async (_, target, sentence) => {
    const cwd = emptyFolder();
    const { status, stdout } = await run(['--target', target], { cwd });
    expect(stdout).toMatch(sentence);
    expect(status).toBe(3);
    const report = JSON.parse(readFileSync(join(cwd, 'conformance-report', 'report.json'), 'utf8')) as Report;
    expect(report.verdict).toBe('inconclusive');
    expect(report.verdictReason).toMatch(sentence);
  });
});
