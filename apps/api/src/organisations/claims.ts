/**
 * People who came with an import and have no account: whoever accepts an invitation for their address becomes that
 * person, id and all, so what they once wrote is theirs.
 */
import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { readMemberFacts, type Database } from '@parley/db';
import type { MutatorScopes, MutatorTx } from '@parley/sync/mutator';
import type { Kysely } from 'kysely';

export interface Placeholder {
  orgId: string;
  personId: string;
  /** Threads they are among the people of, also those they left. */
  threadIds: readonly string[];
}

/** The placeholder with this address, the oldest where an organisation has several. */
export async function findPlaceholder(
  db: Kysely<Database>,
  { orgId, email }: { orgId: string; email: string },
): Promise<Placeholder | undefined> {
  const found = await db
    .selectFrom('org_person')
    .select('person_id as personId')
    .where('org_id', '=', orgId)
    .where('email', '=', email)
    .where('placeholder', '=', true)
    .where('deleted', '=', false)
    .orderBy('joined_at')
    .orderBy('person_id')
    .executeTakeFirst();
  if (!found) return undefined;
  const { threadIds } = await readMemberFacts(db, { orgId, personId: found.personId });
  return { orgId, personId: found.personId, threadIds };
}

/** What changes when they are claimed: their own rows, and their cards wherever they stand. */
export const placeholderScopes = ({ orgId, personId, threadIds }: Placeholder): MutatorScopes => ({
  write: [orgPeopleScope(orgId), userScope(personId), ...threadIds.map(threadPeopleScope)],
});

/** An import or another claim came in between: it is to be looked up again. */
export class PlaceholderChanged extends Error {}

/**
 * Makes the placeholder's threads those of a person with an account: readers from now on, under the name they chose,
 * with years of history read. The account and the membership are the caller's to write.
 * @throws PlaceholderChanged
 */
export async function claimThreads(
  tx: MutatorTx<Tables>,
  native: Kysely<Database>,
  { orgId, personId, threadIds, name }: Placeholder & { name: string },
): Promise<void> {
  const own = userScope(personId);
  const [card, facts] = await Promise.all([
    tx.get('person', orgPeopleScope(orgId), personId),
    readMemberFacts(native, { orgId, personId }),
  ]);
  const held = new Set(threadIds);
  if (!card?.placeholder || facts.threadIds.some((id) => !held.has(id))) throw new PlaceholderChanged();
  await Promise.all(
    facts.threadIds.map(async (threadId) => {
      const scope = threadPeopleScope(threadId);
      const [participant, thread] = await Promise.all([
        tx.get('participant', scope, personId),
        tx.get('thread', threadScope(threadId), threadId),
      ]);
      if (!participant || !thread) return;
      tx.put('participant', scope, personId, { ...participant, name, placeholder: false });
      if (participant.leftAt === null) {
        tx.put('readPosition', own, threadId, { seq: thread.lastSeq, noteSeq: 0, markEpoch: 0 });
      }
    }),
  );
}
