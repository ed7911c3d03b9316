/** What a demo organisation is made of. Its text stands in one file an organisation. */
import { mentionsIn } from '@parley/core/text';
import { importedId } from '../imports/slack/imported-id.ts';
import type { ImportPlan, PlannedMessage, PlannedThread } from '../imports/slack/plan.ts';

export interface DemoOrganisation {
  readonly key: string;
  readonly name: string;
  /** By the name that threads and messages call them. */
  readonly people: Readonly<Record<string, { readonly name: string; readonly email: string }>>;
  readonly threads: readonly DemoThread[];
}

interface DemoThread {
  readonly key: string;
  readonly subject: string;
  readonly by: string;
  readonly people: readonly string[];
  /** How many of the newest messages the reader has not read. */
  readonly unread: number;
  /** Oldest first. */
  readonly messages: readonly DemoMessage[];
}

interface DemoMessage {
  /** Only where others reply to it. */
  readonly id?: string;
  /** UTC; `day` counts back from today and is negative. */
  readonly at: { readonly day: number; readonly time: string } | { readonly minutesAgo: number };
  readonly from: string;
  /** Markdown; `<@you>` is whoever asked for the demo, `<@name>` somebody of the organisation. */
  readonly text: string;
  /** The `id` of an earlier message. */
  readonly replyTo?: string;
  readonly reactions?: Readonly<Record<string, readonly string[]>>;
}

const DAY = 24 * 60 * 60 * 1000;

/** Whose demo it is, and which of those they had one after the other, from 0. */
export interface DemoReader {
  personId: string;
  generation: number;
}

const idPartsOf = ({ key }: DemoOrganisation, { personId, generation }: DemoReader) => [
  'demo',
  personId,
  key,
  String(generation),
];

/** The same for the same reader, so that the demo is there once however often it is asked for. */
export const demoOrgId = (organisation: DemoOrganisation, reader: DemoReader): string =>
  importedId(idPartsOf(organisation, reader));

/** The rows that a demo organisation comes to. @param now milliseconds since 1970 */
export function planDemo(
  organisation: DemoOrganisation,
  reader: DemoReader & { now: number },
): Pick<ImportPlan, 'people' | 'threads'> {
  const idParts = idPartsOf(organisation, reader);
  const personId = (key: string) => importedId([...idParts, 'person', key]);
  const people = Object.entries(organisation.people).map(([key, { name, email }]) => ({
    id: personId(key),
    name,
    email,
    role: 'member' as const,
    active: true,
  }));
  const threads = organisation.threads.map((thread): PlannedThread => {
    const messages = thread.messages.map((message, index): PlannedMessage => {
      const messageId = (key: string) => importedId([...idParts, 'message', thread.key, key]);
      const text = message.text.replaceAll(/<@(\w+)>/g, (_all, key: string) =>
        key === 'you' ? `<@${reader.personId}>` : `<@${personId(key)}>`,
      );
      return {
        id: messageId(message.id ?? String(index)),
        authorId: personId(message.from),
        text,
        replyTo: message.replyTo === undefined ? null : messageId(message.replyTo),
        mentions: mentionsIn(text),
        reactions: Object.fromEntries(
          Object.entries(message.reactions ?? {}).map(([emoji, keys]) => [emoji, keys.map(personId)]),
        ),
        createdAt: timeOf(message.at, reader.now),
        editedAt: null,
        isContinuation: false,
      };
    });
    return {
      id: importedId([...idParts, 'thread', thread.key]),
      subject: thread.subject,
      createdAt: messages[0]?.createdAt ?? reader.now,
      createdBy: personId(thread.by),
      participantIds: thread.people.map(personId),
      messages,
      unread: thread.unread,
    };
  });
  return { people, threads };
}

function timeOf(at: DemoMessage['at'], now: number): number {
  if ('minutesAgo' in at) return now - at.minutesAgo * 60_000;
  const [hours = 0, minutes = 0] = at.time.split(':').map(Number);
  return Math.floor(now / DAY) * DAY + at.day * DAY + (hours * 60 + minutes) * 60_000;
}
