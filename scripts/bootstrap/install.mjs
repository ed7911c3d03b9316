import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { oneAtATime } from './one-at-a-time.mjs';
import { root, runQuietly } from './run-quietly.mjs';

const recordFile = `${root}node_modules/.parley-install`;

/**
 * Brings the dependencies of the lockfile, unless they are there. `full` adds what tests and checks need; what is
 * installed fully also serves a plain start. Without a change of the lockfile it needs no network and no time.
 */
export async function ensureInstalled({ full, say }) {
  if (isInstalled(full)) return;
  await oneAtATime('install', async () => {
    // Another start may have done it while we waited.
    if (isInstalled(full)) return;
    say('Installing (the first time takes a minute)');
    // Never takes the tools of a developer's checkout away.
    const kind = full || hasDevelopmentTools() ? 'full' : 'production';
    // Ours needs no network, if an installation was once finished.
    const pnpm = existsSync(recordFile) ? [`${root}node_modules/.bin/pnpm`] : ['npx', '--yes', packageManager()];
    const args = ['install', '--frozen-lockfile', ...(kind === 'production' ? ['--prod'] : [])];
    const [command, ...before] = pnpm;
    await runQuietly(command, [...before, ...args], {
      what: 'The installation',
      env: {
        // Without a terminal it would stop at questions.
        CI: '1',
        // The age of every package was judged when the lockfile was made, and the lockfile pins their hashes. Asking the
        // registry once more about each of them would take as long as the whole rest.
        pnpm_config_minimum_release_age: '0',
      },
    });
    writeFileSync(recordFile, `${kind} ${fingerprint()}\n`);
  });
}

function isInstalled(full) {
  const [kind, hash] = readOptional(recordFile).trim().split(' ');
  return hash === fingerprint() && (kind === 'full' || !full);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(root + file));
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

function hasDevelopmentTools() {
  return existsSync(`${root}node_modules/vitest`);
}

function packageManager() {
  return JSON.parse(readFileSync(`${root}package.json`, 'utf8')).packageManager;
}

function readOptional(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
