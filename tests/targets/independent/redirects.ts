import type { Caller } from './clients.ts';
import { pathsAgree } from './forgotten.ts';
import type { World } from './world.ts';

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Differences in one part of the URI that some servers overlook. */
function differsHarmlessly(world: World, expected: URL | undefined, text: string): boolean {
  const { wrong } = world.switches;
  if (expected === undefined || !URL.canParse(text)) return false;
  const given = new URL(text);
  if (wrong('redirect/subdomain') && given.hostname.endsWith(`.${expected.hostname}`))
    given.hostname = expected.hostname;
  if (wrong('redirect/port-ignored')) given.port = expected.port;
  if (wrong('redirect/scheme-ignored')) given.protocol = expected.protocol;
  if (wrong('redirect/fragment-ignored')) given.hash = '';
  if (wrong('redirect/userinfo-ignored')) given.username = '';
  return given.href === expected.href && given.href !== new URL(text).href;
}

/** Whether a redirect_uri is the one that the code was asked with: the same string (RFC 6749 4.1.3). */
export function redirectMatches(world: World, expected: string, given: string | undefined, caller: Caller): boolean {
  const { wrong } = world.switches;
  if (given === expected || wrong('redirect/ignored')) return true;
  const isThirdParty = caller.client.role === 'third-party';
  if (given === undefined)
    return wrong('redirect/optional') || (wrong('redirect/optional-third-party') && isThirdParty);
  const isPublic = caller.client.secret === undefined;
  if (wrong('redirect/registered-instead')) return given === caller.client.redirectUri;
  if (wrong('redirect/confidential-only') && isPublic) return true;
  if (wrong('redirect/public-only') && !isPublic) return true;
  if (wrong('redirect/of-another-client') && world.clients.some((other) => other.redirectUri === given)) return true;
  if (wrong('redirect/trimmed') && given.trim() === expected) return true;
  const url = (text: string) => (URL.canParse(text) ? new URL(text) : undefined);
  const withoutQuery = (text: string) => text.split('?')[0];
  return (
    differsHarmlessly(world, url(expected), given) ||
    pathsAgree(world, expected, given) ||
    (wrong('redirect/nfkc') && given.normalize('NFKC') === expected) ||
    (wrong('redirect/contained') && given.includes(expected)) ||
    (wrong('redirect/as-regexp') && new RegExp(`^${expected.replace(/[?+*()[\]{}|$^\\]/g, '\\$&')}$`).test(given)) ||
    (wrong('redirect/default-port') && given.replace(':443/', '/') === expected) ||
    (wrong('redirect/dot-segments') && /\/\.\.?\//.test(given) && url(given)?.href === url(expected)?.href) ||
    (wrong('redirect/decoded') && given.includes('%') && decodeLoosely(given) === expected) ||
    (wrong('redirect/prefix') && given.startsWith(expected)) ||
    (wrong('redirect/shorter') && expected.startsWith(given)) ||
    (wrong('redirect/case') && given.toLowerCase() === expected.toLowerCase()) ||
    (wrong('redirect/trailing-slash') && given.replace(/\/$/, '') === expected.replace(/\/$/, '')) ||
    (wrong('redirect/origin-only') && url(given)?.origin === url(expected)?.origin) ||
    (wrong('redirect/query-ignored') && withoutQuery(given) === withoutQuery(expected)) ||
    (wrong('redirect/normalised') && url(given)?.href === url(expected)?.href)
  );
}
