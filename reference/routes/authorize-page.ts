/** The sign-in and consent page: plain HTML, no script. */

import { html } from 'hono/html';

export interface PageFacts {
  readonly clientId: string;
  readonly scope: string;
  /** Ties the answer to this page. */
  readonly ticket: string;
}

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 3rem auto; padding: 0 1rem }
  label, button { display: block; margin: 1rem 0 }
  input { box-sizing: border-box; width: 100%; font: inherit; padding: .4rem }
  button { font: inherit; padding: .4rem 1rem }`;

/** No `form-action`: browsers apply it to the redirect after the form as well, and that leads to the client. */
export const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

export function authorizePage({ clientId, scope, ticket }: PageFacts): ReturnType<typeof html> {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Sign in</title>
    <style>${style}</style>
  </head>
  <body>
    <main>
      <h1>Sign in</h1>
      <p><strong>${clientId}</strong> asks for access to:</p>
      <ul>${scope.split(' ').map((name) => html`<li>${name}</li>`)}</ul>
      <form method="post">
        <input type="hidden" name="ticket" value="${ticket}">
        <label>User name <input name="username" autocomplete="username" required></label>
        <button name="decision" value="allow">Sign in and allow</button>
        <button name="decision" value="deny" formnovalidate>Deny</button>
      </form>
    </main>
  </body>
</html>`;
}
