import { Crash, type Incoming, Refusal, type Reply } from './http.ts';
import type { World } from './world.ts';

/** Every available scope with what a person reads about it. */
export const SCOPES = [
  { name: 'universal-mcp-read', description: 'Read through the universal MCP' },
  { name: 'universal-mcp-read-write', description: 'Read and write through the universal MCP' },
  { name: 'llm-all', description: 'Use every language model' },
  { name: 'agents-all', description: 'Manage agents' },
  { name: 'agents-use', description: 'Use agents' },
  { name: 'connections', description: 'Manage connections' },
  { name: 'account', description: 'See the account' },
  { name: 'openid', description: 'Sign in' },
  { name: 'profile', description: 'See the profile' },
  { name: 'email', description: 'See the email address' },
] as const;

function wrongShape(world: World): unknown {
  const { wrong } = world.switches;
  if (wrong('scopes/empty')) return [];
  if (wrong('scopes/incomplete')) return SCOPES.slice(0, 4);
  if (wrong('scopes/space-in-name')) return SCOPES.map(({ description }) => ({ name: description }));
  if (wrong('scopes/quote-in-name')) return [...SCOPES, { name: 'agents-"all"', description: 'Quoted' }];
  if (wrong('scopes/empty-name')) return [...SCOPES, { name: '', description: 'Nothing' }];
  if (wrong('scopes/map')) return Object.fromEntries(SCOPES.map(({ name, description }) => [name, description]));
  if (wrong('scopes/text')) return SCOPES.map(({ name }) => name).join(' ');
  if (wrong('scopes/nested-deep')) return { data: { items: SCOPES } };
  if (wrong('scopes/without-names')) return SCOPES.map(({ description }) => ({ description }));
  if (wrong('scopes/null-entry')) return [...SCOPES, null];
  if (wrong('scopes/non-ascii')) return [...SCOPES, { name: 'réglages', description: 'Settings' }];
  if (wrong('scopes/backslash')) return [...SCOPES, { name: 'agents\\all', description: 'Agents' }];
  if (wrong('scopes/comma-list')) return [{ name: SCOPES.map(({ name }) => name).join(',') }];
  if (wrong('scopes/second-empty') && world.counters.scopes > 1) return [];
  if (wrong('scopes/stale-replica') && world.counters.scopes % 2 === 0) return SCOPES.slice(0, -2);
  if (wrong('scopes/upper-case')) return SCOPES.map((scope) => ({ ...scope, name: scope.name.toUpperCase() }));
  if (wrong('scopes/trailing-space')) return SCOPES.map((scope) => ({ ...scope, name: `${scope.name} ` }));
  if (wrong('scopes/standard-ones-unlisted')) return SCOPES.slice(0, 7);
  if (wrong('scopes/numbers')) return SCOPES.map((_, index) => index + 1);
  return undefined;
}

function rightShape(world: World): unknown {
  const { varied } = world.switches;
  const names = SCOPES.map(({ name }) => name);
  if (varied('scopes-strings')) return names;
  if (varied('scopes-object-strings')) return { scopes: names, total: names.length };
  if (varied('scopes-object')) return { scopes: SCOPES.map(({ name, description }) => ({ id: name, description })) };
  if (varied('scopes-scope-member')) {
    return { scopes: SCOPES.map(({ name, description }) => ({ scope: name, title: description, default: false })) };
  }
  if (varied('scopes-with-ids'))
    return SCOPES.map((scope, index) => ({ id: `scope #${index + 1}`, ...scope, rank: index }));
  if (varied('scopes-shuffled')) return [...SCOPES].sort(() => Math.random() - 0.5);
  if (varied('scopes-listed-twice')) return [...SCOPES, ...SCOPES];
  if (varied('scopes-many')) {
    const odd = ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~", 'urn:example:scope/read', 'https://api.example.com/.default'];
    const more = Array.from({ length: 60 }, (_, index) => `service-${index}.read`);
    return [...SCOPES, ...[...odd, ...more].map((name) => ({ name, description: null, deprecated: true }))];
  }
  return SCOPES;
}

/** GET /scopes: the list, for anyone. */
export function handleScopes(world: World, incoming: Incoming): Reply {
  const { wrong, varied } = world.switches;
  const { authorization } = incoming.headers;
  if (wrong('scopes/need-token') && !/^bearer /i.test(authorization ?? '')) {
    throw new Refusal(401, 'invalid_token', 'Unauthorized', { 'WWW-Authenticate': 'Bearer' });
  }
  if (wrong('scopes/need-client') && !/^basic /i.test(authorization ?? '')) {
    throw new Refusal(401, 'invalid_client', 'Unauthorized', { 'WWW-Authenticate': 'Basic' });
  }
  if (wrong('scopes/head-500') && incoming.method === 'HEAD') throw new Crash('body is undefined');
  world.counters.scopes += 1;
  if (wrong('scopes/sometimes-500') && world.counters.scopes % 3 === 0) throw new Crash('pool is exhausted');
  if (wrong('scopes/status-204')) return { kind: 'scopes', status: 204, headers: {} };
  const headers: Record<string, string> = { 'Cache-Control': 'public, max-age=60' };
  const ofToken = world.access.get(/^bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '')?.scope;
  const isNarrowed = wrong('scopes/by-token') && ofToken !== undefined;
  const json = isNarrowed
    ? SCOPES.filter(({ name }) => ofToken.includes(name))
    : (wrongShape(world) ?? rightShape(world));
  if (varied('scopes-etag')) {
    headers.ETag = 'W/"scopes-10"';
    if (incoming.headers['if-none-match'] === headers.ETag) return { kind: 'scopes', status: 304, headers };
  }
  if (wrong('scopes/xssi-prefix')) {
    headers['Content-Type'] = 'application/json';
    return { kind: 'scopes', status: 200, headers, text: `)]}',\n${JSON.stringify(json)}` };
  }
  if (wrong('scopes/xml-by-default') && !/json/i.test(incoming.headers.accept ?? '')) {
    headers['Content-Type'] = 'application/xml';
    const items = SCOPES.map(({ name }) => `<item><name>${name}</name></item>`).join('');
    return { kind: 'scopes', status: 200, headers, text: `<List>${items}</List>` };
  }
  return { kind: 'scopes', status: 200, headers, json };
}
