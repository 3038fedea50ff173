import { Crash, type Incoming, Refusal, splitContentType } from './http.ts';
import { isObject, parseJson } from './json.ts';
import type { Switches } from './switches.ts';

/** The parameters of a form: those with a value, and the names of those without (RFC 6749 3.2: as if omitted). */
export interface Form {
  readonly values: Map<string, string>;
  readonly empty: Set<string>;
}

const FORM = 'application/x-www-form-urlencoded';

function decodePart(part: string, plusIsSpace: boolean): string {
  return decodeURIComponent(plusIsSpace ? part.replaceAll('+', ' ') : part);
}

/** What decoding a value once more makes of it; one that cannot be decoded again stays as it is. */
function decodeAgain(value: string): string {
  try {
    return decodePart(value, true);
  } catch {
    return value;
  }
}

/** Percent-decodes as some home-made decoders do. */
function decodeName(name: string, plusIsSpace: boolean, switches: Switches): string {
  return switches.wrong('form/names-not-decoded') ? name : decodePart(name, plusIsSpace);
}

/** Pairs of a form body in their order (RFC 6749 Appendix B). */
function readPairs(text: string, switches: Switches): [string, string][] {
  const pairs: [string, string][] = [];
  const { wrong } = switches;
  for (const part of text.split(switches.wrong('form/semicolon') ? /[&;]/ : '&')) {
    if (part === '') continue;
    if (wrong('form/twenty-parameters') && pairs.length >= 20) break;
    const mark = part.indexOf('=');
    if (wrong('form/bare-name-500') && mark < 0)
      throw new Crash("Cannot read properties of undefined (reading 'trim')");
    const name = mark < 0 ? part : part.slice(0, mark);
    const raw = mark < 0 ? '' : part.slice(mark + 1);
    const value = wrong('form/hex-lower-kept') ? raw.replace(/%(?![0-9A-F]{2})/g, '%25') : raw;
    try {
      const plusIsSpace = !switches.wrong('form/plus-kept');
      const decoded = decodePart(value, plusIsSpace);
      pairs.push([
        decodeName(name, plusIsSpace, switches),
        switches.wrong('form/decoded-twice') ? decodeAgain(decoded) : decoded,
      ]);
    } catch {
      if (switches.wrong('form/broken-percent-500')) throw new Crash('URI malformed');
      const isHex = !/%(?![0-9a-f]{2})/i.test(part);
      if (switches.wrong('form/invalid-utf8-500') && isHex) throw new Crash('URI malformed');
      throw new Refusal(400, 'invalid_request', 'The form is not well encoded');
    }
  }
  return pairs;
}

function checkMediaType(incoming: Incoming, switches: Switches): 'form' | 'json' {
  const { mediaType, parameters } = splitContentType(incoming.headers['content-type']);
  const refuse = (): never => {
    const status = switches.varied('unsupported-media-415') ? 415 : 400;
    throw new Refusal(status, 'invalid_request', `Send ${FORM}`);
  };
  if (switches.varied('any-media-type') && !/json/i.test(mediaType)) return 'form';
  if (switches.wrong('form/json-only')) return mediaType.toLowerCase() === 'application/json' ? 'json' : refuse();
  if (switches.wrong('form/charset-refused') && parameters !== '') return refuse();
  if (switches.wrong('form/media-type-case') && mediaType !== FORM) return refuse();
  if (mediaType.toLowerCase() === FORM) return 'form';
  if (switches.varied('json-tokens') && mediaType.toLowerCase() === 'application/json') return 'json';
  return refuse();
}

function jsonPairs(incoming: Incoming): [string, string][] {
  const json = parseJson(incoming.body);
  if (!isObject(json)) throw new Refusal(400, 'invalid_request', 'Send an object');
  return Object.entries(json).map(([name, value]) => {
    if (typeof value !== 'string') throw new Refusal(400, 'invalid_request', 'Values are strings');
    return [name, value];
  });
}

function keepRepeated(name: string, first: string, second: string, switches: Switches, isRevoke: boolean): string {
  if (switches.varied('revoke-duplicates-first') && isRevoke) return first;
  if (switches.wrong('form/duplicates-of-secret') && name === 'client_secret') return second;
  if (switches.wrong('form/duplicates-500')) throw new Crash('value.trim is not a function');
  if (switches.wrong('form/duplicates-joined')) return `${first},${second}`;
  if (switches.wrong('form/duplicates-first')) return first;
  if (switches.wrong('form/duplicates-last')) return second;
  if (switches.wrong('form/duplicates-equal') && first === second) return first;
  throw new Refusal(400, 'invalid_request', 'A parameter is repeated');
}

/** What trips a careless server up while it reads a parameter. */
function crashOn(name: string, value: string, switches: Switches): void {
  const { wrong } = switches;
  if (wrong('form/nul-500') && value.includes('\0')) throw new Crash('invalid byte sequence for encoding "UTF8": 0x00');
  if (wrong('form/brackets-500') && /[[\]]/.test(name)) throw new Crash('value.split is not a function');
  if (wrong('form/prototype-500') && name === '__proto__') throw new Crash('Object prototype may only be an Object');
  if (wrong('form/long-token-500') && value.length >= 5000) throw new Crash('value too long for type varchar(4096)');
}

const KNOWN = new Set([
  ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope'],
  ...['client_id', 'client_secret', 'token', 'token_type_hint'],
]);

/** The body as text; with one mistake, only as long as Content-Length says. */
function bodyText(incoming: Incoming, switches: Switches): string {
  const isChunked = incoming.headers['content-length'] === undefined;
  return isChunked && switches.wrong('form/chunked-unread') ? '' : incoming.body.toString('utf8');
}

/** Reads the parameters of /token and /revoke. Throws `invalid_request` for what RFC 6749 3.2 forbids. */
export function readForm(incoming: Incoming, switches: Switches): Form {
  const byGet = incoming.method === 'GET';
  if (switches.wrong('form/empty-body-500') && !byGet && incoming.body.length === 0) {
    throw new Crash("Cannot destructure property 'grant_type' of undefined");
  }
  if (switches.wrong('form/no-content-type-500') && !byGet && incoming.headers['content-type'] === undefined) {
    throw new Crash("Cannot read properties of undefined (reading 'split')");
  }
  const pairs = byGet
    ? [...incoming.query]
    : checkMediaType(incoming, switches) === 'json'
      ? jsonPairs(incoming)
      : readPairs(bodyText(incoming, switches), switches);
  const seen = new Map<string, string>();
  const isRevoke = incoming.path.endsWith('/revoke');
  for (const [sentName, sentValue] of pairs) {
    crashOn(sentName, sentValue, switches);
    const plain = switches.wrong('form/array-names') ? sentName.replace(/\[\]$/, '') : sentName;
    const name = switches.wrong('form/name-case') ? plain.toLowerCase() : plain;
    const value = switches.wrong('form/values-trimmed') ? sentValue.trim() : sentValue;
    const before = seen.get(name);
    seen.set(name, before === undefined ? value : keepRepeated(name, before, value, switches, isRevoke));
  }
  if (switches.wrong('form/query-over-body')) {
    for (const [name, value] of incoming.query) seen.set(name, value);
  }
  if (switches.wrong('form/query-read')) {
    for (const [name, value] of incoming.query) if (!seen.has(name)) seen.set(name, value);
  }
  const form: Form = { values: new Map(), empty: new Set() };
  for (const [name, value] of seen) {
    if (switches.wrong('form/unknown-refused') && !KNOWN.has(name)) {
      throw new Refusal(400, 'invalid_request', `property ${name.replace(/\W/g, '')} should not exist`);
    }
    if (value !== '' || switches.wrong('form/empty-not-omitted')) form.values.set(name, value);
    else form.empty.add(name);
  }
  return form;
}
