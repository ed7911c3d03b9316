/** A disk of its own size that can be filled. Only root may mount one. */
import { execFile } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallDisk {
  /** Leaves no byte free. @returns how to make room again */
  fill(): Promise<() => Promise<void>>;
  unmount(): Promise<void>;
}

/** @returns null where it is not permitted */
export async function mountDisk(folder: string, bytes: number): Promise<SmallDisk | null> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'parley-chaos', folder]);
  } catch {
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    async fill() {
      const file = await open(ballast, 'w');
      try {
        const { bavail, bsize } = await statfs(folder);
        const piece = Buffer.alloc(bsize);
        // Others write meanwhile: until there is really nothing left.
        for (let free = bavail; free >= 0; free -= 1) await file.write(piece);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
      return () => rm(ballast, { force: true });
    },
    async unmount() {
      await run('umount', ['--lazy', folder]);
    },
  };
}
