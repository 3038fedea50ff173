/** Threads that do the jobs of the kill matrix, several at once in each. */

import { Worker } from 'node:worker_threads';
import type { Job, JobResult, WorkerData } from './types.ts';

type Answer = 'ready' | JobResult | { readonly error: string };

/**
 * Does jobs until `next` has none and all are done. It is asked again after every result, which `done` gets first: what comes next may follow from it.
 * @throws Error when a thread or a job fails in itself
 */
export async function performAll(
  next: () => Job | undefined,
  done: (result: JobResult) => void,
  threads: number,
  workerData: WorkerData,
): Promise<void> {
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const idle: Worker[] = [];
  const workers: Worker[] = [];
  let underWay = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const handOut = (): void => {
        while (idle.length > 0) {
          const job = next();
          if (job === undefined) {
            if (underWay === 0) resolve();
            return;
          }
          underWay += 1;
          idle.shift()?.postMessage(job);
        }
      };
      for (let number = 0; number < threads; number += 1) {
        const worker = new Worker(script, { workerData });
        workers.push(worker);
        worker.on('error', reject);
        worker.on('exit', (code) =>
          reject(new Error(`A thread of the kill matrix ended by itself, with status ${code}.`)),
        );
        worker.on('message', (message: Answer) => {
          if (message === 'ready') idle.push(...Array.from({ length: workerData.slots }, () => worker));
          else {
            if ('error' in message)
              return reject(new Error(`A job of the kill matrix failed in itself: ${message.error}`));
            underWay -= 1;
            done(message);
            idle.push(worker);
          }
          handOut();
        });
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
