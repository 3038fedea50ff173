/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either letter case; a target on this machine is never asked through a proxy. */

import { isLoopback } from './loopback.ts';

type Environment = NodeJS.ProcessEnv;

/** A variable that is set, by its name in lower case. */
export function variable(
  name: string,
  environment: Environment,
): { readonly name: string; readonly value: string } | undefined {
  const found = [name, name.toUpperCase()].find((one) => (environment[one] ?? '') !== '');
  return found === undefined ? undefined : { name: found, value: environment[found] ?? '' };
}

/** The proxies that the environment names. */
const proxies = (environment: Environment) =>
  ['http_proxy', 'https_proxy'].map((name) => variable(name, environment)).filter((one) => one !== undefined);

/** Whether the environment names a proxy at all. */
export const namesProxy = (environment: Environment = process.env): boolean => proxies(environment).length > 0;

/** Whether requests to this URL may go through a proxy (NO_PROXY may still except it). */
export function usesProxy(url: string, environment: Environment = process.env): boolean {
  return namesProxy(environment) && !isLoopback(url);
}

/** Why a proxy that the environment names cannot be used, as a sentence. */
export function proxyProblem(environment: Environment = process.env): string | undefined {
  const wrong = proxies(environment).find(
    ({ value }) => !/^(https?|socks5?):\/\/[^/]/i.test(value) || !URL.canParse(value),
  );
  return wrong === undefined
    ? undefined
    : `${wrong.name} must be a URL such as http://proxy.example.com:3128; correct it, or unset it.`;
}
