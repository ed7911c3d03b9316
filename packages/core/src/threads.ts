/** Threads: their heads, the door to them, who joins and leaves, and how far each person has read. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import type { SystemNotice } from './notices.ts';
import { accessOrg, maySeeDirectory } from './organisations.ts';
import type { Contact } from './partners.ts';
import { RECEIPTS_DUE } from './receipts.ts';
import { notesScope, orgPeopleScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mustWriteIn, type Standing } from './thread-orgs.ts';

export type MessageKind = 'internal' | 'external' | 'system';

export interface ThreadRow {
  homeOrg: string;
  subject: string;
  kind: 'internal' | 'external';
  createdBy: string;
  createdAt: number;
  /** Place of the newest message; 0 while there is none. */
  lastSeq: number;
  lastMessage: {
    id: string;
    authorId: string | null;
    kind: MessageKind;
    snippet: string;
    at: number;
    /** Of a system message, shortened. */
    notice?: SystemNotice;
  } | null;
  /** By whom and when it was said that it has come to its end. */
  resolved: { by: string; at: number } | null;
  /** The thread that this one goes on from, with people from outside; nothing of it was copied. */
  continuedFrom?: string | null;
}

/** A person in a thread, for one organisation, with the card the others see. */
export interface ParticipantRow {
  name: string;
  actingOrg: string;
  placeholder: boolean;
  joinedAt: number;
  leftAt: number | null;
  /** Groups through which they are here; empty once they went with the last of them. Without it they were added singly. */
  via?: string[] | null;
}

/** The same from the person's own side. `epoch` grows each time they are added; a new one means: fetch anew. */
export interface ParticipationRow {
  actingOrg: string;
  epoch: number;
  joinedAt: number;
  leftAt: number | null;
}

/** How far a person has read. Within one `markEpoch` it only grows. */
export interface ReadPositionRow {
  seq: number;
  noteSeq: number;
  markEpoch: number;
}

/** People one act may add. */
export const ADDED_AT_ONCE = 500;

/**
 * The one door to a thread: its head and the actor's participation. Missing and forbidden answer alike.
 * @throws Refusal `not_found`
 */
export async function accessThread(
  tx: MutatorTx<Tables>,
  threadId: string,
): Promise<{ thread: ThreadRow; participation: ParticipationRow }> {
  const [participation, thread] = await Promise.all([
    tx.get('participation', userScope(tx.personId), threadId),
    tx.get('thread', threadScope(threadId), threadId),
  ]);
  if (!thread || !participation || participation.leftAt !== null) {
    throw new Refusal('not_found', 'This thread is not there, or you no longer take part in it.');
  }
  return { thread, participation };
}

/** Whether the actor reads the notes of the organisation they act for: in partner threads, and never as a guest. */
export async function mayReadNotes(
  tx: MutatorTx<Tables>,
  { thread, participation }: Awaited<ReturnType<typeof accessThread>>,
): Promise<boolean> {
  const membership = await tx.get('membership', userScope(tx.personId), participation.actingOrg);
  return thread.kind === 'external' && membership?.active === true && maySeeDirectory(membership.role);
}

/** The door to a thread for whoever writes in it. @throws Refusal `not_found`, `read_only` */
export async function accessToWrite(tx: MutatorTx<Tables>, threadId: string): ReturnType<typeof accessThread> {
  const found = await accessThread(tx, threadId);
  const { thread, participation } = found;
  if (thread.kind === 'external') {
    mustWriteIn({ org: await tx.get('threadOrg', threadPeopleScope(threadId), participation.actingOrg) });
  }
  return found;
}

/** What the actor is in a thread. @throws Refusal `not_found` */
export async function accessStanding(tx: MutatorTx<Tables>, threadId: string): Promise<Standing> {
  const { thread, participation } = await accessThread(tx, threadId);
  const { actingOrg } = participation;
  const [{ role }, org] = await Promise.all([
    accessOrg(tx, actingOrg),
    tx.get('threadOrg', threadPeopleScope(threadId), actingOrg),
  ]);
  return { thread, actingOrg, role, org };
}

const markReadArgs = z.object({
  threadId: z.uuid(),
  seq: z.int().check(z.gte(0)),
  /** Place of the newest note that was read. */
  noteSeq: z.optional(z.int().check(z.gte(0))),
  markEpoch: z.int().check(z.gte(0)),
});

/** Moves the actor's read position forward. A late one of an older mark epoch changes nothing. Refused: `not_found`. */
export const markRead: Mutator<Tables, z.infer<typeof markReadArgs>> = {
  name: 'markRead',
  version: 1,
  silent: true,
  args: markReadArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, seq, noteSeq = 0, markEpoch }) {
    const access = await accessThread(tx, threadId);
    const { thread, participation } = access;
    const scope = userScope(tx.personId);
    const position = (await tx.get('readPosition', scope, threadId)) ?? { seq: 0, noteSeq: 0, markEpoch: 0 };
    if (position.markEpoch !== markEpoch) return;
    const notes =
      noteSeq > 0 && (await mayReadNotes(tx, access))
        ? await tx.get('noteHead', notesScope(threadId, participation.actingOrg), threadId)
        : undefined;
    const reached = {
      seq: Math.max(position.seq, Math.min(seq, thread.lastSeq)),
      noteSeq: Math.max(position.noteSeq, Math.min(noteSeq, notes?.lastSeq ?? 0)),
    };
    if (reached.seq === position.seq && reached.noteSeq === position.noteSeq) return;
    tx.put('readPosition', scope, threadId, { ...reached, markEpoch });
    if (reached.seq > position.seq) tx.enqueue(RECEIPTS_DUE, { threadId });
  },
};

const markUnreadArgs = z.object({
  threadId: z.uuid(),
  /** Everything from this place on. */
  seq: z.int().check(z.gte(1)),
  /** The mark epoch this begins: one more than the actor knew. */
  markEpoch: z.int().check(z.gte(1)),
});

/**
 * Moves the actor's read position back to just before a place, and begins a new mark epoch: what other devices had seen
 * under the old one no longer counts. Of two devices that begin the same epoch the later one decides; a late one of an
 * older epoch changes nothing. Refused: `not_found`.
 */
export const markUnread: Mutator<Tables, z.infer<typeof markUnreadArgs>> = {
  name: 'markUnread',
  version: 1,
  args: markUnreadArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, seq, markEpoch }) {
    await accessThread(tx, threadId);
    const scope = userScope(tx.personId);
    const position = await tx.get('readPosition', scope, threadId);
    const epoch = position?.markEpoch ?? 0;
    if (markEpoch < epoch) return;
    tx.put('readPosition', scope, threadId, {
      seq: Math.min(seq - 1, position?.seq ?? 0),
      noteSeq: position?.noteSeq ?? 0,
      markEpoch: Math.min(markEpoch, epoch + 1),
    });
  },
};

/** Makes a person of the organisation a participant; see `via` of `ParticipantRow`. @throws Refusal `unknown_person` */
export async function join(
  tx: MutatorTx<Tables>,
  where: { threadId: string; orgId: string; personId: string },
  via: string[] | null = null,
): Promise<void> {
  const { threadId, orgId, personId } = where;
  const [person, before] = await Promise.all([
    tx.get('person', orgPeopleScope(orgId), personId),
    tx.get('participation', userScope(personId), threadId),
  ]);
  if (!person?.active) throw new Refusal('unknown_person', 'One of these people is not in the organisation.');
  putJoined(tx, where, { name: person.name, placeholder: person.placeholder, via }, before);
}

/**
 * The same for a contact of a partner. A client does not see the partner's directory and believes the contact; the
 * server reads it under the lock of the person's own scope. @throws Refusal `unknown_person`
 */
export async function joinFromPartner(
  tx: MutatorTx<Tables>,
  where: { threadId: string; orgId: string },
  { id: personId, name }: Contact,
): Promise<void> {
  if (tx.side === 'server') await join(tx, { ...where, personId });
  else putJoined(tx, { ...where, personId }, { name, placeholder: false, via: null }, undefined);
}

function putJoined(
  tx: MutatorTx<Tables>,
  { threadId, orgId, personId }: { threadId: string; orgId: string; personId: string },
  { name, placeholder, via = null }: Pick<ParticipantRow, 'name' | 'placeholder' | 'via'>,
  before: ParticipationRow | undefined,
): void {
  const common = { actingOrg: orgId, joinedAt: tx.now, leftAt: null };
  tx.put('participant', threadPeopleScope(threadId), personId, { ...common, name, placeholder, via });
  tx.put('participation', userScope(personId), threadId, { ...common, epoch: (before?.epoch ?? 0) + 1 });
}

/** Ends it, where it has not ended. `via` is what they had, unless they go with their groups. */
export async function leave(tx: MutatorTx<Tables>, threadId: string, personId: string, via?: string[]): Promise<void> {
  const scope = threadPeopleScope(threadId);
  const [participant, participation] = await Promise.all([
    tx.get('participant', scope, personId),
    tx.get('participation', userScope(personId), threadId),
  ]);
  if (participant?.leftAt === null)
    tx.put('participant', scope, personId, { ...participant, leftAt: tx.now, ...(via && { via }) });
  if (participation?.leftAt === null)
    tx.put('participation', userScope(personId), threadId, { ...participation, leftAt: tx.now });
}
