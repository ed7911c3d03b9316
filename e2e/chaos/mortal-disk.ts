/** A disk whose program can be killed: what was under way on the disk ends, and nobody hears of it. */
import type { Disk } from '@parley/sync/client';

export interface Life {
  over: boolean;
}

const never = (): Promise<never> => new Promise(() => {});

export function mortalDisk(disk: Disk, life: Life): Disk {
  const answered = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (life.over) return never();
    const answer = await call().catch((error: unknown) => (life.over ? never() : Promise.reject(error)));
    return life.over ? never() : answer;
  };
  const mortal = <Handle extends object>(handle: Handle): Handle =>
    new Proxy(handle, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || name === 'close') return value;
        return (...args: unknown[]) => answered(async () => Reflect.apply(value, target, args));
      },
    });
  return {
    openCache: (lost) => answered(async () => mortal(await disk.openCache(lost))),
    openOutbox: (lost) => answered(async () => mortal(await disk.openOutbox(lost))),
    deleteCache: () => answered(() => disk.deleteCache()),
    deleteOldCaches: () => answered(() => disk.deleteOldCaches()),
    deleteAll: () => answered(() => disk.deleteAll()),
    meaning: (error) => disk.meaning(error),
  };
}
