/** The dispatcher for requests that go through a proxy; apart, since undici is slow to load. */

import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { variable } from './proxy.ts';

/** Sends through the proxies of the environment. TLS settings are for the target, not for the proxy. */
export function proxyAgent(settings: Agent.Options, environment: NodeJS.ProcessEnv = process.env): Dispatcher {
  const { connect, ...limits } = settings;
  const tls = typeof connect === 'object' ? connect : {};
  const [http, https] = ['http_proxy', 'https_proxy'].map((name) => variable(name, environment)?.value);
  return new EnvHttpProxyAgent({
    ...limits,
    connect: tls,
    requestTls: tls,
    // http goes to a proxy as a request to it (RFC 9112 3.2.2): many let tunnels through to port 443 only.
    proxyTunnel: false,
    // The bounds of size and time hold for what the proxy answers too.
    factory: (origin, options) => new Pool(origin, { ...limits, ...options } as Pool.Options),
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: variable('no_proxy', environment)?.value ?? '',
  });
}
