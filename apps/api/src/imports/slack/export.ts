import type { z } from 'zod';
import { quote, type Archive } from './archive.ts';
import { ImportError } from './errors.ts';
import {
  channelsFile,
  dayFile,
  usersFile,
  type SlackChannel,
  type SlackMessage,
  type SlackUser,
} from './export-schemas.ts';

/** A whole export, read and checked: nothing after this step can find fault with the archive. */
export interface SlackExport {
  /** The workspace most users belong to; empty in exports that do not say. */
  readonly teamId: string;
  readonly users: readonly SlackUser[];
  readonly channels: readonly SlackConversation[];
  /** Files by why they are not read. */
  readonly filesLeftOut: Readonly<Record<string, number>>;
  readonly filesRead: number;
}

export interface SlackConversation {
  readonly channel: SlackChannel;
  readonly kind: ConversationKind;
  /** In no particular order. */
  readonly messages: readonly SlackMessage[];
}

export type ConversationKind = 'public' | 'private' | 'group' | 'direct';

const CONVERSATION_FILES: readonly { readonly name: string; readonly kind: ConversationKind }[] = [
  { name: 'channels.json', kind: 'public' },
  { name: 'groups.json', kind: 'private' },
  { name: 'mpims.json', kind: 'group' },
  { name: 'dms.json', kind: 'direct' },
];

const DAY = 86_400_000;
/** Older than every chat system whose history was ever brought into Slack. */
const EARLIEST = Date.UTC(1990, 0, 1);

/** Reads every file once, one after the other. Throws an `ImportError` that names the file and the entry in it. */
export async function readSlackExport(
  archive: Archive,
  now: number,
  onFile: (filesRead: number) => void = () => {},
): Promise<SlackExport> {
  const present = new Set(archive.names);
  const conversationFiles = CONVERSATION_FILES.filter(({ name }) => present.has(name));
  if (!present.has('users.json')) throw missing('users.json');
  if (conversationFiles.length === 0) throw missing('channels.json');

  const users = await readFile(archive, 'users.json', usersFile);
  mustBeUnique(users, 'users.json', (user) => user.id);
  const conversations: { channel: SlackChannel; kind: ConversationKind; messages: SlackMessage[] }[] = [];
  for (const { name, kind } of conversationFiles) {
    const channels = await readFile(archive, name, channelsFile);
    for (const channel of channels) conversations.push({ channel, kind, messages: [] });
  }
  mustBeUnique(conversations, 'the lists of channels', ({ channel }) => channel.id);
  mustBeUnique(conversations, 'the lists of channels', folderOf);

  const conversationByFolder = new Map(conversations.map((conversation) => [folderOf(conversation), conversation]));
  const filesLeftOut: Record<string, number> = {};
  const leaveOut = (reason: string, count = 1) => (filesLeftOut[reason] = (filesLeftOut[reason] ?? 0) + count);
  let filesRead = 1 + conversationFiles.length;
  if (archive.otherFiles.length > 0) leaveOut('not_json', archive.otherFiles.length);
  for (const name of archive.names) {
    if (name === 'users.json' || conversationFiles.some((file) => file.name === name)) continue;
    const [, folder, day] = /^([^/]+)\/(\d{4}-\d{2}-\d{2}\.json)$/.exec(name) ?? [];
    const conversation = conversationByFolder.get(folder ?? '');
    if (day === undefined) leaveOut('not_messages');
    else if (!conversation) leaveOut('folder_without_channel');
    else {
      const messages = await readFile(archive, name, dayFile);
      for (const [index, message] of messages.entries()) mustHavePlausibleDates(message, { name, index, now });
      for (const message of messages) conversation.messages.push(message);
      filesRead += 1;
      onFile(filesRead);
    }
  }
  return {
    teamId: mostFrequent(users.map((user) => user.team_id ?? '')),
    users,
    channels: conversations,
    filesLeftOut,
    filesRead,
  };
}

/** Milliseconds since 1970 of a timestamp of Slack. */
export function timestampToMilliseconds(timestamp: string): number {
  const [seconds, fraction = ''] = timestamp.split('.');
  return Number(seconds) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Sorts timestamps of any length in time, to the microsecond. */
export function compareTimestamps(left: string, right: string): number {
  const [leftSeconds = '', leftFraction = ''] = left.split('.');
  const [rightSeconds = '', rightFraction = ''] = right.split('.');
  const seconds = Number(leftSeconds) - Number(rightSeconds);
  return seconds !== 0 ? seconds : Number(leftFraction.padEnd(6, '0')) - Number(rightFraction.padEnd(6, '0'));
}

async function readFile<Schema extends z.ZodType>(
  archive: Archive,
  name: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const result = schema.safeParse(await archive.readJson(name));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const [index, ...field] = issue?.path ?? [];
  const place = typeof index === 'number' ? `, entry ${index + 1}` : '';
  const of = field.length > 0 ? `, field ${field.join('.')}` : '';
  const code = field.some((part) => part === 'ts' || part === 'thread_ts') ? 'bad_timestamp' : 'bad_shape';
  throw new ImportError(code, `${quote(name)}${place}${of}: ${wordsOf(issue)}.`);
}

function wordsOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_type')
    return `must be ${issue.expected === 'array' ? 'a list' : `of type ${issue.expected}`}`;
  return issue?.code === 'invalid_format' ? issue.message : 'does not have the shape of a Slack export';
}

function mustHavePlausibleDates(
  message: SlackMessage,
  where: { readonly name: string; readonly index: number; readonly now: number },
): void {
  const dates = [message.ts, message.thread_ts, message.edited?.ts].filter((date) => typeof date === 'string');
  for (const date of dates) {
    const at = timestampToMilliseconds(date);
    // Slack writes `0000000000.000000` for "no thread" in some old exports.
    if (at === 0 && date !== message.ts) continue;
    if (at >= EARLIEST && at <= where.now + DAY) continue;
    throw new ImportError(
      'bad_date',
      `${quote(where.name)}, entry ${where.index + 1}: the time ${date} is before 1990 or in the future.`,
    );
  }
}

function mustBeUnique<Item>(items: readonly Item[], where: string, key: (item: Item) => string): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(key(item))) throw new ImportError('duplicate_id', `${quote(key(item))} stands twice in ${where}.`);
    seen.add(key(item));
  }
}

/** Where the messages of a conversation are: Slack names the folder of direct messages by their id. */
function folderOf({ channel, kind }: { readonly channel: SlackChannel; readonly kind: ConversationKind }): string {
  return kind === 'direct' ? channel.id : (channel.name ?? channel.id).normalize();
}

function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(
    ([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1),
  );
  return sorted[0]?.[0] ?? '';
}

function missing(name: string): ImportError {
  return new ImportError('missing_file', `The archive has no ${name}: it is not an export of a Slack workspace.`);
}
