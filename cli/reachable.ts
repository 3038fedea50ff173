/** Whether anything listens at the target at all, seen without an HTTP request. */

import { connect } from 'node:net';

/** @returns why not, as a sentence; undefined when a connection was made. @param patience milliseconds */
export function unreachable(target: string, patience = 10_000): Promise<string | undefined> {
  const { hostname, port, protocol, host } = new URL(target);
  const wanted = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: wanted });
    const end = (reason: string | undefined): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(patience, () =>
      end(`${host} did not accept a connection within ${patience / 1000} s; is it running?`),
    );
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message;
      if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
        end(`${host} could not be reached: its host name is unknown; check \`target\` or --target.`);
      else end(`${host} could not be reached (${code}); start the target, or name another with --target.`);
    });
  });
}
