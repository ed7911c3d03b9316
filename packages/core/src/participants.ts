/** Who takes part in a thread: adding people and taking them out, each said in the thread itself. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { addContacts } from './external-threads.ts';
import { systemMessage } from './messages.ts';
import { RECEIPTS_DUE } from './receipts.ts';
import { orgPeopleScope, orgScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mayAddOwn, mayAddPartners, mayRemoveOf, mustWriteIn, THREAD_PERMISSIONS } from './thread-orgs.ts';
import { accessStanding, accessThread, ADDED_AT_ONCE, join, leave, type ParticipantRow } from './threads.ts';

const addParticipantsArgs = z.object({
  threadId: z.uuid(),
  /** Whom they act for. */
  orgId: z.uuid(),
  /** Where they are contacts of a partner of the thread's home organisation; without it they are of one's own. */
  partner: z.optional(z.object({ homeOrg: z.uuid(), permission: z.enum(THREAD_PERMISSIONS) })),
  messageId: z.uuid(),
  personIds: z.array(z.uuid()).check(z.minLength(1), z.maxLength(ADDED_AT_ONCE)),
});

/**
 * Adds people of the organisation one acts for, or contacts of a partner; they see the whole history. Refused:
 * `not_found`, `forbidden`, `read_only`, `unknown_person`, `no_partner`.
 */
export const addParticipants: Mutator<Tables, z.infer<typeof addParticipantsArgs>> = {
  name: 'addParticipants',
  version: 1,
  args: addParticipantsArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, orgId, partner, personIds }) => ({
    write: [threadScope(threadId), threadPeopleScope(threadId), ...new Set(personIds.map(userScope))],
    lock: [partner ? orgScope(partner.homeOrg) : orgPeopleScope(orgId)],
  }),
  async run(tx, { threadId, orgId, partner, messageId, personIds }) {
    await mustAdd(tx, { threadId, orgId, partner });
    const { absent: added, viaGroup } = await sort(tx, threadId, personIds);
    // Added singly too, they stay when their group goes.
    for (const [personId, row] of viaGroup) tx.put('participant', threadPeopleScope(threadId), personId, row);
    if (partner) {
      const { homeOrg, permission } = partner;
      await addContacts(tx, { threadId, homeOrg, orgId }, { personIds: added, permission });
    } else await Promise.all(added.map((personId) => join(tx, { threadId, orgId, personId })));
    if (added.length === 0) return;
    await systemMessage(tx, threadId, messageId, { type: 'added', by: tx.personId, personIds: added });
    tx.enqueue(RECEIPTS_DUE, { threadId });
  },
};

/**
 * Held by whoever adds people of an organisation, here or by an invitation.
 * @throws Refusal `not_found`, `forbidden`, `read_only`
 */
export async function mustAdd(
  tx: MutatorTx<Tables>,
  { threadId, orgId, partner }: Pick<z.infer<typeof addParticipantsArgs>, 'threadId' | 'orgId' | 'partner'>,
): Promise<void> {
  const standing = await accessStanding(tx, threadId);
  mustWriteIn(standing);
  const may = partner
    ? partner.homeOrg === standing.thread.homeOrg && mayAddPartners(standing)
    : orgId === standing.actingOrg && mayAddOwn(standing);
  if (!may) throw new Refusal('forbidden', 'You cannot add people here.');
}

const removeParticipantArgs = z.object({ threadId: z.uuid(), messageId: z.uuid(), personId: z.uuid() });

/**
 * Takes a person out of a thread, or oneself; guests only themselves, and whoever is not of its home organisation only
 * people of the organisation they act for. Refused: `not_found`, `forbidden`.
 */
export const removeParticipant: Mutator<Tables, z.infer<typeof removeParticipantArgs>> = {
  name: 'removeParticipant',
  version: 1,
  args: removeParticipantArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, personId }) => ({
    write: [threadScope(threadId), threadPeopleScope(threadId), userScope(personId)],
  }),
  async run(tx, { threadId, messageId, personId }) {
    await accessThread(tx, threadId);
    const participant = await tx.get('participant', threadPeopleScope(threadId), personId);
    if (personId !== tx.personId) {
      const standing = await accessStanding(tx, threadId);
      if (!mayRemoveOf(standing, participant?.actingOrg ?? standing.actingOrg))
        throw new Refusal('forbidden', 'You cannot take this person out of the thread.');
    }
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
