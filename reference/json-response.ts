/** JSON answers. */

export interface JsonResponseInit {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `Response.json` always makes an object of the global class; this one is as light as the server in use has it. */
export function jsonResponse(body: unknown, { status = 200, headers = {} }: JsonResponseInit = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
