/** Starting threads: inside an organisation, or with contacts of its partners. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { addContacts } from './external-threads.ts';
import { alignLater, GROUPS_AT_ONCE, putGroup } from './groups.ts';
import { systemMessage } from './messages.ts';
import { accessOrg, mayStartThread } from './organisations.ts';
import { orgPeopleScope, orgScope, scopesOfThread, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { lineOfText, SUBJECT_LENGTH } from './text.ts';
import { THREAD_PERMISSIONS } from './thread-orgs.ts';
import { accessToWrite, ADDED_AT_ONCE, join } from './threads.ts';

/** Partners that one thread may be started with. */
const PARTNERS_AT_ONCE = 20;

const createThreadArgs = z.object({
  threadId: z.uuid(),
  orgId: z.uuid(),
  subject: lineOfText(SUBJECT_LENGTH),
  participantIds: z.array(z.uuid()).check(z.maxLength(ADDED_AT_ONCE)),
  /** The organisation, or teams of it; their people come with the worker. */
  groupIds: z.optional(z.array(z.uuid()).check(z.maxLength(GROUPS_AT_ONCE))),
  /** Contacts of partners. With them the thread is external, and stays so. */
  partners: z.optional(
    z
      .array(
        z.object({
          orgId: z.uuid(),
          personIds: z.array(z.uuid()).check(z.minLength(1), z.maxLength(ADDED_AT_ONCE)),
          permission: z.enum(THREAD_PERMISSIONS),
        }),
      )
      .check(z.minLength(1), z.maxLength(PARTNERS_AT_ONCE)),
  ),
  /** The thread it goes on from, and the id of what is said about it there. */
  continues: z.optional(z.object({ threadId: z.uuid(), messageId: z.uuid() })),
});

/**
 * Starts a thread with people and groups of one organisation, and with contacts of its partners. Refused: `not_found`,
 * `forbidden`, `unknown_person`, `unknown_group`, `no_partner`, `two_sides`, `read_only`.
 */
export const createThread: Mutator<Tables, z.infer<typeof createThreadArgs>> = {
  name: 'createThread',
  version: 1,
  args: createThreadArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId, orgId, participantIds, partners = [], continues }, personId) => ({
    create: scopesOfThread(threadId),
    write: [
      ...everyone([...participantIds, ...partners.flatMap(({ personIds }) => personIds)], personId).map(userScope),
      ...(continues ? [threadScope(continues.threadId)] : []),
    ],
    lock: [orgScope(orgId), orgPeopleScope(orgId)],
  }),
  async run(tx, { threadId, orgId, subject, participantIds, groupIds = [], partners = [], continues }) {
    const { role } = await accessOrg(tx, orgId);
    const org = await tx.get('org', orgScope(orgId), orgId);
    if (!mayStartThread(role, org?.threadStarters ?? 'members')) {
      throw new Refusal('forbidden', 'Your role does not let you start threads here.');
    }
    if (await tx.get('thread', threadScope(threadId), threadId)) {
      throw new Refusal('id_taken', 'This thread was started already.');
    }
    tx.put('thread', threadScope(threadId), threadId, {
      homeOrg: orgId,
      subject,
      kind: partners.length > 0 ? 'external' : 'internal',
      createdBy: tx.personId,
      createdAt: tx.now,
      lastSeq: 0,
      lastMessage: null,
      resolved: null,
      ...(continues && { continuedFrom: continues.threadId }),
    });
    const joining = everyone(participantIds, tx.personId);
    await Promise.all(joining.map((personId) => join(tx, { threadId, orgId, personId })));
    if (partners.length > 0) {
      const home = { name: org?.name ?? '', state: 'active', permission: 'invite', addedAt: tx.now } as const;
      tx.put('threadOrg', threadPeopleScope(threadId), orgId, home);
    }
    const here = new Set(joining);
    for (const { orgId: partnerId, personIds, permission } of partners) {
      if (personIds.some((id) => here.has(id))) {
        throw new Refusal('two_sides', 'Nobody takes part in a thread for two organisations.');
      }
      for (const id of personIds) here.add(id);
      await addContacts(tx, { threadId, homeOrg: orgId, orgId: partnerId }, { personIds, permission });
    }
    await Promise.all(groupIds.map((groupId) => putGroup(tx, { threadId, orgId, groupId })));
    if (groupIds.length > 0) alignLater(tx, { orgId, threadId });
    if (continues) {
      const { thread: before } = await accessToWrite(tx, continues.threadId);
      await systemMessage(tx, continues.threadId, continues.messageId, {
        ...{ type: 'continued', by: tx.personId, threadId },
        partners: await names(tx, {
          // Organisations that meet there learn of no other partner.
          threadIds: before.kind === 'external' ? [threadId, continues.threadId] : [threadId],
          orgIds: partners.map((partner) => partner.orgId),
        }),
      });
    }
  },
};

const everyone = (participantIds: readonly string[], personId: string): string[] => [
  ...new Set([personId, ...participantIds]),
];

/** Of those organisations that take part in each of the threads. */
async function names(
  tx: MutatorTx<Tables>,
  { threadIds, orgIds }: { threadIds: readonly string[]; orgIds: readonly string[] },
): Promise<string[]> {
  const named = orgIds.map(async (orgId) => {
    const cards = await Promise.all(threadIds.map((id) => tx.get('threadOrg', threadPeopleScope(id), orgId)));
    return cards.includes(undefined) ? [] : (cards[0]?.name ?? []);
  });
  return (await Promise.all(named)).flat();
}
