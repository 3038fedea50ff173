import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { handleAuthenticate } from './authenticate.ts';
import { authenticateClient } from './clients.ts';
import {
  BASE_PATH,
  type Clients,
  chooseClients,
  choosePaths,
  describeTarget,
  type Operation,
  type TargetConfig,
} from './config.ts';
import { handleClock, handleCodes, handleJwks, handleNonce } from './control.ts';
import { send, spoil } from './dress.ts';
import { renderError } from './errors.ts';
import { afterHandling, beforeHandling } from './frameworks.ts';
import { handleHandoff } from './handoff.ts';
import { type Incoming, Refusal, type Reply, readIncoming } from './http.ts';
import { keyRing } from './keys.ts';
import { nameKeys } from './products.ts';
import { handleRevoke } from './revoke.ts';
import { handleScopes } from './scopes.ts';
import { makeSwitches, type Switches } from './switches.ts';
import { handleToken } from './token.ts';
import { refuseMethodWrongly, respell, tripOver } from './wire.ts';
import { World } from './world.ts';

/** How to start the server. Without mistakes and variants it is right in the contract's own defaults. */
export interface StartOptions {
  readonly mistakes?: readonly string[];
  readonly variants?: readonly string[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Other clients than those of the contract's example. */
  readonly clients?: Clients;
}

/** A running server with the suite's configuration for it. */
export interface Independent {
  readonly url: string;
  readonly config: TargetConfig;
  close(): Promise<void>;
}

type Handler = (world: World, incoming: Incoming) => Reply | Promise<Reply>;

interface Route {
  readonly operation?: Operation;
  readonly methods: readonly string[];
  readonly handle: Handler;
}

const HANDLERS: Record<Operation, Handler> = {
  authenticate: handleAuthenticate,
  token: handleToken,
  revoke: handleRevoke,
  handoffInit: handleHandoff,
  scopes: handleScopes,
};

function methodsOf(operation: Operation, switches: Switches): string[] {
  const { wrong } = switches;
  if (operation === 'scopes') return wrong('scopes/post-only') ? ['POST'] : ['GET', 'HEAD'];
  const alsoGet =
    (operation === 'token' && wrong('form/get-works')) ||
    (operation === 'authenticate' && wrong('authenticate/get-works')) ||
    (operation === 'revoke' && wrong('form/revoke-get-works')) ||
    (operation === 'handoffInit' && wrong('handoff/get-works'));
  const alsoPut = operation === 'token' && wrong('form/put-works');
  return ['POST', ...(alsoGet ? ['GET'] : []), ...(alsoPut ? ['PUT'] : [])];
}

function makeRoutes(switches: Switches): Map<string, Route> {
  const routes = new Map<string, Route>([
    ['/__control/codes', { methods: ['POST'], handle: handleCodes }],
    ['/.well-known/jwks.json', { methods: ['GET'], handle: handleJwks }],
  ]);
  if (!switches.varied('no-clock')) routes.set('/__control/clock', { methods: ['POST'], handle: handleClock });
  if (switches.varied('server-nonces')) {
    routes.set(`${BASE_PATH}/nonce`, { methods: ['GET', 'POST'], handle: handleNonce });
  }
  const paths = choosePaths(switches);
  for (const operation of ['authenticate', 'token', 'revoke', 'handoffInit', 'scopes'] as const) {
    const path = paths[operation];
    if (path === false) continue;
    routes.set(path, { operation, methods: methodsOf(operation, switches), handle: HANDLERS[operation] });
  }
  return routes;
}

/** Wrong Basic credentials are found out before anything else is looked at, in some lawful servers. */
function refuseEarly(world: World, incoming: Incoming, operation: Operation | undefined): void {
  if (!world.switches.varied('client-before-body') || incoming.method !== 'POST') return;
  if (operation !== 'token' && operation !== 'revoke' && operation !== 'authenticate') return;
  if (!/^basic /i.test(incoming.headers.authorization ?? '')) return;
  authenticateClient(
    world,
    incoming,
    { values: new Map(), empty: new Set() },
    operation === 'token' ? 'code' : operation,
  );
}

/** Counts requests an operation and minute; over 60 they are refused with 429 (RFC 6585 4). */
class RateLimiter {
  private readonly counts = new Map<Operation, { from: number; count: number }>();

  count(operation: Operation): void {
    if (operation === 'scopes' || operation === 'handoffInit') return;
    const now = Date.now();
    const window = this.counts.get(operation);
    if (window === undefined || now - window.from >= 60_000) {
      this.counts.set(operation, { from: now, count: 1 });
      return;
    }
    window.count += 1;
    if (window.count <= 60) return;
    const seconds = Math.ceil((window.from + 60_000 - now) / 1000);
    throw new Refusal(429, 'temporarily_unavailable', 'Too many requests', { 'Retry-After': String(seconds) });
  }
}

function findRoute(routes: ReadonlyMap<string, Route>, incoming: Incoming, switches: Switches): Route {
  const route = routes.get(incoming.path);
  if (route === undefined) throw new Refusal(404, 'invalid_request', 'Not found');
  if (route.methods.includes(incoming.method)) return route;
  if (incoming.method === 'OPTIONS' && switches.varied('options-200')) {
    const headers = { Allow: `${route.methods.join(', ')}, OPTIONS` };
    return {
      methods: ['OPTIONS'],
      handle: () => ({ kind: 'other', status: 200, headers, json: { methods: route.methods } }),
    };
  }
  if (incoming.method === 'OPTIONS' && switches.varied('options-204')) {
    const headers = { Allow: route.methods.join(', '), 'Access-Control-Allow-Methods': route.methods.join(', ') };
    return { methods: ['OPTIONS'], handle: () => ({ kind: 'other', status: 204, headers }) };
  }
  const wrongly = route.operation === undefined ? undefined : refuseMethodWrongly(switches);
  if (wrongly !== undefined) throw wrongly;
  if (switches.varied('wrong-method-400')) throw new Refusal(400, 'invalid_request', 'Use another method');
  if (switches.varied('wrong-method-401')) {
    throw new Refusal(401, 'invalid_client', 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="auth"' });
  }
  if (switches.varied('wrong-method-404')) throw new Refusal(404, 'invalid_request', 'Not found');
  throw new Refusal(405, 'invalid_request', 'Method not allowed', { Allow: route.methods.join(', ') });
}

/** Starts the server on the loopback interface; unknown ids of mistakes or variants throw. */
export async function startIndependent(options: StartOptions = {}): Promise<Independent> {
  const switches = makeSwitches(options.mistakes ?? [], options.variants ?? []);
  const clients = chooseClients(switches, options.clients);
  const shared = await keyRing();
  const kid = 'https://auth.example.com/keys?v=2#current';
  const keys = nameKeys(switches, switches.varied('kid-uri') ? { ...shared, kid } : shared);
  const routes = makeRoutes(switches);
  const limiter = new RateLimiter();
  let world: World | undefined;

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    if (world === undefined) throw new Refusal(503, 'temporarily_unavailable', 'Starting');
    const nothing: Incoming = {
      method: '',
      path: '',
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.alloc(0),
    };
    let incoming = nothing;
    let operation: Operation | undefined;
    try {
      if (switches.varied('trailing-slashes')) request.url = request.url?.replace(/\/(?=$|\?)/, '');
      operation = routes.get(request.url?.split('?')[0] ?? '')?.operation;
      incoming = await readIncoming(request, switches.varied('small-bodies') ? 8192 : 65_536);
      refuseEarly(world, incoming, operation);
      const route = findRoute(routes, incoming, switches);
      if (operation !== undefined && switches.varied('rate-limited')) limiter.count(operation);
      tripOver(switches, incoming, operation);
      beforeHandling(world, incoming, operation);
      const reply = await route.handle(world, incoming);
      const isRefresh = incoming.body.includes('grant_type=refresh_token');
      const viaBasic = /^basic /i.test(incoming.headers.authorization ?? '');
      const spoilt = spoil(switches, reply, operation, { isRefresh, viaBasic });
      return afterHandling(world, incoming, operation, respell(switches, incoming, operation, spoilt));
    } catch (error) {
      const rendered = renderError(world, operation, incoming, error);
      return afterHandling(world, incoming, operation, respell(switches, incoming, operation, rendered));
    }
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(request)
      .then((reply) => send(switches, response, reply))
      .catch(() => response.destroy());
  });
  if (switches.varied('idle-one-second')) server.keepAliveTimeout = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : (options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  world = new World(switches, clients, keys, url);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, config: describeTarget(url, switches, clients), close };
}
