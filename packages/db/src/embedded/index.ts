export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
export { type FileLock, tryFileLock } from './file-lock.ts';
