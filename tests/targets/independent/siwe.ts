import { SIWE } from './config.ts';
import type { Switches } from './switches.ts';

/** The fields of a sign-in message (ERC-4361). */
export interface SiweMessage {
  readonly domain: string;
  readonly address: string;
  readonly statement?: string;
  readonly uri: string;
  readonly version: string;
  readonly chainId: string;
  readonly nonce: string;
  readonly issuedAt: string;
  readonly expirationTime?: string;
  readonly notBefore?: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

const FIRST_LINE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^\s/?#]+) wants you to sign in with your Ethereum account:$/;
const LOOSE_FIRST_LINE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^\s/?#]+) \S.*$/;
const STATEMENT = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;= ]+$/;
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const REQUEST_ID = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]*$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** A message that does not follow the ABNF of ERC-4361. */
export class MalformedSiweError extends Error {}

/** Milliseconds of an RFC 3339 date-time; `undefined` when the text is none. */
export function parseDateTime(text: string, switches: Switches): number | undefined {
  if (!DATE_TIME.test(text)) {
    const loose = switches.wrong('siwe/times-loose') ? Date.parse(text) : Number.NaN;
    return Number.isNaN(loose) ? undefined : loose;
  }
  const sent = text.toUpperCase();
  const whole = switches.wrong('siwe/offset-minutes-ignored') ? sent.replace(/([+-]\d\d):\d\d$/, '$1:00') : sent;
  const upper = switches.wrong('siwe/offset-sign-ignored') ? whole.replace(/-(\d\d:\d\d)$/, '+$1') : whole;
  const read = switches.wrong('siwe/time-offset-ignored') ? upper.replace(/(Z|[+-]\d\d:\d\d)$/, 'Z') : upper;
  const [, year = '', month = '', day = ''] = DATE_TIME.exec(text) ?? [];
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const milliseconds = Date.parse(read);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Reads lines one after another, as the ABNF has them. */
class Lines {
  private readonly lines: string[];
  private position = 0;
  constructor(text: string) {
    this.lines = text.split('\n');
  }
  next(): string {
    const line = this.lines[this.position];
    if (line === undefined) throw new MalformedSiweError('The message ends early');
    this.position += 1;
    return line;
  }
  peek(): string | undefined {
    return this.lines[this.position];
  }
  /** The rest of a line that begins with a label; `undefined` leaves the line for later. */
  optional(label: string): string | undefined {
    const line = this.peek();
    if (line === undefined || !line.startsWith(label)) return undefined;
    this.position += 1;
    return line.slice(label.length);
  }
  required(label: string): string {
    const value = this.optional(label);
    if (value === undefined || value === '') throw new MalformedSiweError(`"${label.trim()}" is missing`);
    return value;
  }
}

function parseResources(lines: Lines): string[] | undefined {
  if (lines.optional('Resources:') !== '') return undefined;
  const resources: string[] = [];
  for (let uri = lines.optional('- '); uri !== undefined; uri = lines.optional('- ')) {
    if (!URI_CHARACTERS.test(uri) || !URL.canParse(uri)) throw new MalformedSiweError('A resource is no URI');
    resources.push(uri);
  }
  return resources;
}

/** Leaves out what is undefined, for types that tell absent from undefined. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function anywhere(text: string, label: string): string | undefined {
  return new RegExp(`${label} *([^\\n]+)`).exec(text)?.[1]?.trim();
}

const LABELS = ['URI: ', 'Version: ', 'Chain ID: ', 'Nonce: ', 'Issued At: ', 'Expiration Time: ', 'Not Before: '];

/** Puts a text into the form of the ABNF where a mistake overlooks how it differs. */
function forgive(text: string, switches: Switches): string {
  const { wrong } = switches;
  if (switches.varied('crlf-messages')) return text.replaceAll('\r\n', '\n');
  if (switches.varied('messages-trimmed')) return text.trim();
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('URI: '));
  if (wrong('siwe/blank-lines-ignored')) {
    const [origin = '', address = '', ...rest] = lines.filter((line) => line !== '');
    const statement = rest[0]?.startsWith('URI: ') === false ? [rest.shift() ?? '', ''] : [''];
    return [origin, address, '', ...statement, ...rest].join('\n');
  }
  if (wrong('siwe/statement-lines') && first > 4) {
    const statement = lines.slice(3, first).filter((line) => line !== '');
    return [...lines.slice(0, 3), statement.join(' '), '', ...lines.slice(first)].join('\n');
  }
  if (wrong('siwe/order-free')) {
    const start = lines.findIndex((line) => LABELS.some((label) => line.startsWith(label)));
    if (start < 0) return text;
    const fields = lines.slice(start);
    const ordered = LABELS.flatMap((label) => fields.filter((line) => line.startsWith(label)).slice(-1));
    const others = fields.filter((line) => !LABELS.some((label) => line.startsWith(label)));
    return [...lines.slice(0, start), ...ordered, ...others].join('\n');
  }
  return text;
}

/** Refuses what the ABNF allows, as servers with too narrow a pattern do. */
function refuseLawful(message: SiweMessage, firstLine: string, switches: Switches): void {
  const { wrong, varied } = switches;
  const times = [message.issuedAt, message.expirationTime, message.notBefore].filter((time) => time !== undefined);
  if (
    (wrong('siwe/statement-required') && message.statement === undefined) ||
    (wrong('siwe/resources-refused') && message.resources !== undefined) ||
    (wrong('siwe/request-id-refused') && message.requestId !== undefined) ||
    (wrong('siwe/scheme-refused') && firstLine.includes('://')) ||
    (wrong('siwe/statement-punctuation-refused') && /[&()'!]/.test(message.statement ?? '')) ||
    (varied('resources-empty-refused') && message.resources?.length === 0) ||
    (wrong('siwe/resources-https-only') && message.resources?.some((uri) => !uri.startsWith('https://'))) ||
    (wrong('siwe/fraction-six-refused') && times.some((time) => /\.\d{4}/.test(time))) ||
    (wrong('siwe/fraction-required') && times.some((time) => !time.includes('.'))) ||
    (wrong('siwe/nonce-hex-only') && !/^[0-9a-f]+$/i.test(message.nonce)) ||
    (wrong('siwe/nonce-max-16') && message.nonce.length > 16) ||
    (wrong('siwe/offset-refused') && times.some((time) => !/Z$/i.test(time)))
  ) {
    throw new MalformedSiweError('The message could not be parsed');
  }
}

/** What a careless server does: look for each field wherever it stands. */
function parseAnywhere(text: string): SiweMessage {
  const find = (label: string) => anywhere(text, label) ?? '';
  return present<SiweMessage>({
    domain: /([^\s/]+) wants you to sign in/.exec(text)?.[1] ?? '',
    address: /0x[0-9a-fA-F]{40}/.exec(text)?.[0] ?? '',
    statement: undefined,
    uri: find('URI:'),
    version: find('Version:'),
    chainId: find('Chain ID:'),
    nonce: find('Nonce:'),
    issuedAt: find('Issued At:'),
    expirationTime: anywhere(text, 'Expiration Time:'),
    notBefore: anywhere(text, 'Not Before:'),
    requestId: undefined,
    resources: undefined,
  });
}

/** Reads a message by the ABNF of ERC-4361, field after field. Throws `MalformedSiweError`. */
export function parseSiwe(text: string, switches: Switches): SiweMessage {
  const { wrong } = switches;
  if (wrong('siwe/regular-expressions')) return parseAnywhere(text);
  const lines = new Lines(forgive(text, switches));
  const firstLine = lines.next();
  const first = (wrong('siwe/first-line-loose') ? LOOSE_FIRST_LINE : FIRST_LINE).exec(firstLine);
  const domain = first?.[1];
  if (domain === undefined) throw new MalformedSiweError('The first line is not that of a sign-in message');
  const address = lines.next();
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new MalformedSiweError('The second line is not an address');
  if (lines.next() !== '') throw new MalformedSiweError('A blank line is missing');
  let statement: string | undefined = lines.next();
  if (statement === '') statement = undefined;
  else if (!STATEMENT.test(statement)) throw new MalformedSiweError('The statement has other characters');
  else if (lines.next() !== '') throw new MalformedSiweError('A blank line is missing');
  const message = present<SiweMessage>({
    domain,
    address,
    statement,
    uri: wrong('siwe/uri-missing') ? (lines.optional('URI: ') ?? SIWE.uri) : lines.required('URI: '),
    version: wrong('siwe/version-missing') ? (lines.optional('Version: ') ?? '1') : lines.required('Version: '),
    chainId: wrong('siwe/chain-missing') ? (lines.optional('Chain ID: ') ?? '1') : lines.required('Chain ID: '),
    nonce: wrong('siwe/nonce-missing') ? (lines.optional('Nonce: ') ?? 'missing0') : lines.required('Nonce: '),
    issuedAt: wrong('siwe/issued-at-missing') ? (lines.optional('Issued At: ') ?? '') : lines.required('Issued At: '),
    expirationTime: lines.optional('Expiration Time: '),
    notBefore: lines.optional('Not Before: '),
    requestId: lines.optional('Request ID: '),
    resources: parseResources(lines),
  });
  if (!URI_CHARACTERS.test(message.uri)) throw new MalformedSiweError('URI has other characters');
  if (message.requestId !== undefined && !REQUEST_ID.test(message.requestId)) {
    throw new MalformedSiweError('Request ID has other characters');
  }
  if (lines.peek() !== undefined && !wrong('siwe/tail-ignored')) {
    throw new MalformedSiweError('Something follows the last field');
  }
  refuseLawful(message, firstLine, switches);
  return message;
}

/** The text that a wallet signs, from fields: what the dialect `object` sends. */
export function formatSiwe(fields: Record<string, unknown>): string {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const line = (label: string, name: string) => {
    const value = text(name);
    return value === undefined ? [] : [`${label}: ${value}`];
  };
  const scheme = text('scheme');
  const origin = `${scheme === undefined ? '' : `${scheme}://`}${text('domain') ?? ''}`;
  const statement = text('statement');
  const { resources } = fields;
  const listed = Array.isArray(resources) ? ['Resources:', ...resources.map((uri) => `- ${String(uri)}`)] : [];
  return [
    `${origin} wants you to sign in with your Ethereum account:`,
    text('address') ?? '',
    '',
    ...(statement === undefined ? [''] : [statement, '']),
    ...line('URI', 'uri'),
    ...line('Version', 'version'),
    ...line('Chain ID', 'chainId'),
    ...line('Nonce', 'nonce'),
    ...line('Issued At', 'issuedAt'),
    ...line('Expiration Time', 'expirationTime'),
    ...line('Not Before', 'notBefore'),
    ...line('Request ID', 'requestId'),
    ...listed,
  ].join('\n');
}
