import { tryFileLock } from './file-lock.ts';

/** A process of its own that holds the lock it is given until it is killed. */
const [path] = process.argv.slice(2);
if (!path || !tryFileLock(path)) throw new Error('Usage: lock-holder.fixture.ts FREE_LOCK');
process.send?.('held');
process.on('message', () => {});
