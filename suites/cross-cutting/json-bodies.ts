/** JSON bodies that are wrong in type, shape, size or encoding (RFC 8259): a server answers them with 4xx. */

import { nested } from '../../generators/json.ts';
import { loneSurrogate } from '../../generators/odd-text.ts';
import { expectAnswer } from '../../harness/answers.ts';
import { type Check, defineChecks } from '../../harness/check.ts';
import type { CheckContext } from '../../harness/context.ts';
import { anySignIn, handoff } from '../../harness/controls.ts';
import type { Exchange } from '../../harness/exchange.ts';
import { needsJson } from '../../harness/sign-in.ts';

/** An operation with a JSON body, with everything right but the body. */
interface Door {
  readonly id: 'authenticate' | 'handoff';
  readonly control: Check['control'] & object;
  readonly members: readonly string[];
  send(t: CheckContext, body: string | Uint8Array, beyondLimits?: boolean): Promise<Exchange>;
  /** A right body. */
  right(t: CheckContext): Promise<Readonly<Record<string, unknown>>>;
}

const doors: readonly Door[] = [
  {
    id: 'authenticate',
    control: anySignIn,
    members: ['signature', 'session_id', 'client_id', 'client_secret'],
    send: (t, body, beyondLimits = false) =>
      t.client.authenticate({ as: t.whitelabel(), body, malformed: true, beyondLimits }),
    async right(t) {
      const { client, method } = t.whitelabel();
      const own = method === 'none' ? { client_id: client.id } : {};
      return { ...(await t.message()).json, ...own };
    },
  },
  {
    id: 'handoff',
    control: handoff,
    members: ['redirectUri', 'intent'],
    async send(t, body, beyondLimits = false) {
      const { accessToken } = await t.sharedSession(t.whitelabel());
      return t.client.handoffInit({ accessToken, body, malformed: true, beyondLimits });
    },
    async right(t) {
      return t.handoffBody(t.whitelabel());
    },
  },
];

/** JSON texts of another type than string, most telling first. */
const otherTypes = ['null', '["x"]', '{"toString":1,"length":-1}', '1e999', 'true', loneSurrogate];

/** Bodies without any member, and some that are no JSON at all. */
const notObjects: readonly (readonly [what: string, body: string | Uint8Array])[] = [
  ['an empty body', ''],
  ['null', 'null'],
  ['an array', '[]'],
  ['a string', '"text"'],
  ['a number', '42'],
  ['a truncated object', '{"signature":'],
  ['XML', '<?xml version="1.0"?><x/>'],
  ['a form', 'signature=x&redirectUri=x'],
  ['binary data', Uint8Array.from({ length: 256 }, (_, index) => index)],
  ['a text in UTF-16', Buffer.from('{"signature":"x"}', 'utf16le')],
];

/** A JSON string in which every character is escaped. */
const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

/** The same object otherwise written (RFC 8259 2, 4, 7), most telling first. */
const spellings: readonly (readonly [what: string, write: (body: Readonly<Record<string, unknown>>) => string])[] = [
  [
    'every character escaped',
    (body) =>
      `{${Object.entries(body)
        .map(
          ([name, value]) => `${escaped(name)}:${typeof value === 'string' ? escaped(value) : JSON.stringify(value)}`,
        )
        .join(',')}}`,
  ],
  [
    'white space between all tokens',
    (body) => `\r\n${JSON.stringify(body, null, '\t').replace(/^(\t"(?:[^"\\]|\\.)*"): /gm, '$1 :\n ')} \n`,
  ],
  ['its members the other way round', (body) => JSON.stringify(Object.fromEntries(Object.entries(body).reverse()))],
];

/** Around a right body: what a parser may take or refuse, but must not fail on. */
function disguises(right: string): readonly (readonly [what: string, body: string | Uint8Array])[] {
  const inner = right.slice(1, -1);
  return [
    ['a member nested 400 levels deep', `{${inner},"x":${nested(400)}}`],
    ['every member twice', `{${inner},${inner}}`],
    [
      'a member of invalid UTF-8',
      Buffer.concat([Buffer.from(`{${inner},"x":"`), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]),
    ],
    ['a byte order mark', `\ufeff${right}`],
    ['text after it', `${right} x`],
    ['the names of inherited properties', `{${inner},"__proto__":null,"constructor":{"prototype":1},"toString":null}`],
    ['an empty name and a NUL in another', `{${inner},"":1,"a\\u0000b":1}`],
    ['a lone surrogate', `{${inner},"x":${loneSurrogate}}`],
    ['a number beyond every range', `{${inner},"x":1e9999,"y":${'9'.repeat(400)}}`],
    [
      'a thousand unknown members',
      `{${inner},${Array.from({ length: 1000 }, (_, index) => `"m${index}":0`).join(',')}}`,
    ],
  ];
}

const checks = doors.flatMap((door): Check[] => {
  const stillWorks = async (t: CheckContext, after: string): Promise<void> => {
    t.expect.accepted(await door.send(t, JSON.stringify(await door.right(t))), {
      requirement: 'http/answers',
      because: `a right request after ${after}`,
    });
  };
  return [
    {
      id: `json/not-an-object/${door.id}`,
      title: `A body that is no JSON object is refused (${door.id})`,
      verifies: ['json/object', 'http/answers', 'http/no-server-error'],
      control: door.control,
      async run(t) {
        for (const [what, body] of t.trials(notObjects)) {
          const exchange = await expectAnswer(t, () => door.send(t, body), { what: `${what} as the body` });
          if (exchange !== undefined && exchange.status < 500) t.expect.refused(exchange, { because: what });
        }
      },
    },
    {
      id: `json/array-around/${door.id}`,
      title: `A right body inside an array or string is refused (${door.id})`,
      verifies: ['json/object'],
      control: door.control,
      async run(t) {
        for (const wrap of [(text: string) => `[${text}]`, (text: string) => JSON.stringify(text)]) {
          const body = wrap(JSON.stringify(await door.right(t)));
          t.expect.refused(await door.send(t, body), { because: 'a right body that is wrapped' });
        }
      },
    },
    {
      id: `json/spellings/${door.id}`,
      title: `A right body is read in every spelling that JSON has for it (${door.id})`,
      verifies: ['json/equivalent-spellings'],
      control: door.control,
      async run(t) {
        for (const [what, write] of t.trials(spellings))
          t.expect.accepted(await door.send(t, write(await door.right(t))), { because: `a right body with ${what}` });
      },
    },
    {
      id: `json/types/${door.id}`,
      title: `Members of wrong types are answered without a server error (${door.id})`,
      verifies: ['http/no-server-error', 'http/answers'],
      control: door.control,
      async run(t) {
        const right = await door.right(t);
        const message = door.id === 'authenticate' ? [t.config.siwe.messageField] : [];
        for (const value of otherTypes)
          for (const name of [...message, ...door.members]) {
            const { [name]: _, ...rest } = right;
            const body = `{${JSON.stringify(name)}:${value}${JSON.stringify(rest)
              .replace(/^\{(?!\})/, ',')
              .replace(/^\{\}$/, '}')}`;
            await expectAnswer(t, () => door.send(t, body), { what: `${name} of ${value}` });
          }
      },
    },
    {
      id: `json/disguised/${door.id}`,
      title: `Unusual JSON is answered without a server error, and does no lasting harm (${door.id})`,
      verifies: ['http/no-server-error', 'http/answers'],
      control: door.control,
      async run(t) {
        for (const index of disguises('{"x":0}').keys()) {
          const [what, body] = disguises(JSON.stringify(await door.right(t)))[index] ?? ['', ''];
          await expectAnswer(t, () => door.send(t, body), { what: `A body with ${what}` });
        }
        const right = JSON.stringify(await door.right(t));
        const deep = `${right.slice(0, -1)},"x":${nested(10_000)}}`;
        await expectAnswer(t, () => door.send(t, deep, true), {
          what: 'A body with a member nested 10000 levels deep',
        });
        await stillWorks(t, 'unusual JSON');
      },
    },
    {
      id: `json/inherited/${door.id}`,
      title: `Members inside __proto__ or constructor are not those of the body (${door.id})`,
      verifies: ['json/own-members'],
      control: door.control,
      async run(t) {
        for (const wrap of [
          (text: string) => `{"__proto__":${text}}`,
          (text: string) => `{"constructor":{"prototype":${text}}}`,
        ]) {
          const body = wrap(JSON.stringify(await door.right(t)));
          t.expect.refused(await door.send(t, body), { because: 'a body whose members are those of its __proto__' });
          t.expect.refused(await door.send(t, '{}'), { because: 'an empty object after one that names __proto__' });
        }
      },
    },
    {
      id: `json/huge/${door.id}`,
      title: `A body of a megabyte is answered, and does no lasting harm (${door.id})`,
      verifies: ['http/answers', 'http/no-server-error'],
      control: door.control,
      disruptive: true,
      async run(t) {
        const member = door.members[0] ?? '';
        const bodies = [
          { body: JSON.stringify({ ...(await door.right(t)), [member]: 'A'.repeat(1_000_000) }), isDeep: false },
          { body: `{"x":${nested(200_000)}}`, isDeep: true },
        ];
        for (const { body, isDeep } of bodies) {
          const what = `A body of ${body.length} characters`;
          await expectAnswer(t, () => door.send(t, body, isDeep), { what, mayClose: true });
        }
        await stillWorks(t, 'huge bodies');
      },
    },
  ];
});

/** Where a sign-in is a form, nothing is said about JSON. */
const ofJson = (check: Check): Check => ({
  ...check,
  async run(t) {
    if (check.id.endsWith('/authenticate')) needsJson(t);
    await check.run(t);
  },
});

export default defineChecks(checks.map(ofJson));
