export { openDatabase, type DatabaseOptions, type OpenDatabase } from './connection.ts';
export { isMigrated, migrateToLatest } from './migrate.ts';
export type { Database } from './tables.ts';
