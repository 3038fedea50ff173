#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (!existsSync(main)) {
  console.error('auth-conformance is not built: run `npm run build` in its folder first.');
  process.exit(70);
}
await import('../dist/cli/main.js');
