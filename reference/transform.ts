/** Changes to responses on their way out: faults and lawful variants of the wire. */

import type { ErrorOperation } from './policy/errors.ts';

/** The request that a response answers. */
export interface ExchangeFacts {
  readonly operation: ErrorOperation;
  /** Method, URL and headers; its body has been read: see `body`. */
  readonly request: Request;
  /** The text of the request's body. */
  body(): Promise<string>;
}

/** Goes out as no answer at all: the connection is closed. */
export const noAnswer = Response.error();

/** @returns the response that goes out instead, or `noAnswer`; `rewritten` helps. */
export type ResponseTransformer = (exchange: ExchangeFacts, response: Response) => Response | Promise<Response>;

export interface Rewrite {
  readonly status?: number;
  /** Headers to set; undefined takes a header away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: ConstructorParameters<typeof Response>[0];
}

/** The same response with another status, headers or body. */
export function rewritten(response: Response, { status, headers = {}, body }: Rewrite): Response {
  const next = new Headers(response.headers);
  if (body !== undefined) next.delete('content-length'); // it was that of the other body
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  return new Response(body === undefined ? response.body : body, { status: status ?? response.status, headers: next });
}

/** The same response with its JSON object changed; other bodies are left as they are. */
export async function rewrittenJson(
  response: Response,
  change: (body: Readonly<Record<string, unknown>>) => unknown,
): Promise<Response> {
  const text = await response.clone().text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return response;
    return rewritten(response, { body: JSON.stringify(change(body as Readonly<Record<string, unknown>>)) });
  } catch {
    return response; // no JSON, so nothing to change
  }
}

/** Answers a request and passes the response through the transformers in order. */
export async function transformed(
  request: Request,
  operation: ErrorOperation,
  answer: (request: Request) => Response | Promise<Response>,
  transformers: readonly ResponseTransformer[],
): Promise<Response> {
  if (transformers.length === 0) return answer(request);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const copy = hasBody ? request.clone() : undefined;
  let text: Promise<string> | undefined;
  const body = (): Promise<string> => (text ??= copy === undefined ? Promise.resolve('') : copy.text());
  let response = await answer(request);
  for (const transform of transformers)
    if (response !== noAnswer) response = await transform({ operation, request, body }, response);
  return response;
}
