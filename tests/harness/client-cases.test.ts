import { describe, expect, it } from 'vitest';
import { referenceConfig } from '../../cli/reference-config.ts';
import {
  availableCases,
  basicCredentials,
  clientCase,
  formEncode,
  withSecondColon,
} from '../../harness/client-cases.ts';

/** Reads credentials as RFC 6749 2.3.1 and RFC 7617 2 say: base64, the first colon, then form-decoding of both parts. */
function read(header: string): { id: string; secret: string } {
  const text = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const decode = (part: string): string => new URLSearchParams(`x=${part}`).get('x') ?? '';
  return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
}

describe('basicCredentials', () => {
  it('writes plain credentials as RFC 7617 does', () => {
    expect(basicCredentials('s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw')).toBe(
      'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
    );
  });

  it.each([
    ['a colon in both parts', 'urn:client', 'pass:word'],
    ['percent and plus', 'a%20b', '100%+1'],
    ['a space', 'my client', 'two words'],
    ['characters beyond ASCII', 'café', 'пароль€'],
    ['an ampersand and an equals sign', 'a&b', 'c=d&e'],
    ['an empty secret', 'client', ''],
  ])('can be read back with %s', (_what, id, secret) => {
    expect(read(basicCredentials(id, secret))).toEqual({ id, secret });
  });

  it('leaves exactly one colon between the parts', () => {
    const text = Buffer.from(basicCredentials('a:b', 'c:d').slice('Basic '.length), 'base64').toString();
    expect(text.split(':')).toHaveLength(2);
  });

  it('encodes base64 with its padding and in the standard alphabet', () => {
    expect(basicCredentials('a', '>>>???')).toMatch(/^Basic [A-Za-z0-9+/]+={0,2}$/);
  });
});

describe('withSecondColon', () => {
  it('writes a secret that has the right one for its beginning, up to a colon that is no escape', () => {
    const header = withSecondColon('a:b', 'c:d');
    expect(read(header)).toEqual({ id: 'a:b', secret: 'c:d:A' });
    expect(Buffer.from(header.slice('Basic '.length), 'base64').toString().split(':')).toHaveLength(3);
  });
});

describe('formEncode', () => {
  it.each([
    [' ', '+'],
    ['+', '%2B'],
    ['%', '%25'],
    [':', '%3A'],
    ['é', '%C3%A9'],
    ['-._*aZ9', '-._*aZ9'],
  ])('writes %j as %j', (value, encoded) => {
    expect(formEncode(value)).toBe(encoded);
  });
});

describe('clientCase', () => {
  const config = referenceConfig('http://127.0.0.1:1');

  it('takes the best method of the third-party client', () => {
    expect(clientCase(config, 'third-party')?.method).toBe('client_secret_basic');
    const { redirectUri, id, role } = config.clients.thirdParty ?? { redirectUri: '', id: '', role: 'third-party' };
    const open = { ...config, clients: { ...config.clients, thirdParty: { redirectUri, id, role } } };
    expect(clientCase(open, 'third-party')?.method).toBe('none');
  });

  it('has no case for a client that is not configured', () => {
    expect(clientCase({ ...config, clients: {} }, 'none')).toBeUndefined();
    expect(availableCases({ ...config, clients: {} })).toEqual([]);
  });
});
