/** The sync engine's storage on PostgreSQL. */
import { Busy, type ServerStorage, type StorageSnapshot, type StorageWrite } from '@parley/sync/server';
import { CompiledQuery, type Kysely } from 'kysely';
import pg from 'pg';
import type { Database } from '../tables.ts';
import { lostReaders, soleReader } from './readers.ts';
import { PostgresSnapshot } from './snapshot.ts';
import type { DatabaseTransaction } from './statement.ts';
import { PostgresWrite } from './writing.ts';

const BEGIN_SNAPSHOT = 'start transaction isolation level repeatable read read only; ';
/** How often a transaction is tried that the database refuses for the sake of another one. */
const ATTEMPTS = 6;
/** Clients whose person is remembered; the binding never changes, so it is never wrong. */
const REMEMBERED_CLIENTS = 10_000;

/** `native` of its write transactions is Kysely's transaction: rows of other tables go into the same commit. */
export function createPostgresStorage(kysely: Kysely<Database>): ServerStorage<DatabaseTransaction> {
  const personByClient = new Map<string, string>();
  let incarnation: string | undefined;
  return {
    async incarnation() {
      incarnation ??= (await kysely.selectFrom('installation').select('incarnation').executeTakeFirstOrThrow())
        .incarnation;
      return incarnation;
    },

    async bindClient(clientId, personId) {
      const known = personByClient.get(clientId);
      if (known !== undefined) return known === personId;
      await kysely
        .insertInto('sync_client')
        .values({ id: clientId, person_id: personId })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
        .catch(throwBusy);
      const { person_id: owner } = await kysely
        .selectFrom('sync_client')
        .select('person_id')
        .where('id', '=', clientId)
        .executeTakeFirstOrThrow();
      if (personByClient.size >= REMEMBERED_CLIENTS) personByClient.clear();
      personByClient.set(clientId, owner);
      return owner === personId;
    },

    async write<R>(run: (tx: StorageWrite<DatabaseTransaction>, attempt: number) => Promise<R>): Promise<R> {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await kysely
            .transaction()
            .setIsolationLevel('read committed')
            .execute((trx) => run(new PostgresWrite(trx), attempt));
        } catch (error) {
          if (attempt + 1 >= ATTEMPTS || !isWorthAnother(error)) throw asBusy(error);
        }
      }
    },

    snapshot: <R>(run: (snapshot: StorageSnapshot) => Promise<R>) =>
      kysely
        .connection()
        .execute(async (connection) => {
          const end = () => connection.executeQuery(CompiledQuery.raw('rollback'));
          try {
            return await run(new PostgresSnapshot(connection, BEGIN_SNAPSHOT));
          } finally {
            await end();
          }
        })
        .catch(throwBusy),

    soleReader,
    lostReaders,
  };
}

/** Deadlock, serialisation failure, or somebody else made the same scope, lane or result a moment before. */
function isWorthAnother(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  if (error.code === '40001' || error.code === '40P01') return true;
  return error.code === '23505' && ['sync_scope', 'sync_lane', 'mutation_result'].includes(error.table ?? '');
}

function throwBusy(error: unknown): never {
  throw asBusy(error);
}

/** What the database says when it has no time: lock and statement timeouts, too many connections, none free here. */
function asBusy(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    if (error.code === '55P03' || error.code === '57014') return new Busy('lock', error);
    return error.code === '53300' ? new Busy('server', error) : error;
  }
  // The pool has no class or code for it.
  const isWaitForPool = error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect');
  return isWaitForPool ? new Busy('server', error) : error;
}
