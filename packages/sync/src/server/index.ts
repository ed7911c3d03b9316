export { createSyncServer, type SyncServer, type SyncServerOptions } from './sync-server.ts';
export type { Commit, Publish, ScopeChange } from './commit.ts';
export type { Divergence } from './audit.ts';
export { Busy, RequestError } from './errors.ts';
export * from './storage.ts';
export { NOBODY } from './write.ts';
export { THESE_VERSIONS, type Versions } from './versions.ts';
export { createLocalBus, type Bus, type BusListener, type Whisper } from './bus.ts';
export { createHub, type Hub, type HubOptions, type Interest } from './live.ts';
