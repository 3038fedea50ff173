import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadCatalogue } from '../../specs/catalogue.ts';

const specs = new URL('../../specs/', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('schemas/catalogue.schema.json', specs), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema(schema, 'catalogue');
const yaml = (path: string): unknown => parse(readFileSync(new URL(path, specs), 'utf8'));

function errors(reference: string, value: unknown): string[] {
  ajv.validate({ $ref: `catalogue${reference}` }, value);
  return (ajv.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

describe('the requirement catalogue', () => {
  it.each(readdirSync(new URL('requirements/', specs)))('%s satisfies its schema', (name) =>
    expect(errors('#', yaml(`requirements/${name}`))).toEqual([]),
  );

  it('has attacks that satisfy their schema', () =>
    expect(errors('#/$defs/attacks', yaml('attacks.yaml'))).toEqual([]));

  it('names only attacks that exist', () => {
    const { requirements, attacks } = loadCatalogue();
    const known = new Set(attacks.map(({ id }) => id));
    const unknown = requirements.flatMap((row) => (row.attacks ?? []).filter((id) => !known.has(id)));
    expect(unknown).toEqual([]);
  });

  it('does not take a section that YAML reads as a number', () => {
    const row = { id: 'a/b', level: 'MUST', statement: 'S.', rationale: 'R.', fix: 'F.', attacks: ['a'] };
    const file = (section: string) =>
      parse(
        `requirements: [${JSON.stringify(row).slice(0, -1)}, source: { document: RFC 6749, section: ${section} }}]`,
      );
    expect(errors('#', file('"4.10"'))).toEqual([]);
    expect(errors('#', file('4.10'))).toEqual(['/requirements/0/source/section must be string {"type":"string"}']);
  });
});
