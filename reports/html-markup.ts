/** HTML in tagged templates that escape every value: only what `html` or `raw` made goes in as markup. */

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '\t',
  '\n': '\n',
  '\r': '&#13;',
};

/**
 * Escapes for text and for quoted attributes. Control and format characters, which HTML forbids or which reorder what is read (bidi
 * overrides), become visible escapes.
 */
export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"'\p{Cc}\p{Cf}\p{Cs}]/gu,
    (character) => entities[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map((one) => one.text).join('');
}

/** Markup with escaped values. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    parts.map((part, index) => `${part}${index < values.length ? render(values[index] ?? '') : ''}`).join(''),
  );
}

/** Markup of our own that is not escaped: never for anything that comes from a run. */
export function raw(text: string): Markup {
  return new Markup(text);
}
