/** Who takes part in a thread: adding people and taking them out, each said in the thread itself. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { systemMessage } from './messages.ts';
import { accessOrg, mayAddToThread, mayRemoveFromThread } from './organisations.ts';
import { RECEIPTS_DUE } from './receipts.ts';
import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { accessThread, ADDED_AT_ONCE, join, leave, type ParticipantRow } from './threads.ts';

const addParticipantsArgs = z.object({
  threadId: z.uuid(),
  orgId: z.uuid(),
  messageId: z.uuid(),
  personIds: z.array(z.uuid()).check(z.minLength(1), z.maxLength(ADDED_AT_ONCE)),
});

/** Adds people of the thread's own organisation; they see its whole history. Refused: `not_found`, `unknown_person`. */
export const addParticipants: Mutator<Tables, z.infer<typeof addParticipantsArgs>> = {
  name: 'addParticipants',
  version: 1,
  args: addParticipantsArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, orgId, personIds }) => ({
    write: [threadScope(threadId), threadPeopleScope(threadId), ...new Set(personIds.map(userScope))],
    lock: [orgPeopleScope(orgId)],
  }),
  async run(tx, { threadId, orgId, messageId, personIds }) {
    const { thread } = await accessThread(tx, threadId);
    const { role } = await accessOrg(tx, orgId);
    if (thread.homeOrg !== orgId || !mayAddToThread(role))
      throw new Refusal('forbidden', 'You cannot add people here.');
    const { absent: added, viaGroup } = await sort(tx, threadId, personIds);
    // Added singly too, they stay when their group goes.
    for (const [personId, row] of viaGroup) tx.put('participant', threadPeopleScope(threadId), personId, row);
    await Promise.all(added.map((personId) => join(tx, { threadId, orgId, personId })));
    if (added.length === 0) return;
    await systemMessage(tx, threadId, messageId, { type: 'added', by: tx.personId, personIds: added });
    tx.enqueue(RECEIPTS_DUE, { threadId });
  },
};

const removeParticipantArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), personId: z.uuid() });

/** Takes a person out of a thread, or oneself; guests only themselves. Refused: `not_found`, `forbidden`. */
export const removeParticipant: Mutator<Tables, z.infer<typeof removeParticipantArgs>> = {
  name: 'removeParticipant',
  version: 1,
  args: removeParticipantArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, personId }) => ({
    write: [threadScope(threadId), threadPeopleScope(threadId), userScope(personId)],
  }),
  async run(tx, { threadId, messageId, personId }) {
    const { thread } = await accessThread(tx, threadId);
    if (personId !== tx.personId) {
      const { role } = await accessOrg(tx, thread.homeOrg);
      if (!mayRemoveFromThread(role)) throw new Refusal('forbidden', 'Guests can only leave a thread themselves.');
    }
    const participant = await tx.get('participant', threadPeopleScope(threadId), personId);
    if (participant?.leftAt !== null) return;
    // First the message: whoever leaves could not say so afterwards.
    await systemMessage(tx, threadId, messageId, { type: 'removed', by: tx.personId, personIds: [personId] });
    await leave(tx, threadId, personId);
    tx.enqueue(RECEIPTS_DUE, { threadId });
  },
};

/** Those who do not take part now, and those who do through a group only, with the row that says singly. */
async function sort(
  tx: MutatorTx<Tables>,
  threadId: string,
  personIds: readonly string[],
): Promise<{ absent: string[]; viaGroup: [personId: string, row: ParticipantRow][] }> {
  const people = [...new Set(personIds)];
  const rows = await Promise.all(people.map((id) => tx.get('participant', threadPeopleScope(threadId), id)));
  return {
    absent: people.filter((_, index) => rows[index]?.leftAt !== null),
    viaGroup: people.flatMap((id, index): [string, ParticipantRow][] => {
      const row = rows[index];
      return row?.leftAt === null && row.via ? [[id, { ...row, via: null }]] : [];
    }),
  };
}
