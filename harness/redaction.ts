/** Replaces secrets by marks before anything is stored, so that no writer has a secret to leak. */

import { createHash } from 'node:crypto';
import type { ConfiguredClient } from './config.ts';
import type { Exchange, WireRequest } from './exchange.ts';

/** `‹kind:8 hex of sha256›`: the same value keeps the same mark, so that a reader can follow it through a story. */
export function mark(kind: string, value: string): string {
  return `‹${kind}:${createHash('sha256').update(value).digest('hex').slice(0, 8)}›`;
}

/** Members and parameters whose value is a secret, with the kind that their mark names. */
const secretNames: Readonly<Record<string, string>> = {
  access_token: 'access_token',
  refresh_token: 'refresh_token',
  id_token: 'id_token',
  token: 'token',
  code: 'code',
  handoff_code: 'code',
  handoffcode: 'code',
  client_secret: 'client_secret',
  client_assertion: 'client_assertion',
  code_verifier: 'code_verifier',
  signature: 'signature',
  password: 'password',
  session_id: 'session_id',
  sessionid: 'session_id',
};

const jwtPattern = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?(?:\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?/g;
const signaturePattern = /\b0x[0-9a-fA-F]{128,132}\b/g;
/** Characters of a body that is no JSON, and secrets of one exchange, that are looked at: beyond, an exchange is not recorded in clear at all. */
const longestText = 32 * 1024;
const mostSecrets = 300;
/** Values shorter than this are no secrets worth hiding, and replacing them would garble the record. */
const shortest = 6;

/** As a URI has it; a lone surrogate has no UTF-8, and stands there as U+FFFD. */
function uriEncode(value: string): string {
  return encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'));
}

function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** Of these characters the encodings of URLs, forms and JSON leave every one as it is. */
const plain = /^[\w.-]*$/;

/** Every form in which HTTP carries a value. */
function formsOf(value: string): readonly string[] {
  const written = plain.test(value)
    ? [value]
    : [value, uriEncode(value), formEncode(value), JSON.stringify(value).slice(1, -1)];
  const bytes = Buffer.from(value);
  return [...written, bytes.toString('base64'), bytes.toString('base64url')];
}

/** Knows some secret values and replaces each, in every encoding in which HTTP carries it. */
export class Redactor {
  /** What replaces each form of a secret. */
  readonly #marks = new Map<string, string>();
  /** Secrets whose forms have not been written down yet, with their kind. */
  readonly #new = new Map<string, string>();
  readonly #extraNames = new Map<string, string>();
  #sorted: (readonly [string, string])[] | undefined;
  #budget = mostSecrets;

  /** Starts from what every exchange of the run must hide: client secrets and the names of dialect fields. */
  constructor(
    base?:
      | {
          readonly clients?: readonly ConfiguredClient[];
          readonly secrets?: readonly string[];
          readonly codeField?: string;
        }
      | Redactor,
  ) {
    if (base instanceof Redactor) {
      base.#write();
      for (const [value, text] of base.#marks) this.#marks.set(value, text);
      for (const [name, kind] of base.#extraNames) this.#extraNames.set(name, kind);
      return;
    }
    for (const client of base?.clients ?? []) {
      if (client.secret === undefined) continue;
      this.add('client_secret', client.secret);
      for (const pair of [`${client.id}:${client.secret}`, `${formEncode(client.id)}:${formEncode(client.secret)}`])
        this.#marks.set(Buffer.from(pair).toString('base64'), mark('basic', pair));
    }
    for (const secret of base?.secrets ?? []) this.add('credential', secret);
    if (base?.codeField !== undefined) this.#extraNames.set(base.codeField.toLowerCase(), 'code');
  }

  add(kind: string, value: string): void {
    if (value.length >= shortest && !this.#marks.has(value) && !this.#new.has(value)) this.#new.set(value, kind);
  }

  /** Writes down the forms of what was added, and puts the longest first: one form may be a part of another. */
  #write(): readonly (readonly [string, string])[] {
    if (this.#new.size > 0) {
      for (const [value, kind] of this.#new) {
        const text = mark(kind, value);
        for (const form of formsOf(value)) this.#marks.set(form, text);
      }
      this.#new.clear();
      this.#sorted = undefined;
    }
    this.#sorted ??= [...this.#marks].sort(([a], [b]) => b.length - a.length);
    return this.#sorted;
  }

  /**
   * Learns the secrets of one exchange from the places where the protocol puts them.
   * @returns false when there are more than can be replaced: then its bodies must not be shown
   */
  learn(request: WireRequest, response?: Exchange): boolean {
    this.#budget = mostSecrets;
    this.#learn(request, response);
    return this.#budget > 0;
  }

  #learn(request: WireRequest, response?: Exchange): void {
    if (request.url.includes('?')) this.#learnPairs([...new URL(request.url).searchParams]);
    for (const [name, value] of request.headers)
      if (name.toLowerCase() === 'authorization') this.#learnAuthorization(value);
    if (request.body !== undefined)
      if (response === undefined) this.#learnBody(Buffer.from(request.body).toString('utf8'));
      else this.#learnBody(response.requestText, response.requestObject);
    if (response === undefined) return;
    this.#learnBody(response.text, response.json);
    const location = response.header('location');
    if (location !== undefined && URL.canParse(location, request.url))
      this.#learnPairs([...new URL(location, request.url).searchParams]);
  }

  redact(text: string): string {
    return this.#replaced(text, this.#write());
  }

  /** The same for texts that belong together, such as the fields of one message: what none of them has is looked for once. */
  redactEach(texts: readonly string[]): readonly string[] {
    const all = texts.join('\n');
    const present = this.#write().filter(([value]) => all.includes(value));
    return texts.map((text) => this.#replaced(text, present));
  }

  #replaced(text: string, marks: readonly (readonly [string, string])[]): string {
    let result = text;
    for (const [value, replacement] of marks)
      if (result.includes(value)) result = result.replaceAll(value, replacement);
    if (result.includes('eyJ')) result = result.replace(jwtPattern, (token) => mark('token', token));
    return result.includes('0x') ? result.replace(signaturePattern, (value) => mark('signature', value)) : result;
  }

  #found(kind: string, value: string): void {
    if (this.#budget <= 0) return;
    this.#budget -= 1;
    this.add(kind, value);
  }

  #kind(name: string): string | undefined {
    const key = name.toLowerCase().replace(/\[[^\]]*\]$/, ''); // `client_secret[]` holds a secret too
    return this.#extraNames.get(key) ?? secretNames[key];
  }

  #learnPairs(pairs: readonly (readonly [string, string])[]): void {
    for (const [name, value] of pairs) {
      const kind = this.#kind(name);
      if (kind !== undefined) this.#found(kind, value);
    }
  }

  #learnAuthorization(value: string): void {
    const [scheme = '', ...rest] = value.trim().split(/\s+/);
    const credentials = rest.join(' ');
    if (scheme.toLowerCase() === 'basic') {
      const decoded = Buffer.from(credentials, 'base64').toString('utf8');
      const secret = decoded.slice(decoded.indexOf(':') + 1);
      if (credentials.length >= shortest) this.#marks.set(credentials, mark('basic', decoded));
      this.#sorted = undefined;
      this.add('client_secret', secret);
    } else this.add('token', credentials === '' ? scheme : credentials);
  }

  /** @param known what the body says as JSON, where that has been read already */
  #learnBody(text: string, known?: unknown): void {
    if (text === '') return;
    if (typeof known === 'object' && known !== null) {
      this.#learnValue(known);
      return;
    }
    if (/^\s*[[{]/.test(text)) {
      try {
        this.#learnValue(JSON.parse(text));
        return;
      } catch {
        // not JSON after all: looked at as text below
      }
    }
    const start = text.slice(0, longestText);
    if (start.includes('=')) this.#learnPairs([...new URLSearchParams(start)]);
    if (!start.includes('"')) return;
    for (const [, name = '', value = ''] of start.matchAll(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g))
      this.#learnPairs([[name, value]]);
  }

  #learnValue(value: unknown, depth = 0): void {
    if (typeof value !== 'object' || value === null || depth > 8) return;
    for (const [name, member] of Object.entries(value)) {
      const kind = typeof member === 'string' ? this.#kind(name) : undefined;
      if (kind !== undefined) this.#found(kind, member as string);
      else this.#learnValue(member, depth + 1);
    }
  }
}

/** The secrets that a request carries, for rules such as "never echoed". Values too short to be recognised are left out. */
export function sensitiveValues(exchange: Exchange): { readonly kind: string; readonly value: string }[] {
  const members = [
    ...exchange.requestForm,
    ...Object.entries(exchange.requestObject ?? {}),
    ...(exchange.request.url.includes('?') ? new URL(exchange.request.url).searchParams : []),
  ];
  const found = members.flatMap(([name, value]) => {
    const kind = secretNames[name.toLowerCase()];
    return kind !== undefined && kind !== 'session_id' && typeof value === 'string' && value.length >= 8
      ? [{ kind, value }]
      : [];
  });
  const [scheme = '', credentials = ''] = (exchange.requestHeader('authorization') ?? '').split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer' && credentials.length >= 8)
    found.push({ kind: 'access_token', value: credentials });
  if (scheme.toLowerCase() === 'basic') {
    const decoded = Buffer.from(credentials, 'base64').toString('utf8');
    const secret = decoded.slice(decoded.indexOf(':') + 1);
    if (decoded.includes(':') && secret.length >= 8) found.push({ kind: 'client_secret', value: decodeForm(secret) });
  }
  return found;
}

function decodeForm(value: string): string {
  return new URLSearchParams(`v=${value}`).get('v') ?? value;
}
