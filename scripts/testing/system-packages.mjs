import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StepError, runQuietly } from '../bootstrap/run-quietly.mjs';

const needed = [
  { name: 'redis-server', isThere: () => isOnPath('redis-server') },
  { name: 'chromium', isThere: () => existsSync('/usr/bin/chromium') },
];

/** Installs what tests need from the system; where that is not permitted, throws one line that names it. */
export async function ensureSystemPackages({ say }) {
  const names = needed.filter(({ isThere }) => !isThere()).map(({ name }) => name);
  if (names.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    throw new StepError(`The tests need ${names.join(' and ')}: run as root: ${command}`);
  }
  say(`Installing ${names.join(' and ')}`);
  await runQuietly('sh', ['-c', command], { what: command, env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
