import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { oneAtATime } from './one-at-a-time.mjs';

/** A process that works under the lock of a folder and notes when it begins and ends, for the tests. */
const [folder] = process.argv.slice(2);
await oneAtATime(
  'work',
  async () => {
    appendFileSync(`${folder}/log`, 'begin ');
    await delay(30);
    appendFileSync(`${folder}/log`, 'end ');
  },
  { folder },
);
