import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { variants } from './lawful.ts';
import { mistakes } from './mistakes.ts';
import { startIndependent } from './server.ts';

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    mistake: { type: 'string', multiple: true, default: [] },
    variant: { type: 'string', multiple: true, default: [] },
    port: { type: 'string', default: '0' },
    'config-out': { type: 'string' },
  },
});

if (values.list) {
  process.stdout.write(`${JSON.stringify({ mistakes, variants }, null, 2)}\n`);
} else {
  const port = Number(values.port);
  const running = await startIndependent({ mistakes: values.mistake, variants: values.variant, port });
  const file = values['config-out'];
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(running.config, null, 2)}\n`);
  process.stdout.write(`listening ${running.url}\n`);
  const stop = () => {
    running.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
