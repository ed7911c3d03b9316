export { createSyncServer, mustMatch, type SyncServer, type SyncServerOptions } from './sync-server.ts';
export type { Commit, Publish, ScopeChange } from './commit.ts';
export { RequestError } from './errors.ts';
export * from './storage.ts';
export { NOBODY } from './write.ts';
