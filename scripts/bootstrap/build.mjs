import { existsSync } from 'node:fs';
import { oneAtATime } from './one-at-a-time.mjs';
import { root, runQuietly } from './run-quietly.mjs';

/**
 * Builds the web app and the mails, each only if what it is made of has changed since. The rest runs as it is written.
 * Needs no network.
 */
export async function build({ say }) {
  if (!existsSync(`${root}apps/web/dist/index.html`)) say('Building the web app');
  // Two builds at once would take each other's files away.
  await oneAtATime('build', () =>
    runQuietly(
      `${root}node_modules/.bin/turbo`,
      ['run', 'build', '--filter=./apps/*...', '--output-logs=errors-only'],
      {
        what: 'The build',
        env: {
          TURBO_TELEMETRY_DISABLED: '1',
          DO_NOT_TRACK: '1',
          TURBO_NO_UPDATE_NOTIFIER: '1',
          NODE_ENV: 'production',
        },
      },
    ),
  );
}
