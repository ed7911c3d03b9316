/** Everything that an organisation owns, as a folder: one file of data, and a page to read for each thread. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { linkHtml, messageHtml, PAGE_END, pageBegin } from './page.ts';
import { ownedMessages, ownedPeople, ownedThreads, type OwnedThread } from './owned.ts';

export const FORMAT_VERSION = 1;

export interface ExportedCounts {
  people: number;
  threads: number;
  messages: number;
  notes: number;
}

/**
 * Reads as of one moment, while people go on writing.
 * @param folder an empty one
 */
export async function exportOrganisation(
  db: Kysely<Database>,
  { organisation, folder, now }: { organisation: { id: string; name: string }; folder: string; now: number },
): Promise<ExportedCounts> {
  const { id: orgId, name } = organisation;
  await mkdir(join(folder, 'threads'));
  await using data = await create(join(folder, 'everything.jsonl'));
  await using index = await create(join(folder, 'index.html'));
  const line = (type: string, row: object) => data.write(`${JSON.stringify({ type, ...row })}\n`);
  const counts: ExportedCounts = { people: 0, threads: 0, messages: 0, notes: 0 };
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const about = { format: 'parley', version: FORMAT_VERSION, exportedAt: new Date(now) };
      await line('organisation', { ...about, id: orgId, name });
      for (const person of await ownedPeople(tx, orgId)) {
        await line('person', person);
        counts.people += 1;
      }
      await index.write(`${pageBegin(name)}<ul>\n`);
      for (const thread of await ownedThreads(tx, orgId)) {
        counts.threads += 1;
        await line('thread', thread);
        const file = `threads/${String(counts.threads).padStart(6, '0')}.html`;
        const written = await writeThread(tx, { orgId, thread, path: join(folder, file), line });
        counts.messages += written.messages;
        counts.notes += written.notes;
        const note = `${thread.startedAt.toISOString().slice(0, 10)}, ${written.messages} messages`;
        await index.write(linkHtml({ file, title: thread.subject, note }));
      }
      await index.write(`</ul>\n${PAGE_END}`);
    });
  return counts;
}

interface ThreadToWrite {
  orgId: string;
  thread: OwnedThread;
  path: string;
  line: (type: string, row: object) => Promise<unknown>;
}

async function writeThread(db: Kysely<Database>, { orgId, thread, path, line }: ThreadToWrite) {
  await using page = await create(path);
  await page.write(pageBegin(thread.subject));
  if (thread.kind === 'external') {
    await page.write(
      '<p class="quiet">What people of other organisations wrote here is theirs, and not in this file.</p>\n',
    );
  }
  const written = { messages: 0, notes: 0 };
  for await (const message of ownedMessages(db, { orgId, thread, kind: 'message' })) {
    await line('message', { thread: thread.id, ...message });
    await page.write(messageHtml(message));
    written.messages += 1;
  }
  for await (const note of ownedMessages(db, { orgId, thread, kind: 'note' })) {
    if (written.notes === 0) await page.write('<h2>Internal notes</h2>\n');
    await line('note', { thread: thread.id, ...note });
    await page.write(messageHtml(note));
    written.notes += 1;
  }
  await page.write(PAGE_END);
  return written;
}

/** Never over a file that is there; for nobody else on the machine. */
const create = (path: string): Promise<FileHandle> => open(path, 'wx', 0o600);
