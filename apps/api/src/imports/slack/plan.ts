import { mentionsIn, MESSAGE_LENGTH, SUBJECT_LENGTH } from '@parley/core/text';
import { emojiFromSlackName } from './emoji.ts';
import { compareTimestamps, timestampToMilliseconds, type SlackConversation, type SlackExport } from './export.ts';
import type { SlackMessage } from './export-schemas.ts';
import { importedId } from './imported-id.ts';
import { messageToMarkdown, splitText } from './message-text.ts';
import type { MrkdwnContext } from './mrkdwn.ts';
import { People, type PlannedPerson } from './people.ts';
import { Tally } from './tally.ts';

/** What an export comes to in one organisation. Ids are the same in every run, so a second run finds its own rows. */
export interface ImportPlan {
  readonly people: readonly PlannedPerson[];
  readonly threads: readonly PlannedThread[];
  readonly counts: PlanCounts;
}

export interface PlannedThread {
  readonly id: string;
  readonly subject: string;
  readonly createdAt: number;
  /** `null` where the export does not say and nobody has written. */
  readonly createdBy: string | null;
  readonly participantIds: readonly string[];
  /** Oldest first. */
  readonly messages: readonly PlannedMessage[];
  /** How many of the newest messages its readers have not read; years of history do not come in as unread. */
  readonly unread?: number;
}

export interface PlannedMessage {
  readonly id: string;
  readonly authorId: string;
  readonly text: string;
  /** Names a message that may be neither in the export nor in the database: then this stands by itself. */
  readonly replyTo: string | null;
  readonly mentions: readonly string[];
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly createdAt: number;
  readonly editedAt: number | null;
  /** Second and further pieces of a message that was too long for one; not counted as messages. */
  readonly isContinuation: boolean;
}

export interface PlanCounts {
  readonly usersRead: number;
  readonly unknownPeople: number;
  readonly bots: number;
  readonly conversationsRead: number;
  readonly conversationsLeftOut: Readonly<Record<string, number>>;
  readonly messagesRead: number;
  readonly messagesLeftOut: Readonly<Record<string, number>>;
  readonly messagesSplit: number;
  readonly reactionsRead: number;
  readonly reactionsLeftOut: Readonly<Record<string, number>>;
  readonly filesLeftOut: Readonly<Record<string, number>>;
  readonly cardsLeftOut: Readonly<Record<string, number>>;
}

export interface PlanOptions {
  readonly orgId: string;
  /** Whether private talks of two or a few people come along. */
  readonly withDirectMessages: boolean;
}

/** Different emoji one message may carry, as in the mutator `react`. */
const REACTION_KINDS = 50;
/** Characters of an emoji or its `:name:`, as in the mutator `react`. */
const EMOJI_LENGTH = 32;

export function planImport(slackExport: SlackExport, options: PlanOptions): ImportPlan {
  const planner = new Planner(slackExport, options);
  return planner.plan();
}

class Planner {
  readonly #export: SlackExport;
  readonly #options: PlanOptions;
  readonly #idParts: readonly string[];
  readonly #people: People;
  readonly #context: MrkdwnContext;
  readonly #leftOut = {
    conversations: new Tally(),
    messages: new Tally(),
    reactions: new Tally(),
    files: new Tally(),
    cards: new Tally(),
  };
  #reactionsRead = 0;
  #messagesSplit = 0;

  constructor(slackExport: SlackExport, options: PlanOptions) {
    this.#export = slackExport;
    this.#options = options;
    this.#idParts = [options.orgId, 'slack', slackExport.teamId];
    const people = new People(slackExport.users, this.#idParts);
    const channelNameById = new Map(slackExport.channels.map(({ channel }) => [channel.id, channel.name ?? undefined]));
    this.#people = people;
    this.#context = {
      personId: (slackUserId) => people.bySlackId(slackUserId).id,
      personName: (slackUserId) => people.bySlackId(slackUserId).name,
      channelName: (slackChannelId) => channelNameById.get(slackChannelId),
    };
  }

  plan(): ImportPlan {
    const usersRead = this.#people.all().length;
    const threads: PlannedThread[] = [];
    for (const conversation of this.#export.channels) {
      const isDirect = conversation.kind === 'direct' || conversation.kind === 'group';
      if (isDirect && !this.#options.withDirectMessages) {
        this.#leftOut.conversations.add('direct_messages');
        this.#leftOut.messages.add('direct_message', conversation.messages.length);
      } else threads.push(this.#planThread(conversation));
    }
    const { unknown, bots } = this.#people.counts();
    const counts: PlanCounts = {
      usersRead,
      unknownPeople: unknown,
      bots,
      conversationsRead: this.#export.channels.length,
      conversationsLeftOut: this.#leftOut.conversations.toObject(),
      messagesRead: this.#export.channels.reduce((sum, { messages }) => sum + messages.length, 0),
      messagesLeftOut: this.#leftOut.messages.toObject(),
      messagesSplit: this.#messagesSplit,
      reactionsRead: this.#reactionsRead,
      reactionsLeftOut: this.#leftOut.reactions.toObject(),
      filesLeftOut: this.#leftOut.files.toObject(),
      cardsLeftOut: this.#leftOut.cards.toObject(),
    };
    return { people: this.#people.all(), threads, counts };
  }

  #planThread(conversation: SlackConversation): PlannedThread {
    const { channel } = conversation;
    const sorted = conversation.messages.toSorted((left, right) => compareTimestamps(left.ts, right.ts));
    const parentByTs = new Map(sorted.map(({ ts, thread_ts: parent }) => [ts, parent ?? null]));
    const messages: PlannedMessage[] = [];
    const participantIds = new Set((channel.members ?? []).map((member) => this.#people.bySlackId(member).id));
    const seen = new Set<string>();
    for (const message of sorted) {
      const planned = this.#planMessage(message, channel.id, { parentByTs, seen });
      for (const part of planned) {
        participantIds.add(part.authorId);
        messages.push(part);
      }
    }
    const first = messages[0];
    const createdAt = channel.created ? channel.created * 1000 : (first?.createdAt ?? 0);
    return {
      id: importedId([...this.#idParts, 'thread', channel.id]),
      subject: this.#subjectOf(conversation),
      createdAt: Math.min(createdAt, first?.createdAt ?? createdAt),
      createdBy: channel.creator ? this.#people.bySlackId(channel.creator).id : (first?.authorId ?? null),
      participantIds: [...participantIds],
      messages,
    };
  }

  /** One message, or several where it is too long for one; none where it is left out. */
  #planMessage(
    message: SlackMessage,
    channelId: string,
    known: { readonly parentByTs: ReadonlyMap<string, string | null>; readonly seen: Set<string> },
  ): readonly PlannedMessage[] {
    const reason = known.seen.has(message.ts) ? 'duplicate' : whyLeftOut(message);
    known.seen.add(message.ts);
    const author = reason === undefined ? this.#people.authorOf(message) : undefined;
    if (!author) {
      this.#leftOut.messages.add(reason ?? 'without_author');
      return [];
    }
    const text = messageToMarkdown(message, this.#context, this.#leftOut);
    if (text === '') {
      this.#leftOut.messages.add('empty');
      return [];
    }
    const createdAt = timestampToMilliseconds(message.ts);
    const root = rootOf(message.ts, known.parentByTs);
    const idOf = (ts: string, part: number) =>
      importedId([...this.#idParts, 'message', channelId, ts, `${part}`], timestampToMilliseconds(ts));
    const parts = splitText(text, MESSAGE_LENGTH);
    if (parts.length > 1) this.#messagesSplit += 1;
    const reactions = this.#planReactions(message);
    return parts.map((part, index) => ({
      id: idOf(message.ts, index),
      authorId: author.id,
      text: part,
      replyTo: root === null ? null : idOf(root, 0),
      mentions: mentionsIn(part),
      reactions: index === 0 ? reactions : {},
      createdAt,
      editedAt: message.edited ? timestampToMilliseconds(message.edited.ts) : null,
      isContinuation: index > 0,
    }));
  }

  #planReactions(message: SlackMessage): Record<string, string[]> {
    const reactions = new Map<string, string[]>();
    for (const { name, users } of message.reactions ?? []) {
      this.#reactionsRead += users.length;
      const emoji = emojiFromSlackName(name) ?? `:${name}:`;
      if (emoji.length > EMOJI_LENGTH || !/^(:[\w+-]+:|[^:\s]+)$/.test(emoji)) {
        this.#leftOut.reactions.add('custom_emoji', users.length);
      } else if (!reactions.has(emoji) && reactions.size >= REACTION_KINDS) {
        this.#leftOut.reactions.add('too_many_on_one_message', users.length);
      } else {
        const people = new Set(reactions.get(emoji));
        const before = people.size;
        for (const user of users) people.add(this.#people.bySlackId(user).id);
        this.#leftOut.reactions.add('same_twice', before + users.length - people.size);
        if (people.size > 0) reactions.set(emoji, [...people]);
      }
    }
    return Object.fromEntries(reactions);
  }

  #subjectOf({ channel, kind }: SlackConversation): string {
    const isDirect = kind === 'direct' || kind === 'group';
    const subject = isDirect
      ? (channel.members ?? []).map((member) => this.#people.bySlackId(member).name).join(', ')
      : `#${channel.name ?? channel.id}`;
    const line = (subject || channel.id).replaceAll('\u0000', '').replace(/\s+/g, ' ').trim();
    return line.slice(0, SUBJECT_LENGTH).toWellFormed();
  }
}

/** Events that Slack keeps as messages: they tell of the channel, nobody wrote them. */
const CHANNEL_EVENTS =
  /^((channel|group)_(join|leave|topic|purpose|name|archive|unarchive|convert_to_private|convert_to_public|posting_permissions)|bot_(add|remove|enable|disable)|pinned_item|unpinned_item|reminder_add|sh_room_(created|shared)|huddle_thread|joiner_notification.*|app_conversation_(join|leave)|tabbed_canvas_updated|channel_canvas_updated|reply_broadcast)$/;
const CHANGE_EVENTS = /^message_(changed|deleted|replied)$/;

function whyLeftOut({ type, subtype }: SlackMessage): string | undefined {
  if (type !== 'message') return 'not_a_message';
  if (subtype === 'tombstone') return 'deleted';
  if (!subtype) return undefined;
  if (CHANNEL_EVENTS.test(subtype)) return 'channel_event';
  // A subtype nobody foresaw is taken for a message: losing words is worse than a line too many.
  return CHANGE_EVENTS.test(subtype) ? 'change_event' : undefined;
}

/** The timestamp of the first message of the thread of replies that a message belongs to, `null` for none. */
function rootOf(ts: string, parentByTs: ReadonlyMap<string, string | null>): string | null {
  const seen = new Set([ts]);
  let at = ts;
  for (;;) {
    const parent = parentByTs.get(at) ?? null;
    if (parent === null || timestampToMilliseconds(parent) === 0 || parent === at) return at === ts ? null : at;
    if (seen.has(parent)) return null;
    seen.add(parent);
    at = parent;
  }
}
