import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process for the tests of its supervisor: it drains when it is asked to, or dies at once with words. */
const { BEHAVIOUR, DIRECTORY } = process.env;
if (!DIRECTORY) throw new Error('DIRECTORY is missing.');

const wasReady = existsSync(join(DIRECTORY, 'pid'));
if (BEHAVIOUR === 'dies' || (BEHAVIOUR === 'dies once it was ready' && wasReady)) {
  process.stderr.write('the disk is on fire\nso is the other one\n');
  process.exitCode = 3;
} else {
  writeFileSync(join(DIRECTORY, 'pid'), String(process.pid));
  process.stdout.write('started\n');
  process.on('SIGTERM', () => {
    process.stdout.write('drained\n');
    process.disconnect();
  });
  // Keeps the process alive.
  process.on('message', (message) => process.send?.({ heard: message }));
  process.send?.({ type: 'ready', setupUrl: 'http://localhost/setup' });
}
