import { useSyncExternalStore } from 'react';
import type { StorageOnDevice } from './storage-notice.ts';

let known: StorageOnDevice = { short: false, forgetful: false };
const listeners = new Set<() => void>();

/** What `storage-care.ts` has found out about this device; all is well until it has looked. */
export function useDeviceStorage(): StorageOnDevice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
}

export function setDeviceStorage(change: Partial<StorageOnDevice>): void {
  const next = { ...known, ...change };
  if (next.short === known.short && next.forgetful === known.forgetful) return;
  known = next;
  for (const listener of listeners) listener();
}
