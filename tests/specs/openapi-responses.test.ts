/** The reference is right, so whatever it answers must be valid in openapi.yaml; and whatever openapi.yaml describes it must show. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { referenceConfig } from '../../cli/reference-config.ts';
import { operationKeys } from '../../harness/config.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { Run } from '../../harness/run.ts';
import { UndiciTransport } from '../../harness/transport.ts';
import { startReference } from '../../reference/server.ts';
import { loadCatalogue } from '../../specs/catalogue.ts';
import { loadEconomy } from '../../specs/economy.ts';
import { loadChecks } from '../../suites/index.ts';

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}

const document = parse(readFileSync(new URL('../../specs/openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');

/** "token 200" -> the response's content, with the method that it answers. */
const described = new Map<string, { readonly method: string; readonly content: Response['content'] }>();
for (const methods of Object.values<Record<string, Operation>>(document.paths))
  for (const [method, { operationId, responses }] of Object.entries(methods))
    for (const [status, response] of Object.entries(responses)) {
      const name = response.$ref?.split('/').at(-1);
      const { content } = name === undefined ? response : (document.components.responses[name] as Response);
      described.set(`${operationId} ${status}`, { method: method.toUpperCase(), content });
    }

const exchanges: Exchange[] = [];

beforeAll(async () => {
  const reference = await startReference();
  const transport = new UndiciTransport({ timeoutMs: 10_000 });
  const recording = {
    async send(...args: Parameters<UndiciTransport['send']>) {
      const exchange = await transport.send(...args);
      if (operationKeys.some((key) => key === exchange.request.operation)) exchanges.push(exchange);
      return exchange;
    },
    close: () => transport.close(),
  };
  const config = { ...referenceConfig(reference.url), profile: 'gate' as const };
  const run = new Run({ config, seed: 1, requirements: loadCatalogue().requirements }, { transport: recording });
  try {
    const gate = new Set(loadEconomy().gate);
    for (const check of await loadChecks()) if (gate.has(check.id)) await run.execute(check);
  } finally {
    await run.close();
    await reference.close();
  }
});

describe('openapi.yaml', () => {
  it('describes every answer of the reference', () => {
    const wrong = exchanges.flatMap((exchange) => {
      const { operation, method } = exchange.request;
      const found = described.get(`${operation} ${exchange.status}`);
      if (found?.method !== method) return [];
      const schema = found.content?.[exchange.mediaType ?? '']?.schema;
      if (found.content === undefined) return exchange.text === '' ? [] : [`${operation} ${exchange.status}: a body`];
      if (schema === undefined) return [`${operation} ${exchange.status}: ${exchange.mediaType}`];
      const valid = ajv.validate({ $ref: `openapi${schema.$ref}` }, exchange.json);
      return valid ? [] : [`${operation} ${exchange.status}: ${ajv.errorsText()}`];
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('leaves out only what belongs to HTTP itself', () => {
    const statuses = exchanges
      .filter(({ request, status }) => !described.has(`${request.operation} ${status}`))
      .map(({ status }) => status);
    for (const status of new Set(statuses)) expect([404, 405, 406, 411, 413, 414, 415, 431, 501]).toContain(status);
  });

  it.each(operationKeys)('describes a success of %s that the reference shows', (operation) => {
    expect(exchanges.some(({ request, status }) => request.operation === operation && status === 200)).toBe(true);
  });
});
