import { describe, expect, it } from 'vitest';
import observers from '../../harness/observers/injection.ts';
import { type Answer, exchangeOf, type Sent } from './exchanges.ts';
import { identities, observer, said } from './observing.ts';

it('names its rule', () => {
  expect(identities(observers)).toMatchInlineSnapshot(`
    [
      "observer/no-injection (No response has markup of the request in a page, or a header that the request wrote): http/input-sanitized",
    ]
  `);
});

const script = '<script>alert("1 2")</script>';
const form = (parameters: Record<string, string>): Sent => ({ body: new URLSearchParams(parameters).toString() });
const inForm = form({ client_id: script });
const credentials = (scheme: string, text: string): Sent => ({
  headers: [['Authorization', `${scheme} ${Buffer.from(text).toString('base64')}`]],
});
const judged = (answer: Answer, sent: Sent) => said(observer(observers, 'no-injection'), exchangeOf(answer, sent));

describe('markup of a request', () => {
  const answer = (type: string | undefined, body: string): Answer => ({
    status: 401,
    headers: type === undefined ? [] : [['Content-Type', type]],
    body,
  });
  const page = answer('text/html; charset=utf-8', `<p>Unknown client ${script}</p>`);
  const repeated = ['http/input-sanitized: A 401 at token repeats markup of the request in a page.'];

  it.each<[string, Sent]>([
    ['a form', inForm],
    ['a form that has other markup as well', form({ code: '<script>x</script>', client_id: script })],
    ['JSON', { body: `{"message":"${script}"}` }],
    ['the query', { url: `http://127.0.0.1:4010/x?code=${encodeURIComponent(script)}` }],
    ['Basic credentials', credentials('Basic', `${encodeURIComponent(script)}:x`)],
    ['Basic credentials with an escape that is none', credentials('basic ', `%zz${script}:x`)],
  ])('is found in %s', (_, sent) => {
    expect(judged(page, sent)).toEqual(repeated);
  });
  it.each(['text/html', 'application/xhtml+xml', 'image/svg+xml', undefined])('is not repeated in %s', (type) => {
    expect(judged(answer(type, script), inForm)).toEqual(repeated);
  });
  it('may be repeated escaped, in what is no page, or not at all', () => {
    expect(judged(answer('text/html', '<p>Unknown client &lt;script&gt;alert(1)&lt;/script&gt;</p>'), inForm)).toEqual(
      [],
    );
    expect(judged(answer('application/json', `{"error_description":"${script}"}`), inForm)).toEqual([]);
    expect(judged(answer('text/html', '<script>own()</script>'), inForm)).toEqual([]);
  });
  it('is judged where it was sent, to one of the five operations', () => {
    expect(judged(page, form({ client_id: 'one' }))).toBeUndefined();
    expect(judged(page, form({ client_id: 'a script, injected' }))).toBeUndefined();
    // Credentials of another scheme are no text in Base64.
    expect(judged(page, credentials('X-Basic', script))).toBeUndefined();
    expect(judged(page, credentials('External', script))).toBeUndefined();
    expect(judged(page, { ...inForm, operation: 'probe' })).toBeUndefined();
    expect(judged(page, { ...inForm, operation: 'revoke' })).toEqual([repeated[0]?.replace('token', 'revoke')]);
  });
});

it('a request writes no header of the response', () => {
  const sent: Sent = { ...form({ token: 'x\r\nx-injected: 1' }), operation: 'revoke' };
  expect(judged({}, sent)).toEqual([]);
  expect(judged({ headers: [['X-Injected', '1']] }, sent)).toEqual([
    'http/input-sanitized: A 200 at revoke has a header that the request wrote.',
  ]);
});
