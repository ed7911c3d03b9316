import { mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import { createPostgresStorage, type Database } from '@parley/db';
import { createSyncServer } from '@parley/sync/server';
import type { Kysely } from 'kysely';
import type { Acts } from '../services.ts';
import { RESYNC } from '../sync/resync.ts';

/** The server's own acts from the command line, which has no way to those who are connected: the servers tell them. */
export function actsOn(db: Kysely<Database>): Acts {
  const engine: Acts = createSyncServer({
    storage: createPostgresStorage(db),
    mutators,
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });
  return {
    act: (actorId, scopes, run) =>
      engine.act(actorId, scopes, (tx, native) => {
        tx.enqueue(RESYNC, {});
        return run(tx, native);
      }),
  };
}
