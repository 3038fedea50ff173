import { createHash } from 'node:crypto';
import type { Client } from '../config.ts';
import type { Fields } from '../driver.ts';
import { alive, codeFields, type Probe, rawForm, shape } from './probe.ts';

const kinds = (clients: { confidential: Client; public: Client; thirdParty: Client }) => [
  clients.confidential,
  clients.public,
  clients.thirdParty,
];
const shown = (answers: { status: number; json: Record<string, unknown> }[]) =>
  answers.map(({ status, json }) => `${status} ${String(json.error)} ${'access_token' in json}`);

/** What is tried at the code grant. */
export const codeProbes: Record<string, Probe> = {
  'codes used again': async (driver, clients) => {
    const result: unknown[] = [];
    for (const client of kinds(clients)) {
      const fields = await codeFields(driver, client);
      const first = await driver.token(client, fields);
      const more = [await driver.token(client, fields), await driver.token(client, fields)];
      result.push(shown([first, ...more]), await alive(driver, client, first.json));
    }
    return result;
  },
  'a code used by many at a time': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    const answers = await Promise.all([1, 2, 3].map(() => driver.token(open, fields)));
    return answers.filter(({ status }) => status === 200).length;
  },
  'codes of other clients': async (driver, clients) => {
    const answers = [];
    for (const owner of kinds(clients)) {
      for (const caller of kinds(clients)) {
        if (owner === caller) continue;
        answers.push(await driver.token(caller, await codeFields(driver, owner)));
      }
    }
    const { confidential, thirdParty } = clients;
    const post = { client_id: thirdParty.id, client_secret: thirdParty.secret ?? '' };
    answers.push(await driver.token(undefined, { ...(await codeFields(driver, confidential)), ...post }));
    return shown(answers);
  },
  'codes that are nearly right': async (driver, { public: open }) => {
    const change = async (edit: (code: string) => string) => {
      const fields = await codeFields(driver, open);
      return await driver.token(open, { ...fields, code: edit(fields.code ?? '') });
    };
    const missing: Fields = await codeFields(driver, open);
    delete missing.code;
    return shown([
      await change((code) => `${code}x`),
      await change((code) => code.toUpperCase()),
      await change(() => 'unknown'),
      await driver.token(open, missing),
    ]);
  },
  'redirect URIs that are nearly right': async (driver, clients) => {
    const answers = [];
    for (const client of [clients.confidential, clients.public]) {
      const asked = `${client.redirectUri}?a=1`;
      const tries = [
        `${asked}&b=2`,
        client.redirectUri,
        asked.toUpperCase(),
        'https://evil.example.com/',
        asked.slice(0, -1),
      ];
      const host = new URL(asked).host;
      const parts = [
        asked.replace('https:', 'http:'),
        asked.replace(host, `evil.${host}`),
        asked.replace(host, `${host}:8443`),
        asked.replace('callback', 'call%62ack'),
        `${asked}#x`,
      ];
      for (const uri of [
        ...parts,
        ...tries,
        `https://${host}/other`,
        asked.replace(host, `${host}:443`),
        `https://${host}`,
      ]) {
        const fields = await codeFields(driver, client, asked);
        answers.push(await driver.token(client, { ...fields, redirect_uri: uri }));
      }
      const plain = await codeFields(driver, client);
      answers.push(await driver.token(client, { ...plain, redirect_uri: `${client.redirectUri}/` }));
      const missing: Fields = await codeFields(driver, client);
      delete missing.redirect_uri;
      answers.push(await driver.token(client, missing));
    }
    return shown(answers);
  },
  'verifiers that are wrong': async (driver, clients) => {
    const answers = [];
    for (const client of kinds(clients)) {
      const fields = await codeFields(driver, client);
      const { code_verifier: right = '' } = fields;
      const challenge = createHash('sha256').update(right).digest('base64url');
      answers.push(await driver.token(client, { ...fields, code_verifier: driver.verifier() }));
      answers.push(await driver.token(client, { ...fields, code_verifier: driver.verifier() }));
      for (const wrong of [challenge, ` ${right} `, `${right}x`, '']) {
        const again = await codeFields(driver, client);
        const verifier =
          wrong === challenge
            ? createHash('sha256')
                .update(again.code_verifier ?? '')
                .digest('base64url')
            : wrong;
        const own = verifier.replace(right, again.code_verifier ?? '');
        answers.push(await driver.token(client, { ...again, code_verifier: own }));
      }
      const missing: Fields = await codeFields(driver, client);
      delete missing.code_verifier;
      answers.push(await driver.token(client, missing));
    }
    return answers.map((answer) => shape(answer));
  },
  'verifiers that are long or have every character': async (driver, { public: open }) => {
    const answers = [];
    for (const verifier of ['v'.repeat(128), `${driver.verifier(50)}.~-_`]) {
      const code = await driver.code(open, verifier);
      const fields = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: open.redirectUri,
        code_verifier: verifier,
      };
      answers.push(await driver.token(open, fields));
    }
    return shown(answers);
  },
  'codes that are old': async (driver, { public: open }) => {
    const first = await codeFields(driver, open);
    await driver.advance(3600);
    return shown([await driver.token(open, first)]);
  },
  'a form by hand': async (driver, { public: open }) => {
    const fields = await codeFields(driver, open);
    return shape(await rawForm(driver, 'token', `${new URLSearchParams({ ...fields, client_id: open.id })}`));
  },
};
