import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { DEFAULT_LIMITS, openArchive, type ArchiveLimits } from './archive.ts';
import { readSlackExport, type SlackExport } from './export.ts';
import { planImport, type ImportPlan } from './plan.ts';
import type { ChangedScope } from './locked-scopes.ts';
import { writePlan, type WrittenCounts } from './write.ts';

/**
 * The door to importing from Slack: reads and checks the whole archive, works out the rows, then writes them in one
 * transaction. It either succeeds as a whole or throws an `ImportError` with the database as it was.
 */
export interface SlackImportOptions {
  /** Path of the zip that Slack made. */
  readonly file: string;
  readonly organisation: { readonly id: string; readonly name: string };
  readonly withDirectMessages?: boolean;
  readonly limits?: ArchiveLimits;
  /** Milliseconds since 1970. */
  readonly now?: number;
  /** Hears how far the import is. */
  readonly onStage?: (stage: 'reading' | 'writing') => void;
  /** Hears it often: files read, then messages written. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Hears which scopes have changed, once this is committed, for those who follow them. */
  readonly onCommitted?: (changes: readonly ChangedScope[]) => void;
}

export interface ImportProgress {
  readonly stage: 'reading' | 'writing';
  readonly done: number;
  readonly total: number;
}

type CountByReason = Readonly<Record<string, number>>;

/** Counts of one run: for people, threads, messages and reactions, read = created + already there + left out. */
export interface SlackImportReport {
  readonly organisation: { readonly id: string; readonly name: string };
  readonly people: {
    readonly read: number;
    readonly created: number;
    readonly alreadyThere: number;
    /** Ids that messages speak of and the list of users does not have; placeholders of their own, part of `read`. */
    readonly unknown: number;
    /** Bots known from their messages only, part of `read`. */
    readonly bots: number;
  };
  readonly threads: Counts;
  readonly messages: Counts & {
    /** Of those created. */
    readonly replies: number;
    readonly repliesWithoutRoot: number;
    /** Messages that were too long for one. */
    readonly split: number;
  };
  readonly reactions: Counts;
  /** Attached files and cards are named in the text; this is what did not come along. */
  readonly attachments: { readonly leftOut: CountByReason };
  readonly archive: { readonly files: number; readonly bytes: number; readonly leftOut: CountByReason };
  readonly milliseconds: number;
}

interface Counts {
  readonly read: number;
  readonly created: number;
  readonly alreadyThere: number;
  readonly leftOut: CountByReason;
}

export async function importSlack(kysely: Kysely<Database>, options: SlackImportOptions): Promise<SlackImportReport> {
  const started = performance.now();
  const now = options.now ?? Date.now();
  const { organisation } = options;
  options.onStage?.('reading');
  const { slackExport, bytes } = await readArchive(options, now);
  const plan = planImport(slackExport, {
    orgId: organisation.id,
    withDirectMessages: options.withDirectMessages ?? false,
  });
  options.onStage?.('writing');
  const total = plan.threads.reduce((sum, { messages }) => sum + messages.length, 0);
  const { changes, ...written } = await writePlan(kysely, organisation.id, plan, {
    now,
    onMessages: (done) => options.onProgress?.({ stage: 'writing', done, total }),
  });
  options.onCommitted?.(changes);
  return {
    organisation,
    ...reportOf(plan, written),
    archive: { files: slackExport.filesRead, bytes, leftOut: slackExport.filesLeftOut },
    milliseconds: Math.round(performance.now() - started),
  };
}

async function readArchive(
  options: SlackImportOptions,
  now: number,
): Promise<{ readonly slackExport: SlackExport; readonly bytes: number }> {
  const archive = await openArchive(options.file, options.limits ?? DEFAULT_LIMITS);
  try {
    const total = archive.names.length;
    const onFile = (done: number) => options.onProgress?.({ stage: 'reading', done, total });
    return { slackExport: await readSlackExport(archive, now, onFile), bytes: archive.bytesRead() };
  } finally {
    archive.close();
  }
}

function reportOf(
  { people, counts }: ImportPlan,
  written: WrittenCounts,
): Omit<SlackImportReport, 'organisation' | 'archive' | 'milliseconds'> {
  const reactionsLeftOut = Object.values(counts.reactionsLeftOut).reduce((sum, count) => sum + count, 0);
  return {
    people: { read: people.length, ...written.people, unknown: counts.unknownPeople, bots: counts.bots },
    threads: { read: counts.conversationsRead, ...written.threads, leftOut: counts.conversationsLeftOut },
    messages: {
      read: counts.messagesRead,
      ...written.messages,
      leftOut: counts.messagesLeftOut,
      replies: written.repliesCreated,
      repliesWithoutRoot: written.repliesWithoutRoot,
      split: counts.messagesSplit,
    },
    reactions: {
      read: counts.reactionsRead,
      created: written.reactionsCreated,
      alreadyThere: counts.reactionsRead - reactionsLeftOut - written.reactionsCreated,
      leftOut: counts.reactionsLeftOut,
    },
    attachments: { leftOut: { ...counts.filesLeftOut, ...counts.cardsLeftOut } },
  };
}
