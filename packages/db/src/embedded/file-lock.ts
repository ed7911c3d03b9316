import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Locks between processes that the kernel releases when their holder dies, however it dies.
 *
 * Node has no `flock`, but SQLite takes real file locks: an open transaction on an empty database is one. Such a lock
 * also works between two holders in one process, and between users and containers that share the file system.
 */
export interface FileLock {
  release(): void;
}

/** `exclusive`: one holder and nobody else. `shared`: any number of holders, as long as none is exclusive. */
export type FileLockMode = 'exclusive' | 'shared';

const SQLITE_BUSY = 5;

// A collected database handle would be closed, and its lock lost.
const held = new Set<DatabaseSync>();

/** Takes the lock at `path` (the file is made if absent), or returns undefined if somebody holds it. Never waits. */
export function tryFileLock(path: string, mode: FileLockMode = 'exclusive'): FileLock | undefined {
  const handle = new DatabaseSync(path, { timeout: 0 });
  try {
    // A deferred transaction locks at its first read.
    handle.exec(mode === 'exclusive' ? 'begin exclusive' : 'begin; select count(*) from sqlite_master');
  } catch (error) {
    handle.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(handle);
  return {
    release() {
      if (held.delete(handle)) handle.close();
    },
  };
}

/** Waits for the exclusive lock at `path`, runs `work` under it and releases it. Throws after `timeoutMs`. */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const lock = await waitForFileLock(path, timeoutMs);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function waitForFileLock(path: string, timeoutMs: number): Promise<FileLock> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryFileLock(path);
    if (lock) return lock;
    if (performance.now() > deadline) throw new Error(`Another process has held ${path} for ${timeoutMs / 1000} s.`);
    await delay(20);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
