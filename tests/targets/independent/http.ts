import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request, read to its end. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What an answer is, so that the last step can dress it. */
export type ReplyKind = 'pair' | 'error' | 'handoff' | 'scopes' | 'revoked' | 'other';

/** An answer before it is written: JSON or text or nothing. */
export interface Reply {
  readonly kind: ReplyKind;
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly json?: unknown;
  readonly text?: string;
}

/** A request that is not carried out; each operation renders it in its own way. */
export class Refusal extends Error {
  readonly status: number;
  /** An RFC 6749 5.2 or RFC 6750 3.1 error code. */
  readonly code: string;
  readonly headers: Record<string, string>;
  /** Members that go into the body besides the error. */
  readonly members: Record<string, unknown>;

  constructor(
    status: number,
    code: string,
    description: string,
    headers: Record<string, string> = {},
    members: Record<string, unknown> = {},
  ) {
    super(description);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.members = members;
  }
}

/** A failure that nobody foresaw: what a framework turns into 500. */
export class Crash extends Error {}

/** Reads a request; a body over `largest` bytes is refused with 413. */
export async function readIncoming(request: IncomingMessage, largest: number): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
  }
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const incoming = {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
  if (size > largest) throw new Refusal(413, 'invalid_request', 'The body is too large');
  return incoming;
}

/** Milliseconds of waiting, for mistakes that leave a gap between reading and writing. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Holds a thing for 15 ms, in which a second request for it crashes: a unique key that two transactions write. */
export async function claim({ underway }: { readonly underway: Set<string> }, name: string): Promise<void> {
  if (underway.has(name)) throw new Crash('duplicate key value violates unique constraint');
  underway.add(name);
  await pause(15);
  underway.delete(name);
}

/** The media type of a content type, and its parameters. */
export function splitContentType(header: string | undefined): { mediaType: string; parameters: string } {
  const [mediaType = '', ...parameters] = (header ?? '').split(';');
  return { mediaType: mediaType.trim(), parameters: parameters.join(';').trim() };
}
