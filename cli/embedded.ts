/** The reference as the target of a run without a configuration, in a thread of its own: it is loaded, and answers, beside everything else. */

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../specs/package-root.ts';

export interface EmbeddedReference {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Ends at once, open connections included. @throws what ended it before */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function startEmbedded(): Promise<EmbeddedReference> {
  const thread = new Worker(join(packageRoot(), 'dist/cli/embedded-thread.js'));
  let broken: unknown;
  const url = await new Promise<string>((resolve, reject) => {
    thread.once('message', resolve);
    thread.on('error', (error) => {
      broken = error;
      reject(error);
    });
  });
  return {
    url,
    async close() {
      await thread.terminate();
      if (broken !== undefined) throw broken;
    },
  };
}
