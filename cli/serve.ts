/** `serve`: the reference implementation alone, until it is ended. */

import { applyFaults, findFaults, loadFaults } from '../reference/faults/index.ts';
import { startReference } from '../reference/server.ts';
import { findVariants, loadVariants } from '../reference/variants/index.ts';
import { messageOf, UsageError } from './exit.ts';

export interface ServeCommand {
  readonly port: number;
  readonly fault: readonly string[];
  readonly variant: readonly string[];
  readonly listFaults?: boolean;
  readonly listVariants?: boolean;
  readonly rateLimits?: boolean;
}

/** @throws UsageError for an unknown fault, or a port that cannot be had */
export async function serve(command: ServeCommand): Promise<number> {
  if (command.listFaults === true) {
    const faults = await loadFaults();
    const rows = faults.map(({ id, title, breaks }) => ({ id, title, breaks }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  if (command.listVariants === true) {
    const variants = await loadVariants();
    const rows = variants.map(({ id, title, config }) => ({ id, title, ...(config === undefined ? {} : { config }) }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  const changes = await (async () => {
    try {
      return [...(await findFaults(command.fault)), ...(await findVariants(command.variant))];
    } catch (error) {
      throw new UsageError(messageOf(error));
    }
  })();
  const server = await startReference({
    ...applyFaults(changes),
    ...(command.rateLimits === true ? { rateLimits: true } : {}),
    port: command.port,
    ownsThread: true,
  }).catch((error: unknown) => {
    throw new UsageError(
      `Port ${command.port} cannot be had (${messageOf(error)}); choose another with --port, or 0 for a free one.`,
    );
  });
  process.stdout.write(`listening ${server.url}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
  return 0;
}
