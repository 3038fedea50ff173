import { readFileSync } from 'node:fs';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { operationKeys } from '../../harness/config.ts';

const path = new URL('../../specs/openapi.yaml', import.meta.url);
const document = parse(readFileSync(path, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');
const valid = (schema: string, value: unknown): boolean =>
  ajv.compile({ $ref: `openapi#/components/schemas/${schema}` })(value) === true;

const pair = { token_type: 'bearer', access_token: 'a', expires_in: 900 };

describe('openapi.yaml', () => {
  it('is valid OpenAPI 3.1', async () => {
    await expect(SwaggerParser.validate(path.pathname)).resolves.toMatchObject({ openapi: '3.1.1' });
  });

  it('describes the five operations', () => {
    const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => operation.operationId),
    );
    expect(ids.toSorted()).toEqual(operationKeys.toSorted());
  });

  it('holds examples that satisfy its schemas', async () => {
    const { paths } = (await SwaggerParser.dereference(structuredClone(document))) as typeof document;
    const wrong: string[] = [];
    const visit = (node: unknown, where: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { schema, examples } = node as { schema?: object; examples?: Record<string, { value: unknown }> };
      if (schema !== undefined && examples !== undefined)
        for (const [name, { value }] of Object.entries(examples))
          if (!ajv.validate(schema, value)) wrong.push(`${where} ${name}: ${ajv.errorsText()}`);
      for (const [key, child] of Object.entries(node)) if (key !== 'schema') visit(child, `${where}/${key}`);
    };
    visit(paths, '');
    expect(wrong).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['ScopeList', ['account', 'universal-mcp-read']],
    ['ScopeList', [{ name: 'account', description: 'd' }, { scope: 'a' }, { id: 'b' }]],
    ['ScopeList', { scopes: [{ name: 'account' }], total: 1 }],
    ['TokenPair', pair],
    ['TokenPair', { ...pair, refresh_token: null, scope: '', session: 1 }],
    ['AuthenticateResponse', { ...pair, session_id: 's' }],
    ['ErrorBody', { statusCode: 400, message: ['signature must be a string'], error: 'Bad Request' }],
    ['OAuthError', { error: 'invalid_grant', error_description: '' }],
  ])('takes as %s what a lawful server may send: %j', (schema, value) => expect(valid(schema, value)).toBe(true));

  it.each<[string, unknown]>([
    ['ScopeList', ['two words']],
    ['ScopeList', [{ title: 'account' }]],
    ['ScopeList', { items: [] }],
    ['TokenPair', { ...pair, expires_in: '900' }],
    ['TokenPair', { ...pair, token_type: 'mac' }],
    ['AuthenticateResponse', pair],
    ['ErrorBody', { statusCode: 400 }],
    ['OAuthError', { error: { code: 'invalid_grant' } }],
  ])('does not take as %s: %j', (schema, value) => expect(valid(schema, value)).toBe(false));
});
