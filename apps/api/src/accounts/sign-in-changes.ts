/** Whoever signs in otherwise than before is told by mail: it may have been somebody else. */
import type { Database } from '@parley/db';
import type { Payload } from '@parley/jobs';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';

/** Leaves it to the worker, in the transaction of the change itself. */
export async function tellOfChange(
  tx: Kysely<Database>,
  { personId, change }: Pick<Payload<'sign-in.changed'>, 'personId' | 'change'>,
): Promise<void> {
  const payload: Payload<'sign-in.changed'> = { personId, change, at: Date.now(), changeId: uuidv7() };
  await tx
    .insertInto('job')
    .values({ kind: 'sign-in.changed', payload: JSON.stringify(payload) })
    .execute();
}
