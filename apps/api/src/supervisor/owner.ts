import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryFileLock } from '@parley/db/embedded';

/** The right to run the installation of one data directory. */
export interface Ownership {
  /** Tells a second start where the first one is to be found. */
  announce(publicUrl: string): void;
  release(): void;
}

/**
 * Takes the data directory for this process, until it ends in whatever way. Throws in words if another process has it:
 * two supervisors on one directory would start everything twice.
 */
export function takeOwnership(dataDir: string): Ownership {
  const lock = tryFileLock(join(dataDir, 'owner.lock'));
  const addressFile = join(dataDir, 'running-at');
  if (!lock) {
    const address = readAddress(addressFile);
    throw new Error(`Parley is already running on ${dataDir}${address ? `, at ${address}` : ' (just starting)'}.`);
  }
  rmSync(addressFile, { force: true });
  return {
    announce: (publicUrl) => writeFileSync(addressFile, `${publicUrl}\n`),
    release() {
      rmSync(addressFile, { force: true });
      lock.release();
    },
  };
}

function readAddress(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
