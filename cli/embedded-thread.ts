/** The thread of the embedded reference: it says where it listens, and serves until it is ended. */

import { parentPort } from 'node:worker_threads';
import { startReference } from '../reference/server.ts';

const { url } = await startReference({ ownsThread: true });
parentPort?.postMessage(url);
