/** A disk with the faults a test asks for, each counted. What lies below is the adapter that ships. */
import type { CacheHandle, Disk, OutboxHandle } from '../client/ports.ts';

export type DiskFailure = 'lost' | 'corrupt' | 'full' | 'failed';
/** Where a fault strikes: at the opening, at the deletion, at a call that reads or at one that writes. */
export type DiskCall =
  'openCache' | 'openOutbox' | 'deleteCache' | 'readCache' | 'writeCache' | 'readOutbox' | 'writeOutbox';

export interface DiskFaults {
  /** From now on these calls fail, so many times. */
  set(call: DiskCall, failure: DiskFailure, times?: number): void;
  /** From now on nothing fails. */
  clear(): void;
  /** How often a fault has struck. */
  readonly fired: Record<DiskCall, number>;
  wrap(disk: Disk): Disk;
}

class DiskFault extends Error {
  override readonly name = 'DiskFault';
  readonly failure: DiskFailure;
  constructor(failure: DiskFailure) {
    super(`The disk says: ${failure}`);
    this.failure = failure;
  }
}

const reading = new Set(['row', 'scopeRows', 'pagedRows', 'read', 'items', 'leader']);

export function createDiskFaults(): DiskFaults {
  const due = new Map<DiskCall, { failure: DiskFailure; times: number }>();
  const fired: Record<DiskCall, number> = {
    openCache: 0,
    openOutbox: 0,
    deleteCache: 0,
    readCache: 0,
    writeCache: 0,
    readOutbox: 0,
    writeOutbox: 0,
  };
  const strike = async (call: DiskCall) => {
    const fault = due.get(call);
    if (!fault || fault.times <= 0) return;
    fault.times -= 1;
    fired[call] += 1;
    throw new DiskFault(fault.failure);
  };
  const faulty = <Handle extends CacheHandle | OutboxHandle>(handle: Handle, kind: 'Cache' | 'Outbox'): Handle =>
    new Proxy(handle, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || name === 'close') return value;
        return async (...args: unknown[]) => {
          await strike(`${reading.has(String(name)) ? 'read' : 'write'}${kind}`);
          return Reflect.apply(value, target, args);
        };
      },
    });

  return {
    set: (call, failure, times = Number.POSITIVE_INFINITY) => due.set(call, { failure, times }),
    clear: () => due.clear(),
    fired,
    wrap: (disk) => ({
      ...disk,
      async openCache(lost) {
        await strike('openCache');
        return faulty(await disk.openCache(lost), 'Cache');
      },
      async openOutbox(lost) {
        await strike('openOutbox');
        return faulty(await disk.openOutbox(lost), 'Outbox');
      },
      async deleteCache() {
        await strike('deleteCache');
        await disk.deleteCache();
      },
      meaning: (error) => (error instanceof DiskFault ? error.failure : disk.meaning(error)),
    }),
  };
}
