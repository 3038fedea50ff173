/** Redirect URIs that look equivalent to a registered one, or extend it, and are not the same string (RFC 6749 3.1.2.3, RFC 3986 6.2.1). */

import type { NearMiss } from './near-miss.ts';

/** The text with its first letter in the wide form that NFKC makes the same. */
const fullWidth = (text: string): string =>
  text.replace(/[a-z]/i, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

/** Variations of an absolute http(s) URI; each differs from it as a string. */
export function redirectUriNearMisses(uri: string): NearMiss[] {
  const url = new URL(uri);
  const { protocol, host, hostname, pathname } = url;
  const origin = `${protocol}//${host}`;
  const path = pathname === '/' ? '' : pathname;
  const escaped = `%${(path.charCodeAt(1) || 47).toString(16)}`;
  const candidates: NearMiss[] = [
    { what: 'with a slash after it', value: `${origin}${path}/` },
    { what: 'with a query added', value: `${uri}?a=b` },
    { what: 'with an empty query added', value: `${uri}?` },
    { what: 'with a fragment added', value: `${uri}#fragment` },
    { what: 'with a path segment added', value: `${origin}${path}/extra` },
    { what: 'with a path parameter added', value: `${uri};a=b` },
    { what: 'with a suffix on its path', value: `${uri}2` },
    { what: 'without its last character', value: uri.slice(0, -1) },
    { what: 'without its path', value: `${origin}/` },
    { what: 'with its path in upper case', value: `${origin}${path.toUpperCase()}` },
    { what: 'with its host in upper case', value: `${protocol}//${host.toUpperCase()}${path}` },
    { what: 'with its scheme in upper case', value: `${protocol.toUpperCase()}//${host}${path}` },
    {
      what: 'with the default port written out',
      value: `${protocol}//${hostname}:${protocol === 'https:' ? 443 : 80}${path}`,
    },
    { what: 'with another port', value: `${protocol}//${hostname}:8443${path}` },
    {
      what: 'with the other of http and https',
      value: `${protocol === 'https:' ? 'http:' : 'https:'}//${host}${path}`,
    },
    { what: 'with a dot segment', value: `${origin}/.${path}` },
    { what: 'with a parent segment that leads back', value: `${origin}/x/..${path}` },
    { what: 'with a doubled slash', value: `${origin}/${path}` },
    {
      what: 'with a character of its path percent-encoded',
      value: path === '' ? `${origin}/%2e` : `${origin}/${escaped}${path.slice(2)}`,
    },
    { what: 'on a subdomain', value: `${protocol}//evil.${host}${path}` },
    { what: 'on a host of which it is a prefix', value: `${protocol}//${hostname}.evil.example${path}` },
    { what: 'with user information before its host', value: `${protocol}//${hostname}@evil.example${path}` },
    { what: 'with user information before its own host', value: `${protocol}//user@${host}${path}` },
    { what: 'with white space after it', value: `${uri} ` },
    { what: 'with a letter for the first dot of its host', value: uri.replace(hostname, hostname.replace('.', 'x')) },
    { what: 'with a letter of its path in full width', value: `${origin}${fullWidth(path)}` },
    { what: 'with a backslash in its authority', value: `${protocol}//evil.example\\@${host}${path}` },
  ];
  return candidates.filter((candidate) => candidate.value !== uri);
}
