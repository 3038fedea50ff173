/** An authorization request as a browser makes it, and the answer to it at the client's redirect URI (RFC 6749 4.1.1, 4.1.2; RFC 7636 4.3). */

import { Inconclusive } from '../outcomes.ts';

/** The URL that the browser opens: the parameters come after those that the page's own URL has (RFC 6749 3.1). */
export function authorizationUrl(page: string, parameters: Readonly<Record<string, string>>, state: string): string {
  const url = new URL(page);
  for (const [name, value] of Object.entries({ response_type: 'code', ...parameters, state }))
    if (value !== '') url.searchParams.set(name, value);
  return url.href;
}

/** Whether the browser was sent to this redirect URI: the same URI, with more parameters (RFC 6749 3.1.2). */
export function leadsBack(url: string, redirectUri: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(redirectUri)) return false;
  const [at, expected] = [new URL(url), new URL(redirectUri)];
  return (
    at.protocol === expected.protocol &&
    at.host === expected.host &&
    at.pathname === expected.pathname &&
    [...expected.searchParams].every(([name, value]) => at.searchParams.getAll(name).includes(value))
  );
}

/**
 * The code in an answer. @param answer the URL that the browser was sent to; with `response_mode=form_post` its parameters are in the body
 * @throws Inconclusive when it is an error, answers another request (`state`), or holds no code
 */
export function codeIn(answer: { readonly url: string; readonly body?: string }, state: string): string {
  const parameters = new URLSearchParams([
    ...new URL(answer.url).searchParams,
    ...new URLSearchParams(answer.body ?? ''),
  ]);
  const error = parameters.get('error');
  if (error !== null) {
    const description = parameters.get('error_description');
    throw new Inconclusive(
      `The authorize page gave no code: it answered ${error}${description === null ? '' : ` (${description})`}.`,
    );
  }
  if (parameters.get('state') !== state)
    throw new Inconclusive('The authorize page sent back another `state` than it was given (RFC 6749 4.1.2).');
  const code = parameters.get('code');
  if (code === null || code === '') throw new Inconclusive('The authorize page led back without a code.');
  return code;
}
