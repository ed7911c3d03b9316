export { openDatabase, type DatabaseOptions, type OpenDatabase } from './connection.ts';
export { alignGroups, organisationsWithGroups } from './groups.ts';
export { readMemberFacts } from './members.ts';
export { isMigrated, migrateToLatest } from './migrate.ts';
export type { Database } from './tables.ts';
export { eraseOrganisation, ownRowsAbout, scopesToErase } from './sync/erase.ts';
export { purgeTombstones } from './sync/purge.ts';
export { createPostgresStorage } from './sync/storage.ts';
export type { DatabaseTransaction } from './sync/statement.ts';
