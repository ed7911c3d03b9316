import { mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { createPostgresStorage, type Database } from '@parley/db';
import { createSyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import type { Acts } from '../services.ts';

/** The server's own acts from the command line, which has no way to those who are connected: they see it when they pull. */
export function actsOn(db: Kysely<Database>): Acts {
  return createSyncServer({
    storage: createPostgresStorage(db),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });
}
