/** The client engine: reads and writes its own database at once, and converges with the server by itself. */
export { createEngine } from './engine.ts';
export { fillCache } from './fill-cache.ts';
export { Pusher } from './pusher.ts';
export { createGuardedStorage } from './guarded-storage.ts';
export type { Engine, EngineOptions, FollowedScope, Pending, Sent, ThreadWindow } from './engine.ts';
export type { EngineEvent } from './event-log.ts';
export type { ConnectionState, EngineStatus, StorageStatus } from './status.ts';
export type { ViewRow } from './replica.ts';
export type {
  CloseReason,
  Connection,
  ConnectionEvents,
  Disk,
  Network,
  OutboxItem,
  Storage,
  Tabs,
  Timers,
} from './ports.ts';
