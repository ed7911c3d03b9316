import { basename } from 'node:path';
import { importReasons } from '@parley/core/import-reasons';
import { audit, OPERATOR } from '../audit/audit.ts';
import { DEFAULT_LIMITS, type ArchiveLimits } from '../imports/slack/archive.ts';
import { importSlack, type SlackImportReport } from '../imports/slack/import-slack.ts';
import { askToResync } from '../sync/resync.ts';
import { chooseOrganisation } from './choose-organisation.ts';
import { readArguments, UsageError, withInstallation, type Command } from './command.ts';

const MIB = 1024 * 1024;

export const importSlackCommand: Command = {
  name: 'import slack',
  usage: 'FILE.zip [--org ORG] [--with-direct-messages] [--max-size MIB] [--json]',
  summary: 'Bring people, channels and messages from an export of Slack. Run again, it adds only what is new.',
  options: [
    ['--org ORG', 'Id or name of the organisation; may be left out while there is only one.'],
    [
      '--with-direct-messages',
      'Bring private talks too. Owners and admins see them, as they see every imported thread.',
    ],
    ['--max-size MIB', `Largest archive and content in MiB; ${DEFAULT_LIMITS.totalBytes / MIB} unless said otherwise.`],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, {
      positionals: ['FILE.zip'],
      options: {
        org: { type: 'string' },
        'with-direct-messages': { type: 'boolean', default: false },
        'max-size': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const limits = readLimits(values['max-size']);
    const report = await withInstallation(terminal, async (_installation, db) => {
      const [file = ''] = positionals;
      const organisation = await chooseOrganisation(db, values.org);
      const details = { fileName: basename(file) };
      await audit(db, { kind: 'import_started', actor: OPERATOR, orgId: organisation.id, details });
      let changed = 0;
      const made = await importSlack(db, {
        file,
        organisation,
        withDirectMessages: values['with-direct-messages'],
        limits,
        onStage: (stage) => terminal.tell(stage === 'reading' ? 'Reading the archive …' : 'Writing …'),
        onCommitted: (changes) => (changed = changes.length),
      });
      if (changed > 0) await askToResync(db);
      return made;
    });
    if (values.json) terminal.say(JSON.stringify({ ok: true, ...report }));
    else for (const line of describeReport(report)) terminal.say(line);
  },
};

function readLimits(text: string | undefined): ArchiveLimits {
  if (text === undefined) return DEFAULT_LIMITS;
  const size = Number(text) * MIB;
  if (!(size >= 1) || !Number.isSafeInteger(Math.floor(size))) {
    throw new UsageError(`--max-size must be a number of MiB, not ${text}.`);
  }
  return { ...DEFAULT_LIMITS, archiveBytes: size, entryBytes: size, totalBytes: size };
}

/** The report as a table and sentences. */
export function describeReport(report: SlackImportReport): string[] {
  const { organisation, people, threads, messages, reactions, attachments, archive, milliseconds } = report;
  const rows = [
    ['', 'read', 'created', 'already there', 'left out'],
    countsRow('People', { ...people, leftOut: {} }),
    countsRow('Threads', threads),
    countsRow('Messages', messages),
    countsRow('Reactions', reactions),
  ];
  const reasons = Object.entries({ ...messages.leftOut, ...reactions.leftOut, ...attachments.leftOut });
  const notes: readonly (readonly [string, number])[] = [
    ['of the messages created are replies', messages.replies],
    ['replies whose first message is not there, standing by themselves', messages.repliesWithoutRoot],
    ['messages too long for one, made into several', messages.split],
    ['people who are not among the users of the export, called Unknown', people.unknown],
    ['bots', people.bots],
  ];
  return [
    `Imported ${archive.files} files into ${organisation.name} in ${(milliseconds / 1000).toFixed(1)} s.`,
    '',
    ...table(rows),
    ...section('Worth knowing', notes),
    ...section('Left out', [
      ...Object.entries(threads.leftOut).map(([reason, count]) => [inWords(reason), count] as const),
      ...reasons.map(([reason, count]) => [inWords(reason), count] as const),
      ...Object.entries(archive.leftOut).map(([reason, count]) => [inWords(reason), count] as const),
    ]),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  ...importReasons,
  direct_messages: 'private talks (bring them with --with-direct-messages)',
};

function inWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

function countsRow(name: string, counts: Omit<SlackImportReport['threads'], never>): string[] {
  const leftOut = Object.values(counts.leftOut).reduce((sum, count) => sum + count, 0);
  return [
    name,
    ...[counts.read, counts.created, counts.alreadyThere, leftOut].map((count) => count.toLocaleString('en')),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function section(title: string, lines: readonly (readonly [string, number])[]): string[] {
  const counted = lines
    .filter(([, count]) => count > 0)
    .map(([words, count]) => [count.toLocaleString('en'), words] as const);
  const width = Math.max(0, ...counted.map(([count]) => count.length));
  return counted.length === 0
    ? []
    : ['', `${title}:`, ...counted.map(([count, words]) => `  ${count.padStart(width)} ${words}`)];
}
