/** A thread as data for other programs. Described for them in `docs/export.md`. */
import { isNote, type LogMessage } from '../messages/timeline.ts';
import type { ThreadCopy } from './copy-thread.ts';

export const FORMAT_VERSION = 1;

/** Times are ISO 8601 in UTC; mentions in texts are `<@ID>` of a person, an organisation, a team or (all) the thread. */
export function threadJson({ id, thread, people, messages, revisions, complete, nameOf }: ThreadCopy): object {
  return {
    id,
    subject: thread.subject,
    kind: thread.kind,
    organisation: thread.homeOrg,
    startedBy: thread.createdBy,
    startedAt: iso(thread.createdAt),
    resolvedAt: iso(thread.resolved?.at ?? null),
    complete,
    people: people.map((person) => ({
      id: person.id,
      name: nameOf(person.id) ?? person.data.name,
      actsFor: person.data.actingOrg,
      joinedAt: iso(person.data.joinedAt),
      leftAt: iso(person.data.leftAt),
    })),
    messages: messages.map((row) => messageJson(row, { revisions, nameOf })),
  };
}

function messageJson(row: LogMessage, { revisions, nameOf }: Pick<ThreadCopy, 'revisions' | 'nameOf'>): object {
  const { id, data } = row;
  return {
    id,
    place: data.seq ?? null,
    note: isNote(row),
    kind: data.kind,
    author: data.authorId,
    authorName: data.authorId === null ? null : (nameOf(data.authorId) ?? null),
    text: data.text,
    notice: data.notice,
    replyTo: data.replyTo,
    mentions: data.mentions,
    reactions: data.reactions,
    forwarded: data.forwarded ?? null,
    sentAt: iso(data.createdAt),
    editedAt: iso(data.editedAt),
    deletedAt: iso(data.deletedAt),
    earlier: (revisions.get(id) ?? []).map(({ text, writtenAt }) => ({ text, writtenAt: iso(writtenAt) })),
  };
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
