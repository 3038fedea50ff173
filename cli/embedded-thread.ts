/**
 * The thread of the embedded reference. It listens, and says where, before the reference is loaded: the suite is loaded meanwhile, and a
 * connection that comes too early waits.
 */

import { type AddressInfo, createServer } from 'node:net';
import { parentPort } from 'node:worker_threads';

const loaded = import('../reference/server.ts').then(({ referenceServer }) => referenceServer({ ownsThread: true }));
const listener = createServer({ pauseOnConnect: true }, async (socket) => {
  const { server } = await loaded;
  server.emit('connection', socket);
  socket.resume();
});
listener.listen(0, '127.0.0.1', () => {
  const { port } = listener.address() as AddressInfo;
  parentPort?.postMessage(`http://127.0.0.1:${port}`);
});
await loaded;
