/**
 * What is written beside the servers, by a command or an import, reaches nobody as a poke. Whoever writes so leaves a row
 * saying it; every server looks for new ones, and has its clients ask for what they miss.
 */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';

/** A kind of job that no queue takes: the row is there to be seen, and is tidied away after a day. */
export const RESYNC = 'sync.resync';

/** Has the clients of every server ask for what they miss, within some seconds. */
export async function askToResync(db: Kysely<Database>): Promise<void> {
  await db.insertInto('job').values({ kind: RESYNC, payload: '{}' }).execute();
}

/** Calls `onAsked` once after each look that finds new rows; those from before do not count. Returns how to stop. */
export function followResyncs(
  db: Kysely<Database>,
  { onAsked, onError, everyMs }: { onAsked: () => void; onError: (error: unknown) => void; everyMs: number },
): () => void {
  let known: number | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const row = await db
        .selectFrom('job')
        .select('id')
        .where('kind', '=', RESYNC)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      const newest = row?.id ?? 0;
      if (known !== undefined && newest > known) onAsked();
      known = Math.max(newest, known ?? 0);
    } catch (error) {
      onError(error);
    } finally {
      isLooking = false;
    }
  };
  void look();
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}
