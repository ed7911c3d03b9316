/** What there is to be said about the keeping of things on this device. */
import type { EngineStatus } from '@parley/sync/client';

export interface StorageOnDevice {
  /** Hardly any room is left for what this site keeps. */
  short: boolean;
  /** The browser deletes what a site keeps that is not visited for a week, as Safari does until it is installed. */
  forgetful: boolean;
}

export type StorageNotice = 'full' | 'unwritable' | 'memory' | 'short' | 'forgetful';

/** The worst of it; `null` where all is well. Room and forgetfulness matter only while something is unsent. */
export function storageNotice(
  { storage, waiting, connection }: Pick<EngineStatus, 'storage' | 'waiting' | 'connection'>,
  { short, forgetful }: StorageOnDevice,
): StorageNotice | null {
  if (storage !== 'disk') return storage;
  if (waiting === 0) return null;
  if (short) return 'short';
  return forgetful && connection.state !== 'live' && connection.state !== 'connecting' ? 'forgetful' : null;
}
